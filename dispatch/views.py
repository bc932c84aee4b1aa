"""A job as one reader may see it: nothing that this reader must not know is in a view at all."""

from dataclasses import dataclass
from enum import StrEnum

from dispatch.claims import Claim
from dispatch.doors import Door
from dispatch.events import Entry
from dispatch.jobs import Private
from dispatch.lately import Reveal
from dispatch.people import Committee, Person
from dispatch.situation import Situation
from dispatch.stops import Stop
from dispatch.telling import Told
from dispatch.transfers import Fate


class Relation(StrEnum):
    """What the reader is to the job. The strongest one that holds."""

    CLAIMER = "claimer"
    CALLED = "called"
    """A leader who was called for it and may say *I'm on it*."""
    DESK = "desk"
    WAITING = "waiting"
    ASKED = "asked"
    RELEASED = "released"
    """Had a claim once."""
    PUBLIC = "public"
    """A room, or somebody with no part in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """`private` is None unless the access table lets `reader` see it now. `reader` is None for rooms.

    `mine` is the reader's newest claim. `timeline` is filled for the desk and for called leaders only.
    """

    situation: Situation
    reader: Person | None
    relation: Relation
    mine: Claim | None = None
    private: Private | None = None
    stops: tuple[Stop, ...] = ()
    """Those of a medicine run, where `private` is there."""
    doors: tuple[Door, ...] = ()
    """Those of a round, where `private` is there."""
    words: tuple[Entry, ...] = ()
    """What was said last to the reader, or by them, about it (`dispatch.saying`); oldest first."""
    pictures: int = 0
    """How many pictures the reader may see; numbered from 1."""
    desk: bool = False
    """The reader may see who was asked, and use the desk's verbs."""
    timeline: tuple[Entry, ...] = ()
    shown: tuple[Reveal, ...] = ()
    """Who was shown what of it, newest first; for those who may read that."""
    fate: Fate | None = None
    """The other end, where the job was handed over by another committee or to one."""
    elsewhere: tuple[Committee, ...] = ()
    """Committees that it could be handed over to, and was; for those who follow every job."""
    told: Told = Told.NOBODY
    """Whether the family hears of it by themselves; for whoever has to ring them otherwise."""
    unreached: tuple[int, ...] = ()
    """Ids of those asked or called whom nothing has reached so far; for the desk, while the job is open."""

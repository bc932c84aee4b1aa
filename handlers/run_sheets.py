"""What `/runs` holds, in the reader's language: medicine runs, rounds, and medicine that runs out."""

from dataclasses import dataclass

from handlers.messages import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodLine:
    """One thing that may change hands at a stop. `expected`: the request says that it goes along; `returned`
    is None as long as nothing was said of giving it back."""

    value: str
    label: str
    expected: bool
    received: int
    returned: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A request of a medicine run; `words` are those that it came with. `stuck`: its hospital does not have
    it; `known` are others that did, and `warned` says that this one did not lately."""

    number: int
    where: str
    said: str
    words: str
    phone: str
    hospital: str
    open: bool
    stuck: bool
    known: tuple[str, ...]
    warned: str
    goods: tuple[GoodLine, ...]
    owed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A medicine run. Without `stops` it is what everybody may know; `committee` is whose it is, where it is
    not plain."""

    job_id: int
    title: str
    tone: Tone
    committee: str
    hospital: str
    count: int
    said: str
    stops: tuple[StopLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyLine:
    """A medicine that a resident takes all the time. `asks`: somebody must say until when there is enough;
    `lost`: it was asked for and not got, and may be asked for again."""

    key: str
    who: str
    what: str
    said: str
    tone: Tone
    job_id: int
    asks: bool
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLine:
    """A door of a round. `state` is a `DoorState`; `said` tells what was found there, and how it stands with
    whoever did not answer."""

    number: int
    where: str
    name: str
    phone: str
    state: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorGroup:
    """Doors that the household at `relay` tells, whose phone it is; empty: somebody goes to each. `open` are
    the numbers of those that are not ticked, with blanks between."""

    relay: str
    phone: str
    open: str
    doors: tuple[DoorLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """A round with its doors, for whoever may see them. `said`: how far it is, who has it, until when."""

    job_id: int
    title: str
    tone: Tone
    said: str
    groups: tuple[DoorGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSheet:
    """The runs, rounds and medicines that are the reader's business. `desk`: they follow every job;
    `follows`: they read where all runs go, those of the sub-district office of all committees."""

    desk: bool
    follows: bool
    runs: tuple[RunLine, ...]
    rounds: tuple[RoundLine, ...] = ()
    medicines: tuple[SupplyLine, ...] = ()
    """Those of the register, for those who may see residents."""
    loud: str = ""
    """How many of them run out soon and are not there."""
    edits: bool = False
    """The reader may say until when there is enough."""
    posts: bool = False
    """The reader may have it asked for again."""

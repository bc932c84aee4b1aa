"""Everything one decision about one job looks at, and everything it may change: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.claims import Ask, Claim, Waiting
from dispatch.events import Event, Notice
from dispatch.jobs import Correction, Job
from dispatch.lately import Shown
from dispatch.moments import Micros
from dispatch.people import Person, Roster
from dispatch.pictures import Picture
from dispatch.playbook import Playbook
from dispatch.policies.record import Record
from dispatch.verbs import Answer


class SurroundingsUnknownError(Exception):
    """People are to be asked, and who is busy or present was not read: read it and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A job and what surrounds it at one version.

    `claims` holds every claim the job ever had, by `number`; `asks` every ask; `waiting` is ordered by
    `since`. `busy` are people with a live claim on another job of the committee; `present` are people
    who can be rung right now (an open page, a chat); `full` are people who have had their number of offers
    of late (`barriers.DAILY`), read only where it counts. All three are None where they were not read, since
    most taps ask nobody.
    """

    job: Job
    playbook: Playbook
    roster: Roster
    claims: tuple[Claim, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    asks: tuple[Ask, ...] = ()
    busy: frozenset[int] | None = frozenset()
    present: frozenset[int] | None = frozenset()
    full: frozenset[int] | None = frozenset()
    shown: frozenset[int] = frozenset()
    """People who were shown the doors of as many jobs today as anybody may be; read only where it counts."""
    near: Mapping[int, int | None] = field(default_factory=dict, compare=False)
    """People of whom it is known at which building they are now, None for none of ours; read only where
    people are asked. Everybody else is at home."""
    record: Record | None = field(default_factory=Record, compare=False)
    """What is on record of how people answered; None where it was not read: only a policy needs it."""
    asked_last: Mapping[int, Micros] = field(default_factory=dict, compare=False)
    """When people were asked last, for whatever job, as far back as that is told; read only for a policy."""

    lately: tuple[Shown, ...] = ()
    """What whoever acts was shown of late; read only where that is asked for (`ports.Store.change`)."""

    def at(self, person: Person) -> int | None:
        """The building where the person is taken to be; None where nobody knows, or at none of ours."""
        return self.near.get(person.id, person.building_id) if self.near else person.building_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one verb or one look at the clock changes.

    `after` is the situation as it will be; its job's version is the old one plus one per event. With no
    events nothing is written and only `answer` counts. `correction` is private text to be kept with it,
    `pictures` the job's newest pictures, the pages of a document in their order.
    """

    before: Situation
    after: Situation
    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()
    answer: Answer | None = None
    correction: Correction | None = None
    pictures: tuple[Picture, ...] = ()
    tells: bool = False
    """The family is owed a word (`dispatch.telling`): who that is, is looked up where it is kept."""

    @property
    def changed(self) -> bool:
        """Something is to be written."""
        return bool(self.events)

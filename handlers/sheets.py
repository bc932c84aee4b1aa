"""What the desk's own pages hold: how a message was understood, who there is, what happened tonight.

The words are already in the reader's language; nothing here is private but the facts of a preview.
"""

from dataclasses import dataclass

from dispatch.moments import Micros
from handlers.messages import Choice, Fact, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a message would be understood, before it is posted. Without a `title` there is nothing to show."""

    title: str = ""
    badge: str = ""
    tone: Tone = Tone.NORMAL
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the committee, one line each. `epoch` is that of their personal link: a revocation asked
    for on a page with an older one was done before."""

    person_id: int
    name: str
    epoch: int
    roles: str
    about: str
    trusted: bool
    rest: str
    """Until when no wave asks them; empty while they are asked."""
    trouble: str
    """Why they are not reached now; empty when they are."""
    doubted: bool = False
    """They were vouched for, until they gave back too much of what was shown to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A building: how many of our people live there, and how many jobs are open."""

    name: str
    helpers: int
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who there is, as far as `wanted` asks for; `of` is how many there are in all."""

    wanted: str
    of: int
    members: tuple[Member, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A job that its reader finished. Nothing of it is private but `thanks`, a line for each person who gave
    any: those are for the reader alone, and are not printed."""

    day: str
    what: str
    job_id: int
    took: str
    thanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What somebody has given. Each count is of jobs and of time, in words; `more` are not listed."""

    week: tuple[str, str]
    ever: tuple[str, str]
    since: str
    """The day of the first job; empty where there is none."""
    jobs: tuple[Given, ...]
    more: int
    thanked: str = ""
    """How often others gave thanks; empty where nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """Who stands where in the ladder, or who has which week."""

    when: str
    who: str
    now: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLine:
    """A piece of duty. `person_id` is 0 where nobody has it; the span is in microseconds, for the buttons."""

    day: str
    hours: str
    slot: str
    who: str
    person_id: int
    starts_at: Micros
    ends_at: Micros
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """For whom the reader may ask to act, whom they may let act, and who does; a choice's value comes back
    with a day between `first` and `last`, both as ISO 8601 writes them."""

    first: str
    last: str
    committees: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    acting: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who has the duty in the days to come. `people` are those to whom this reader may give a shift, `me` is
    the reader among them; 0 where they may take none."""

    lines: tuple[WatchLine, ...]
    people: tuple[Choice, ...] = ()
    me: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A piece of duty that somebody has, as a calendar says it."""

    starts_at: Micros
    ends_at: Micros
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Almanac:
    """The duty of a committee for a calendar. `key` tells it from every other committee's."""

    key: str
    title: str
    now: Micros
    pieces: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to a job; never anybody's free words."""

    clock: str
    job_id: int
    title: str
    said: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The last hours on one sheet. `sum` are counts in words."""

    sum: tuple[str, ...]
    duty: tuple[DutyLine, ...]
    ladder: tuple[DutyLine, ...]
    told: tuple[Happening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An open job and how its call stands; never anybody's free words."""

    job_id: int
    title: str
    badge: str
    tone: Tone
    age: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A resident at risk. All of it is private."""

    name: str
    door: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A building and its status, with every step that follows by itself. `people` are ours who live there."""

    building_id: int
    name: str
    status: str
    """As `dispatch.sealing.Status` has it, for colour and pattern; `badge` says it in words."""
    sign: str
    badge: str
    said: str
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """All buildings, and who said what of them. `buildings` are those whose status this reader may set, with
    a beginning between `first` and `last`, local times as ISO 8601 writes them."""

    desk: bool
    lines: tuple[Quarter, ...]
    log: tuple[str, ...]
    buildings: tuple[Choice, ...] = ()
    schemes: tuple[Choice, ...] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """How a committee stands, for whoever takes it over. What there is nothing to tell of is empty.

    `day` are counts in words. `residents` is None for those who may not know who they are, `at_risk` their
    number in words. `desk`: the reader has the desk's other pages as well."""

    committee: str
    made: str
    desk: bool
    duty: tuple[DutyLine, ...]
    jobs: tuple[Standing, ...]
    day: tuple[str, ...]
    silent: tuple[str, ...]
    unreached: tuple[str, ...]
    at_risk: str
    residents: tuple[AtRisk, ...] | None = None
    buildings: tuple[Quarter, ...] = ()
    """Those that are not open, or will not stay so; `others` says how it stands with the rest."""
    others: str = ""
    care: "tuple[CareTurn, ...]" = ()
    """What residents need today by their care plans."""
    medicine: str = ""
    """How much medicine runs out soon, and is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """One person's load: two bars, each so many hundredths of the widest, and the same in words. `near` says
    how close they are to their daily number of offers, where they are."""

    name: str
    offers: int
    jobs: int
    said: str
    near: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """One night's alarms; `width` in hundredths of the night with the most."""

    when: str
    count: int
    width: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSheet:
    """How evenly the load lies: the last 24 hours and the last seven days, in words, and bars a person and a
    night. `more` says how many people have no bar here. `desk`: the reader follows every job."""

    desk: bool
    committee: str
    made: str
    day: tuple[str, ...]
    week: tuple[str, ...]
    rows: tuple[LoadRow, ...]
    more: str
    nights: tuple[NightRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTurn:
    """A turn of a care plan that is to be done today. `title` holds nothing private; `who` is the resident
    and the door, empty for those who may not know them. `tone` is for colour, `said` for words."""

    when: str
    title: str
    who: str
    tone: Tone
    said: str
    job_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLine:
    """A care plan. `days` says its turns, `following` the next one that is not open yet; `excuses` are those
    for whom the reader may say that they cannot come to it, as choices."""

    plan_id: int
    title: str
    who: str
    days: str
    usual: str
    following: str
    excuses: tuple[Choice, ...] = ()
    pictures: tuple[str, ...] = ()
    """Names of those of its device, for those who may see residents."""
    takes_pictures: bool = False
    """The reader may add one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSheet:
    """The care plans that are the reader's business, and how today's turns stand. `edits`: they may change
    plans; `desk`: they follow every job."""

    desk: bool
    edits: bool
    turns: tuple[CareTurn, ...]
    plans: tuple[CareLine, ...]

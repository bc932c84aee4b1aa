"""The whole vocabulary that handlers and platforms share.

A platform turns what it receives into `Incoming` and lays out `Card`s; it decides nothing about jobs.
Every text in a `Card` or `Reply` is already in the reader's language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.geography import Point
from dispatch.jobs import Priority
from dispatch.joining import Ticket
from dispatch.moments import Micros
from dispatch.people import Address
from dispatch.verbs import Subject, Verb, subject


class Tone(StrEnum):
    """What a card's colour means. ALARM is the red card of somebody who must answer now."""

    ALARM = "alarm"
    LIFE = "life"
    URGENT = "urgent"
    NORMAL = "normal"
    MINE = "mine"
    DONE = "done"


class Style(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"
    PLAIN = "plain"


class Asks(StrEnum):
    """What a button needs before it can be sent."""

    NOTHING = "nothing"
    TEXT = "text"
    PERSON = "person"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One person to choose from: `value` is what comes back."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button. `version` is the card's: an old one cannot move a newer state unknowingly.

    `job_id` is the number of whatever the verb is about (`dispatch.verbs.subject`).
    """

    verb: Verb
    job_id: int
    version: int
    label: str
    style: Style = Style.PLAIN
    asks: Asks = Asks.NOTHING
    hint: str = ""
    """Placeholder or question for TEXT and CONFIRM."""
    choices: tuple[Choice, ...] = ()
    choice: str = ""
    """What a tap carries besides its verb: of FIND the keys of the step and of the finding."""

    @property
    def subject(self) -> str:
        """What the number is the number of: `job`, `application` or `relay`."""
        return subject(self.verb).value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A labelled line, e.g. door or phone. `phone` makes it a call button; `private` is never put
    into a preview, a notification or a room. `lead` is the one that whoever goes there needs first."""

    label: str
    value: str
    phone: str | None = None
    private: bool = False
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A button that dials: the emergency numbers of a life-threatening job."""

    label: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticking:
    """The claim by which the reader ticks stops or doors on a page, and until when a link may lead there."""

    ticket: Ticket
    job_id: int
    claim: int
    until: Micros
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A message that follows a job, or an application; it is edited, never repeated.

    `calls` come before everything else. `state` says in one sentence who has it or what is awaited.
    `more` are actions kept behind a fold (staff's rarer verbs). `log` are the desk's timeline lines.
    """

    job_id: int
    version: int
    tone: Tone
    title: str
    badge: str
    state: str
    calls: tuple[Call, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()
    guide: tuple[str, ...] = ()
    """The name of the picture for each of `steps`, or for the one `step`; empty for one without. Nobody's
    secret: a platform that shows pictures within a card finds them by it."""
    found: tuple[str, ...] = ()
    """What was found so far in a guided job, a line each; such a job has no `steps`."""
    step: str = ""
    """What is asked now in a guided job; what may be found are the actions of FIND."""
    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()
    notes: tuple[str, ...] = ()
    """Short paragraphs: what is missing and how to say it, who was asked, that it is a demo."""
    log: tuple[str, ...] = ()
    silent: bool = False
    """Sent without a sound: an ordinary job at night. Never where life is at stake."""
    place: Point | None = None
    """Where it is, for a pin on a map; only for somebody who may know the door."""
    pictures: int = 0
    """How many pictures there are for this reader, numbered from 1. As private as a private fact."""
    takes_pictures: bool = False
    """The reader may add one now."""
    asked: tuple[str, ...] = ()
    """Who was asked and what each of them said, for the desk; one line each."""
    unasked: tuple[str, ...] = ()
    """Why the others were not, for the desk; one line a reason."""
    rank: int = 0
    """Cards are shown by ascending rank: what needs this reader first comes first."""
    priority: Priority | None = None
    """The job's, which `badge` names; None on a card about no job."""
    closed: bool = False
    application: bool = False
    """It follows somebody's application, and `job_id` is that one's number."""
    relay: bool = False
    """It follows a relay (`dispatch.relays`), and `job_id` is that one's number."""
    away: str = ""
    """How far it is from where the reader lives; empty where that is not known or helps nobody."""
    drill: int = 0
    """It is the test of this number, and about no job."""
    digest: int = 0
    """It is a morning's figures, the message of this number, and about no job."""
    run: bool = False
    """It is a medicine run whose requests the reader may see, and may have a page about."""
    doors: bool = False
    """The same of a round and its doors."""
    ticking: Ticking | None = None
    """Set for whoever has it. A platform that links to pages makes a `page` of it."""
    page: str = ""
    """Where the reader ticks them off: an address that signs them in, as private as a private fact."""
    thanks: int = 0
    """Somebody gives thanks, in the message of this number; it follows no job."""
    told: int = 0
    """It tells family something, in the message of this number; it follows nothing."""
    near: bool = False
    """The reader was not asked and has no part in it: it stands among the jobs that are open nearby."""

    @property
    def name(self) -> str:
        """What tells it from every other card of its reader."""
        if self.drill:
            return f"drill-{self.drill}"
        if self.digest:
            return f"digest-{self.digest}"
        if self.thanks:
            return f"thanks-{self.thanks}"
        if self.told:
            return f"told-{self.told}"
        return f"{self.subject.value}-{self.job_id}"

    @property
    def subject(self) -> Subject:
        """What it follows."""
        if self.application:
            return Subject.APPLICATION
        return Subject.RELAY if self.relay else Subject.JOB

    @property
    def of_job(self) -> bool:
        """It follows a job."""
        return self.subject is Subject.JOB

    @property
    def private(self) -> bool:
        """Holds something that must not reach a room, a preview or a log."""
        return self.pictures > 0 or bool(self.page) or any(fact.private for fact in self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """What a platform calls a message that it sent, so that it can be edited."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Something a person did: free text (`text`), or a verb on a job.

    `nonce` makes a post repeatable (a form's hidden field, a platform's message id). `fields` are the
    short form's: `kind`, `building`, `unit`, `phone`, `places`, `headline`. `about` is the job whose card a
    text replies to. `job_id` is the number of whatever the verb is about. `receipt` is unique to
    what came in: the same one again moves nothing. `phone` is a number that the person shared as their own,
    `place` a place on the map.
    """

    address: Address
    text: str = ""
    verb: Verb | None = None
    job_id: int | None = None
    version: int | None = None
    choice: str = ""
    nonce: str = ""
    receipt: str = ""
    about: int | None = None
    phone: str = ""
    place: Point | None = None
    committee: str | None = None
    """As `Stranger.committee`: only that committee's invitations and codes count there."""
    taken_back: bool = False
    """A tap that took a job was undone, as `dispatch.verbs.Command` has it."""
    wants_card: bool = True
    """Without, a tap is answered in words alone: nobody will look at the card."""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody who wrote from an account that belongs to nobody yet.

    `value` is what the platform calls them; `committee` is the key of the committee whose own bot they
    wrote to, where there is one. `shares_contact`: the platform has its own way to share one's number.
    """

    platform: str
    value: str
    name: str
    language: str
    committee: str | None = None
    shares_contact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a tap or a message, at once. `ok` False: nothing was changed."""

    text: str
    ok: bool = True
    holds: bool = False
    """The reader has a place of the job now."""
    card: Card | None = None
    cards: tuple[Card, ...] = ()
    """What was asked for, when it is several cards (`/jobs`)."""
    buttons: tuple[Choice, ...] = ()
    """What may be answered by a tap; the choice's value comes back as text."""
    ask_contact: bool = False
    """Offer the platform's own way to share one's number."""
    offers: tuple[Choice, ...] = ()
    """What may be answered besides, as many of them as apply; said in `offered`, in a message of its own
    where one has room for one kind of button only."""
    offered: str = ""
    picture: "Shown | None" = None
    """What goes with it where one reads alone and pictures can be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture of a job on its way to somebody who may see it: a JPEG, small enough for any chat. Or one of
    no job (`job_id` 0), which has a `title`."""

    job_id: int
    number: int
    data: bytes = field(repr=False)
    silent: bool = False
    width: int = 0
    height: int = 0
    """Pixels; 0 where nobody asked."""
    claim: int = 0
    """Because of which claim of the job; the same picture for the same claim is the same one again."""
    title: str = ""
    """What it says in words, where it is about no job; it may stand on a locked phone."""
    kind: str = "image/jpeg"

    @property
    def caption(self) -> str:
        """The words below it: the job's number and its own, or its title; the pictures of steps have none."""
        return self.title or (f"#{self.job_id} ({self.number})" if self.number > 0 else f"#{self.job_id}")

    @property
    def file(self) -> str:
        """A name for it as a file."""
        return f"{self.job_id}-{self.number}.{'png' if self.kind == 'image/png' else 'jpg'}"


WithPage = Callable[[Card], Card]
"""Puts a link onto a card that goes to one person alone, where the card may have one."""

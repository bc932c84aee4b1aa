"""What a person's own page holds, in the reader's language; how it is laid out is the page's business."""

from dataclasses import dataclass

from handlers.messages import Card, Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of job that staff may post by a large button. `needs` are the form's required fields."""

    value: str
    label: str
    icon: str
    life: bool
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostForm:
    """What somebody who may post is offered: one box for one message, and buttons with a short form."""

    hint: str
    examples: tuple[str, ...]
    kinds: tuple[Kind, ...]
    buildings: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Who cannot be reached, one line each or one for many; `count` is of people and rooms whom nothing
    reaches at all. `late` is what was late and made good in the last day."""

    count: int
    lines: tuple[str, ...]
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Whether waves leave the reader in peace now, and until when, in words."""

    resting: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A person's own page: `cards` by rank, then what was closed lately.

    `alarm` is set when somebody must answer now: the whole page turns red. `quiet` says in one
    sentence that nothing is asked of the reader; it is empty when something is.
    """

    committee: str
    person: str
    language: str
    demo: bool
    alarm: bool
    quiet: str
    duty: str
    """Who is on duty now, for those who may know; else empty."""
    calm: str = ""
    """For those who are called and do not dispatch: that nothing needs them, as long as no card is red."""
    cards: tuple[Card, ...] = ()
    near: tuple[Card, ...] = ()
    """Open jobs that the reader was not asked for and could take, nearest first."""
    closed: tuple[Card, ...] = ()
    post: PostForm | None = None
    applications: tuple[Card, ...] = ()
    """Who asks to be let in, for those who decide."""
    relays: tuple[Card, ...] = ()
    """What the reader is asked to take, and reminded of."""
    unreached: Unreachable | None = None
    """Who cannot be reached; None for those who may not know."""
    rest: Rest | None = None
    """None for those whom no wave asks."""
    out: Rest | None = None
    """Whether the reader is out; None for those who are never on duty."""
    care: bool = False
    """The reader usually does something of a care plan, and has the page about that."""
    board: bool = False
    """The reader may see the committee's board."""

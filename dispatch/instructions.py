"""What whoever goes there does: a playbook's instructions, one after the other, and what may be found there.

A playbook either lists instructions to read, or guides: every instruction then asks something, and the
finding that is tapped says which comes next. Values only; `instructions_file` reads and checks them, and
`walking` decides what a finding does to a job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.jobs import Priority
from dispatch.moments import Micros

Words = Mapping[str, str]
"""A short text by language; `en` and `zh_CN` are always there."""

CLOSE = "close"
"""Where a finding leads that ends the job as done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What somebody may find, and tap. `to` is the key of the next instruction, or `CLOSE`."""

    key: str
    words: Words
    to: str
    raises: Priority | None = None
    """How urgent the job is at least from then on."""
    calls: bool = False
    """Leaders are called at once, rung by rung, and read what was found."""
    says: Words = field(default_factory=dict)
    """What leaders who are called should do, or know."""
    settles: bool = False
    """What leaders were called for has come to rest: a call because of an earlier finding ends."""
    asks: Words = field(default_factory=dict)
    """The question that is answered in words with it; they are private."""
    tells: Words = field(default_factory=dict)
    """What the family may be told of it, in place of what they are told of every such job."""
    rings: bool = False
    """They are to be rung about it as well: it is nothing to hear from a message alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What happens by itself when nothing was found `after` that time."""

    after: Micros
    to: str
    calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One thing to do. Without a `key` it is only read."""

    words: Words
    key: str = ""
    findings: tuple[Finding, ...] = ()
    reveal: frozenset[str] = frozenset()
    """Private fields that open here, beside those of the playbook, and stay open."""
    wants: str = ""
    """A private field that must exist; where it does not, `otherwise` comes in its place."""
    otherwise: str = ""
    recheck: Recheck | None = None
    holds: bool = False
    """Something was found that is no end: the job is not done before this is answered."""
    picture: str = ""
    """The name of a picture file that shows it without words; everybody may see it."""


def guided(instructions: Sequence[Instruction]) -> bool:
    """They ask what was found, and are not only read."""
    return bool(instructions) and bool(instructions[0].key)

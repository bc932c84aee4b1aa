"""Numbers that are a volunteer's own, where they stand as those of a resident's family.

A volunteer's number is shown to nobody, and that of family to whoever has the job. So a volunteer's is not
written down as family's: who is both is told in their chat (`telling`). Where it stands there already, since
its owner came to help, or gave it, later on, it shuts no form and keeps nobody out; it is on no card but the
desk's. Whoever has a key may well be a volunteer: that number is theirs to be rung at. Knows neither files
nor how numbers are kept.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from dispatch.errors import BadFileError
from dispatch.residents import Contact, ContactKind
from dispatch.telling import CHINA, international

EXPECTED = (
    "a number of family that is no volunteer's own, since those are shown to nobody: leave the number out "
    "(in a cell `name:`, in TOML an empty text) and link them as family by their chat"
)
"""What belongs there instead. Somebody without a number is in nobody's way, and can be told all the same."""


def check(entry: str, before: Iterable[Contact], after: Sequence[Contact], own: Collection[str]) -> None:
    """Raise `BadFileError` for family of this `entry` whose number is one of volunteers' `own`, unless it
    stood there before as family's, however it was written."""
    stood = {international(each.phone) for each in before if each.kind is ContactKind.FAMILY}
    for number, each in enumerate(after, 1):
        if _is_own(each, own) and international(each.phone) not in stood:
            raise BadFileError(table=f"{entry}.contacts #{number}", field="phone", expected=EXPECTED)


def guarded(contacts: Iterable[Contact], own: Collection[str]) -> tuple[Contact, ...]:
    """The contacts without numbers that are one of volunteers' `own`; who they are stays."""
    return tuple(replace(each, phone="") if _is_own(each, own) else each for each in contacts)


def spelled(phone: str) -> Iterator[str]:
    """The digits of a number in every way in which they are written; none of what is no number."""
    digits = international(phone).removeprefix("+")
    if not digits:
        return
    yield from (digits, f"00{digits}")
    if digits.startswith(CHINA):
        home = digits.removeprefix(CHINA)
        yield from (home, f"0{home}")


def _is_own(contact: Contact, own: Collection[str]) -> bool:
    return contact.kind is ContactKind.FAMILY and not contact.marks.isdisjoint(own)

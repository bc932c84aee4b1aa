"""Numbers of residents' family as a file has them, beside those of volunteers (`dispatch.own_numbers`).

Looked at only where an entry is written: whatever is kept as it was, stays.
"""

from collections.abc import Collection, Iterator, Sequence

from dispatch import own_numbers
from dispatch.entries import PersonEntry, ResidentEntry
from dispatch.people import ASKABLE
from store import people, residents
from store.crypto import Vault
from store.engine import Row


def of_volunteers(
    entries: Sequence[PersonEntry], rows: Sequence[Row], going: Collection[int], vault: Vault
) -> frozenset[str]:
    """What stands for the numbers of everybody who is a volunteer once the file is loaded: of those of its
    `entries`, and of `rows` that it does not name; `going` are ids of those who leave."""
    named = {entry["key"] for entry in entries}
    staying = [row for row in rows if row["key"] not in named and row["id"] not in going]
    return people.volunteers_numbers(staying) | frozenset(_given(entries, vault))


def check(entry: ResidentEntry, number: int, row: Row | None, own: Collection[str], vault: Vault) -> None:
    """Raise `BadFileError` for a number of family that the entry of this number gives, which its `row` did
    not have, and which is one of volunteers' `own`."""
    given = residents.marked(residents.of_entry(entry), vault)
    stood = residents.read_contacts(row["contacts"], vault) if row is not None and row["active"] else ()
    own_numbers.check(f"residents #{number}", stood, given, own)


def _given(entries: Sequence[PersonEntry], vault: Vault) -> Iterator[str]:
    for entry in entries:
        index = residents.phone_index(entry["phone"], vault)
        if index is not None and not ASKABLE.isdisjoint(entry["roles"]):
            yield index

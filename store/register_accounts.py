"""Accounts of people as a file has them, beside those that others hold: an account is one person's.

Somebody whom the file does not name, or does not move, keeps theirs: it is never taken away in silence.
"""

from collections.abc import Collection, Mapping, Sequence

from dispatch.entries import PersonEntry
from dispatch.errors import BadFileError
from store.engine import Row


def check(
    entries: Sequence[PersonEntry],
    ids: Mapping[str, int],
    owned: Mapping[int, Sequence[Row]],
    staying: Collection[int],
    left: Collection[int],
) -> None:
    """Raise `BadFileError` for an account that one of those who stay holds already.

    `owned` are active addresses by whose they are, `staying` ids of people who are there afterwards, and
    `left` ids of the addresses that the file takes from them."""
    held = {
        (row["platform"], row["value"]): person
        for person, rows in owned.items()
        for row in rows
        if person in staying and row["id"] not in left
    }
    for number, entry in enumerate(entries, 1):
        for platform, value in entry["addresses"].items():
            if held.get((platform, value), ids[entry["key"]]) != ids[entry["key"]]:
                raise BadFileError(
                    table=f"people #{number} ({entry['key']})",
                    field=f"addresses.{platform}",
                    expected="an account of its own; somebody else of the committee has it",
                )

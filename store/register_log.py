"""Who changed the register, when, and which entries and fields: never what stood in them.

Keys of residents are private, so what is told of single entries is sealed; how many they were is not.
"""

from collections.abc import Iterator, Sequence

from dispatch.importing import Act, Change, Logged, by_table
from dispatch.moments import Micros
from store.crypto import Vault
from store.engine import Params, Row, Save
from store.words import pack, unpack


def written(
    changes: Sequence[Change], committee_id: int, by: int | None, now: Micros, vault: Vault
) -> Iterator[Save]:
    """One line for each table and what became of its entries."""
    for (table, act), found in by_table(changes).items():
        detail = pack([[each.key, *each.fields] for each in found])
        columns: Params = {
            "committee_id": committee_id,
            "at": now,
            "by_id": by,
            "act": act.value,
            "about": table,
            "entries": len(found),
            "detail": vault.seal(detail),
        }
        yield Save("log_register", columns)


def exported(committee_id: int, by: int, now: Micros, vault: Vault) -> Save:
    """A line that says that all of it went out."""
    columns: Params = {
        "committee_id": committee_id,
        "at": now,
        "by_id": by,
        "act": Act.EXPORTED.value,
        "about": "",
        "entries": 0,
        "detail": vault.seal(pack([])),
    }
    return Save("log_register", columns)


def read(row: Row, vault: Vault) -> Logged:
    """The line that a row is, opened."""
    return Logged(
        at=row["at"],
        by=row["by_id"],
        act=Act(row["act"]),
        table=row["about"],
        entries=row["entries"],
        detail=tuple((key, tuple(fields)) for key, *fields in unpack(vault.unseal(row["detail"]))),
    )

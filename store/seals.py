"""What was declared of buildings as rows: the values that they are, and how far each was told."""

from collections.abc import Mapping, Sequence

from dispatch import sealing
from dispatch.declaring import Mark
from dispatch.sealing import Sealing
from store.engine import Params, Row, Rows

TABLE = "sealings_of"
"""What a roster reads of it."""


def read(rows: Rows) -> tuple[Sealing, ...]:
    """The sealings of `TABLE`, in the order in which they were said."""
    return tuple(map(one, rows[TABLE]))


def one(row: Row) -> Sealing:
    """The sealing that a row is."""
    return Sealing(
        id=row["id"],
        committee_id=row["committee_id"],
        building_id=row["building_id"],
        since=row["since"],
        scheme=sealing.read(row["scheme"]),
        by_id=row["by_id"],
        set_at=row["set_at"],
    )


def marks(rows: Sequence[Row]) -> Mapping[int, Mark]:
    """How far each was told, by its id."""
    return {row["id"]: Mark(told=row["told"], look_at=row["look_at"]) for row in rows}


def columns(said: Sealing, mark: Mark, receipt: str) -> Params:
    """Every column of a new one. Without a receipt nothing is the same word."""
    return {
        "committee_id": said.committee_id,
        "building_id": said.building_id,
        "since": said.since,
        "scheme": sealing.written(said.scheme),
        "by_id": said.by_id,
        "set_at": said.set_at,
        "receipt": receipt or None,
        "told": mark.told,
        "look_at": mark.look_at,
    }

"""Medicine that residents take all the time, and the requests that are made when it runs out.

Revision: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the medicines, sealed but for their days; and let a request know which of them it is about, and
    which other system it is from."""
    op.create_table(
        "medicine_supplies",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("key_index", sa.Text(), nullable=False),
        _to("residents", "resident_id"),
        sa.Column("said_until", sa.Text(), nullable=False),  # a day, as the register said it last
        sa.Column("until", sa.Text(), nullable=False),  # the same, moved on by what was fetched since
        sa.Column("box", sa.BigInteger(), nullable=False),  # days, as is the next one
        sa.Column("ahead", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")  # sealed
            for name in ("key", "medicine", "hospital", "doctor", "brings")
        ),
        sa.Column("mark", sa.Text()),  # a keyed hash of the whole row
        sa.Column("active", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("look_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("committee_id", "key_index", name="medicine_supplies_key"),
    )
    counting = sa.text("active = 1")
    op.create_index(
        "medicine_supplies_due",
        "medicine_supplies",
        ["look_at"],
        sqlite_where=counting,
        postgresql_where=counting,
    )
    _stops()


def _stops() -> None:
    op.add_column("medicine_stops", sa.Column("supply_id", sa.BigInteger()))
    op.add_column("medicine_stops", sa.Column("supply_until", sa.Text()))
    op.add_column("medicine_stops", sa.Column("source_id", sa.BigInteger()))
    op.add_column("medicine_stops", sa.Column("request_mark", sa.Text()))
    supplied = sa.text("supply_id IS NOT NULL")
    op.create_index(
        "medicine_stops_supplied",
        "medicine_stops",
        ["committee_id", "supply_until"],
        sqlite_where=supplied,
        postgresql_where=supplied,
    )


def _to(table: str, name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=False)

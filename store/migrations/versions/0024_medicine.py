"""Medicine runs: the requests that are their stops, and what hospitals were found to have.

Revision: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Let a job know that it is a run, and keep its stops and what was learned of hospitals."""
    op.add_column("jobs", sa.Column("run_hospital", sa.Text(), nullable=False, server_default=""))  # sealed
    for name in ("run_until", "run_stops", "run_owed"):
        op.add_column("jobs", sa.Column(name, sa.BigInteger()))
    _stops()
    _stock()


def _stops() -> None:
    op.create_table(
        "medicine_stops",
        _to("jobs", "job_id", primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        sa.Column("nonce", sa.Text(), nullable=False),
        _to("buildings", "building_id", nullable=True),
        _to("residents", "resident_id", nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger()),  # how long what is left lasts
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")  # sealed
            for name in ("hospital", "tried", "drug", "doctor", "unit", "phone", "words", "handed")
        ),
        sa.UniqueConstraint("committee_id", "nonce", name="medicine_stops_nonce"),
    )
    op.create_index("medicine_stops_of", "medicine_stops", ["resident_id"])


def _stock() -> None:
    op.create_table(
        "medicine_stock",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("drug_index", sa.Text(), nullable=False),
        sa.Column("drug", sa.Text(), nullable=False),  # sealed
        sa.Column("stocked", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("committee_id", "drug_index", "hospital", name="medicine_stock_known"),
    )


def _to(table: str, name: str, *, primary_key: bool = False, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )

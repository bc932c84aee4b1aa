"""Rounds: care plans for several residents, the doors of their jobs, who lives alone and who tells the
others.

Revision: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a care plan be for several residents (`scope`, sealed), a job know how far its round is, and keep
    the doors of it; and seal beside residents that they live alone, beside households that they tell
    others."""
    _plans()
    op.add_column("residents", sa.Column("alone", sa.Text(), nullable=False, server_default=""))  # sealed
    op.add_column("households", sa.Column("relay", sa.Text(), nullable=False, server_default=""))  # sealed
    op.add_column("jobs", sa.Column("round_doors", sa.BigInteger()))
    for name in ("round_open", "round_unanswered"):  # numbers of doors
        op.add_column("jobs", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _doors()


def _plans() -> None:
    # SQLite makes the table anew to let a column be empty; indexes with a condition are made by hand.
    counting = sa.text("active = 1")
    op.drop_index("care_plans_due", "care_plans")
    with op.batch_alter_table("care_plans") as table:
        table.alter_column("resident_id", existing_type=sa.BigInteger(), nullable=True)
        table.add_column(sa.Column("scope", sa.Text(), nullable=False, server_default=""))  # sealed
    op.create_index(
        "care_plans_due", "care_plans", ["look_at"], sqlite_where=counting, postgresql_where=counting
    )


def _doors() -> None:
    op.create_table(
        "round_doors",
        _to("jobs", "job_id", primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        _to("residents", "resident_id", nullable=True),
        _to("buildings", "building_id", nullable=True),
        _to("households", "household_id", nullable=True),  # that tells them
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("check_id", sa.BigInteger()),  # the job that looks after whoever does not answer
    )
    op.create_index("round_doors_of", "round_doors", ["resident_id"])


def _to(table: str, name: str, *, primary_key: bool = False, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )

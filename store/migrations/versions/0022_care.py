"""Care plans: what residents need again and again, and the jobs that are their turns.

Revision: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the plans, sealed but for their kind and their times; who said that they cannot come; and let a job
    know of which plan it is a turn, and whom it was offered to first."""
    _plans()
    _excuses()
    _jobs()


def _plans() -> None:
    op.create_table(
        "care_plans",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("key_index", sa.Text(), nullable=False),
        _to("residents", "resident_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),  # of the day, local
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("ahead", sa.BigInteger(), nullable=False),  # minutes, as is the next one
        sa.Column("within", sa.BigInteger(), nullable=False),
        sa.Column("carers", sa.Text(), nullable=False),  # ids of people
        *_sealed("key", "device", "words"),
        sa.Column("mark", sa.Text()),  # a keyed hash of the whole row
        sa.Column("active", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("since_at", sa.BigInteger(), nullable=False),  # since when these times hold
        sa.Column("look_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("committee_id", "key_index", name="care_plans_key"),
    )
    counting = sa.text("active = 1")
    op.create_index(
        "care_plans_due", "care_plans", ["look_at"], sqlite_where=counting, postgresql_where=counting
    )


def _excuses() -> None:
    op.create_table(
        "care_excuses",
        _to("care_plans", "plan_id", primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        # Nobody at all is 0, and no person.
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        _to("people", "by_id"),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("care_excuses_of", "care_excuses", ["committee_id", "at"])


def _jobs() -> None:
    for name in ("care_id", "care_at", "care_due_at", "care_leaders_at"):
        op.add_column("jobs", sa.Column(name, sa.BigInteger()))
    op.add_column("jobs", sa.Column("care_first", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("care_usual", sa.Text(), nullable=False, server_default=""))
    turns = sa.text("care_id IS NOT NULL")
    op.create_index(
        "jobs_care", "jobs", ["committee_id", "care_at"], sqlite_where=turns, postgresql_where=turns
    )
    op.create_index(
        "jobs_care_of",
        "jobs",
        ["committee_id", "care_id", "care_at"],
        sqlite_where=turns,
        postgresql_where=turns,
    )


def _sealed(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text(), nullable=False, server_default="") for name in names]


def _to(table: str, name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=False,
        primary_key=primary_key,
        autoincrement=False,
    )

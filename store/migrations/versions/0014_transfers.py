"""Jobs that one committee hands over to another.

Revision: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a job say who is asked to take it and by which transfer it came, and add what a transfer is."""
    op.add_column("jobs", sa.Column("pending_committee", sa.BigInteger()))
    op.add_column("jobs", sa.Column("pending_since", sa.BigInteger()))
    op.add_column("jobs", sa.Column("pending_until", sa.BigInteger()))
    op.add_column("jobs", sa.Column("origin_id", sa.BigInteger()))
    came = sa.text("origin_id IS NOT NULL")
    op.create_index(
        "jobs_by_origin", "jobs", ["origin_id"], unique=True, sqlite_where=came, postgresql_where=came
    )
    asked = sa.text("kind = 'transfer' AND state = 'open'")
    op.create_index(
        "relays_transfers", "relays", ["committee_id"], sqlite_where=asked, postgresql_where=asked
    )
    op.create_table(
        "transfers",
        _to("relays", "relay_id", primary_key=True),
        _to("committees", "committee_id"),  # who is asked
        _to("committees", "sender_id"),
        _to("jobs", "job_id"),
        sa.Column("since_version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),  # sealed
        sa.UniqueConstraint("job_id", "since_version", name="transfers_job"),
    )


def _to(table: str, name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=False,
        primary_key=primary_key,
        autoincrement=False,
    )

"""How people answered is on record, and a policy says whom to ask.

Revision: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a call know when its policy looks again, an ask why it was made, and a job whether it was counted.
    Keep the counts by person, facet and rest, the committee's how manieth job each was asked for last, and
    how many were counted. Find a committee's newest asks without looking at all of them."""
    op.add_column("jobs", sa.Column("call_seek_at", sa.BigInteger()))
    op.add_column("jobs", sa.Column("counted", sa.SmallInteger(), nullable=False, server_default="0"))
    waiting = sa.text("counted = 0 AND status = 'closed'")
    op.create_index("jobs_uncounted", "jobs", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.add_column("asks", sa.Column("because", sa.Text(), nullable=False, server_default=""))
    op.create_index("asks_lately", "asks", ["committee_id", "at"])
    op.create_index("asks_newer", "asks", ["committee_id", "id"])
    op.create_table(
        "records",
        _to("people", "person_id", primary_key=True),
        sa.Column("facet", sa.Text(), primary_key=True),
        sa.Column("bucket", sa.BigInteger(), primary_key=True),
        _to("committees", "committee_id"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("asked", "accepted", "refused")),
    )
    op.create_index("records_committee", "records", ["committee_id"])
    op.create_table(
        "rests",
        _to("people", "person_id", primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("job", sa.BigInteger(), nullable=False),
    )
    op.create_index("rests_committee", "rests", ["committee_id"])
    op.create_table(
        "counted",
        _to("committees", "committee_id", primary_key=True),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
    )


def _to(table: str, name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )

"""Other systems that open jobs, and what is owed to them.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the sources and the reports owed to their webhooks, and let a job say which source it is from."""
    _sources()
    _reports()
    # In words: as a change of the table both databases know it, but SQLite only within the column.
    op.execute("ALTER TABLE jobs ADD COLUMN source_id BIGINT REFERENCES sources (id)")
    op.add_column("jobs", sa.Column("request_mark", sa.Text(), nullable=True))


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token_mark", sa.Text(), nullable=False),  # a keyed hash
        sa.Column("webhook", sa.Text(), nullable=False, server_default=""),  # sealed
        sa.Column("secret", sa.Text(), nullable=False, server_default=""),  # sealed
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("committee_id", "key", name="sources_key"),
        sa.UniqueConstraint("token_mark", name="sources_token"),
    )
    op.create_index("sources_in_use", "sources", ["removed_at"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("job_id", sa.BigInteger(), sa.ForeignKey("jobs.id"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("source_id", sa.BigInteger(), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
    )
    owed = sa.text("status = 'owed'")
    op.create_index(
        "reports_due", "reports", ["source_id", "due_at"], sqlite_where=owed, postgresql_where=owed
    )
    op.create_index("reports_by_source", "reports", ["source_id", "status"])
    op.create_index("reports_done", "reports", ["done_at"])

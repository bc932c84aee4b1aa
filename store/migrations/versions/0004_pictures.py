"""Pictures of a job, which of them were shown to whom, and a pin on the map of its own.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the pictures, those still to be fetched, and the messages that they are; let an owed row be about
    one of them."""
    _pictures()
    _wanted()
    op.add_column("jobs", sa.Column("pictures", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("job_private", sa.Column("place", sa.Text(), nullable=False, server_default=""))  # sealed
    for name in ("picture", "claim", "begun_at"):
        op.add_column("outbox", sa.Column(name, sa.BigInteger(), nullable=True))


def _pictures() -> None:
    op.create_table(
        "pictures",
        _to("jobs", "job_id", primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        _to("people", "added_by", nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),  # sealed
    )
    op.create_index("pictures_by_age", "pictures", ["added_at"])
    op.create_table(
        "picture_messages",
        _to("addresses", "address_id", primary_key=True),
        _to("jobs", "job_id", primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("claim", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
    )


def _wanted() -> None:
    op.create_table(
        "wanted_pictures",
        sa.Column("receipt", sa.Text(), primary_key=True),
        _to("committees", "committee_id"),
        _to("addresses", "address_id"),
        sa.Column("album", sa.Text(), nullable=False, server_default=""),
        _to("jobs", "job_id", nullable=True),
        sa.Column("source", sa.Text(), nullable=False),  # sealed
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
    )
    waits = sa.text("done_at IS NULL")
    op.create_index(
        "wanted_pictures_due", "wanted_pictures", ["due_at"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_index("wanted_pictures_by_album", "wanted_pictures", ["committee_id", "album"])
    op.create_index("wanted_pictures_by_age", "wanted_pictures", ["created_at"])


def _to(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )

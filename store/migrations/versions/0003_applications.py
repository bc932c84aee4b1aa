"""Somebody applies to be let in, and what is owed may be about that instead of a job.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add applications and the messages that their cards are, and let an owed row be about one."""
    _applications()
    _cards()
    _outbox()


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _to("buildings", "building_id", nullable=True),
        sa.Column("phone", sa.Text(), nullable=False, server_default=""),  # sealed
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        _to("people", "decided_by", nullable=True),
        _to("people", "person_id", nullable=True),
    )
    still_open = sa.text("decided_at IS NULL")
    op.create_index(
        "applications_one_open",
        "applications",
        ["committee_id", "platform", "value"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("applications_by_account", "applications", ["platform", "value", "committee_id"])


def _cards() -> None:
    op.create_table(
        "application_cards",
        sa.Column("address_id", sa.BigInteger(), sa.ForeignKey("addresses.id"), primary_key=True),
        sa.Column("application_id", sa.BigInteger(), sa.ForeignKey("applications.id"), primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
    )


def _outbox() -> None:
    owed = sa.text("status = 'owed'")
    # SQLite makes the table anew to let a column be empty; indexes with a condition are made by hand.
    for name in ("outbox_due", "outbox_owed"):
        op.drop_index(name, "outbox")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("job_id", existing_type=sa.BigInteger(), nullable=True)
        table.add_column(
            sa.Column(
                "application_id",
                sa.BigInteger(),
                sa.ForeignKey("applications.id", name="outbox_application"),
                nullable=True,
            )
        )
    for name, columns in (
        ("outbox_due", ["due_at"]),
        ("outbox_owed", ["address_id", "job_id"]),
        ("outbox_owed_application", ["address_id", "application_id"]),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=owed, postgresql_where=owed)


def _to(table: str, name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)

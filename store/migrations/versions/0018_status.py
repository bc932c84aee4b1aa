"""Buildings that are sealed, controlled or open.

Revision: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what was declared of buildings, with who and when, and how far it was told; let a relay tell it."""
    op.create_table(
        "sealings",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        _to("buildings", "building_id"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        _to("people", "by_id"),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),  # unique to the message that it came from
        sa.Column("over", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("told", sa.BigInteger(), nullable=False),  # the stage that was told last; -1: none
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("committee_id", "receipt", name="sealings_receipt"),
    )
    counting = sa.text("over = 0")
    op.create_index(
        "sealings_counting", "sealings", ["committee_id"], sqlite_where=counting, postgresql_where=counting
    )
    due = sa.text("look_at IS NOT NULL")
    op.create_index("sealings_due", "sealings", ["look_at"], sqlite_where=due, postgresql_where=due)
    op.add_column("relays", sa.Column("building_id", sa.BigInteger()))
    told = sa.text("kind = 'status'")
    op.create_index(
        "relays_status", "relays", ["committee_id", "building_id"], sqlite_where=told, postgresql_where=told
    )


def _to(table: str, name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=False)

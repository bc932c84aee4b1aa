"""People who act as a committee's secretary for a while.

Revision: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a person act from one moment until another, for another committee too, and keep what is asked."""
    op.add_column("people", sa.Column("acting_since", sa.BigInteger()))
    op.add_column("people", sa.Column("acting_until", sa.BigInteger()))
    op.add_column("people", sa.Column("acting_of", sa.BigInteger()))  # who they are at home
    op.add_column("people", sa.Column("guest", sa.BigInteger(), nullable=False, server_default="0"))
    elsewhere = sa.text("acting_of IS NOT NULL")
    op.create_index(
        "people_elsewhere", "people", ["acting_of"], sqlite_where=elsewhere, postgresql_where=elsewhere
    )
    shown = sa.text("kind = 'acting' AND state <> 'over'")
    op.create_index("relays_acting", "relays", ["committee_id"], sqlite_where=shown, postgresql_where=shown)
    op.create_table(
        "actings",
        _to("relays", "relay_id", primary_key=True),
        _to("committees", "committee_id"),  # who is asked
        _to("committees", "sender_id"),
        _to("people", "person_id"),
        _to("relays", "origin_id"),  # what whoever asks keeps of it
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.UniqueConstraint("origin_id", name="actings_origin"),
    )
    op.create_index("actings_by_person", "actings", ["person_id"])


def _to(table: str, name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=False,
        primary_key=primary_key,
        autoincrement=False,
    )

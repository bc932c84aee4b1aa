"""How leaders want to be woken, and which week's drill was begun.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the ways as the committee's file lists them; of a service's address nothing stands open but its
    scheme, in the address that the way points to."""
    op.create_table(
        "ways",
        _to("committees", "committee_id", primary_key=True),
        _to("people", "person_id", primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            "address_id", sa.BigInteger(), sa.ForeignKey("addresses.id"), nullable=True
        ),  # empty: chats
        sa.Column("secret", sa.Text(), nullable=False),  # sealed
        sa.Column("since_minute", sa.BigInteger(), nullable=True),
        sa.Column("until_minute", sa.BigInteger(), nullable=True),
    )
    op.create_index("ways_by_address", "ways", ["address_id"])
    op.create_table(
        "drills",
        _to("committees", "committee_id", primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),  # a week, by its day
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
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

"""Family of residents have a link, and an account that is told when something was done.

Revision: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the links: what the register calls the contact is sealed, and the account is an address like any
    other. A link that ended leaves no row."""
    op.create_table(
        "families",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        _to("residents", "resident_id"),
        sa.Column("mark", sa.BigInteger(), nullable=False),  # drawn for each link
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        _to("addresses", "address_id", nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", sa.BigInteger()),
    )
    op.create_index("families_of", "families", ["resident_id"])
    op.create_index("families_at", "families", ["address_id"])


def _to(table: str, name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)

"""Browsers that ring although their page is closed.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the devices: the mark is a keyed hash by which one is found again."""
    op.create_table(
        "devices",
        sa.Column("mark", sa.Text(), primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("address_id", sa.BigInteger(), sa.ForeignKey("addresses.id"), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),  # sealed
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("devices_by_address", "devices", ["address_id", "kept_at"])
    op.create_index("devices_by_committee", "devices", ["committee_id", "address_id"])

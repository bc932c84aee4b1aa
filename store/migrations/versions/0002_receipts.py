"""What came in once is known again; an address that failed says why.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the receipts of incoming updates, and the reason why an address is left out."""
    op.create_table(
        "receipts",
        sa.Column("receipt", sa.Text(), primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("receipts_by_age", "receipts", ["at"])
    op.add_column("addresses", sa.Column("failed_reason", sa.Text(), nullable=True))

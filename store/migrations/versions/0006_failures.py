"""Since when an address has not worked.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment at which an address failed; what failed before says no moment."""
    op.add_column("addresses", sa.Column("failed_at", sa.BigInteger(), nullable=True))
    # Reasons are keys now (`dispatch.reach`).
    op.execute(
        "UPDATE addresses SET failed_reason = 'put_out' WHERE failed_reason = 'removed from the group'"
    )

"""The office keeps being asked, and may take a job over.

Revision: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a call know when its rung with a clock of its own is called again and how often it was, and a job
    which claim of it is the office's, and how many places it had before."""
    op.add_column("jobs", sa.Column("call_again_at", sa.BigInteger()))
    op.add_column("jobs", sa.Column("call_calls", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("pending_claim", sa.BigInteger()))
    op.add_column("jobs", sa.Column("pending_places", sa.BigInteger()))

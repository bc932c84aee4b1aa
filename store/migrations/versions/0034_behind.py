"""A call that another one took the place of is remembered, to run again once that is over.

Revision: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the call stands for that waits behind a job's; empty where none does."""
    op.add_column("jobs", sa.Column("call_behind", sa.Text()))

"""A job knows how often it became another kind.

Revision: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, so that pictures of one kind's steps are told from those of the next."""
    op.add_column("jobs", sa.Column("kinds", sa.BigInteger(), nullable=False, server_default="0"))

"""The scale of a committee's own plan of its compound.

Revision: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add how many metres one unit of the plan is; empty where nobody said it."""
    op.add_column("committees", sa.Column("scale", sa.Double()))

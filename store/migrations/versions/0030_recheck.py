"""A committee's own time to look again.

Revision: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the committee's recheck, in minutes; empty for the playbooks' own."""
    op.add_column("committees", sa.Column("recheck", sa.BigInteger()))

"""Thanks reach whoever did a job, and help brings a second person.

Revision: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a job know who gave thanks for it (ids of people, as JSON), and that it has one more place since
    somebody asked for help. The words of thanks are sealed in the ledger, as all words are."""
    op.add_column("jobs", sa.Column("thanked_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("second", sa.SmallInteger(), nullable=False, server_default="0"))

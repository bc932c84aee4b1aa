"""A job knows how far it has come in a guided playbook.

Revision: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the step that is asked now, the version at which it began, what was found before, and when the
    step's own clock moves it on."""
    op.add_column("jobs", sa.Column("walk_step", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("walk_since", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("walk_found", sa.Text(), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("walk_due_at", sa.BigInteger()))

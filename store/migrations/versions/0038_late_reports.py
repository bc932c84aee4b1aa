"""What other systems are to be told is found by when it is due, whoever it is for.

The reporter goes from source to source; the auditor asks what is late at all.

Revision: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index on the reports that are owed."""
    owed = sa.text("status = 'owed'")
    op.create_index("reports_late", "reports", ["due_at"], sqlite_where=owed, postgresql_where=owed)

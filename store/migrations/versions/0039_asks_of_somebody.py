"""How often somebody was asked of late is found by who they are.

Before asks are kept it is looked once more whether anybody has had their number by now.

Revision: 0039
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index on whom asks were made to."""
    op.create_index("asks_of_person", "asks", ["committee_id", "person_id", "at"])

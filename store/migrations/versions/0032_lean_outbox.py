"""Of the rows that are owed only those of applications are found by their application.

Every row that was owed stood in that index, to be written and taken out again: four of the five were enough.

Revision: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index anew, as that of relays was made."""
    owed = sa.text("status = 'owed' AND application_id IS NOT NULL")
    op.drop_index("outbox_owed_application", "outbox")
    op.create_index(
        "outbox_owed_application",
        "outbox",
        ["address_id", "application_id"],
        sqlite_where=owed,
        postgresql_where=owed,
    )

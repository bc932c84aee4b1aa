"""What is private is let go of when its time has come, and somebody may be in doubt.

Revision: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark whose private text is still there, and since when staff are to look at somebody. Find what is old,
    what was shown in a committee, and what was said about a resident, without reading everything."""
    op.add_column("job_private", sa.Column("kept", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column("people", sa.Column("doubted_at", sa.BigInteger(), nullable=True))
    kept = sa.text("kept = 1")
    op.create_index("job_private_kept", "job_private", ["job_id"], sqlite_where=kept, postgresql_where=kept)
    op.create_index("job_private_of", "job_private", ["resident_id"])
    said = sa.text("note <> ''")
    op.create_index("ledger_said", "ledger", ["at"], sqlite_where=said, postgresql_where=said)
    op.create_index("reveals_of", "reveals", ["committee_id", "at"])
    op.create_index("applications_decided", "applications", ["committee_id", "decided_at"])

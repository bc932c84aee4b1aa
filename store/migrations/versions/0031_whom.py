"""The register may know in which year somebody was born, and where they are who share it for a while.

Revision: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the year of people's birth, sealed (empty: nobody said), and of those who share their place the
    number of the nearest building, sealed as well, until a moment."""
    op.add_column("people", sa.Column("born", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "whereabouts",
        sa.Column(
            "person_id", sa.BigInteger(), sa.ForeignKey("people.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("near", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("whereabouts_now", "whereabouts", ["committee_id", "until"])
    op.create_index("whereabouts_over", "whereabouts", ["until"])

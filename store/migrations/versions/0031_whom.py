"""The register may know in which year somebody was born.

Revision: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the year of people's birth, sealed; empty: nobody said."""
    op.add_column("people", sa.Column("born", sa.Text(), nullable=False, server_default=""))

"""Until when somebody is not asked for jobs: a moment instead of a mark that nothing could end by itself.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNTIL_SAID = 253_370_764_800_000_000
"""As `dispatch.pauses` had it when this was written."""


def upgrade() -> None:
    """Keep a moment; whoever had the mark rests until they say otherwise."""
    op.add_column("people", sa.Column("paused_until", sa.BigInteger()))
    people = sa.table("people", sa.column("paused"), sa.column("paused_until"))
    op.execute(people.update().where(people.c.paused == 1).values(paused_until=UNTIL_SAID))
    op.drop_column("people", "paused")

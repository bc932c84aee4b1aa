"""How far a Matrix account was read, which of its events are known again, and whose private room is which.

None of it belongs to a committee: one account serves all of them, and an account of Matrix may be somebody
of several.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tokens of the sync, the traces of cards and taps, and the private rooms."""
    op.create_table(
        "matrix_syncs",
        sa.Column("user_id", sa.Text(), primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
    )
    op.create_table(
        "matrix_traces",
        sa.Column("event_id", sa.Text(), primary_key=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("application", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("matrix_traces_by_age", "matrix_traces", ["at"])
    op.create_table(
        "matrix_rooms",
        sa.Column("user_id", sa.Text(), primary_key=True),
        sa.Column("room_id", sa.Text(), nullable=False),
    )
    op.create_index("matrix_rooms_by_room", "matrix_rooms", ["room_id"], unique=True)

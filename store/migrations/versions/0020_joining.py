"""Who reports in says more of themselves, a committee may let everybody in, and accounts are linked by codes.

Revision: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what applicants bring; how a committee lets people in and which of its posters count; the codes by
    which somebody links another account, kept as keyed hashes, and who typed wrong ones."""
    op.add_column("committees", sa.Column("joining", sa.Text(), nullable=False, server_default="approve"))
    op.add_column(
        "committees", sa.Column("poster_epoch", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("applications", sa.Column("skills", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("applications", sa.Column("vehicle", sa.Text()))
    for name in ("speaks", "hours", "group_keys"):
        op.add_column("applications", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _codes()


def _codes() -> None:
    op.create_table(
        "link_codes",
        sa.Column(
            "person_id", sa.BigInteger(), sa.ForeignKey("people.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("code_index", sa.Text(), nullable=False, unique=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("link_codes_until", "link_codes", ["until"])
    op.create_table(
        "link_tries",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("who", sa.Text(), nullable=False),  # a keyed hash: whoever tries is nobody of ours yet
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("link_tries_of", "link_tries", ["who", "at"])
    op.create_index("link_tries_at", "link_tries", ["at"])

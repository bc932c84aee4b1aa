"""A claimer hands in what they found; pictures may lie in a bucket.

Revision: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a claim know how many pictures were handed in because of it, a picture know the object that holds
    its bytes (a name that says nothing), and keep every object that may be in the bucket until it is not."""
    op.add_column("claims", sa.Column("handed", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("pictures", sa.Column("object", sa.Text(), nullable=False, server_default=""))
    held = sa.text("object <> ''")
    op.create_index(
        "pictures_by_object", "pictures", ["object"], unique=True, sqlite_where=held, postgresql_where=held
    )
    op.create_table(
        "objects",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("doomed", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    op.create_index("objects_by_age", "objects", ["doomed", "at"])

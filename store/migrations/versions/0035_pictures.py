"""A job knows how often it became another kind, and a care plan has pictures of the device that it is about.

Revision: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, so that pictures of one kind's steps are told from those of the next; the pictures of
    plans; and which of these a job's picture is, by its name (a keyed hash)."""
    op.add_column("jobs", sa.Column("kinds", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "care_pictures",
        sa.Column("name", sa.Text(), primary_key=True),
        _to("care_plans", "plan_id"),
        _to("committees", "committee_id"),
        _to("people", "added_by"),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),  # sealed
        sa.Column("object", sa.Text(), nullable=False, server_default=""),
    )
    op.create_index("care_pictures_of", "care_pictures", ["committee_id", "plan_id"])
    held = sa.text("object <> ''")
    op.create_index(
        "care_pictures_by_object",
        "care_pictures",
        ["object"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )
    op.add_column("pictures", sa.Column("care_name", sa.Text(), nullable=False, server_default=""))


def _to(table: str, name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=False)

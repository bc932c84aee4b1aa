"""The rota: its slots and holidays, and who took over whose shift.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the rota as the committee's file says it, and what people changed since."""
    op.create_table(
        "rota_slots",
        _to("committees", "committee_id", primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),  # a day, as ISO 8601 writes it
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),  # ids, in their order
    )
    op.create_table(
        "rota_holidays",
        _to("committees", "committee_id", primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
    )
    op.create_table(
        "duty_overrides",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        _to("people", "person_id"),
        _to("people", "by_id"),
        sa.Column("note", sa.Text(), nullable=False),  # a word of ours, nobody's own
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("committee_id", "cause", name="duty_overrides_cause"),
    )
    op.create_index("duty_overrides_by_end", "duty_overrides", ["committee_id", "ends_at"])


def _to(table: str, name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=False,
        primary_key=primary_key,
        autoincrement=False,
    )

"""Whom the duty, a call or a job was passed on to, who was asked, and who is out.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add relays with who was asked and the messages that their cards are, the watch that a committee keeps,
    and who is out; let an owed row, and a card on Matrix, be about a relay."""
    _out()
    _relays()
    _watches()
    _cards()


def _out() -> None:
    op.add_column("people", sa.Column("out_since", sa.BigInteger()))
    op.add_column("people", sa.Column("out_until", sa.BigInteger()))


def _relays() -> None:
    op.create_table(
        "relays",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _to("people", "about_id", nullable=True),
        _to("people", "by_id", nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("jobs", sa.Text(), nullable=False),  # ids, in their order
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        _to("people", "taken_by", nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("committee_id", "cause", name="relays_cause"),
    )
    alive = sa.text("due_at IS NOT NULL")
    op.create_index("relays_alive", "relays", ["committee_id"], sqlite_where=alive, postgresql_where=alive)
    op.create_table(
        "relay_asks",
        _to("relays", "relay_id", primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        _to("committees", "committee_id"),
        _to("people", "person_id"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("relay_id", "person_id", name="relay_asks_person"),
    )


def _watches() -> None:
    op.create_table(
        "watches",
        _to("committees", "committee_id", primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("look_at", sa.BigInteger(), nullable=False),
        _to("people", "holder_id", nullable=True),
    )
    op.create_index("watches_by_time", "watches", ["look_at"])


def _cards() -> None:
    op.create_table(
        "relay_cards",
        _to("addresses", "address_id", primary_key=True),
        _to("relays", "relay_id", primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
    )
    op.add_column("outbox", sa.Column("relay_id", sa.BigInteger()))
    owed = sa.text("status = 'owed' AND relay_id IS NOT NULL")
    op.create_index(
        "outbox_owed_relay", "outbox", ["address_id", "relay_id"], sqlite_where=owed, postgresql_where=owed
    )
    op.add_column("matrix_traces", sa.Column("relay", sa.BigInteger(), nullable=False, server_default="0"))


def _to(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )

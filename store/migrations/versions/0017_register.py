"""What the register knows more: what people tell of themselves, groups, households, shapes, and its own log.

Revision: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what people speak, when and how often they may be asked and whether they have protective gear;
    outlines of buildings; groups; households, sealed but for their building; and who changed the register."""
    _people()
    _buildings()
    _groups()
    _households()
    _uploads()
    _log()


def _people() -> None:
    op.add_column("people", sa.Column("speaks", sa.Text(), nullable=False, server_default=""))
    op.add_column("people", sa.Column("hours", sa.Text(), nullable=False, server_default=""))
    op.add_column("people", sa.Column("daily", sa.BigInteger()))
    op.add_column("people", sa.Column("gear", sa.BigInteger(), nullable=False, server_default="0"))


def _buildings() -> None:
    op.add_column("buildings", sa.Column("outline", sa.Text(), nullable=False, server_default=""))
    op.add_column("buildings", sa.Column("plan_x", sa.Double()))
    op.add_column("buildings", sa.Column("plan_y", sa.Double()))


def _groups() -> None:
    op.create_table(
        "people_groups",  # GROUPS is a word of SQL
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _to("people", "leader_id", nullable=True),
        sa.Column("parent_id", sa.BigInteger()),  # another of these; by key it may be written after this one
        sa.Column("active", sa.BigInteger(), nullable=False, server_default="1"),
        sa.UniqueConstraint("committee_id", "key", name="people_groups_key"),
    )
    op.create_table(
        "group_members",
        _to("people_groups", "group_id", primary_key=True),
        _to("people", "person_id", primary_key=True),
        _to("committees", "committee_id"),
    )
    op.create_index("group_members_of", "group_members", ["committee_id"])


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("key_index", sa.Text(), nullable=False),
        _to("buildings", "building_id", nullable=True),
        *_sealed("key", "unit", "size", "phone", "notes"),
        sa.Column("unit_index", sa.Text()),
        sa.Column("phone_index", sa.Text()),
        sa.Column("mark", sa.Text()),
        sa.Column("active", sa.BigInteger(), nullable=False, server_default="1"),
        sa.UniqueConstraint("committee_id", "key_index", name="households_key"),
    )
    op.add_column("residents", sa.Column("household_id", sa.BigInteger()))
    op.add_column("residents", sa.Column("mark", sa.Text()))  # a keyed hash of the whole row


def _uploads() -> None:
    op.create_table(
        "register_uploads",
        _to("people", "person_id", primary_key=True),  # who has looked at it and has yet to confirm it
        _to("committees", "committee_id"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),  # sealed
    )
    op.create_index("register_uploads_old", "register_uploads", ["at"])


def _log() -> None:
    op.create_table(
        "register_log",
        sa.Column("id", _ID, primary_key=True),
        _to("committees", "committee_id"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _to("people", "by_id", nullable=True),  # nobody: at the machine's console
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        *_sealed("detail"),  # keys and names of fields: keys of residents are private
    )
    op.create_index("register_log_of", "register_log", ["committee_id", "at"])


def _sealed(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text(), nullable=False, server_default="") for name in names]


def _to(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )

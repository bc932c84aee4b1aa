"""The first shape of everything that is kept.

Portable between SQLite and PostgreSQL. Points in time are microseconds (BIGINT), yes and no are 1 and 0,
lists of plain words are texts. Columns named in a `sealed` call hold encrypted text, columns that end in
`_index` a keyed hash of it (`store.crypto`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> "sa.Column[int]":
    return sa.Column("id", _ID, primary_key=True)


def _to(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable, primary_key=primary_key
    )


def _committee(*, primary_key: bool = False) -> "sa.Column[int]":
    return _to("committees", "committee_id", primary_key=primary_key)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable, primary_key=primary_key)


def _sealed(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text(), nullable=False, server_default="") for name in names]


def _number(name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable, primary_key=primary_key)


def _moment(name: str, *, nullable: bool = True) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _flag(name: str, default: int = 0) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger(), nullable=False, server_default=str(default))


def upgrade() -> None:
    """From nothing."""
    op.create_table("meta", _text("name", primary_key=True), _text("value"))
    _committees()
    _people()
    _residents()
    _jobs()
    _claims()
    _ledger()
    _outbox()


def _committees() -> None:
    op.create_table(
        "committees",
        _id(),
        _text("key"),
        _text("name"),
        _text("language"),
        _text("timezone"),
        _text("emergency"),
        _flag("demo"),
        _number("revision"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "buildings",
        _id(),
        _committee(),
        _text("key"),
        _text("name"),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.UniqueConstraint("committee_id", "key"),
    )
    op.create_table(
        "playbooks",
        _committee(primary_key=True),
        _text("digest", primary_key=True),
        _text("kind"),
        _text("body"),
    )


def _people() -> None:
    op.create_table(
        "people",
        _id(),
        _committee(),
        _text("key"),
        _text("name"),
        _text("language"),
        _text("roles"),
        _flag("trusted"),
        _to("buildings", "building_id", nullable=True),
        _text("skills"),
        _text("vehicle", nullable=True),
        *_sealed("phone"),
        _text("phone_index", nullable=True),
        _flag("active", 1),
        _flag("paused"),
        _number("link_epoch"),
        sa.UniqueConstraint("committee_id", "key"),
    )
    op.create_index("people_by_phone", "people", ["committee_id", "phone_index"])
    op.create_table(
        "addresses",
        _id(),
        _committee(),
        _to("people", "person_id", nullable=True),
        _text("platform"),
        _text("value"),
        _text("topic"),  # empty where there is none: a NULL would not count as the same twice
        _text("audience", nullable=True),
        _text("language", nullable=True),
        _flag("active", 1),
        _moment("open_until"),
        sa.UniqueConstraint("committee_id", "platform", "value", "topic"),
    )
    op.create_index("addresses_by_value", "addresses", ["platform", "value"])
    op.create_index("addresses_by_person", "addresses", ["person_id"])
    op.create_index("addresses_open", "addresses", ["committee_id", "open_until", "person_id"])
    op.create_table(
        "ladder",
        _committee(primary_key=True),
        _text("rung", primary_key=True),
        _number("position", primary_key=True),
        _to("people", "person_id"),
    )


def _residents() -> None:
    op.create_table(
        "residents",
        _id(),
        _committee(),
        _text("key_index"),
        _to("buildings", "building_id", nullable=True),
        *_sealed("key", "name", "unit", "phone", "notes", "contacts"),
        _text("unit_index", nullable=True),
        _text("phone_index", nullable=True),
        _flag("active", 1),
        sa.UniqueConstraint("committee_id", "key_index"),
    )
    op.create_index("residents_by_unit", "residents", ["committee_id", "unit_index"])
    op.create_index("residents_by_phone", "residents", ["committee_id", "phone_index"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        _id(),
        _committee(),
        _text("nonce"),
        _number("version"),
        _text("kind"),
        _text("playbook"),
        _text("priority"),
        _text("status"),
        _to("people", "posted_by", nullable=True),
        _moment("posted_at", nullable=False),
        _number("places"),
        _to("buildings", "building_id", nullable=True),
        _text("headline"),
        _text("hides"),
        _text("missing"),
        _text("outcome", nullable=True),
        _moment("closed_at"),
        _to("people", "closed_by", nullable=True),
        _text("call_cause"),
        _number("call_since_version"),
        _number("call_loop"),
        _number("call_step"),
        _number("call_position"),
        _number("call_repeats"),
        _moment("call_due_at"),
        _to("people", "call_acknowledged_by", nullable=True),
        _moment("call_acknowledged_at"),
        _moment("call_urge_at"),
        _moment("call_urged_at"),
        _moment("call_exhausted_at"),
        _moment("look_at"),
        sa.UniqueConstraint("committee_id", "nonce"),
        sa.ForeignKeyConstraint(["committee_id", "playbook"], ["playbooks.committee_id", "playbooks.digest"]),
    )
    op.create_index("jobs_due", "jobs", ["look_at"])
    still_open = sa.text("status <> 'closed'")
    op.create_index(
        "jobs_open", "jobs", ["committee_id"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_index("jobs_closed", "jobs", ["committee_id", "closed_at"])
    op.create_table(
        "job_private",
        _to("jobs", "job_id", primary_key=True),
        _committee(),
        *_sealed("text", "unit", "phone"),
        _to("residents", "resident_id", nullable=True),
    )
    op.create_table(
        "reveals",
        _id(),
        _committee(),
        _to("jobs", "job_id"),
        _to("people", "person_id"),
        _text("fields"),
        _moment("at", nullable=False),
        _text("reason"),
    )
    op.create_index("reveals_by_person", "reveals", ["committee_id", "person_id", "at"])
    op.create_index("reveals_by_job", "reveals", ["job_id"])


def _claims() -> None:
    op.create_table(
        "claims",
        _to("jobs", "job_id", primary_key=True),
        _number("number", primary_key=True),
        _committee(),
        _to("people", "person_id"),
        _number("place"),
        _text("status"),
        _moment("claimed_at", nullable=False),
        _number("since_version"),
        _to("people", "assigned_by", nullable=True),
        _moment("started_at"),
        _moment("arrived_at"),
        _moment("ended_at"),
        _text("reason", nullable=True),
        _moment("nudged_at"),
        _moment("alarmed_at"),
        _moment("deadline_at"),
    )
    holding = sa.text("status <> 'released'")
    op.create_index(
        "claims_one_a_place",
        "claims",
        ["job_id", "place"],
        unique=True,
        sqlite_where=holding,
        postgresql_where=holding,
    )
    live = sa.text("status IN ('claimed', 'underway')")
    op.create_index(
        "claims_live",
        "claims",
        ["committee_id", "person_id", "job_id"],
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("claims_by_person", "claims", ["person_id", "job_id"])
    op.create_table(
        "waiting",
        _id(),
        _committee(),
        _to("jobs", "job_id"),
        _to("people", "person_id"),
        _moment("since", nullable=False),
        _moment("offered_until"),
        sa.UniqueConstraint("job_id", "person_id"),
    )
    op.create_table(
        "asks",
        _id(),
        _committee(),
        _to("jobs", "job_id"),
        _to("people", "person_id"),
        _number("loop"),
        _number("step"),
        _flag("leader"),
        _moment("at", nullable=False),
        _moment("refused_at"),
        sa.UniqueConstraint("job_id", "person_id", "loop", "step", "leader"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        _to("jobs", "job_id", primary_key=True),
        _number("version", primary_key=True),
        _committee(),
        _text("kind"),
        _moment("at", nullable=False),
        _to("people", "actor_id", nullable=True),
        _number("loop", nullable=True),
        _number("step", nullable=True),
        _text("data"),
        *_sealed("note"),
        sa.UniqueConstraint("job_id", "loop", "step"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        _id(),
        _committee(),
        _to("jobs", "job_id"),
        _to("addresses", "address_id"),
        _text("cause"),
        _text("kind"),
        _flag("wakes"),
        _flag("urgent"),
        _text("status"),
        _number("tries"),
        _moment("created_at", nullable=False),
        _moment("due_at", nullable=False),
        _moment("done_at"),
        sa.UniqueConstraint("cause", "address_id"),
    )
    owed = sa.text("status = 'owed'")
    op.create_index("outbox_due", "outbox", ["due_at"], sqlite_where=owed, postgresql_where=owed)
    op.create_index(
        "outbox_owed", "outbox", ["address_id", "job_id"], sqlite_where=owed, postgresql_where=owed
    )
    op.create_table(
        "cards",
        _to("addresses", "address_id", primary_key=True),
        _to("jobs", "job_id", primary_key=True),
        _committee(),
        _text("ref"),
        _moment("sent_at", nullable=False),
    )

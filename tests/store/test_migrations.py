"""A database of an earlier release is brought to the present shape with everything that is in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from store import migrations, schema

OWED = (7, 1, 42, 3, "job 42 v7 card", "ask", 1, 1, "owed", 2, 1000, 2000, None)
COLUMNS = (
    "id, committee_id, job_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at, "
    "done_at"
)


def test_what_was_owed_before_applications_is_owed_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, upgrade = tmp_path / schema.DATABASE, command.upgrade
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _head: upgrade(config, "0002"))
    migrations.upgrade(path)
    assert schema.revision(path) == "0002"
    with closing(sqlite3.connect(path)) as connection, connection:
        marks = ", ".join("?" for _ in OWED)
        connection.execute(f"INSERT INTO outbox ({COLUMNS}) VALUES ({marks})", OWED)  # noqa: S608 - of this test
    monkeypatch.undo()
    assert not schema.check(path)
    schema.prepare(path)
    assert schema.check(path)
    with closing(sqlite3.connect(path)) as connection:
        kept = f"SELECT {COLUMNS}, application_id FROM outbox"  # noqa: S608 - of this test
        assert connection.execute(kept).fetchall() == [(*OWED, None)]
        again = f"INSERT INTO outbox ({COLUMNS}) VALUES ({marks})"  # noqa: S608 - of this test
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(again, (8, *OWED[1:]))
        indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'outbox'"
        found = dict(connection.execute(indexes).fetchall())
    assert {"outbox_due", "outbox_owed", "outbox_owed_application"} <= set(found)
    assert "WHERE status = 'owed'" in found["outbox_due"]

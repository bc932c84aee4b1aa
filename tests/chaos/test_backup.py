"""A backup taken while everybody works restores to a state that goes on, on both databases.

CONFORMANCE.md, line 31: the program starts on it, and what is overdue is done.
"""

import io
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import asyncpg
import pytest

from bot import backup
from config import settings
from config.settings import Settings
from store.archive import Reader
from store.crypto import KEY_FILE
from tests.chaos import drills
from tests.chaos.ledgers import assert_whole, owed, steps
from tests.chaos.patience import until
from tests.chaos.runs import Home, Place, Run
from tests.ports import free_port
from tests.postgres.databases import Databases, at_once

TAKE = partial(backup.take, with_key=False)

ENOUGH = 8
"""Jobs posted before the backup is begun: by then all kinds of rows are being written."""

CALLS = sum(step.startswith("called ") for step in drills.LADDER_STEPS)

MOST = 29
"""Jobs that one person may post without a pause (`bot.web.app.POSTS`)."""


class PostgresRun(Run):
    """A program whose rows are in a PostgreSQL database."""

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What is kept."""
        numbers = iter(range(1, len(params) + 1))
        text = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)

        async def found() -> list[tuple[Any, ...]]:
            session = await asyncpg.connect(self.place.settings["SUIDAO_DATABASE_URL"])
            try:
                return [tuple(row) for row in await session.fetch(text, *params)]
            finally:
                await session.close()

        return at_once(found())


@contextmanager
def started(run: Run) -> Iterator[Run]:
    """The program, up, and ended whatever happens."""
    try:
        run.start()
        yield run
    finally:
        run.close()


def writes(run: Run, person: str, text: str) -> int:
    """Post a job by one message; its number is on the card that answers, whatever others post meanwhile."""
    answer = run.phone(person).writes(text)
    assert answer.good, answer.html
    return int(re.findall(r'id="job-(\d+)"', answer.html)[0])


@contextmanager
def busy(run: Run, posted: list[int]) -> Iterator[None]:
    """Somebody posts and somebody else claims and does what was posted, again and again."""
    leave = threading.Event()

    def post() -> None:
        while not leave.is_set() and len(posted) < MOST:
            posted.append(writes(run, "lin", "东门 搬米 2人"))

    def work() -> None:
        while not leave.is_set():
            for job in posted[-2:]:
                run.phone("ana").taps("claim", job)
                run.phone("ana").taps("finish", job)

    threads = [threading.Thread(target=doing) for doing in (post, work)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        leave.set()
        for thread in threads:
            thread.join()


def moved(place: Place, folder: Path, *, url: str | None) -> Place:
    """Another place with nothing in it: a folder, and where there is an address that database."""
    settings = {name: value for name, value in place.settings.items() if name != "SUIDAO_DATABASE_URL"}
    if url is not None:
        settings["SUIDAO_DATABASE_URL"] = url
    return Place(data=folder, temporary=place.temporary, port=free_port(), settings=settings)


def says(place: Place, command: Callable[[Settings, Path, TextIO], None], file: Path) -> str:
    """What a command says that succeeds. It runs here, beside the program: its own start costs a second."""
    out = io.StringIO()
    command(settings.read(place.environment()), file, out)
    return out.getvalue()


def called(file: Path, job: int) -> int:
    """How many rungs of a job's ladder had been called when the backup was taken."""
    with Reader(file) as reader:
        (table,) = (member.table for member in reader.manifest.tables if member.table.name == "ledger")
        rows = [dict(zip(table.columns, row, strict=True)) for row in reader.rows(table)]
    return sum(row["job_id"] == job and row["kind"] == "called" for row in rows)


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Where rows are kept: gives the address of an empty database, or None for a file in the folder."""
    if request.param == "sqlite":
        return lambda: None
    server: Databases = request.getfixturevalue("postgres")

    def make() -> str:
        address = server.make()
        request.addfinalizer(lambda: server.drop(address))
        return address

    return make


@pytest.mark.parametrize("databases", ["sqlite", "postgres"], indirect=True)
def test_conformance_31_a_backup_taken_under_load_restores_to_a_state_that_goes_on(
    home: Home, place: Place, tmp_path: Path, databases: Callable[[], str | None]
) -> None:
    first, file = place, tmp_path / "kept.zip"
    url = databases()
    kind = Run if url is None else PostgresRun
    if url is not None:  # the committee comes from its SQLite file, as for one that outgrows it
        says(place, TAKE, tmp_path / "move.zip")
        first = moved(place, tmp_path / "first", url=url)
        first.data.mkdir(mode=0o700)
        shutil.copy2(place.data / KEY_FILE, first.data)
        says(first, backup.restore, tmp_path / "move.zip")

    posted: list[int] = []
    with started(kind(first, home.tokens)) as run:
        with busy(run, posted):
            until(lambda: len(posted) >= ENOUGH, "some jobs are posted")
            drill = writes(run, "mia", f"3号楼502 {drills.LADDER}")
            assert "The key is NOT in it" in says(first, TAKE, file)
            while called(file, drill) == CALLS:  # a slow machine: what is to be overdue was done before
                file.unlink()
                drill = writes(run, "mia", f"3号楼502 {drills.LADDER}")
                says(first, TAKE, file)
        run.kill()  # from here on there is the backup only

    second = moved(first, tmp_path / "second", url=databases())
    assert "before the program is started" in says(second, backup.restore, file)
    shutil.copy2(first.data / KEY_FILE, second.data)
    again = kind(second, home.tokens)
    with started(again):
        jobs = [job for (job,) in again.rows("SELECT id FROM jobs")]
        assert drill in jobs
        assert len(jobs) > ENOUGH
        # What has become due since the moment of the backup is done: each step once, and nobody twice.
        until(lambda: steps(again, drill) == list(drills.LADDER_STEPS), "the overdue steps are taken")
        for job in jobs:
            assert_whole(again, job)
        twice = "SELECT cause, address_id FROM outbox GROUP BY cause, address_id HAVING count(*) > 1"
        assert again.rows(twice) == []
        until(lambda: owed(again) == 0, "what was owed is delivered")
        fresh = again.phone("lin").writes("东门 搬米")
        assert fresh.good
        assert again.rows("SELECT max(id) FROM jobs") == [(max(jobs) + 1,)]

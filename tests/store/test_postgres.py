"""What only PostgreSQL does: sessions that wait for each other, or do not have to."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import asyncpg
import pytest

from dispatch.errors import ConflictError
from dispatch.kept import Saved
from dispatch.lately import Reader
from dispatch.moments import MINUTE
from store import SqlStore, batches, open_store, people, postgres, statements
from store.crypto import Vault
from store.engine import NO_PARAMS, Plan, Query, Save, Work, nothing
from store.postgres import PostgresEngine
from store.sessions import Session
from tests.postgres.fixtures import a_postgres_store
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock
from tests.store.test_engine import keep


@pytest.fixture
async def store(postgres_url: str, tmp_path: Path, clock: OurClock) -> AsyncIterator[SqlStore]:
    async with a_postgres_store(postgres_url, tmp_path, Vault.open(tmp_path, None), clock) as opened:
        yield opened


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def until_waited_for(rival: Session) -> None:
    """Until somebody waits for what the rival holds."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    while not await rival.fetch(waiting):
        pass


async def test_two_that_wait_for_each_other_both_get_through(
    store: SqlStore, place: Place, rival: Session
) -> None:
    first, second, *_ = (await place.post()).rows
    row_of_second, row_of_first = (await store.outbox([second]))[0], (await store.outbox([first]))[0]
    await rival.fetch("UPDATE outbox SET tries = 7 WHERE id = $1", second)
    ours = asyncio.create_task(store.not_reached([row_of_first, row_of_second], NOW))
    await until_waited_for(rival)
    # We hold the first and wait for the second; now they wait for each other, and the server undoes one: us,
    # unless the machine was so slow that it had looked at us before.
    end = "COMMIT"
    try:
        await rival.fetch("UPDATE outbox SET tries = 7 WHERE id = $1", first)
    except asyncpg.DeadlockDetectedError:
        end = "ROLLBACK"
    await rival.execute(end)
    await ours
    assert {first, second} & {row.id for row in await store.outbox([first, second])} == set()


async def test_a_job_that_many_wait_for_holds_up_no_other(
    store: SqlStore, place: Place, rival: Session
) -> None:
    hot, other = (await place.post()).job_id, (await place.post(nonce="b")).job_id
    await rival.fetch("SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE", hot)
    crowd = [
        asyncio.create_task(store.change(place.committee_id, hot, samples.told(f"{n}")))
        for n in range(2 * postgres.SESSIONS)
    ]
    await until_waited_for(rival)
    await store.change(place.committee_id, other, samples.told("at once"))
    assert not any(task.done() for task in crowd)
    await rival.execute("COMMIT")
    await asyncio.gather(*crowd)
    assert (await place.situation(hot)).job.version == 2 + 2 * postgres.SESSIONS


async def test_jobs_that_other_processes_hold_keep_no_batch_waiting(
    store: SqlStore, place: Place, rival: Session
) -> None:
    jobs = [(await place.post(nonce=f"{n}")).job_id for n in range(batches.AT_ONCE + 2)]
    free = (await place.post(nonce="free")).job_id
    await rival.fetch("SELECT 1 FROM jobs WHERE id = ANY($1) FOR UPDATE", jobs)
    held = []
    for job_id in jobs:  # each in a batch of its own
        change = store.change(place.committee_id, job_id, samples.told("later"))
        held.append(asyncio.create_task(change))
        await asyncio.sleep(0.01)
    for number in range(5):
        await store.change(place.committee_id, free, samples.told(f"at once {number}"))
    assert not any(task.done() for task in held)
    await rival.execute("COMMIT")
    await asyncio.gather(*held)


async def test_whoever_is_shown_something_elsewhere_at_that_moment_waits_and_nobody_else_does(
    store: SqlStore, place: Place, rival: Session
) -> None:
    first, second = (await place.post()).job_id, (await place.post(nonce="b")).job_id
    ana, ben = place.people["v1"], place.people["v2"]
    await rival.fetch("SELECT pg_advisory_xact_lock($1, $2)", place.committee_id, ana)

    def taken(job_id: int, person: int) -> Coroutine[object, object, Saved]:
        to = Reader(person_id=person, since=NOW - MINUTE)
        return store.change(place.committee_id, job_id, samples.claim(person), to=to)

    waiting = [asyncio.create_task(taken(job_id, ana)) for job_id in (first, second)]
    await until_waited_for(rival)
    await taken(second, ben)
    assert not any(task.done() for task in waiting)
    await rival.execute("COMMIT")
    await asyncio.gather(*waiting)
    found = await place.situation(second)
    assert [claim.person_id for claim in found.claims] == [ben]
    assert [each.person_id for each in found.waiting] == [ana]


async def test_looking_waits_for_nobody(store: SqlStore, place: Place, rival: Session) -> None:
    job_id = (await place.post()).job_id
    await rival.fetch("UPDATE jobs SET version = 99 WHERE id = $1", job_id)
    assert (await place.situation(job_id)).job.version == 2
    assert len(await store.open_jobs(place.committee_id)) == 1


async def test_a_change_that_had_to_wait_sees_the_roster_as_it_is_then(
    store: SqlStore, place: Place, rival: Session, postgres_url: str, tmp_path: Path, clock: OurClock
) -> None:
    job_id = (await place.post()).job_id
    await rival.fetch("SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE", job_id)
    waiting = asyncio.create_task(store.change(place.committee_id, job_id, samples.unmoved))
    await until_waited_for(rival)
    async with a_postgres_store(postgres_url, tmp_path, Vault.open(tmp_path, None), clock) as other:
        await other.set_language(place.committee_id, place.people["v1"], "en")
    await rival.execute("UPDATE jobs SET posted_at = posted_at; COMMIT")
    saved = await waiting
    assert saved.decision is not None
    assert saved.decision.before.roster.people[place.people["v1"]].language == "en"


async def test_a_roster_that_changed_while_it_was_read_is_read_again(place: Place) -> None:
    asked = [query.name for query in people.roster_of(1)]
    assert (asked[0], asked[-1]) == ("committee_by_id", "committee_by_id")
    rows: dict[str, list[dict[str, int]]] = {name: [] for name in asked}
    rows["committee_by_id"] = [{"revision": 1}, {"revision": 2}]
    with pytest.raises(ConflictError):
        people.read_roster(rows)


async def test_a_process_has_its_sessions_and_no_more(postgres_url: str, rival: Session) -> None:
    engine = await PostgresEngine.open(postgres_url)
    await asyncio.gather(*(engine.run(keep(f"{n}")) for n in range(20 * postgres.SESSIONS)))
    (row,) = await rival.fetch(
        "SELECT count(*) AS ours, min(state) AS state FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'suidao'"
    )
    assert 1 < row["ours"] <= postgres.SESSIONS
    assert row["state"] == "idle"
    await engine.close()


async def test_a_commit_reaches_the_disk_whatever_the_server_does_otherwise(
    postgres_url: str, rival: Session
) -> None:
    (row,) = await rival.fetch("SELECT current_database() AS name")
    await rival.execute(f"ALTER DATABASE {row['name']} SET synchronous_commit = off; COMMIT")
    engine = await PostgresEngine.open(postgres_url)
    session = await engine._pool.acquire()
    assert (await session.fetchrow("SHOW synchronous_commit"))["synchronous_commit"] == "on"
    await engine._pool.release(session)
    await engine.close()


async def test_a_statement_of_before_a_migration_is_prepared_anew(postgres_url: str, rival: Session) -> None:
    engine = await PostgresEngine.open(postgres_url)
    found = Work((Query("all_committees"),), lambda rows: Plan((), lambda _rows: len(rows["all_committees"])))
    assert await engine.run(found) == 0
    await rival.execute("ALTER TABLE committees ADD COLUMN motto TEXT; COMMIT")
    with pytest.raises(ConflictError):  # to be made again, and then it runs
        await engine.run(found)
    assert await engine.run(found) == 0
    await engine.close()


async def test_a_wide_work_is_one_round_trip_a_statement(store: SqlStore, place: Place) -> None:
    rows = (await place.post()).rows
    queries = [Query("owed_row", {"id": row}) for row in (*rows, *rows)]
    ids = Work(queries, lambda found: Plan((), lambda _rows: [row["id"] for row in found["owed_row"]]))
    assert await store._engine.look(ids) == [*rows, *rows]


async def test_a_save_that_writes_what_is_there_already_is_a_conflict(postgres_url: str) -> None:
    engine = await PostgresEngine.open(postgres_url)
    receipt = Save("insert_receipt", {"receipt": "one", "committee_id": 1, "at": NOW})
    work = Work((), lambda _rows: Plan((receipt,), nothing))
    await engine.run(work)
    with pytest.raises(ConflictError):
        await engine.run(work)
    await engine.close()


async def test_a_store_of_the_wrong_key_leaves_no_session_behind(
    store: SqlStore, postgres_url: str, tmp_path: Path, rival: Session
) -> None:
    await store.close()
    other = tmp_path / "other"
    with pytest.raises(Exception, match="not the key"):
        await open_store(other, Vault.open(other, None), OurClock(), database_url=postgres_url)
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'suidao'"
    )
    while await rival.fetch(query):
        pass


def test_the_statements_of_both_databases_have_the_same_names_and_parameters() -> None:
    plain, numbered = statements.load(), statements.load_numbered()
    assert {name for name in numbered if not name.startswith(statements.HOLD)} == plain.keys()
    for name, text in plain.items():
        parameters = numbered[name].parameters
        assert set(re.findall(r"(?<!:):(\w+)", text)) == set(parameters)
        assert len(set(parameters)) == len(parameters)
    assert numbered["all_meta"].parameters == tuple(NO_PARAMS)

"""PostgreSQL goes away, in every moment of a work: nothing is lost, nothing is done twice, and what is not
known is said to be unknown."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from dispatch.errors import ConflictError, OutcomeUnknownError, StoreUnavailableError
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from dispatch.verbs import AnswerKey
from store import SqlStore, door, open_store, sessions
from store.crypto import Vault
from store.engine import Plan, Query, Rows, SaveMany, Work, nothing
from store.postgres import PostgresEngine
from store.sessions import Session
from tests.postgres.databases import OWNER, Databases
from tests.postgres.fixtures import require_server
from tests.postgres.server import PostgresServer
from tests.postgres.wire import COMMIT, Wire
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock
from tests.store.test_engine import keep, kept


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that the tests of this module end and start as they like."""
    require_server()
    with PostgresServer() as one:
        yield one


@pytest.fixture(scope="module")
def databases(server: PostgresServer) -> Databases:
    return Databases(server.url, OWNER)


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.make_migrated()


@pytest.fixture
async def engine(url: str) -> AsyncIterator[PostgresEngine]:
    opened = await PostgresEngine.open(url)
    yield opened
    await opened.close()


@pytest.fixture
async def wire(server: PostgresServer) -> AsyncIterator[Wire]:
    async with Wire(server.folder) as one:
        yield one


@pytest.fixture
async def far(wire: Wire, url: str) -> AsyncIterator[PostgresEngine]:
    """An engine whose lines to the server break when a test says so."""
    opened = await PostgresEngine.open(wire.through(url))
    yield opened
    await opened.close()


@pytest.fixture
async def far_store(wire: Wire, url: str, tmp_path: Path, clock: OurClock) -> AsyncIterator[SqlStore]:
    """The same with a store around it."""
    vault = Vault.open(tmp_path, None)
    opened = await open_store(tmp_path, vault, clock, database_url=wire.through(url))
    yield opened
    await opened.close()


@pytest.fixture
async def place(far_store: SqlStore) -> Place:
    return await settle(far_store)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
async def test_a_server_that_was_started_again_is_found_again(
    server: PostgresServer, engine: PostgresEngine, how: signal.Signals
) -> None:
    await engine.run(keep("before"))
    if how is signal.SIGKILL:
        server.kill()
        server.start()
    else:
        server.restart(how)
    assert await kept(engine) == {"before"}
    await engine.run(keep("after"))
    assert await kept(engine) == {"before", "after"}


async def test_a_server_that_is_away_for_a_moment_is_waited_for(
    server: PostgresServer, engine: PostgresEngine
) -> None:
    server.stop()
    patient = [asyncio.create_task(engine.run(keep(f"{n}"))) for n in range(20)]
    await asyncio.sleep(door.PAUSE_S)  # long enough to find the door closed
    server.start()
    await asyncio.gather(*patient)
    assert await kept(engine) == {f"{n}" for n in range(20)}


async def test_a_server_that_stays_away_is_said_and_passes(
    server: PostgresServer, engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE_S", 0.0)
    server.stop()
    for asked in (engine.run(keep("never")), engine.look(keep("never")), engine.read(Query("all_meta"))):
        with pytest.raises(StoreUnavailableError) as caught:
            await asked
        assert caught.value.params == {"reason": "away"}
        assert not isinstance(caught.value, OutcomeUnknownError)
    server.start()
    monkeypatch.setattr(door, "LONG_PAUSE_S", 0.0)
    await engine.run(keep("again"))
    assert await kept(engine) == {"again"}


async def test_a_queue_of_taps_does_not_wait_for_an_absence_one_after_the_other(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE_S", 0.1)
    monkeypatch.setattr(door, "LONG_PAUSE_S", 3_600.0)
    knocks: list[str] = []
    engine = await PostgresEngine.open(url, lost=lambda: knocks.append("in vain"))
    hold = Query("hold_job", {"job_id": 1, "committee_id": 1})
    tap: Work[None] = Work((), lambda _rows: Plan((), nothing), (hold,))
    server.stop()
    told = await asyncio.gather(*(engine.run(tap) for _ in range(280)), return_exceptions=True)
    assert all(isinstance(each, StoreUnavailableError) for each in told)
    assert 0 < len(knocks) < 20  # the first of them waited, and nobody after it
    server.start()
    monkeypatch.setattr(door, "LONG_PAUSE_S", 0.0)
    await engine.run(tap)
    await engine.close()


async def test_a_line_that_breaks_in_mid_work_leaves_nothing_of_it(wire: Wire, far: PostgresEngine) -> None:
    def break_it(_rows: Rows) -> Plan[None]:
        wire.cut()
        return Plan((SaveMany("insert_meta", [{"name": "half", "value": "x"}]),), nothing)

    with pytest.raises(ConflictError):
        await far.run(Work((Query("insert_meta", {"name": "first", "value": "x"}),), break_it))
    assert await kept(far) == set()


async def test_what_is_remembered_is_forgotten_when_a_line_breaks(wire: Wire, url: str) -> None:
    forgotten: list[str] = []
    engine = await PostgresEngine.open(wire.through(url), lost=lambda: forgotten.append("all"))
    wire.cut_before(COMMIT)
    with pytest.raises(OutcomeUnknownError):
        await engine.run(keep("one"))
    assert forgotten == ["all"]
    await engine.close()


async def test_a_commit_that_the_server_never_heard_of_is_unknown_and_is_not_kept(
    wire: Wire, far: PostgresEngine
) -> None:
    wire.cut_before(COMMIT)
    with pytest.raises(OutcomeUnknownError):
        await far.run(keep("one"))
    assert (wire.cuts, await kept(far)) == (1, set())


async def test_a_commit_whose_answer_was_lost_is_unknown_and_is_kept(wire: Wire, far: PostgresEngine) -> None:
    wire.cut_after(COMMIT)
    with pytest.raises(OutcomeUnknownError):
        await far.run(keep("one"))
    assert (wire.cuts, await kept(far)) == (1, {"one"})


@pytest.mark.parametrize("heard", [True, False])
async def test_a_tap_with_a_receipt_counts_once_whatever_became_of_its_first_commit(
    wire: Wire, far_store: SqlStore, place: Place, *, heard: bool
) -> None:
    job_id = (await place.post()).job_id
    (wire.cut_after if heard else wire.cut_before)(COMMIT)
    tap = samples.claim(place.people["v1"])
    saved = await far_store.change(place.committee_id, job_id, tap, receipt="update 7")
    assert wire.cuts == 1
    assert (saved.decision is None) is heard  # what is known already is not decided again
    found = await place.situation(job_id)
    assert [claim.person_id for claim in found.claims] == [place.people["v1"]]
    assert found.job.version == 3
    assert len(await far_store.timeline(place.committee_id, job_id)) == 3


@pytest.mark.parametrize("heard", [True, False])
async def test_a_decision_without_a_receipt_is_never_made_twice(
    wire: Wire, far_store: SqlStore, place: Place, *, heard: bool
) -> None:
    job_id = (await place.post()).job_id
    (wire.cut_after if heard else wire.cut_before)(COMMIT)
    with pytest.raises(OutcomeUnknownError):
        await far_store.change(place.committee_id, job_id, samples.told("once"))
    assert (await place.situation(job_id)).job.version == (3 if heard else 2)


@pytest.mark.parametrize("heard", [True, False])
async def test_a_job_is_posted_once_whatever_became_of_its_first_commit(
    wire: Wire, far_store: SqlStore, place: Place, *, heard: bool
) -> None:
    (wire.cut_after if heard else wire.cut_before)(COMMIT)
    saved = await place.post()
    assert wire.cuts == 1
    assert [job.id for job in await far_store.open_jobs(place.committee_id)] == [saved.job_id]


@pytest.mark.parametrize("heard", [True, False])
async def test_a_message_is_begun_by_whoever_began_it_whatever_became_of_the_first_commit(
    wire: Wire, far_store: SqlStore, place: Place, *, heard: bool
) -> None:
    rows = await far_store.outbox((await place.post()).rows)
    assert len(rows) > 1
    (wire.cut_after if heard else wire.cut_before)(COMMIT)
    assert await far_store.begin_sends(rows, NOW, NOW + MINUTE) == {row.id for row in rows}
    assert wire.cuts == 1
    assert await far_store.begin_sends(rows, NOW + 1, NOW + MINUTE) == frozenset()


async def test_what_is_unknown_stays_unknown_when_the_server_stays_away(
    server: PostgresServer, wire: Wire, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE_S", 0.0)
    wire.cut_after(COMMIT)
    wire.when_cut = server.stop
    with pytest.raises(OutcomeUnknownError):
        await place.post()
    server.start()
    monkeypatch.setattr(door, "LONG_PAUSE_S", 0.0)
    assert len(await place.store.open_jobs(place.committee_id)) == 1


async def test_a_work_is_made_anew_when_the_line_breaks_under_it(
    wire: Wire, far_store: SqlStore, place: Place
) -> None:
    job_id = (await place.post()).job_id
    tries = 0
    decide = samples.claim(place.people["v1"])

    def interrupted(before: Situation) -> Decision:
        nonlocal tries
        tries += 1
        if tries < 3:
            wire.cut()
        return decide(before)

    saved = await far_store.change(place.committee_id, job_id, interrupted)
    assert saved.decision is not None
    assert saved.decision.answer is not None
    assert (tries, saved.decision.answer.key) == (3, AnswerKey.WON)
    assert (await place.situation(job_id)).job.version == 3


async def test_a_process_that_was_stopped_in_mid_work_holds_a_job_for_a_moment_only(
    url: str, tmp_path: Path, clock: OurClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "SILENT_MS", 200)
    store = await open_store(tmp_path, Vault.open(tmp_path, None), clock, database_url=url)
    place = await settle(store)
    job_id = (await place.post()).job_id
    silent = await PostgresEngine.open(url)
    session = await _holding(silent, place, job_id)
    saved = await store.change(place.committee_id, job_id, samples.told("at last"))
    assert saved.decision is not None
    with pytest.raises(asyncpg.InterfaceError):  # its session has ended, and what it did was undone
        await session.execute("COMMIT")
    await silent.close()
    await store.close()


async def test_a_job_that_is_held_for_too_long_is_said(
    url: str, tmp_path: Path, clock: OurClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LOCK_MS", 100)
    store = await open_store(tmp_path, Vault.open(tmp_path, None), clock, database_url=url)
    place = await settle(store)
    job_id = (await place.post()).job_id
    slow = await PostgresEngine.open(url)
    session = await _holding(slow, place, job_id)
    with pytest.raises(StoreUnavailableError) as caught:
        await store.change(place.committee_id, job_id, samples.told("too early"))
    assert caught.value.params == {"reason": "locked"}
    await session.execute("ROLLBACK")
    await slow._pool.release(session)
    assert (await store.change(place.committee_id, job_id, samples.told("now"))).decision is not None
    await slow.close()
    await store.close()


async def _holding(engine: PostgresEngine, place: Place, job_id: int) -> Session:
    """A session in mid-work that holds the job, as a process leaves it that is stopped."""
    session = await engine._pool.acquire()
    await session.execute("BEGIN")
    text, names = engine._statements["hold_job"]
    held = {"committee_id": place.committee_id, "job_id": job_id}
    await session.fetch(text, *(held[name] for name in names))
    return session

"""Works that come together share a transaction on PostgreSQL: each gets its own rows, and nobody pays for
what is wrong with another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import ConflictError, DispatchError
from store import fetching, statements
from store.attempts import insist
from store.batches import MOST, Batches, Errand
from store.engine import More, Plan, Query, Rows, Save, SaveMany, Work, nothing
from store.postgres import PostgresEngine
from store.sessions import Session
from store.sharing import together
from tests.store.samples import NOW
from tests.store.test_engine import keep, kept


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[PostgresEngine]:
    opened = await PostgresEngine.open(postgres_url)
    yield opened
    await opened.close()


def receipt(name: str) -> Save:
    """A save that is a conflict where it was made before."""
    return Save("insert_receipt", {"receipt": name, "committee_id": 1, "at": NOW})


def once(name: str) -> Work[None]:
    """A work that keeps such a receipt."""
    return Work((), lambda _rows: Plan((receipt(name),), nothing))


def found(name: str) -> Work[bool]:
    """A work that says whether there is such a receipt."""

    def plan(rows: Rows) -> Plan[bool]:
        there = bool(rows["receipt_known"])
        return Plan((), lambda _rows: there)

    return Work((Query("receipt_known", {"receipt": name}),), plan)


async def transactions(session: Session) -> int:
    """In how many transactions the receipts that there are were written."""
    (row,) = await session.fetch("SELECT count(DISTINCT xmin::text) AS transactions FROM receipts")
    count: int = row["transactions"]
    return count


async def test_a_crowd_of_works_takes_a_few_transactions(engine: PostgresEngine, rival: Session) -> None:
    works = [once(f"r{n}") for n in range(3 * MOST)]
    await asyncio.gather(*(engine.run(work) for work in works))
    await rival.execute("COMMIT")
    assert await transactions(rival) == 3


async def test_each_gets_the_rows_that_it_asked_for(engine: PostgresEngine) -> None:
    await engine.run(Work((), lambda _rows: Plan((receipt("there"), receipt("too")), nothing)))
    asked = ["there", "nowhere", "too", "there"]
    assert await asyncio.gather(*(engine.run(found(name)) for name in asked)) == [True, False, True, True]
    assert await asyncio.gather(*(engine.look(found(name)) for name in asked)) == [True, False, True, True]


async def test_some_may_ask_for_more_than_others(engine: PostgresEngine) -> None:
    await engine.run(keep("a"))

    def deep(left: int) -> Work[int]:
        def decide(rows: Rows) -> Plan[int] | More:
            seen = len(rows["all_meta"])
            return More((Query("all_meta"),)) if seen < left else Plan((), lambda _rows: seen)

        return Work((Query("all_meta"),), decide)

    assert await asyncio.gather(*(engine.run(deep(depth)) for depth in (1, 3, 2))) == [1, 3, 2]


async def test_one_that_may_not_leaves_the_others_in_their_transaction(
    engine: PostgresEngine, rival: Session
) -> None:
    def refuse(_rows: Rows) -> Plan[None]:
        raise DispatchError(why=1)

    works = [once(f"r{n}") for n in range(4)]
    works.insert(2, Work((), refuse))
    results = await asyncio.gather(*(engine.run(work) for work in works), return_exceptions=True)
    assert [type(each) for each in results] == [type(None), type(None), DispatchError, type(None), type(None)]
    await rival.execute("COMMIT")
    assert await transactions(rival) == 1


async def test_one_that_comes_second_undoes_all_and_each_is_made_anew_alone(
    engine: PostgresEngine, rival: Session
) -> None:
    await engine.run(once("taken"))
    names = ["r1", "taken", "r2"]
    results = await asyncio.gather(
        *(insist(engine.run, partial(once, name)) for name in names), return_exceptions=True
    )
    assert [type(each) for each in results] == [type(None), ConflictError, type(None)]
    assert await asyncio.gather(*(engine.run(found(name)) for name in names)) == [True] * 3
    await rival.execute("COMMIT")
    assert await transactions(rival) == 3


async def test_what_one_expected_in_vain_is_no_matter_of_the_others(engine: PostgresEngine) -> None:
    none = Save("raise_link_epoch", {"committee_id": 1, "person_id": 1}, expect=1)
    results = await asyncio.gather(
        insist(engine.run, lambda: keep("a")),
        insist(engine.run, lambda: Work((), lambda _rows: Plan((none,), nothing))),
        insist(engine.run, lambda: keep("b")),
        return_exceptions=True,
    )
    assert isinstance(results[1], ConflictError)
    assert await kept(engine) == {"a", "b"}


async def test_those_that_hold_the_same_follow_each_other_in_order(engine: PostgresEngine) -> None:
    hold, order = Query("hold_committee", {"committee_id": 1}), []

    def noting(number: int) -> Work[None]:
        def decide(_rows: Rows) -> Plan[None]:
            order.append(number)
            return Plan((SaveMany("insert_meta", [{"name": f"{number}", "value": "x"}]),), nothing)

        return Work((), decide, (hold,))

    await asyncio.gather(*(engine.run(noting(number)) for number in range(8)))
    assert order == list(range(8))
    await engine._changes.drain()
    assert engine._changes._lines == {}


async def test_whoever_waits_for_one_thing_keeps_nobody_waiting_for_another() -> None:
    """Here on no database: the first of them stays on its way until it is let go."""
    person, first, second = (Query("hold", {"id": number}) for number in range(3))
    going: list[Sequence[Query]] = []
    free = asyncio.Event()

    async def carry(errands: Sequence[Errand]) -> Sequence[Errand]:
        going.extend(each.work.holds for each in errands)
        if (person, first) in going[-len(errands) :]:
            await free.wait()
        for each in errands:
            each.done(None)
        return ()

    batches = Batches(carry)

    def hands_in(*holds: Query) -> asyncio.Future[None]:
        return batches.hand_in(Work((), lambda _rows: Plan((), nothing), holds))

    slow = hands_in(person, first)
    await asyncio.sleep(0)
    waiting, other = hands_in(person, second), hands_in(second)
    await other
    assert [each.done() for each in (slow, waiting)] == [False, False]
    free.set()
    await asyncio.gather(slow, waiting)
    assert going == [(person, first), (second,), (person, second)]
    await batches.drain()
    assert batches._lines == {}


async def test_every_statement_that_gives_rows_can_say_for_whom(postgres_url: str) -> None:
    session = await asyncpg.connect(postgres_url)
    for name, statement in statements.load_numbered().items():
        if name.startswith(statements.HOLD) or not fetching.gives_rows(statement):
            continue
        prepared = await session.prepare(fetching.numbering(statement.text, len(statement.parameters) + 1))
        assert [each.name for each in prepared.get_attributes()].count(fetching.NTH) == 1, name
    await session.close()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=6))
def test_what_is_to_be_last_is_and_in_the_same_order_everywhere(works: list[tuple[int, int]]) -> None:
    saves = [
        [*(receipt(f"{each}") for each in range(others)), Save("offers_in_turn", {"id": held}, last=True)]
        for held, others in works
    ]
    last = len(works)
    steps, turned = _in_order(saves), _in_order(saves[::-1])
    assert [step.name for step in steps[len(steps) - last :]] == ["offers_in_turn"] * last
    assert steps[len(steps) - last :] == turned[len(steps) - last :]


def _in_order(saves: Sequence[Sequence[Save | SaveMany]]) -> Sequence[Save | SaveMany]:
    return [step for group in together(saves) for _, step in group]


STEPS = st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=6)


@given(STEPS)
def test_steps_keep_their_order_and_go_together_where_they_are_alike(wanted: list[list[str]]) -> None:
    queries = [[Query(name, {"nr": place}) for place, name in enumerate(names)] for names in wanted]
    groups = list(together(queries))
    for number, mine in enumerate(queries):
        assert [step for group in groups for owner, step in group if owner == number] == mine
    assert all(len({step.name for _, step in group}) == 1 for group in groups)
    if wanted and all(names == wanted[0] for names in wanted):  # they all do the same
        runs = [name for place, name in enumerate(wanted[0]) if place == 0 or wanted[0][place - 1] != name]
        assert len(groups) == len(runs)

"""A part that ends with a fault is begun again and said loudly, and no heartbeat is sent until it holds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.working import PAUSES_S, STEADY_S, Again, working
from store.maps import Geodesic
from tests.workers.office import Office, until
from workers.figures import Figures
from workers.sweep import Sweep
from workers.watch.health import Health, Wrong
from workers.watch.synthetic import Schedule, Synthetic

SOON = Again(pauses_s=(0.0,), steady_s=3600.0)
PATIENCE_S = 10.0


@pytest.fixture
def health() -> Health:
    one = Health(time.monotonic, 1e9)
    one.audited(well=True)
    return one


class Failing:
    """A part that ends with a fault so many times, and then stays."""

    def __init__(
        self, times: int, error: Callable[[], BaseException] = lambda: RuntimeError("private")
    ) -> None:
        self._times = times
        self._error = error
        self.begun = 0
        self.stays = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self._times:
            raise self._error()
        self.stays.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def patient() -> AsyncIterator[None]:
    async with asyncio.timeout(PATIENCE_S):
        yield


@pytest.mark.parametrize("error", [lambda: RuntimeError("private"), asyncio.CancelledError])
async def test_a_part_that_ends_begins_again_and_keeps_heartbeats_back_meanwhile(
    health: Health, caplog: pytest.LogCaptureFixture, error: Callable[[], BaseException]
) -> None:
    part, other = Failing(3, error), Failing(0)
    async with patient(), working(part.run, other.run, health=health, again=SOON):
        await part.stays.wait()
        assert health.wrong() == (Wrong.PART,)
        assert (part.begun, other.begun) == (4, 1)
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [line.split(":")[0] for line in said] == [
        f"a part of the program ended ({times} times in a row)" for times in (1, 2, 3)
    ]
    assert not [line for line in said if "private" in line]
    assert health.wrong() == ()  # whoever left needs no part


async def test_what_holds_for_a_while_is_well_again(health: Health) -> None:
    part, well = Failing(2), asyncio.Event()
    again = Again(pauses_s=(0.0,), steady_s=0.01)
    async with patient(), working(part.run, health=health, again=again):
        await part.stays.wait()
        await until(lambda: not health.wrong(), "it counts as well")
        well.set()
    assert well.is_set()


async def test_one_part_that_is_well_does_not_hide_another_that_is_not(health: Health) -> None:
    first, second = object(), object()
    health.part(first, well=False)
    health.part(second, well=False)
    health.part(second, well=True)
    assert health.wrong() == (Wrong.PART,)
    health.part(first, well=True)
    assert health.wrong() == ()


async def test_a_part_that_has_done_its_work_is_over(health: Health) -> None:
    begun: list[int] = []

    async def once() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise RuntimeError

    part = Failing(0)
    async with patient(), working(once, part.run, health=health, again=SOON):
        await until(lambda: len(begun) == 2, "it was begun again")
        await part.stays.wait()
        await asyncio.sleep(0)
        assert health.wrong() == ()
    assert len(begun) == 2


async def test_a_part_that_fails_while_it_leaves_does_not_keep_the_program(
    health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[int] = []

    async def stubborn() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError

    never = Again(pauses_s=(3600.0,))
    async with working(stubborn, health=health, again=never):
        await until(lambda: begun, "it has begun")
    assert begun == [1]
    assert "ended with a fault when it was to leave" in caplog.text


def test_pauses_grow_to_an_end_and_a_heartbeat_of_every_minute_misses_at_least_one() -> None:
    assert sorted(PAUSES_S) == list(PAUSES_S)
    assert max(60.0, PAUSES_S[-1]) < STEADY_S


class Breaking:
    """The office's store, of which one question is answered with a fault of ours."""

    def __init__(self, store: object, broken: str) -> None:
        self._store = store
        self._broken = broken

    def __getattr__(self, name: str) -> object:
        if name == self._broken:
            raise RuntimeError(name)
        return getattr(self._store, name)


async def test_a_fault_of_ours_is_a_synthetic_job_that_was_missed(office: Office, health: Health) -> None:
    service = office.service
    service.store = Breaking(office.store, "address")  # type: ignore[assignment] # the store, but for one thing
    schedule = Schedule(every_s=3600, steady=time.monotonic)
    synthetic = Synthetic(service, Geodesic(), health, Figures(), schedule)
    assert not await synthetic.once()
    assert health.wrong() == (Wrong.SYNTHETIC,)


@pytest.mark.parametrize("broken", ["due", "overdue_outbox"])
async def test_a_sweep_that_cannot_be_made_ends_loudly_and_cards_on_their_way_arrive(
    office: Office, health: Health, broken: str
) -> None:
    await office.posted()
    office.radio.room.clear()
    office.clock.forward(10)
    service = office.service
    going = asyncio.create_task(Sweep(service, office.deliverer, office.clock).forever())
    await until(lambda: office.deliverer.under_way, "cards are on their way")
    store = Breaking(office.store, broken)
    service.store = store  # type: ignore[assignment] # the store, but for one thing
    office.deliverer._store = store  # type: ignore[assignment] # the same
    with pytest.raises(RuntimeError, match=broken):
        await asyncio.wait_for(going, PATIENCE_S)
    assert office.deliverer.under_way
    office.radio.room.set()
    await until(lambda: not office.deliverer.under_way, "they have arrived")
    assert office.radio.sent

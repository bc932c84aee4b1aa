"""How many claims a second are kept for good, against a bare loop of the same statements.

Every run works on a copy of the same committee with the same jobs, just posted, on the same disk. The
reference runs what `recording` wrote down of a real run: every statement with its parameters, the reading
of the private text that the winner is shown included, with one BEGIN and COMMIT a claim.
"""

import asyncio
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from bench import crowd, recording
from bench.crowd import Crowd
from bench.recording import Statement, Tape
from bench.report import Aim, Figure, Outcome, median, p99
from bot.app import settle_memory
from bot.playbooks import load_playbooks
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import AnswerKey, Command, Verb
from store import SqlStore, open_store
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from store.schema import DATABASE

JOBS = crowd.VOLUNTEERS
"""A claim for every volunteer, each on a job of their own."""

ROUNDS = 7
"""Rounds of every kind of run; an odd number, and about 20 s in all. The ratio is the median of the rounds'
own ratios, each to the reference run before and after it: a shared disk is not equally fast for long."""

Open = Callable[[Path, Vault], Awaitable[SqlStore]]


@dataclass(frozen=True, slots=True)
class Run:
    """How many claims a second, how many milliseconds each took, and how many places are held then."""

    rate: float
    waits_ms: Sequence[float]
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One run of each kind, the reference before and after them."""

    before: Run
    one: Run
    flight: Run
    race: Run
    after: Run

    @property
    def bare_rate(self) -> float:
        return (self.before.rate + self.after.rate) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """A service on a store of its own, and the jobs that wait to be claimed in it."""

    store: SqlStore
    service: Service
    crowd: Crowd
    jobs: Sequence[int]
    folder: Path

    async def claim(self, person: Person, job: int) -> float:
        """Claim and say how many seconds it took until the answer was there."""
        began = time.perf_counter()
        answer, _ = await self.service.act(person, job, Command(verb=Verb.CLAIM, actor=person.id))
        assert answer.key in (AnswerKey.WON, AnswerKey.WAITLISTED), answer.key
        return time.perf_counter() - began

    def pairs(self) -> Sequence[tuple[Person, int]]:
        return list(zip(self.crowd.volunteers, self.jobs, strict=True))


async def measure() -> Outcome:
    """One by one, 280 in flight on a job each, and 280 at once on one job."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        seed = Path(name) / "seed"
        await _sow(seed)
        tape = await _recorded(seed)
        rounds = [
            _Round(
                before=await _bare(seed, tape),
                one=await _one_by_one(seed),
                flight=await _in_flight(seed),
                race=await _on_one_job(seed),
                after=await _bare(seed, tape),
            )
            for _ in range(ROUNDS)
        ]
    return _outcome(rounds, statements=median([len(claim) for claim in tape]))


async def races(count: int) -> Sequence[Run]:
    """280 at once on one job, so often: each on a copy of the committee, with a job just posted."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        seed = Path(name) / "seed"
        await _sow(seed)
        return [await _on_one_job(seed) for _ in range(count)]


def _outcome(rounds: Sequence[_Round], *, statements: float) -> Outcome:
    bare = median([found.bare_rate for found in rounds])
    one = median([found.one.rate for found in rounds])
    flight = median([found.flight.rate for found in rounds])
    one_ratio = median([found.one.rate / found.bare_rate for found in rounds])
    flight_ratio = median([found.flight.rate / found.bare_rate for found in rounds])
    one_p99, bare_p99 = _p99(found.one for found in rounds), _p99(found.before for found in rounds)
    flight_p99, race_p99 = _p99(found.flight for found in rounds), _p99(found.race for found in rounds)
    one_aim, flight_aim = (Aim(sign="≥", limit=limit, of_ratio=True) for limit in (0.4, 1.0))
    figures = (
        Figure(name="claims/s, one by one", ours=one, bare=bare, paired=one_ratio, aim=one_aim),
        Figure(name="claims/s, 280 in flight", ours=flight, bare=bare, paired=flight_ratio, aim=flight_aim),
        Figure(name="p99 ms, one by one", ours=one_p99, bare=bare_p99),
        Figure(name="p99 ms, 280 in flight on a job each", ours=flight_p99),
        Figure(name="p99 ms, 280 at once on one job", ours=race_p99),
        Figure(name="statements a claim", ours=statements, bare=statements),
    )
    values = {
        "one_ratio": one_ratio,
        "flight_ratio": flight_ratio,
        "one_per_s": one,
        "flight_per_s": flight,
        "bare_per_s": bare,
        "one_p99_ms": one_p99,
        "bare_p99_ms": bare_p99,
        "flight_p99_ms": flight_p99,
        "one_job_p99_ms": race_p99,
        "statements": statements,
    }
    return Outcome(figures=figures, values=values)


def _p99(runs: Iterable[Run]) -> float:
    """Of all claims of all runs."""
    return p99([wait for run in runs for wait in run.waits_ms])


async def _one_by_one(seed: Path) -> Run:
    async with _house(seed) as house:
        began = time.perf_counter()
        waits = [await house.claim(person, job) for person, job in house.pairs()]
        return _run(house, time.perf_counter() - began, waits, winners=JOBS)


async def _in_flight(seed: Path) -> Run:
    async with _house(seed) as house:
        began = time.perf_counter()
        waits = await asyncio.gather(*(house.claim(person, job) for person, job in house.pairs()))
        return _run(house, time.perf_counter() - began, waits, winners=JOBS)


async def _on_one_job(seed: Path) -> Run:
    async with _house(seed) as house:
        job = house.jobs[0]
        began = time.perf_counter()
        waits = await asyncio.gather(*(house.claim(person, job) for person in house.crowd.volunteers))
        return _run(house, time.perf_counter() - began, waits, winners=1)


async def _bare(seed: Path, tape: Sequence[Sequence[Statement]]) -> Run:
    async with _house(seed) as house:
        await house.store.close()
        waits = recording.play(house.folder / DATABASE, tape)
        return _run(house, sum(waits), waits, winners=JOBS)


def _run(house: _House, seconds: float, waits: Sequence[float], *, winners: int) -> Run:
    """A run that is over; it counts only if what was measured was kept."""
    with closing(sqlite3.connect(house.folder / DATABASE)) as connection:
        (held,) = connection.execute("SELECT count(*) FROM claims WHERE status = 'claimed'").fetchone()
    assert held == winners, f"{held} places held instead of {winners}"
    return Run(len(waits) / seconds, [wait * 1000 for wait in waits], held)


async def _recorded(seed: Path) -> Sequence[Sequence[Statement]]:
    """The statements of each claim of a run like `_one_by_one`'s."""
    tape = Tape()

    async def opened(folder: Path, vault: Vault) -> SqlStore:
        return await recording.open_recorded(folder / DATABASE, vault, tape)

    claims: list[Sequence[Statement]] = []
    async with _house(seed, opened) as house:
        for person, job in house.pairs():
            tape.cut()
            await house.claim(person, job)
            claims.append(tape.cut())
    return claims


async def _sow(folder: Path) -> None:
    """The committee, without any job yet."""
    store = await open_store(folder, Vault.open(folder, None))
    await crowd.settle(store)
    await store.close()


@asynccontextmanager
async def _house(seed: Path, opened: Open = open_store) -> AsyncIterator[_House]:
    """A copy of the committee with its jobs just posted, through the very store that is measured."""
    with tempfile.TemporaryDirectory(dir=seed.parent) as name:
        folder = Path(shutil.copytree(seed, Path(name) / "data"))
        store = await opened(folder, Vault.open(folder, None))
        try:
            service = Service(store, crowd.NO_BELL, WallClock(), Geodesic(), load_playbooks(None))
            known = await crowd.known(store)
            # Handed in together they share commits, and keep their order: the same jobs in every run.
            posts = (service.post(known.staff, known.draft(number)) for number in range(JOBS))
            jobs = [view.situation.job.id for view in await asyncio.gather(*posts)]
            settle_memory()
            yield _House(store=store, service=service, crowd=known, jobs=jobs, folder=folder)
        finally:
            await store.close()

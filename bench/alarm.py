"""How late a decision is kept after its moment: 2,000 alarms over a minute, and 2,000 due at one instant.

Store, queue, workers, sweep and deliveries run in one process, as in `suidao run`, on a real Valkey. Each
alarm is a real one: a wave falls due on an open job, five volunteers are asked, their cards are owed and
delivered. The reference is stock ARQ on the same queue: a task an alarm, which does nothing.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from arq.connections import ArqRedis, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

from bench import crowd
from bench.house import House, at_work, open_house, queue
from bench.report import Aim, Figure, Outcome, median, p99
from bot.playbooks import load_playbooks
from dispatch.moments import HOUR, MINUTE, SECOND, Micros, to_datetime
from dispatch.playbook import Playbook, Wave, WaveTo
from dispatch.playbook_file import from_json, to_json
from dispatch.service import Service
from store.clock import WallClock
from store.maps import Geodesic
from store.queue import redis_settings
from workers import settings as arq

ALARMS = 2_000
"""Alarms of each part: what a sub-district of thirty committees could reach, and what was promised."""

SPREAD: Micros = MINUTE

BARE_SPREAD: Micros = 20 * SECOND
"""The reference runs at the same pace, for a third of the time: its figures are steady."""

ASKED = 5
"""Volunteers in the wave: the first of the measured waves (config/playbooks)."""

WAVE_AFTER: Micros = HOUR
"""How long after the posting the wave is due: jobs are posted by a clock that is as much behind."""

BURSTS = 3
"""Instants at which they are due, one after the other; the median of their last ones counts."""

PROBE = 200
"""Jobs posted first, never due here, to see how long this machine takes to post the others."""

TOGETHER = 100
"""Jobs posted together: few enough that their cards are delivered before the sweep thinks them late."""

LOOK_S = 0.05
"""Seconds between two looks whether everything is done."""

READY: Micros = 2 * SECOND
"""Between the last preparation and the first moment."""

PATIENCE_S = 30.0
"""Seconds after the last moment until whatever was not decided counts as lost."""

GOLDEN = 0.6180339887
"""Fractions of its multiples are spread evenly, in no order: neighbours in number are not due together."""


@dataclass(frozen=True, slots=True)
class _ClockBehind:
    """`dispatch.ports.Clock` that stands at one moment: that of the posting."""

    moment: Micros

    def now(self) -> Micros:
        """That moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Nothing that is posted ever sleeps."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Night:
    """A house in which jobs wait for their moment."""

    house: House

    async def post(self, dues: Sequence[Micros], first: int) -> Mapping[int, Micros]:
        """Post a job for each moment, its wave due then, and wait until everybody knows of it. Returns
        the moments by job."""
        jobs: list[int] = []
        while len(jobs) < len(dues):
            some = dues[len(jobs) : len(jobs) + TOGETHER]
            posts = (self._post(number, due) for number, due in enumerate(some, first + len(jobs)))
            jobs += await asyncio.gather(*posts)
            await self._delivered()
        return dict(zip(jobs, dues, strict=True))

    async def lateness(self, dues: Sequence[Micros], first: int) -> Sequence[float]:
        """Post, wait for the moments, and say how late each decision was, in ms."""
        jobs = await self.post(dues, first)
        if WallClock().now() >= min(dues):
            raise RuntimeError("the jobs were not posted in time: the machine has become much slower")
        return await _waited_for(self.house.store.kept, jobs)

    async def _post(self, number: int, due: Micros) -> int:
        clock = _ClockBehind(due - WAVE_AFTER)
        service = Service(self.house.store, self.house.bell, clock, Geodesic(), self.house.playbooks)
        view = await service.post(self.house.crowd.staff, self.house.crowd.draft(number))
        assert view.situation.job.look_at == due
        return view.situation.job.id

    async def _delivered(self) -> None:
        while await self.house.store.overdue_outbox(WallClock().now(), 1):  # noqa: ASYNC110 - nobody says so by itself
            await asyncio.sleep(LOOK_S)


async def measure() -> Outcome:
    """Ours over a minute and at one instant, then the reference."""
    async with open_house(_playbooks()) as house:
        night = _Night(house)
        probe = await _preparation(night)
        clock = WallClock()
        spread = await night.lateness(_spread(clock.now() + probe, ALARMS, SPREAD), PROBE)
        bursts = [
            max(await night.lateness([clock.now() + probe] * ALARMS, PROBE + number * ALARMS))
            for number in range(1, 1 + BURSTS)
        ]
    bare_spread, bare_bursts = await _bare()
    burst, bare_burst = median(bursts) / 1000, median(bare_bursts) / 1000
    figures = (
        Figure(
            name=f"p99 ms late, {ALARMS} over a minute",
            ours=p99(spread),
            bare=p99(bare_spread),
            aim=Aim(sign="≤", limit=100),
        ),
        Figure(
            name=f"s until the last of {ALARMS} at one instant",
            ours=burst,
            bare=bare_burst,
            aim=Aim(sign="≤", limit=2),
        ),
    )
    values = {
        "p99_ms": p99(spread),
        "burst_last_s": burst,
        "bare_p99_ms": p99(bare_spread),
        "bare_burst_last_s": bare_burst,
    }
    return Outcome(figures=figures, values=values)


async def _preparation(night: _Night) -> Micros:
    """How long before the first moment to begin: twice as long as a few jobs took, reckoned up to all."""
    clock = WallClock()
    began = clock.now()
    await night.post([began + WAVE_AFTER] * PROBE, 0)
    return 2 * (clock.now() - began) * ALARMS // PROBE + READY


def _spread(start: Micros, count: int, length: Micros) -> list[Micros]:
    return [start + round(number * GOLDEN % 1 * length) for number in range(count)]


async def _waited_for(kept: Mapping[int, Micros], dues: Mapping[int, Micros]) -> Sequence[float]:
    """Milliseconds between each moment and what was kept for it. Raises `TimeoutError`."""
    patience = (max(dues.values()) - WallClock().now()) / SECOND + PATIENCE_S
    async with asyncio.timeout(patience):
        while not dues.keys() <= kept.keys():  # noqa: ASYNC110 - an event a decision would cost what is measured
            await asyncio.sleep(LOOK_S)
    return [(kept[job] - due) * 1000 / SECOND for job, due in dues.items()]


async def _bare() -> tuple[Sequence[float], Sequence[float]]:
    """Stock ARQ alone: a task for each alarm that does nothing, with the settings of the real worker."""
    kept: dict[int, Micros] = {}

    async def look(_ctx: dict[str, Any], job: int) -> None:
        kept.setdefault(job, WallClock().now())

    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        async with queue(Path(name)) as (where, _bell):
            redis = redis_settings(where)
            worker = Worker(
                functions=[func(cast("WorkerCoroutine", look), name="look")],
                redis_settings=redis,
                handle_signals=False,
                max_jobs=arq.ALARMS_AT_ONCE,
                job_timeout=arq.ALARM_TIMEOUT_S,
                keep_result=0,
                poll_delay=arq.POLL_S,
                log_results=False,
            )
            pool = await create_pool(redis)
            async with at_work(worker.async_run()):
                count = ALARMS * BARE_SPREAD // SPREAD
                spread = await _ring(pool, 0, _spread(WallClock().now() + READY, count, BARE_SPREAD))
                late = await _waited_for(kept, spread)
                bursts = []
                for number in range(BURSTS):
                    first = count + number * ALARMS
                    rung = await _ring(pool, first, [WallClock().now() + READY] * ALARMS)
                    bursts.append(max(await _waited_for(kept, rung)))
                found = late, bursts
            await pool.aclose()
            return found


async def _ring(pool: ArqRedis, first: int, dues: Sequence[Micros]) -> Mapping[int, Micros]:
    rung = dict(enumerate(dues, first))
    await asyncio.gather(
        *(pool.enqueue_job("look", job, _defer_until=to_datetime(due)) for job, due in rung.items())
    )
    return rung


def _playbooks() -> Mapping[str, Playbook]:
    """The program's own, but for when the first wave is due: an hour after the posting, and then no other
    one as long as this runs."""
    found = load_playbooks(None)
    book = found[crowd.KIND]
    waves = (Wave(after=WAVE_AFTER, to=WaveTo.NEAREST, count=ASKED), Wave(after=HOUR, to=WaveTo.GROUP))
    return {**found, crowd.KIND: from_json(to_json(replace(book, waves=waves, seeking=None)))}

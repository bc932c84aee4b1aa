"""Jobs posted ahead, whose first rung falls due at a moment that is given, and when each was committed.

They are posted through the service by a clock that is an hour behind; nothing is written by hand. When a
decision was committed is what PostgreSQL itself has noted.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench import crowd
from bench.fleet import Fleet
from bot.playbooks import load_playbooks
from bot.web.session import PLATFORM
from dispatch.moments import HOUR, SECOND, Micros
from dispatch.people import Rung
from dispatch.playbook import Playbook, RungCall, Wave, WaveTo
from dispatch.playbook_file import from_json, to_json
from dispatch.service import Service
from store.clock import WallClock
from store.maps import Geodesic
from store.queue import ArqBell, delivery_by

ASKED = 5
"""Volunteers of the wave that asks at once: the first of the measured waves (config/playbooks)."""

PROBE = 1_000
"""Jobs posted first, never due here, to see how long this machine takes to post the others: enough that their
cards are on their way too."""

TOGETHER = 50
"""Jobs posted together."""

SLOWER = 1.5
"""How much slower than the probe the others may be: a table that grows."""

READY: Micros = 3 * SECOND
"""Between the last preparation and the first moment."""

PATIENCE_S = 120.0
"""Seconds without one more decision, after the last moment, until whatever was not decided counts as lost."""

LOOK_S = 0.5

_DECIDED = """
SELECT job_id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint AS at
FROM ledger WHERE kind = 'called' AND job_id = ANY($1::bigint[])
"""

_LATE = "the jobs were not posted in time: the machine has become much slower"

_OWED = "SELECT count(*) AS owed FROM outbox WHERE done_at IS NULL"


@dataclass(frozen=True, slots=True)
class _ClockAt:
    """`dispatch.ports.Clock` that stands at one moment: that of the posting."""

    moment: Micros

    def now(self) -> Micros:
        """That moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Nothing that is posted ever sleeps."""
        raise NotImplementedError


class Ahead:
    """Posts into a fleet. Close it."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._bell = ArqBell(fleet.queue.url, (delivery_by(PLATFORM),))
        self._playbooks = playbooks()
        self._posted = 0

    async def close(self) -> None:
        """Hand over the last rings."""
        await self._bell.close()

    async def start(self, count: int) -> Micros:
        """A moment by which so many are posted, and the cards of their first wave have gone out: what is
        measured is how late rungs are, not how soon 100,000 cards are delivered."""
        began = WallClock().now()
        await self.post([began + HOUR] * PROBE)
        # As the server does by itself, within a minute: until then it knows nothing of what a table holds.
        await self._fleet.rows("ANALYZE")
        await self._gone_out()
        each = (WallClock().now() - began) / PROBE
        return WallClock().now() + round(each * count * SLOWER) + READY

    async def post(self, dues: Sequence[Micros]) -> Mapping[int, Micros]:
        """Post a job for each moment, its rung due then. Returns the moments by job."""
        jobs: list[int] = []
        while len(jobs) < len(dues):
            some = dues[len(jobs) : len(jobs) + TOGETHER]
            jobs += await asyncio.gather(*(self._post(due) for due in some))
        return dict(zip(jobs, dues, strict=True))

    async def lateness(self, dues: Sequence[Micros]) -> Sequence[float]:
        """Post, wait for the moments, and say how late each decision was committed, in ms."""
        jobs = await self.post(dues)
        if WallClock().now() >= min(dues):
            raise RuntimeError(_LATE)
        await asyncio.sleep((max(dues) - WallClock().now()) / SECOND)
        found, since = await self.decided(jobs), WallClock().now()
        while len(found) < len(jobs):
            await asyncio.sleep(LOOK_S)
            now, before = WallClock().now(), len(found)
            found = await self.decided(jobs)
            since = now if len(found) > before else since
            if now - since > PATIENCE_S * SECOND:
                raise RuntimeError(f"{len(jobs) - len(found)} of {len(jobs)} rungs were never decided")
        return [(found[job] - due) * 1000 / SECOND for job, due in jobs.items()]

    async def _gone_out(self) -> None:
        while (await self._fleet.rows(_OWED))[0]["owed"]:  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(LOOK_S)

    async def decided(self, jobs: Mapping[int, Micros]) -> Mapping[int, Micros]:
        """When the rungs of these jobs were committed, so far."""
        return {row["job_id"]: row["at"] for row in await self._fleet.rows(_DECIDED, list(jobs))}

    async def _post(self, due: Micros) -> int:
        self._posted += 1
        fleet = self._fleet
        service = Service(fleet.store, self._bell, _ClockAt(due - HOUR), Geodesic(), self._playbooks)
        view = await service.post(fleet.crowd.staff, fleet.crowd.draft(self._posted))
        if view.situation.job.look_at != due:
            raise RuntimeError(_LATE)
        return view.situation.job.id


def playbooks() -> Mapping[str, Playbook]:
    """The program's own, but for the commonest kind: a wave at once, the first rung after an hour, and then
    nothing as long as this runs."""
    found = load_playbooks(None)
    book = replace(
        found[crowd.KIND],
        seeking=None,
        waves=(Wave(after=0, to=WaveTo.NEAREST, count=ASKED),),
        rungs=(RungCall(after=HOUR, to=Rung.DUTY), RungCall(after=HOUR, to=Rung.OFFICE)),
    )
    return {**found, crowd.KIND: from_json(to_json(book))}

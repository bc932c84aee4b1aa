"""The auditor: compares every due time with now, apart from the queue and from the sweep.

What it finds late has slipped past both, so it is a fault somewhere: it is made good once, by the service
itself, and said loudly. What stays late after that is said once more and left alone; a loop of repairs would
only hide it. Nothing is decided here.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.kept import Due
from dispatch.lateness import Late, Timed
from dispatch.moments import SECOND, Micros
from dispatch.service import Service
from workers import alarms, faults
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.watch.drift import Drift
from workers.watch.health import Health, Wrong
from workers.watch.mends import NOTHING, Mend, Mends

log = logging.getLogger(__name__)

LATE_S = 15.0
"""Seconds after which something due counts as late. The queue takes milliseconds, the sweep two seconds, and
ten thousand steps due at one instant some seven: twice that is a fault and not a burst."""

AUDITS_A_BOUND = 3
"""Audits in the time after which something is late: found at a third past it at the latest."""

MISSED = 4
"""So many audits that did not come off, and the last one counts no more."""

AT_MOST = 500
"""Rows that are read at a time, and made good by one audit; as many of a platform as a sweep takes. All that
is late is seen: what waits, hangs or stays late hides nothing behind it."""

OTHERS_S = {True: 120.0, False: 1800.0}
"""The same for a card that is on its way, or that only another process can send, by whether it is urgent:
nobody sees from here whether it waits for its platform or hangs. Three hundred cards to one group wait for
twenty minutes; what is urgent overtakes them, and at the tightest limit (15 a minute) thirty go in two."""

BURSTS = {Timed.CARE: 8, Timed.MEDICINE: 8, Timed.STATUS: 4}
"""So many times as long for what comes in bursts without being a fault: a city's turns of eight in the
morning, or its medicines, are through in a minute, its buildings at midnight in half of one. Twice that."""

STEPPED_S = 300.0
"""Seconds for which a step of the wall clock keeps heartbeats back: five of the usual ones, more than any
monitor waits, so that somebody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """After how many seconds something is late; the audits follow from it. Nobody can set the clock that
    `steady` reads, in seconds."""

    late_s: float = LATE_S
    steady: Callable[[], float] = time.monotonic

    @property
    def every_s(self) -> float:
        """Seconds between two audits."""
        return self.late_s / AUDITS_A_BOUND

    def health(self) -> Health:
        """A health that an auditor of this pace keeps up."""
        return Health(self.steady, MISSED * self.every_s)


class Auditor:
    """Two of them, in two processes, repair each lateness once: the store says who began. One that `looks`
    at no jobs audits the cards that are sent by its deliverer, and leaves all else to others."""

    def __init__(
        self,
        service: Service,
        deliverer: Deliverer,
        health: Health,
        figures: Figures,
        *,
        pace: Pace,
        looks: bool = True,
        mends: Mends = NOTHING,
    ) -> None:
        self._service = service
        self._deliverer = deliverer
        self._health = health
        self._figures = figures
        self._pace = pace
        self._looks = looks
        self._mends = mends
        self._bound: Micros = round(pace.late_s * SECOND)
        self._drift = Drift(service.clock, pace.steady)
        self._since = service.clock.now()
        self._given_up: set[Late] = set()

    async def forever(self) -> None:
        """Audit until cancelled."""
        while True:
            await self.once()
            await self._service.clock.sleep(self._pace.every_s)

    async def once(self) -> None:
        """One audit. Raises nothing: an audit that fails is what the heartbeat stops for."""
        self._watch_clock()
        try:
            await self._audit()
        except Exception as error:  # noqa: BLE001 - it is told without its text
            self._fail(error)
        else:
            self._health.set(Wrong.STORE, holds=False)
            self._health.audited(well=True)

    async def _audit(self) -> None:
        now = self._service.clock.now()
        rows = await self._rows(now)
        going = self._deliverer.under_way
        found = [each for each in rows if self._counts(each, now, going)]
        self._health.set(Wrong.LATE, holds=bool(found))
        # What fell due before the program was there is the sweep's, which has had no time yet.
        if now - self._since > self._bound:
            await self._deal_with(found, now, going)
        self._given_up.intersection_update(found)
        if self._looks:
            self._figures.audited(now, Counter(each.what for each in found))

    async def _rows(self, now: Micros) -> Sequence[Late]:
        """Everything that is due for longer than the bound."""
        store = self._service.store
        late = await store.late(now - self._bound, AT_MOST)
        duties = self._looks and Timed.DUTY in self._mends
        behind = await store.behind(now) if duties else ()
        return [*late, *(each for each in behind if now - each.due_at > self._bound)]

    def _counts(self, late: Late, now: Micros, going: Container[int]) -> bool:
        """It is late for this auditor: what it can make good at once; after a while what others are to see
        to, and what is in hand, as cards that are on their way (`going`): they wait for their platform."""
        if now - late.due_at <= self._bound * BURSTS.get(late.what, 1):
            return False
        if self._can_mend(late, going):
            return True
        seen = self._looks or self._is_ours(late)
        return seen and now - late.due_at > round(OTHERS_S[late.urgent] * SECOND)

    async def _deal_with(self, found: Sequence[Late], now: Micros, going: Container[int]) -> None:
        for late in found:
            if not self._can_mend(late, going):
                self._give_up(late, now)
        # What was given up is not waited for again: the rest has its turn.
        ours = [late for late in found if self._can_mend(late, going) and late not in self._given_up]
        ours = sorted(ours, key=_turn)[:AT_MOST]
        begun = await asyncio.gather(*(self._service.store.begin_repair(each, now) for each in ours))
        fresh = [late for late, before in zip(ours, begun, strict=True) if before is None]
        self._say(fresh, now)
        await self._repair(fresh)
        for late, before in zip(ours, begun, strict=True):
            if before is not None and now - before > self._bound:
                self._give_up(late, now)

    def _can_mend(self, late: Late, going: Container[int]) -> bool:
        """A card that is on its way is not sent again, however long that takes: it may arrive. So with
        whatever else is in hand."""
        if not self._is_ours(late):
            return False
        if late.what is Timed.CARD:
            return late.id not in going
        mend = self._mends.get(late.what)
        return mend is None or not mend.busy(late)

    def _is_ours(self, late: Late) -> bool:
        match late.what:
            case Timed.JOB:
                return self._looks
            case Timed.CARD:
                return self._deliverer.serves(late.platform)
            case _:
                return self._looks and late.what in self._mends

    async def _repair(self, ours: Sequence[Late]) -> None:
        """By the service itself, which decides from the state of this moment; a card that hangs is waited for
        by nobody."""
        jobs = [
            Due(committee_id=each.committee_id, job_id=each.id, look_at=each.due_at)
            for each in ours
            if each.what is Timed.JOB
        ]
        await alarms.look_all(self._service, jobs)
        looks: dict[tuple[Timed, int], tuple[Late, Mend]] = {}
        for each in ours:
            mend = self._mends.get(each.what)
            if mend is not None:
                looks.setdefault((each.what, mend.key(each)), (each, mend))
        await asyncio.gather(*(self._look(each, mend) for each, mend in looks.values()))
        await self._deliverer.begin([each.id for each in ours if each.what is Timed.CARD])

    async def _look(self, late: Late, mend: Mend) -> None:
        try:
            await mend.look(late)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(log, error, f"{late.what} %d stays as it is", late.id)

    def _say(self, ours: Iterable[Late], now: Micros) -> None:
        for late in ours:
            by = (now - late.due_at) / SECOND
            log.error("%s %d was late by %.1f s: made good now", late.what, late.id, by)
            self._figures.repaired(late.what)

    def _give_up(self, late: Late, now: Micros) -> None:
        """Said once, for as long as it stays."""
        if late in self._given_up:
            return
        self._given_up.add(late)
        self._figures.stuck(late.what)
        by = (now - late.due_at) / SECOND
        log.error("%s %d stays late, by %.1f s so far: somebody must look at it", late.what, late.id, by)

    def _fail(self, error: Exception) -> None:
        self._health.audited(well=False)
        if isinstance(error, StoreUnavailableError):
            self._health.set(Wrong.STORE, holds=True)
        if isinstance(error, DispatchError):
            log.error("the audit could not be made (%s %s); trying again", error.key, error.params)
        else:
            faults.tell(log, error, "the audit could not be made (%d); trying again", 1)

    def _watch_clock(self) -> None:
        """After a step nobody can tell what is late: it is counted from then on."""
        moved = self._drift.step()
        if not moved:
            return
        self._since = self._service.clock.now()
        if not self._looks:
            return  # whoever looks at jobs says it
        log.error(
            "the wall clock was moved by %+.1f s, or the machine slept: what is due follows the new time",
            moved / SECOND,
        )
        self._figures.clock_step()
        self._health.set_for(Wrong.CLOCK, STEPPED_S)


def _turn(late: Late) -> tuple[bool, Micros]:
    """What is urgent first, then what is due the longest."""
    return not late.urgent, late.due_at

"""Who comes next, one short method each: ask the rules, keep the outcome, ring the bell, and move the jobs.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dispatch import handing, passing
from dispatch.errors import UnknownRelayError
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.relays import Carried, Kept, Passed, Relay, Watch
from dispatch.service import Rule, Service
from dispatch.verbs import Answer

ROUNDS = 5
"""Looks that follow one another at most: two are needed, for what is passed on and for what became of it.
What is still to do then is found by the worker a few seconds later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What came of somebody's word that they are out, or back."""

    changed: bool
    relays: tuple[Relay, ...] = ()
    """What they answered for, as it is asked of others now."""
    released: tuple[int, ...] = ()
    """Jobs in which they had a place, which is free again."""


class Succession:
    """Sees to it that the duty, a call and a job lie with nobody as little as can be. Every method may be
    repeated: the second time changes nothing. `pace` is how many times as fast time runs in a demo."""

    def __init__(self, service: Service, pace: int = 1) -> None:
        self._service = service
        self._store = service.store
        self._pace = pace

    @property
    def pace(self) -> int:
        """How many times as fast time runs."""
        return self._pace

    async def due(self, limit: int) -> tuple[int, ...]:
        """Committees whose duty is to be looked at now."""
        return await self._store.watches_due(self._service.clock.now(), limit)

    async def look(self, committee_id: int) -> None:
        """Let the clock act on a committee's duty; early, late or repeated looks change nothing."""
        await self._do(committee_id, self._looked)

    async def here(self, actor: Person, relay_id: int) -> tuple[Answer | None, Relay]:
        """The actor is there, or takes it. Raises `UnknownRelayError`, and `NotAllowedError` for somebody
        who was not asked."""
        kept = await self._do(
            actor.committee_id,
            lambda watch, now: passing.accepted(watch, relay_id, actor.id, now, self._pace),
            relay_id,
        )
        return kept.passed.answer, await self.relay(actor.committee_id, relay_id)

    async def out(self, actor: Person, until: Micros | None) -> Gone:
        """The actor is out until then, or back with None; by their own word, so it needs no leave."""
        kept = await self._do(
            actor.committee_id,
            lambda watch, now: passing.left(watch, actor.id, until, now, self._pace),
        )
        mine = (each for each in kept.relays if each.about_id == actor.id and each.asks)
        places = (each.job_id for each in kept.passed.released if each.person_id == actor.id)
        return Gone(changed=bool(kept.passed.leaves), relays=tuple(mine), released=tuple(places))

    async def relay(self, committee_id: int, relay_id: int) -> Relay:
        """One relay, whatever became of it. Raises `UnknownRelayError`."""
        return await self._store.relay(committee_id, relay_id)

    async def of(self, reader: Person) -> tuple[Relay, ...]:
        """What the reader is asked, reminded of, or has given away and nobody has taken yet; newest first."""
        found = await self._store.relays(reader.committee_id)
        mine = (each for each in found if each.open and reader.id in (*each.asked, each.about_id))
        return tuple(sorted(mine, key=lambda each: each.id, reverse=True))

    async def asked(self, reader: Person, relay_id: int | None = None) -> int:
        """The relay that somebody means who says that they are there: the one they name, else the newest that
        they are asked for. Raises `UnknownRelayError` where there is none."""
        if relay_id is not None:
            return relay_id
        for each in await self.of(reader):
            if each.asks and reader.id in each.asked:
                return each.id
        raise UnknownRelayError

    async def _do(
        self, committee_id: int, decide: Callable[[Watch, Micros], Passed], relay_id: int = 0
    ) -> Kept:
        """Decide and keep, then move the jobs that this is about, and look whether anything is left to do.

        Whoever dies on the way leaves a watch that is due again: the next look finds what is left."""
        first = kept = await self._kept(committee_id, decide, relay_id)
        for _ in range(ROUNDS):
            if not (kept.passed.released or kept.passed.carried):
                break
            await self._move(committee_id, kept.passed)
            kept = await self._kept(committee_id, self._looked)
        return first

    async def _kept(
        self, committee_id: int, decide: Callable[[Watch, Micros], Passed], relay_id: int = 0
    ) -> Kept:
        now = self._service.clock.now()
        kept = await self._store.watch(committee_id, lambda watch: decide(watch, now), relay_id)
        if kept.rows:
            self._service.bell.deliver(kept.rows)
        return kept

    def _looked(self, watch: Watch, now: Micros) -> Passed:
        return passing.looked(watch, now, self._pace)

    async def _move(self, committee_id: int, passed: Passed) -> None:
        for place in passed.released:
            if place.person_id is not None:
                rule = partial(handing.released, place.person_id)
                await self._service.rule(committee_id, place.job_id, rule)
        for each in passed.carried:
            await self._service.rule(committee_id, each.job_id, _rule(each))


def _rule(carried: Carried) -> Rule:
    if carried.taker is None:
        return partial(handing.offered, carried.giver)
    return partial(handing.handed, carried.giver, carried.taker)

"""`suidao drill`: a test through every way of every leader, and what became of each.

A program that runs sends it, as it sends everything; so it proves the way that a call would take. Where none
runs, the services are rung from here, and chats are said to be untried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from bot import folder
from bot.commands import opened
from bot.complaints import ComplaintError
from bot.invite import choose_committee
from config.settings import Settings
from dispatch import waking
from dispatch.drills import Result
from dispatch.moments import SECOND, Micros
from dispatch.people import RING, Roster
from dispatch.ports import Clock, Store
from dispatch.service import Service
from handlers import drills
from handlers.router import Router
from handlers.texts import Catalogs
from store.clock import WallClock
from store.maps import Geodesic
from workers.deliver import Deliverer
from workers.patience import BACK_OFF_S, TRIES_SOON
from workers.ring import RingGateway

LANGUAGES = ("zh_CN", "en")
"""A console's reader is not known: both."""

WAIT_S = 75.0
"""Seconds that a program that runs gets: four tries of a service that hangs take almost a minute."""

STIR_S = 30.0
"""Seconds after which a program that has done nothing at all is taken for one that is not there: a try takes
twelve at most, and waits no longer for its place."""

_LOOK_S = 0.2

_OWED = "owed"


class Silent:
    """A bell that nobody hears: whoever runs finds by itself what is owed."""

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        """See `Bell.look`."""

    def deliver(self, rows: Sequence[int], *, later: bool = False) -> None:
        """See `Bell.deliver`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drill:
    """One drill that was begun."""

    store: Store
    clock: Clock
    committee_id: int
    cause: str

    async def results(self) -> Sequence[Result]:
        return await self.store.drill(self.committee_id, self.cause)

    async def owed(self) -> Sequence[Result]:
        return [each for each in await self.results() if each.status == _OWED]

    async def watched(self) -> None:
        """Wait while a program that runs delivers it."""
        begun = self.clock.now()
        while owed := await self.owed():
            waited = (self.clock.now() - begun) / SECOND
            stirred = len(owed) < len(await self.results()) or any(each.tries for each in owed)
            if waited > (WAIT_S if stirred else STIR_S):
                return
            await self.clock.sleep(_LOOK_S)


async def drill(settings: Settings, key: str | None, out: TextIO) -> int:
    """Hold a drill and tell what came of it. Returns the exit code: 1 where somebody who may be called has no
    way that works. Repeating holds another one."""
    async with opened(settings) as (store, _):
        committee = await choose_committee(store, key)
        roster, clock = await store.roster(committee.id), WallClock()
        ways = {person: waking.proved(roster, person) for person in waking.leaders(roster)}
        if not ways:
            raise ComplaintError("nobody may be called: name people in [ladder] of the committee's file")
        held = _Drill(
            store=store, clock=clock, committee_id=committee.id, cause=f"drill {committee.id} {clock.now()}"
        )
        addresses = tuple(dict.fromkeys(address for found in ways.values() for address in found))
        await store.begin_drill(committee.id, addresses, clock.now(), held.cause)
        try:
            if settings.database is not None or folder.holder(settings.data_dir) is not None:
                await held.watched()
            page = f"{settings.web.base_url.rstrip('/')}/"
            await _ring(held, roster, RingGateway(store, Catalogs.load(), page))
            results = {each.address_id: each for each in await held.results()}
        finally:
            await store.end_drill(committee.id, held.cause, clock.now())
    return _tell(ways, results, roster, out)


async def _ring(held: _Drill, roster: Roster, gateway: RingGateway) -> None:
    """Ring what no program has rung: a service needs nobody who is signed in."""
    services = {way.address_id for listed in roster.waking.values() for way in listed}
    service = Service(held.store, Silent(), held.clock, Geodesic(), {})
    deliverer = Deliverer(held.store, Router(service, Catalogs.load()), {RING: gateway}, held.clock)
    for wait in (0.0, *BACK_OFF_S[: TRIES_SOON - 1]):
        left = [each.id for each in await held.owed() if each.address_id in services]
        if left:
            await held.clock.sleep(wait)
            await deliverer.deliver(left)


def _tell(
    ways: Mapping[int, Sequence[int]], results: Mapping[int, Result], roster: Roster, out: TextIO
) -> int:
    catalogs = Catalogs.load()
    found = {
        person: [results[address] for address in listed if address in results]
        for person, listed in ways.items()
    }
    languages = [catalogs.texts(language) for language in LANGUAGES]
    out.writelines(f"{line}\n" for line in drills.lines(found, roster, languages))
    return 1 if drills.unproved(found) else 0

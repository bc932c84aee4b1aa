"""From a cookie to the person who holds it, checked against the committee as it stands.

It decides nothing about jobs; a visitor is an `Address` like that of any platform. The committee is read
at most once a second, however many people tap at the same moment.
"""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.web.links import COOKIE_MAX_AGE_S, Links
from dispatch.errors import DispatchError, LinkRevokedError, StoreUnavailableError
from dispatch.joining import Ticket
from dispatch.moments import SECOND, Micros
from dispatch.people import Address, Person, Roster
from dispatch.ports import Clock, Store

COOKIE = "suidao"
ROSTER_KEPT: Micros = 1 * SECOND
"""A revoked link is shut out within this time; 280 taps in it read the committee once."""
PLATFORM = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who came with a cookie that still counts."""

    address: Address
    person: Person


class Rosters:
    """The committees as they were at most a second ago, each read once however many ask."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._reads: dict[int, tuple[Micros, asyncio.Task[Roster]]] = {}

    async def get(self, committee_id: int, *, fresh: bool = False) -> Roster:
        """`fresh` reads now whatever is kept. Raises what the store raises; failures are not kept."""
        now = self._clock.now()
        kept = self._reads.get(committee_id)
        if fresh or kept is None or not 0 <= now - kept[0] < ROSTER_KEPT or _failed(kept[1]):
            kept = (now, asyncio.ensure_future(self._read(committee_id)))
            self._reads[committee_id] = kept
        # Shielded: somebody who hangs up must not cancel the read that others wait for.
        return await asyncio.shield(kept[1])

    async def _read(self, committee_id: int) -> Roster:
        return await self._store.roster(committee_id)

    def forget(self, committee_id: int) -> None:
        """Read again at the next request, because we changed something ourselves."""
        self._reads.pop(committee_id, None)


class Sessions:
    """Who is asking."""

    def __init__(self, links: Links, rosters: Rosters) -> None:
        self._links = links
        self._rosters = rosters

    async def admit(self, token: str) -> Visitor:
        """The person a link was made for. Raises `DispatchError` for a link that does not count (any
        more); repeating is safe."""
        return await self._visitor(self._links.open(token))

    async def entered(self, ticket: Ticket) -> Visitor:
        """The person of a ticket that somebody earned otherwise than by a link. Raises `LinkRevokedError`
        once their links were revoked, or they have left."""
        return await self._visitor(ticket)

    async def subscriber(self, token: str) -> Person:
        """The person whose calendar a link is. Raises `DispatchError` for a link that does not count (any
        more)."""
        committee_id, person_id, epoch = self._links.open_calendar(token)
        person = (await self._rosters.get(committee_id)).people.get(person_id)
        if person is None or epoch != person.link_epoch:
            raise LinkRevokedError
        return person

    async def visitor(self, request: web.Request) -> Visitor | None:
        """The person whose cookie this is, or None when there is none that counts. Raises
        `StoreUnavailableError` where that cannot be known just now: nobody is signed out by an outage."""
        value = request.cookies.get(COOKIE)
        if value is None:
            return None
        try:
            return await self._visitor(self._links.read_cookie(value))
        except StoreUnavailableError:
            raise
        except DispatchError:
            return None

    def remember(self, response: web.StreamResponse, person: Person) -> None:
        """Set the cookie; scripts cannot read it and other sites cannot send it with a form."""
        response.set_cookie(
            COOKIE,
            self._links.cookie(person),
            max_age=COOKIE_MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._links.secure,
            path=self._links.root + "/",
        )

    async def _visitor(self, ticket: Ticket) -> Visitor:
        try:
            return _find(await self._rosters.get(ticket[0]), ticket)
        except LinkRevokedError:
            # Invited or renewed within the last second, perhaps: look once more before refusing.
            return _find(await self._rosters.get(ticket[0], fresh=True), ticket)


def _find(roster: Roster, ticket: Ticket) -> Visitor:
    _, person_id, epoch = ticket
    person = roster.people.get(person_id)
    if person is None or not person.active or epoch != person.link_epoch:
        raise LinkRevokedError
    for address in roster.addresses_of.get(person_id, ()):
        if address.platform == PLATFORM:
            return Visitor(address=address, person=person)
    raise LinkRevokedError


def _failed(read: asyncio.Task[Roster]) -> bool:
    return read.done() and (read.cancelled() or read.exception() is not None)

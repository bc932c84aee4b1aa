"""The stream of news of an open page, and the presence that follows from it.

A page that connects is told everything at once, then each change as it comes; so nothing is missed between
loading and connecting, or while the connection was away.
"""

import logging

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from bot.web.gateway import WebGateway
from bot.web.pages import Pages
from bot.web.security import guard
from bot.web.session import Sessions, Visitor
from bot.web.streams import Stream
from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock, Store

log = logging.getLogger(__name__)

BEAT_S = 2.0
"""How often a silent stream says it is there. The page calls itself lost after 5 s without a sign
(static/suidao.js), so one beat may be late; 280 pages cost 140 small writes a second."""
DEAD_S = 12.0
"""Unacknowledged for this long the kernel closes the connection: a phone without network is not reached."""
RETRY_MS = 1000
PRESENT_FOR: Micros = 90 * SECOND
"""How long an open page is believed to be open without being renewed, should the program die."""
BEATS_A_RENEWAL = 15
"""Presence is renewed, and the session checked again, every 30 s: a third of what it lasts."""


class News:
    """Answers GET /events."""

    def __init__(
        self,
        *,
        pages: Pages,
        sessions: Sessions,
        gateway: WebGateway,
        store: Store,
        clock: Clock,
        beat_s: float = BEAT_S,
    ) -> None:
        self._pages = pages
        self._sessions = sessions
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._beat_s = beat_s

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream cards to an open page until it closes, its link is revoked, or the server leaves."""
        visitor = await self._pages.visitor(request)
        address_id = visitor.address.id
        response = EventSourceResponse(send_timeout=DEAD_S)
        guard(response)
        try:
            async with self._gateway.listening(visitor.address):
                return await self._told(request, response, visitor)
        except (ConnectionError, TimeoutError):
            # The page was closed or lost; that is how streams end
            if not response.prepared:
                raise  # nothing was answered, and the server must not try it again
        finally:
            if not self._gateway.streams.of(address_id):
                await self._present(address_id, None)
        return response

    async def _told(
        self, request: web.Request, response: EventSourceResponse, visitor: Visitor
    ) -> web.StreamResponse:
        address_id = visitor.address.id
        page = self._gateway.streams.page(address_id, visitor.person.language, lambda: _connected(request))
        with page as stream:
            # The page counts as open first and is told everything second: what changes in between
            # is pushed after it, so nothing is missed.
            home = await self._pages.home_of(visitor)
            stream.language = home.language
            stream.push("feed", self._gateway.renderer.feed(home, home.language))
            if not _connected(request):
                return web.Response()  # the page was closed meanwhile, and nobody reads it
            await response.prepare(request)
            async with response:
                await self._follow(request, response, stream, address_id)
        return response

    async def _follow(
        self, request: web.Request, response: EventSourceResponse, stream: Stream, address_id: int
    ) -> None:
        beats = 0
        while stream.open:
            if beats % BEATS_A_RENEWAL == 0:
                if await self._signed_out(request):
                    return
                await self._present(address_id, self._clock.now() + PRESENT_FOR)
            owed = await stream.next(self._beat_s)
            for html in owed:
                await response.send(html, retry=RETRY_MS)
            if not owed:
                beats += 1
                await response.send("1", event="beat")

    async def _signed_out(self, request: web.Request) -> bool:
        try:
            return await self._sessions.visitor(request) is None
        except StoreUnavailableError:
            return False  # nobody knows just now; a page must not close for that

    async def _present(self, address_id: int, until: Micros | None) -> None:
        try:
            await self._store.present(address_id, until)
        except DispatchError as error:
            # Presence only helps to choose whom to ask; a page must not close for want of it.
            log.warning("presence was not kept: %s", error.key)


def _connected(request: web.Request) -> bool:
    transport = request.transport
    return transport is not None and not transport.is_closing()

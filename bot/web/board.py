"""The board on an office screen: the page, its plan, and the stream of what changes.

Opened by whoever is signed in and may see it; a screen of its own is signed in by a personal link once.
Nothing on it can be tapped, and nothing private is ever read for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from bot.plans import Plans
from bot.web import board_plan
from bot.web.news import BEAT_S, BEATS_A_RENEWAL, DEAD_S, RETRY_MS
from bot.web.render import LANGUAGES, Renderer
from bot.web.screens import Screens
from bot.web.security import RefusedError, guard
from bot.web.session import Rosters, Sessions
from bot.web.streams import Stream
from dispatch.errors import NotAllowedError, UnknownPersonError
from dispatch.people import Person
from handlers.outlook import Lookouts
from handlers.texts import Catalogs

PLAN_KEPT = "private, max-age=3600"
"""An hour: a plan changes when somebody loads another one, and then the screen is opened anew."""

DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing may hold scripts where it is opened by itself: then they do not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What boards are made of, beyond what every page is."""

    lookouts: Lookouts
    catalogs: Catalogs
    plans: Plans


class Boards:
    """Answers GET /board and what belongs to it."""

    def __init__(
        self,
        office: Office,
        *,
        sessions: Sessions,
        rosters: Rosters,
        renderer: Renderer,
        beat_s: float = BEAT_S,
    ) -> None:
        self._office = office
        self._sessions = sessions
        self._rosters = rosters
        self._renderer = renderer
        self._beat_s = beat_s
        self.screens = Screens(office.lookouts, office.catalogs, renderer)

    def mount(self, app: web.Application) -> None:
        """Serve the board; it leaves with the application."""
        app.router.add_get("/board", self.page)
        app.router.add_get("/board/plan", self.plan)
        app.router.add_get("/board/image", self.image)
        app.router.add_get("/board/events", self.events)
        app.on_shutdown.append(self._leave)

    async def page(self, request: web.Request) -> web.Response:
        """The whole screen as it is now; it reads well without scripts, too."""
        reader, _ = await self._reader(request)
        language = _language(request, reader)
        told = await self.screens.now(reader.committee_id, language)
        return web.Response(text=self._renderer.board(told), content_type="text/html")

    async def plan(self, request: web.Request) -> web.Response:
        """The compound as it is drawn below the jobs."""
        reader, _ = await self._reader(request)
        roster = await self._rosters.get(reader.committee_id)
        plan = self._office.plans.find(roster.committee.key)
        buildings = tuple(roster.buildings.values())
        if plan is None:
            return web.json_response(board_plan.projected(buildings))
        return web.json_response(board_plan.drawn(plan, buildings, "board/image"))

    async def image(self, request: web.Request) -> web.Response:
        """The plan's picture."""
        reader, _ = await self._reader(request)
        roster = await self._rosters.get(reader.committee_id)
        plan = self._office.plans.find(roster.committee.key)
        if plan is None:
            raise RefusedError(404)
        headers = {"Cache-Control": PLAN_KEPT, "Content-Security-Policy": DRAWING_POLICY}
        return web.Response(body=plan.image, content_type=plan.kind, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the board to an open screen until it closes, its link is revoked, or the server leaves."""
        reader, address_id = await self._reader(request)
        screen = self.screens.open(
            reader.committee_id, address_id, _language(request, reader), _connected(request)
        )
        response = EventSourceResponse(send_timeout=DEAD_S)
        guard(response)
        try:
            with screen as stream:
                await response.prepare(request)
                async with response:
                    await self._follow(request, response, stream)
        except (ConnectionError, TimeoutError):
            # The screen was closed or lost; that is how streams end
            if not response.prepared:
                raise  # nothing was answered, and the server must not try it again
        return response

    async def _follow(self, request: web.Request, response: EventSourceResponse, stream: Stream) -> None:
        beats = 0
        while stream.open:
            owed = await stream.next(self._beat_s)
            for piece in owed:
                await response.send(piece, retry=RETRY_MS)
            if owed:
                continue
            beats += 1
            await response.send("1", event="beat")
            if beats % BEATS_A_RENEWAL == 0 and not await self._still(request):
                return

    async def _still(self, request: web.Request) -> bool:
        try:
            await self._reader(request)
        except RefusedError:
            return False
        return True

    async def _reader(self, request: web.Request) -> tuple[Person, int]:
        """Who is asking, and by which address; whoever may not see the board learns nothing of it."""
        visitor = await self._sessions.visitor(request)
        if visitor is None:
            raise RefusedError(401)
        try:
            return await self._office.lookouts.reader(visitor.address), visitor.address.id
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        except NotAllowedError as error:
            raise RefusedError(404) from error

    async def _leave(self, _app: web.Application) -> None:
        self.screens.close()


def _language(request: web.Request, reader: Person) -> str:
    """What this screen reads: its own choice stays in its address, and is nobody's elsewhere."""
    asked = request.query.get("language", "")
    return asked if asked in dict(LANGUAGES) else reader.language


def _connected(request: web.Request) -> Callable[[], bool]:
    def connected() -> bool:
        transport = request.transport
        return transport is not None and not transport.is_closing()

    return connected

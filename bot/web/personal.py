"""What somebody sets for themselves and asks about themselves: their rest, that they are out, their hours.

Plain forms and a plain page; with scripts the same form is answered by the changed piece of the page alone.
"""

from typing import Protocol

from aiohttp import web

from bot.web.gateway import WebGateway
from bot.web.pages import Pages, by_script, html
from bot.web.security import RefusedError
from bot.web.session import Rosters
from bot.web.sheets import Sheets
from dispatch.errors import UnknownPersonError
from dispatch.people import Address
from handlers.home import Rest
from handlers.messages import Reply
from handlers.sheets import Hours

WISHES = frozenset({"4h", "morning", "open", "off"})
"""What the buttons of the page send; a chat takes any time."""


ABSENCES = frozenset({"", "morning", "4h", "back"})
"""The same of those who may be on duty."""


class Router(Protocol):
    """What is asked of the handlers (`handlers.router.Router`)."""

    async def pause(self, address: Address, said: str) -> Reply:
        """Begin or end the reader's rest. Raises `UnknownPersonError`."""

    async def rest(self, address: Address) -> Rest | None:
        """How it stands with it. Raises `UnknownPersonError`."""

    async def hours(self, address: Address) -> Hours:
        """What the reader has given. Raises `UnknownPersonError`."""

    async def out(self, address: Address, said: str) -> Reply:
        """The reader is out, or back. Raises `UnknownPersonError`."""


class Personal:
    """Answers POST /pause, POST /out, GET /rest and GET /hours."""

    def __init__(
        self, *, router: Router, pages: Pages, sheets: Sheets, rosters: Rosters, gateway: WebGateway
    ) -> None:
        self._router = router
        self._pages = pages
        self._sheets = sheets
        self._rosters = rosters
        self._renderer = gateway.renderer

    def mount(self, app: web.Application) -> None:
        """Serve all of them."""
        app.router.add_post("/pause", self.pause)
        app.router.add_post("/out", self.out)
        app.router.add_get("/rest", self.rest)
        app.router.add_get("/hours", self.hours)

    async def pause(self, request: web.Request) -> web.StreamResponse:
        """Rest from now on, or no longer. The same form again changes nothing."""
        visitor, fields = await self._pages.form(request)
        wish = fields.get("until", "")
        if wish not in WISHES:
            raise RefusedError(400)
        try:
            reply = await self._router.pause(visitor.address, wish)
            rest = await self._router.rest(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        self._rosters.forget(visitor.person.committee_id)
        if not by_script(request):
            return self._pages.flashed(reply)
        response = html(self._renderer.rested(visitor.person.language, rest, reply.text, ok=reply.ok))
        response.headers["Suidao-Ok"] = "1" if reply.ok else "0"
        return response

    async def out(self, request: web.Request) -> web.StreamResponse:
        """Be out from now on, or back: answered by the whole page, where much has changed."""
        visitor, fields = await self._pages.form(request)
        wish = fields.get("until", "?")
        if wish not in ABSENCES:
            raise RefusedError(400)
        try:
            reply = await self._router.out(visitor.address, wish)
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        self._rosters.forget(visitor.person.committee_id)
        return self._pages.flashed(reply)

    async def rest(self, request: web.Request) -> web.Response:
        """GET /rest?seen=…: the piece of the page, unless it is as the page has it: a rest ends by itself."""
        visitor = await self._pages.visitor(request)
        try:
            rest = await self._router.rest(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        if request.query.get("seen") == self._renderer.digest(rest):
            return web.Response(status=204)
        return html(self._renderer.rested(visitor.person.language, rest))

    async def hours(self, request: web.Request) -> web.Response:
        """The reader's own sheet, on the screen or on paper."""
        visitor = await self._pages.visitor(request)
        try:
            hours = await self._router.hours(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        return await self._sheets.show("hours", visitor, hours=hours)

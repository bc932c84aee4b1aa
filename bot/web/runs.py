"""The page about medicine runs and rounds: their stops and doors, what changed hands, and where each goes.

It works without scripts. What may be seen of a run is the handlers' business.
"""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.links import Links
from bot.web.pages import Pages
from bot.web.security import RefusedError
from bot.web.session import Sessions, Visitor
from bot.web.sheets import Sheets
from dispatch.errors import LinkExpiredError, UnknownPersonError
from dispatch.people import Address
from handlers.messages import Reply
from handlers.run_sheets import RunSheet

PATH = "/runs"


class Runs(Protocol):
    """What is asked of the handlers (`handlers.runs.Runs`)."""

    async def sheet(self, address: Address) -> RunSheet:
        """The page. Raises `UnknownPersonError`."""

    async def tick(self, address: Address, job_id: int, fields: Mapping[str, str]) -> Reply:
        """Something is ticked off at a stop. Raises `DispatchError`."""

    async def again(self, address: Address, key: str) -> Reply:
        """A medicine that was not got is asked for again. Raises `DispatchError`."""

    async def holds(self, address: Address, job_id: int, claim: int) -> bool:
        """The claim of that number is the reader's, and lives. Raises `UnknownPersonError`."""


class RunPages:
    """Answers GET /runs, GET /runs/{token}, POST /runs/tick and POST /runs/again."""

    def __init__(self, *, runs: Runs, pages: Pages, sheets: Sheets, sessions: Sessions, links: Links) -> None:
        self._runs = runs
        self._pages = pages
        self._sheets = sheets
        self._sessions = sessions
        self._links = links

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get(PATH, self.show)
        app.router.add_get(f"{PATH}/{{token}}", self.enter)
        app.router.add_post(f"{PATH}/tick", self.tick)
        app.router.add_post(f"{PATH}/again", self.again)

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /runs. For whoever has neither and follows none there is no such page."""
        visitor = await self._pages.visitor(request)
        try:
            sheet = await self._runs.sheet(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(404) from error
        if not (sheet.runs or sheet.rounds or sheet.follows):
            raise RefusedError(404)
        response = await self._sheets.show("runs", visitor, answering=request, sheet=sheet)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /runs/{token}: the link on a claimer's card in a chat becomes a cookie, and leads to the
        stops of that job as long as the claim lives."""
        return await self._pages.entered(request, self._admit, "tick_ended")

    async def tick(self, request: web.Request) -> web.Response:
        """Answer POST /runs/tick. A form sent twice ticks once."""
        visitor, fields = await self._pages.form(request)
        try:
            job = forms.number(fields, "job")
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        ticking = self._runs.tick(visitor.address, job, fields)
        return self._sheets.back(await self._sheets.replied(visitor, ticking), f"{PATH}#run-{job}")

    async def again(self, request: web.Request) -> web.Response:
        """Answer POST /runs/again. A form sent twice asks once."""
        visitor, fields = await self._pages.form(request)
        asking = self._runs.again(visitor.address, fields.get("key", ""))
        return self._sheets.back(await self._sheets.replied(visitor, asking), f"{PATH}#medicines")

    async def _admit(self, token: str) -> tuple[Visitor, web.Response]:
        ticking = self._links.open_tick(token)
        visitor = await self._sessions.entered(ticking.ticket)
        if not await self._runs.holds(visitor.address, ticking.job_id, ticking.claim):
            raise LinkExpiredError
        where = f"{self._links.root}{PATH}#run-{ticking.job_id}"
        return visitor, web.Response(status=303, headers={"Location": where})

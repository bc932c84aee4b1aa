"""The page of a resident's family: what was done of late, thanks, and how to be told in a chat.

It signs nobody in, and works without scripts.
"""

from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.entrances import Entrances
from bot.web.limits import TokenBuckets
from bot.web.links import Links
from bot.web.pages import Pages, html
from bot.web.render import Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters
from dispatch.errors import (
    DispatchError,
    LinkExpiredError,
    LinkRevokedError,
    StoreUnavailableError,
)
from dispatch.telling import Ticket
from handlers import sentences
from handlers.families import FamilyPage
from handlers.messages import Reply


class Families(Protocol):
    """What is asked of the handlers (`handlers.families.Families`)."""

    async def page(self, ticket: Ticket) -> FamilyPage:
        """Their own page. Raises `LinkRevokedError`."""

    async def page_thanks(self, ticket: Ticket, job_id: int, text: str) -> Reply:
        """Thanks from it. Raises `DispatchError`."""

    async def page_stop(self, ticket: Ticket) -> None:
        """They want to hear nothing more. Raises `LinkRevokedError`."""


class FamilyPages:
    """Answers GET /family/TOKEN, and POST /family/TOKEN/thanks and /family/TOKEN/stop."""

    def __init__(
        self,
        *,
        families: Families,
        pages: Pages,
        rosters: Rosters,
        links: Links,
        renderer: Renderer,
        looks: TokenBuckets,
        entrances: Entrances | None = None,
    ) -> None:
        self._families = families
        self._pages = pages
        self._rosters = rosters
        self._links = links
        self._renderer = renderer
        self._looks = looks
        self._entrances = entrances

    def mount(self, app: web.Application) -> None:
        """Add the pages to an application."""
        app.router.add_get("/family/{token}", self.show)
        app.router.add_post("/family/{token}/thanks", self.thanks)
        app.router.add_post("/family/{token}/stop", self.stop)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """What was done of late, and how to be told in a chat."""
        return await self._answer(request)

    async def thanks(self, request: web.Request) -> web.StreamResponse:
        """Thanks for one thing that was done. A form sent twice gives them once."""
        try:
            fields = await forms.read(request)
            job_id = forms.number(fields, "job")
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        return await self._answer(request, thanks=(job_id, fields.get("words", "")))

    async def stop(self, request: web.Request) -> web.StreamResponse:
        """They want to hear nothing more."""
        ticket = self._ticket(request)
        if ticket is None:
            return self._ended(request)
        try:
            page = await self._families.page(ticket)
            await self._families.page_stop(ticket)
        except LinkRevokedError:
            return self._ended(request)
        return html(self._renderer.sheet("family_ended", page.language, None, page=page))

    async def _answer(
        self, request: web.Request, thanks: tuple[int, str] | None = None
    ) -> web.StreamResponse:
        ticket = self._ticket(request)
        if ticket is None:
            return self._ended(request)
        reply: Reply | None = None
        try:
            if thanks is not None:
                reply = await self._thanked(ticket, *thanks)
            page = await self._families.page(ticket)
        except LinkRevokedError:
            return self._ended(request)
        roster = await self._rosters.get(ticket[0])
        entrances = None if self._entrances is None else await self._entrances.of(roster.committee)
        telegram = "" if entrances is None else entrances.telegram.partition("?")[0]
        response = html(
            self._renderer.sheet(
                "family",
                page.language,
                None,
                page=page,
                token=request.match_info["token"],
                reply=reply,
                telegram=f"{telegram}?start={page.code}" if telegram and page.code else "",
                matrix=entrances if entrances is not None and entrances.matrix and page.code else None,
            )
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _thanked(self, ticket: Ticket, job_id: int, words: str) -> Reply:
        try:
            return await self._families.page_thanks(ticket, job_id, words)
        except (StoreUnavailableError, LinkRevokedError):
            raise
        except DispatchError as error:
            language = (await self._families.page(ticket)).language
            return Reply(text=sentences.refusal(error, self._renderer.texts(language)), ok=False)

    def _ticket(self, request: web.Request) -> Ticket | None:
        """None for a link that is none, or too old. Raises `RefusedError` for too many looks."""
        if not self._looks.take(request.remote or ""):
            raise RefusedError(429)
        try:
            return self._links.open_family(request.match_info["token"])
        except LinkExpiredError:
            return None
        except DispatchError as error:
            raise RefusedError(404) from error

    def _ended(self, request: web.Request) -> web.Response:
        return self._pages.problem(request, "family_ended", 410)

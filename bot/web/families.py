"""The pages about residents' family: the desk's, where links are made and ended, and their own, which signs
nobody in.

Both work without scripts. Keys and names stand in no address: whatever is about one resident is posted.
"""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import segno
from aiohttp import web

from bot.web import forms
from bot.web.doors import Doors
from bot.web.limits import TokenBuckets
from bot.web.links import Links
from bot.web.pages import Pages, html
from bot.web.registers import allowed
from bot.web.render import LANGUAGES, Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters, Visitor
from bot.web.sheets import Sheets
from dispatch.errors import (
    DispatchError,
    LinkExpiredError,
    LinkRevokedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.people import Person
from dispatch.telling import Ticket
from handlers import sentences
from handlers.families import Contact, FamilyPage
from handlers.messages import Reply

QR_SCALE = 5

T = TypeVar("T")


class Families(Protocol):
    """What is asked of the handlers (`handlers.families.Families`)."""

    async def sheet(self, reader: Person, resident: str) -> tuple[Contact, ...]:
        """Whom staff can let know. Raises `NotAllowedError` and `UnknownPersonError`."""

    async def invite(self, reader: Person, resident: str, name: str, language: str) -> Contact:
        """A link for that contact."""

    async def text(self, reader: Person, resident: str, name: str, language: str) -> Reply:
        """Tell that contact by SMS."""

    async def revoke(self, reader: Person, resident: str, name: str) -> Reply:
        """End it."""

    async def page(self, ticket: Ticket) -> FamilyPage:
        """Their own page. Raises `LinkRevokedError`."""

    async def page_thanks(self, ticket: Ticket, job_id: int, text: str) -> Reply:
        """Thanks from it. Raises `DispatchError`."""

    async def page_stop(self, ticket: Ticket) -> None:
        """They want to hear nothing more. Raises `LinkRevokedError`."""


class DeskFamilies:
    """Answers POST /register/family, and /link, /sms and /end below it."""

    def __init__(self, *, families: Families, pages: Pages, sheets: Sheets, links: Links) -> None:
        self._families = families
        self._pages = pages
        self._sheets = sheets
        self._links = links

    def mount(self, app: web.Application) -> None:
        """Add the pages to an application."""
        app.router.add_post("/register/family", self.show)
        app.router.add_post("/register/family/link", self.link)
        app.router.add_post("/register/family/sms", self.sms)
        app.router.add_post("/register/family/end", self.end)

    async def show(self, request: web.Request) -> web.Response:
        """The family of a resident, and who of them is told."""
        visitor, fields = await self._pages.form(request)
        return await self._page(visitor, fields.get("key", ""))

    async def link(self, request: web.Request) -> web.Response:
        """Make a link, or show the one that there is."""
        visitor, fields = await self._pages.form(request)
        key, name = fields.get("key", ""), fields.get("name", "")
        asked = self._families.invite(visitor.person, key, name, fields.get("language", ""))
        made = await _found(asked)
        url = "" if made.ticket is None else self._links.family(made.ticket)
        return await self._page(visitor, key, made=name, url=url)

    async def sms(self, request: web.Request) -> web.Response:
        """Tell a contact by SMS, who was asked. Repeating is safe."""
        visitor, fields = await self._pages.form(request)
        key, name = fields.get("key", ""), fields.get("name", "")
        asked = self._families.text(visitor.person, key, name, fields.get("language", ""))
        return await self._page(visitor, key, said=(await _found(asked)).text)

    async def end(self, request: web.Request) -> web.Response:
        """End a link. Repeating is safe."""
        visitor, fields = await self._pages.form(request)
        key = fields.get("key", "")
        reply = await _found(self._families.revoke(visitor.person, key, fields.get("name", "")))
        return await self._page(visitor, key, said=reply.text)

    async def _page(
        self, visitor: Visitor, key: str, *, made: str = "", url: str = "", said: str = ""
    ) -> web.Response:
        contacts = await _found(self._families.sheet(visitor.person, key))
        code = segno.make(url, micro=False).svg_inline(scale=QR_SCALE, light="#fff", border=3) if url else ""
        response = await self._sheets.show(
            "register_family",
            visitor,
            key=key,
            contacts=contacts,
            made=made,
            url=url,
            code=code,
            said=said,
            languages=LANGUAGES,
        )
        response.headers["Cache-Control"] = "no-store"
        return response


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
        doors: Doors | None = None,
    ) -> None:
        self._families = families
        self._pages = pages
        self._rosters = rosters
        self._links = links
        self._renderer = renderer
        self._looks = looks
        self._doors = doors

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
        doors = None if self._doors is None else await self._doors.of(roster.committee)
        telegram = "" if doors is None else doors.telegram.partition("?")[0]
        response = html(
            self._renderer.sheet(
                "family",
                page.language,
                None,
                page=page,
                token=request.match_info["token"],
                reply=reply,
                telegram=f"{telegram}?start={page.code}" if telegram and page.code else "",
                matrix=doors if doors is not None and doors.matrix and page.code else None,
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


async def _found(asked: Awaitable[T]) -> T:
    """What was asked for; of a resident or a contact whom nobody knows there is no such page."""
    try:
        return await allowed(asked)
    except UnknownPersonError as error:
        raise RefusedError(404) from error

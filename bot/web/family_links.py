"""The desk's page about a resident's family: who of them is told, links made for them, and ended.

It works without scripts. Keys and names stand in no address: whatever is about one resident is posted.
"""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import segno
from aiohttp import web

from bot.web.links import Links
from bot.web.pages import Pages
from bot.web.registers import allowed
from bot.web.render import LANGUAGES
from bot.web.security import RefusedError
from bot.web.session import Visitor
from bot.web.sheets import Sheets
from dispatch.errors import UnknownPersonError
from dispatch.people import Person
from handlers.family_links import Contact
from handlers.messages import Reply

QR_SCALE = 5

T = TypeVar("T")


class FamilyLinks(Protocol):
    """What is asked of the handlers (`handlers.family_links.FamilyLinks`)."""

    async def sheet(self, reader: Person, resident: str) -> tuple[Contact, ...]:
        """Whom staff can let know. Raises `NotAllowedError` and `UnknownPersonError`."""

    async def invite(self, reader: Person, resident: str, name: str, language: str) -> Contact:
        """A link for that contact."""

    async def text(self, reader: Person, resident: str, name: str, language: str) -> Reply:
        """Tell that contact by SMS."""

    async def revoke(self, reader: Person, resident: str, name: str) -> Reply:
        """End it."""


class DeskFamilies:
    """Answers POST /register/family, and /link, /sms and /end below it."""

    def __init__(self, *, families: FamilyLinks, pages: Pages, sheets: Sheets, links: Links) -> None:
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


async def _found(asked: Awaitable[T]) -> T:
    """What was asked for; of a resident or a contact whom nobody knows there is no such page."""
    try:
        return await allowed(asked)
    except UnknownPersonError as error:
        raise RefusedError(404) from error

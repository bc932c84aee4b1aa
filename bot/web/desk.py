"""The desk's own pages: people and buildings, links to hand out, the night, the brief, and how a message is
understood.

All of them are plain pages that need no script; to whoever is not of the desk there is no such page, but for
the brief and the load, which the office reads as well.
"""

import logging
from collections.abc import Awaitable, Mapping
from typing import Protocol, TypeVar

import segno
from aiohttp import web

from bot.web import forms
from bot.web.gateway import WebGateway
from bot.web.limits import TokenBuckets
from bot.web.links import LINK_MAX_AGE_S, Links
from bot.web.pages import Pages, by_script, html
from bot.web.security import RefusedError
from bot.web.session import Rosters
from bot.web.sheets import Sheets
from dispatch.errors import NotAllowedError, NotTrustedError, OwnTrustError, UnknownPersonError
from dispatch.people import Address, Person
from handlers import sentences
from handlers.messages import Incoming, Reply
from handlers.reveals import Reveals
from handlers.sheets import Brief, LoadSheet, Night, People, Preview

log = logging.getLogger(__name__)

QR_SCALE = 6
"""Points a module: a phone's camera reads it from a screen or from paper at arm's length."""
DAYS = LINK_MAX_AGE_S // (24 * 3600)

T = TypeVar("T")


class Desk(Protocol):
    """What is asked of the handlers (`handlers.desk.Desk`); raises `NotAllowedError` for others."""

    async def preview(self, incoming: Incoming) -> Preview:
        """How a message would be understood."""

    async def people(self, address: Address, wanted: str) -> People:
        """People and buildings."""

    async def night(self, address: Address) -> Night:
        """The last hours."""

    async def reveals(self, address: Address, query: Mapping[str, str]) -> Reveals:
        """Who was shown what."""

    async def invites(self, address: Address) -> bool:
        """Whether the reader hands out links."""

    async def invite(self, address: Address, person_id: int, *, revoked_from: int | None = None) -> Person:
        """To whom a link may be handed."""

    async def vouch(self, address: Address, person_id: int) -> Reply:
        """Vouch for somebody."""


class Briefs(Protocol):
    """What is asked of the handlers (`handlers.briefs.Briefs`); raises `NotAllowedError` for others."""

    async def sheet(self, address: Address) -> Brief:
        """How the committee stands."""


class Loads(Protocol):
    """What is asked of the handlers (`handlers.loads.Loads`); raises `NotAllowedError` for others."""

    async def sheet(self, address: Address) -> LoadSheet:
        """How evenly the load lies."""


class DeskPages:
    """Answers the desk's pages."""

    def __init__(  # noqa: PLR0913 - everything that the desk reads, and where it is shown
        self,
        *,
        desk: Desk,
        briefs: Briefs,
        loads: Loads,
        pages: Pages,
        sheets: Sheets,
        rosters: Rosters,
        links: Links,
        gateway: WebGateway,
        previews: TokenBuckets,
    ) -> None:
        self._desk = desk
        self._briefs = briefs
        self._loads = loads
        self._pages = pages
        self._sheets = sheets
        self._rosters = rosters
        self._links = links
        self._renderer = gateway.renderer
        self._previews = previews

    def mount(self, app: web.Application) -> None:
        """Add the pages to an application."""
        app.router.add_post("/preview", self.preview)
        app.router.add_get("/people", self.people)
        app.router.add_post("/people/link", self.link)
        app.router.add_post("/people/trust", self.trust)
        app.router.add_get("/reveals", self.reveals)
        app.router.add_get("/night", self.night)
        app.router.add_get("/brief", self.brief)
        app.router.add_get("/load", self.load)

    async def preview(self, request: web.Request) -> web.Response:
        """Answer POST /preview: how the message would be understood; nothing is kept."""
        visitor, fields = await self._pages.form(request, self._previews)
        shown = await _allowed(self._desk.preview(forms.message(visitor.address, fields, "preview")))
        if by_script(request):
            return html(self._renderer.preview(visitor.person.language, shown))
        return await self._pages.page(visitor, flash=None, draft=dict(fields), preview=shown)

    async def people(self, request: web.Request) -> web.Response:
        """Answer GET /people?q=…: who there is, and who of them cannot be reached now."""
        visitor = await self._pages.visitor(request)
        shown = await _allowed(self._desk.people(visitor.address, request.query.get("q", "")))
        invites = await self._desk.invites(visitor.address)
        me = visitor.person.id
        return await self._sheets.show(
            "people", visitor, answering=request, people=shown, invites=invites, me=me
        )

    async def reveals(self, request: web.Request) -> web.Response:
        """Answer GET /reveals?person=…&job=…&day=…: who was shown what, why and when."""
        visitor = await self._pages.visitor(request)
        shown = await _allowed(self._desk.reveals(visitor.address, request.query))
        return await self._sheets.show("reveals", visitor, reveals=shown)

    async def night(self, request: web.Request) -> web.Response:
        """Answer GET /night: who is on duty, and what happened in the last hours."""
        visitor = await self._pages.visitor(request)
        return await self._sheets.show(
            "night", visitor, night=await _allowed(self._desk.night(visitor.address))
        )

    async def brief(self, request: web.Request) -> web.Response:
        """Answer GET /brief: how the committee stands, to be read or printed by whoever takes it over."""
        visitor = await self._pages.visitor(request)
        shown = await _allowed(self._briefs.sheet(visitor.address))
        return await self._sheets.show("brief", visitor, brief=shown)

    async def load(self, request: web.Request) -> web.Response:
        """Answer GET /load: who carries how much, to be read or printed."""
        visitor = await self._pages.visitor(request)
        return await self._sheets.show(
            "load", visitor, load=await _allowed(self._loads.sheet(visitor.address))
        )

    async def link(self, request: web.Request) -> web.Response:
        """Answer POST /people/link: somebody's personal link, to be handed over. With `epoch` the one from
        before is revoked first, once, however often the form is sent."""
        visitor, fields = await self._pages.form(request)
        epoch = _number(fields, "epoch") if "epoch" in fields else None
        asked = self._desk.invite(visitor.address, _number(fields, "person"), revoked_from=epoch)
        person = await _allowed(asked)
        self._rosters.forget(person.committee_id)
        url = self._links.link(person)
        # Drawn with attributes alone: no style that the policy would refuse.
        code = segno.make(url, micro=False).svg_inline(scale=QR_SCALE, light="#fff", border=3)
        anew = epoch is not None
        return await self._sheets.show(
            "link", visitor, person=person, url=url, code=code, anew=anew, days=DAYS
        )

    async def trust(self, request: web.Request) -> web.Response:
        """Answer POST /people/trust: somebody is vouched for. Repeating changes nothing."""
        visitor, fields = await self._pages.form(request)
        texts = self._renderer.texts(visitor.person.language)
        try:
            reply = await self._desk.vouch(visitor.address, _number(fields, "person"))
        except OwnTrustError as error:
            log.warning("refused (%s): person %d", error.key, visitor.person.id)
            reply = Reply(text=sentences.refusal(error, texts), ok=False)
        except (NotAllowedError, NotTrustedError, UnknownPersonError) as error:
            raise RefusedError(404) from error
        self._rosters.forget(visitor.person.committee_id)
        return self._sheets.back(reply, "/people")


def _number(fields: forms.Fields, name: str) -> int:
    try:
        return forms.number(fields, name)
    except forms.UnreadableError as error:
        raise RefusedError(400) from error


async def _allowed(asked: Awaitable[T]) -> T:
    """What was asked for; for whoever may not have it there is no such page."""
    try:
        return await asked
    except (NotAllowedError, NotTrustedError, UnknownPersonError) as error:
        raise RefusedError(404) from error

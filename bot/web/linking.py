"""A code for another chat, and the box into which one from a chat is typed: then this browser is theirs, too.

It works without scripts. What a code is, and how often one may try, is decided elsewhere.
"""

import logging
from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.limits import TokenBuckets
from bot.web.links import Links
from bot.web.pages import Pages, html
from bot.web.render import LANGUAGES, Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters, Sessions, Visitor
from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.people import Address, Person
from handlers import sentences

log = logging.getLogger(__name__)

LONGEST = 20
"""Characters of a code however it is spaced."""


class Linking(Protocol):
    """What is asked of the handlers (`handlers.linking.Linking`)."""

    async def code(self, address: Address) -> str:
        """A new code for whoever reads this address."""

    async def page(self, typed: str, who: str, reader: Person | None) -> Person:
        """Whose page this browser is to be. Raises `DispatchError`."""


class LinkPages:
    """Answers GET and POST /link, and POST /link/code."""

    def __init__(
        self,
        *,
        linking: Linking,
        pages: Pages,
        sessions: Sessions,
        rosters: Rosters,
        links: Links,
        renderer: Renderer,
        tries: TokenBuckets,
    ) -> None:
        self._linking = linking
        self._pages = pages
        self._sessions = sessions
        self._rosters = rosters
        self._links = links
        self._renderer = renderer
        self._tries = tries

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get("/link", self.show)
        app.router.add_post("/link", self.typed)
        app.router.add_post("/link/code", self.code)

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /link: how to get a code here, or where to type one."""
        return self._page(request, await self._sessions.visitor(request))

    async def code(self, request: web.Request) -> web.Response:
        """Answer POST /link/code: a new code, shown once; earlier ones count no more."""
        visitor, _ = await self._pages.form(request)
        return self._page(request, visitor, code=await self._linking.code(visitor.address))

    async def typed(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /link: a code from a chat makes this browser that person's."""
        if not self._tries.take(request.remote or ""):
            raise RefusedError(429)
        try:
            fields = await forms.read(request)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        visitor = await self._sessions.visitor(request)
        reader = None if visitor is None else visitor.person
        try:
            person = await self._linking.page(fields.get("code", "")[:LONGEST], request.remote or "", reader)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            log.warning("refused (%s): a code that was typed on a page", error.key)
            said = sentences.refusal(error, self._renderer.texts(self._language(request, visitor)))
            return self._page(request, visitor, slip=said, status=422)
        self._rosters.forget(person.committee_id)
        response = self._pages.to_home()
        self._sessions.remember(response, person)
        return response

    def _page(
        self,
        request: web.Request,
        visitor: Visitor | None,
        *,
        code: str = "",
        slip: str = "",
        status: int = 200,
    ) -> web.Response:
        language = self._language(request, visitor)
        name = "" if visitor is None else visitor.person.name
        return html(
            self._renderer.sheet("linking", language, None, person=name, code=code, slip=slip), status
        )

    def _language(self, request: web.Request, visitor: Visitor | None) -> str:
        if visitor is not None:
            return visitor.person.language
        said = request.headers.get("Accept-Language", "")[:2].lower()
        return next((known for known, _ in LANGUAGES if said and known.startswith(said)), LANGUAGES[0][0])

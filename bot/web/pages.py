"""What is answered to a browser: a person's page, their taps and messages, and the stream of news.

Everything about jobs is asked of the router, with the same `Incoming` as any platform's. Every form works
without scripts (an answer by redirect); with them the same form is answered by the changed card alone.
"""

import secrets
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from aiohttp import web

from bot.web import forms
from bot.web.gateway import WebGateway
from bot.web.limits import TokenBuckets
from bot.web.links import FLASH_MAX_AGE_S, Links
from bot.web.security import RefusedError
from bot.web.session import Rosters, Sessions, Visitor
from dispatch.errors import (
    DispatchError,
    LinkExpiredError,
    LinkForgedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.people import Address
from handlers.messages import Home, Incoming, Reply, Unreachable

FLASH = "suidao_flash"

P = ParamSpec("P")
R = TypeVar("R")


class Router(Protocol):
    """What a page asks of the handlers (`handlers.router.Router`)."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a tap or a message; never raises `DispatchError`."""

    async def home(self, address: Address) -> Home:
        """The person's own page. Raises `UnknownPersonError`."""

    async def unreached(self, address: Address) -> Unreachable:
        """Who cannot be reached now. Raises `DispatchError` for those who may not know."""

    async def set_language(self, address: Address, language: str) -> None:
        """What the person reads from now on."""


class Pages:
    """The handlers of a person's own page."""

    def __init__(
        self,
        *,
        router: Router,
        links: Links,
        sessions: Sessions,
        rosters: Rosters,
        gateway: WebGateway,
        joins: TokenBuckets,
        posts: TokenBuckets,
    ) -> None:
        self._router = router
        self._links = links
        self._sessions = sessions
        self._rosters = rosters
        self._renderer = gateway.renderer
        self._joins = joins
        self._posts = posts

    async def home(self, request: web.Request) -> web.Response:
        """Answer GET / with the person's whole page."""
        visitor = await self.visitor(request)
        flash = request.cookies.get(FLASH)
        response = await self._page(visitor, flash=None if flash is None else self._links.read_flash(flash))
        if flash is not None:
            response.del_cookie(FLASH)
        return response

    async def join(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /join/{token}: a personal link becomes a cookie. Opening it again is fine."""
        if not self._joins.take(request.remote or ""):
            raise RefusedError(429)
        try:
            visitor = await self._sessions.admit(request.match_info["token"])
        except StoreUnavailableError:
            raise
        except LinkForgedError:
            return self.problem(request, "link_forged", 404)
        except LinkExpiredError:
            return self.problem(request, "link_expired", 410)
        except DispatchError:
            return self.problem(request, "link_revoked", 410)
        response = _see_other()
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
        self._sessions.remember(response, visitor.person)
        return response

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /act: a button of a card."""
        visitor, fields = await self._form(request)
        reply = await self._router.handle(_readable(forms.tap, visitor.address, fields))
        if _by_script(request):
            return self._fragment(visitor, reply)
        return self._flashed(reply)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /post: a message or a short form. The same form sent twice is one job; another text
        from the same form is another job, so that going back and typing anew loses nothing."""
        visitor, fields = await self._form(request)
        given = _readable(forms.nonce, fields)
        said = [f"{name}={value}" for name, value in sorted(fields.items())]
        nonce = self._links.fingerprint(visitor.address.value, *said)
        reply = await self._router.handle(forms.message(visitor.address, fields, nonce))
        if _by_script(request):
            response = self._fragment(visitor, reply)
            response.headers["Suidao-Nonce"] = secrets.token_urlsafe(16) if reply.ok else given
            return response
        if reply.ok:
            return self._flashed(reply)
        return await self._page(visitor, flash=(False, reply.text), draft=dict(fields), status=422)

    async def unreached(self, request: web.Request) -> web.Response:
        """Answer GET /unreached: the fold of the staff's page, as it is at the moment when it is opened."""
        visitor = await self.visitor(request)
        try:
            told = await self._router.unreached(visitor.address)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(404) from error
        return _html(self._renderer.unreached(visitor.person.language, told))

    async def language(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /language: what the person reads from now on."""
        visitor, fields = await self._form(request)
        try:
            await self._router.set_language(visitor.address, fields.get("language", ""))
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(400) from error
        self._rosters.forget(visitor.person.committee_id)
        return _see_other()

    async def visitor(self, request: web.Request) -> Visitor:
        """Who is asking; a stranger gets the page that says how to come in."""
        visitor = await self._sessions.visitor(request)
        if visitor is None:
            raise RefusedError(401)
        return visitor

    async def home_of(self, visitor: Visitor) -> Home:
        """The visitor's page as the router sees it."""
        try:
            return await self._router.home(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error

    def problem(self, request: web.Request, key: str, status: int) -> web.Response:
        """A page (or, for a script, a sentence) that says in both languages what to do now."""
        return _html(self._renderer.problem(key, fragment=_by_script(request)), status)

    async def _form(self, request: web.Request) -> tuple[Visitor, forms.Fields]:
        visitor = await self.visitor(request)
        if not self._posts.take(visitor.address.value):
            raise RefusedError(429)
        try:
            return visitor, await forms.read(request)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error

    async def _page(
        self,
        visitor: Visitor,
        *,
        flash: tuple[bool, str] | None,
        draft: dict[str, str] | None = None,
        status: int = 200,
    ) -> web.Response:
        home = await self.home_of(visitor)
        nonce = secrets.token_urlsafe(16)
        return _html(self._renderer.home(home, nonce=nonce, flash=flash, draft=draft or {}), status)

    def _fragment(self, visitor: Visitor, reply: Reply) -> web.Response:
        language = visitor.person.language
        response = _html(self._renderer.answer(language, reply.text, ok=reply.ok, card=reply.card))
        response.headers["Suidao-Ok"] = "1" if reply.ok else "0"
        return response

    def _flashed(self, reply: Reply) -> web.Response:
        response = _see_other()
        response.set_cookie(
            FLASH,
            self._links.flash(reply.text, ok=reply.ok),
            max_age=FLASH_MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._links.secure,
        )
        return response


def _readable(read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return read(*args, **kwargs)
    except forms.UnreadableError as error:
        raise RefusedError(400) from error


def _by_script(request: web.Request) -> bool:
    """A script (htmx) asked, and wants a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


def _see_other() -> web.Response:
    return web.Response(status=303, headers={"Location": "/"})

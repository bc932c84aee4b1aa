"""What is answered to a browser: a person's page, their taps and messages, and the stream of news.

Everything about jobs is asked of the router, with the same `Incoming` as any platform's. Every form works
without scripts (an answer by redirect); with them the same form is answered by the changed card alone.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
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
from dispatch.people import Address, Person
from handlers.home import Home, Unreachable
from handlers.messages import Card, Incoming, Reply
from handlers.rush import Rush
from handlers.sheets import Deputy, Preview

FLASH = "suidao_flash"
NEXT = "suidao_next"
"""Which shared job somebody wanted to see before they were signed in."""

Admit = Callable[[str], Awaitable[tuple[Visitor, web.Response]]]
"""Who comes by a token, and where they are sent. Raises `DispatchError` for one that does not count."""

_log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Acting(Protocol):
    """What is asked about acting as a secretary (`handlers.deputies.Deputies`)."""

    async def offered(self, address: Address) -> Deputy | None:
        """What the form offers; None for those who may do nothing of it. Raises `UnknownPersonError`."""

    async def said(self, address: Address, words: str) -> Reply:
        """What follows `/acting`. Raises `DispatchError`."""

    async def doors(self, address: Address) -> tuple[tuple[str, Person], ...]:
        """Who the reader is elsewhere at this moment, with the name of that committee."""


class Router(Protocol):
    """What a page asks of the handlers (`handlers.router.Router`)."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a tap or a message; never raises `DispatchError`."""

    async def home(self, address: Address) -> Home:
        """The person's own page. Raises `UnknownPersonError`."""

    async def near(self, address: Address) -> tuple[Card, ...]:
        """What is open nearby now. Raises `UnknownPersonError`."""

    async def unreached(self, address: Address) -> Unreachable:
        """Who cannot be reached now. Raises `DispatchError` for those who may not know."""

    async def set_language(self, address: Address, language: str) -> None:
        """What the person reads from now on."""

    @property
    def acting(self) -> Acting:
        """What is asked about acting as a secretary."""

    @property
    def rush(self) -> Rush:
        """Counts the taps that are being answered."""


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
        response = await self.page(visitor, flash=None if flash is None else self._links.read_flash(flash))
        if flash is not None:
            response.del_cookie(FLASH, path=self._links.root + "/")
        return response

    async def join(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /join/{token}: a personal link becomes a cookie. Opening it again is fine."""

        async def admit(token: str) -> tuple[Visitor, web.Response]:
            return await self._sessions.admit(token), self._onward(request)

        return await self.entered(request, admit)

    async def entered(
        self, request: web.Request, admit: Admit, late: str = "link_expired"
    ) -> web.StreamResponse:
        """Answer a link that signs its reader in, by its token: a cookie, and the way on. `late` is the
        problem that a link has which is over."""
        if not self._joins.take(request.remote or ""):
            raise RefusedError(429)
        try:
            visitor, response = await admit(request.match_info["token"])
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            _log.warning("refused (%s): a link that was opened on a page", error.key)
            said: dict[type[DispatchError], tuple[str, int]] = {
                LinkForgedError: ("link_forged", 404),
                LinkExpiredError: (late, 410),
            }
            return self.problem(request, *said.get(type(error), ("link_revoked", 410)))
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
        self._sessions.remember(response, visitor.person)
        return response

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /act: a button of a card."""
        with self._router.rush.tap():
            visitor, fields = await self.form(request)
            reply = await self._router.handle(_readable(forms.tap, visitor.address, fields))
            return self.fragment(visitor, reply) if by_script(request) else self.flashed(reply)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /post: a message or a short form. The same form sent twice is one job; another text
        from the same form is another job, so that going back and typing anew loses nothing."""
        visitor, fields = await self.form(request)
        given = _readable(forms.nonce, fields)
        said = [f"{name}={value}" for name, value in sorted(fields.items())]
        nonce = self._links.fingerprint(visitor.address.value, *said)
        reply = await self._router.handle(forms.message(visitor.address, fields, nonce))
        if by_script(request):
            response = self.fragment(visitor, reply)
            response.headers["Suidao-Nonce"] = secrets.token_urlsafe(16) if reply.ok else given
            return response
        if reply.ok:
            return self.flashed(reply)
        return await self.page(visitor, flash=(False, reply.text), draft=dict(fields), status=422)

    async def near(self, request: web.Request) -> web.Response:
        """Answer GET /near: what is open nearby at this moment, as a piece of the page."""
        visitor = await self.visitor(request)
        try:
            cards = await self._router.near(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error
        return html(self._renderer.near(visitor.person.language, cards))

    async def unreached(self, request: web.Request) -> web.Response:
        """Answer GET /unreached: the fold of the staff's page, as it is at the moment when it is opened."""
        visitor = await self.visitor(request)
        try:
            told = await self._router.unreached(visitor.address)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(404) from error
        return html(self._renderer.unreached(visitor.person.language, told))

    async def language(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /language: what the person reads from now on."""
        visitor, fields = await self.form(request)
        try:
            await self._router.set_language(visitor.address, fields.get("language", ""))
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(400) from error
        self._rosters.forget(visitor.person.committee_id)
        return self.to_home()

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
        return html(self._renderer.problem(key, fragment=by_script(request)), status)

    def _onward(self, request: web.Request) -> web.Response:
        """To the shared job that they came for (`sharing`), else home."""
        response, wanted = self.to_home(), request.cookies.get(NEXT)
        if wanted is None:
            return response
        response.del_cookie(NEXT, path=self._links.root + "/")
        try:
            self._links.open_share(wanted)
        except DispatchError:
            return response  # nobody is sent anywhere by a cookie that is not ours
        response.headers["Location"] = f"{self._links.root}/s/{wanted}"
        return response

    def to_home(self) -> web.Response:
        """Send the browser to the person's own page."""
        return web.Response(status=303, headers={"Location": self._links.root + "/"})

    async def sender(self, request: web.Request, buckets: TokenBuckets | None = None) -> Visitor:
        """Who sends something, unless too much of it. Raises `RefusedError`."""
        visitor = await self.visitor(request)
        if not (buckets or self._posts).take(visitor.address.value):
            raise RefusedError(429)
        return visitor

    async def form(
        self, request: web.Request, buckets: TokenBuckets | None = None
    ) -> tuple[Visitor, forms.Fields]:
        """Who sends a form, and what it says. Raises `RefusedError`."""
        visitor = await self.sender(request, buckets)
        try:
            fields = await forms.read(request)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        if fields.get("me", str(visitor.person.id)) != str(visitor.person.id):
            raise RefusedError(409)  # another person's link was opened in this browser since
        return visitor, fields

    async def page(
        self,
        visitor: Visitor,
        *,
        flash: tuple[bool, str] | None,
        draft: dict[str, str] | None = None,
        preview: Preview | None = None,
        status: int = 200,
    ) -> web.Response:
        """A person's whole page, with what they had typed."""
        home = await self.home_of(visitor)
        nonce = secrets.token_urlsafe(16)
        doors = [
            (name, self._links.link(each)) for name, each in await self._router.acting.doors(visitor.address)
        ]
        return html(
            self._renderer.home(
                home,
                me=visitor.person.id,
                nonce=nonce,
                flash=flash,
                draft=draft or {},
                preview=preview,
                doors=doors,
            ),
            status,
        )

    def fragment(self, visitor: Visitor, reply: Reply) -> web.Response:
        """The answer to a script: the sentence, and the card as it is now."""
        language = visitor.person.language
        response = html(self._renderer.answer(language, reply.text, ok=reply.ok, card=reply.card))
        response.headers["Suidao-Ok"] = "1" if reply.ok else "0"
        return response

    def flashed(self, reply: Reply) -> web.Response:
        """The answer to a plain form: the person's own page, which says the sentence once."""
        response = self.to_home()
        response.set_cookie(
            FLASH,
            self._links.flash(reply.text, ok=reply.ok),
            path=self._links.root + "/",
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


def by_script(request: web.Request) -> bool:
    """A script (htmx) asked, and wants a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def html(text: str, status: int = 200) -> web.Response:
    """A page, or a piece of one."""
    return web.Response(text=text, status=status, content_type="text/html")

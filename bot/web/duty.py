"""The page about duty: who has it in the days to come, shifts to give and to take, and a phone's calendar.

All of it works without scripts. The calendar's address holds a token, since no phone's calendar signs in; it
shows names and hours, and nothing else of the committee.
"""

from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.deputies import DeputyForms
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.pages import FLASH, Pages, html
from bot.web.render import Frame
from bot.web.security import RefusedError
from bot.web.session import Rosters, Sessions
from dispatch.errors import (
    DispatchError,
    MalformedError,
    NotAllowedError,
    NotTrustedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.moments import Micros
from dispatch.people import Address, Person
from handlers import sentences
from handlers.messages import Reply
from handlers.sheets import Almanac, Watch

KEPT_S = 900
"""A phone may show a calendar that is a quarter of an hour old: most ask once an hour at best."""


class Rota(Protocol):
    """What is asked of the handlers (`handlers.rota.Rota`)."""

    async def watch(self, address: Address) -> Watch:
        """The days to come. Raises `NotAllowedError`."""

    async def give(self, address: Address, span: tuple[Micros, Micros], to: int, shown: int) -> Reply:
        """Give a shift to somebody. Raises `DispatchError`."""

    async def almanac(self, reader: Person) -> Almanac:
        """The next two months, for a calendar."""


class DutyPages:
    """Answers the page about duty, and its calendar."""

    def __init__(
        self,
        *,
        rota: Rota,
        pages: Pages,
        rosters: Rosters,
        sessions: Sessions,
        links: Links,
        gateway: WebGateway,
        deputies: DeputyForms,
    ) -> None:
        self._rota = rota
        self._deputies = deputies
        self._pages = pages
        self._rosters = rosters
        self._sessions = sessions
        self._links = links
        self._renderer = gateway.renderer

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get("/duty", self.duty)
        app.router.add_post("/duty", self.give)
        app.router.add_get(r"/duty/{token}.ics", self.calendar)
        self._deputies.mount(app)

    async def duty(self, request: web.Request) -> web.Response:
        """Answer GET /duty."""
        visitor = await self._pages.visitor(request)
        try:
            watch = await self._rota.watch(visitor.address)
        except (NotAllowedError, NotTrustedError, UnknownPersonError) as error:
            raise RefusedError(404) from error
        committee = (await self._rosters.get(visitor.person.committee_id)).committee
        flash = request.cookies.get(FLASH)
        shown = self._renderer.sheet(
            "duty",
            visitor.person.language,
            Frame(person=visitor.person.name, committee=committee.name, demo=committee.demo),
            watch=watch,
            calendar=self._links.calendar(visitor.person),
            deputy=await self._deputies.offered(visitor.address),
            flash=None if flash is None else self._links.read_flash(flash),
        )
        response = html(shown)
        if flash is not None:
            response.del_cookie(FLASH, path=self._links.root + "/")
        return response

    async def give(self, request: web.Request) -> web.Response:
        """Answer POST /duty: a shift is given to somebody. A form sent twice gives it once."""
        visitor, fields = await self._pages.form(request)
        try:
            span = forms.number(fields, "starts"), forms.number(fields, "ends")
            to, shown = forms.number(fields, "person"), forms.number(fields, "shown")
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        try:
            reply = await self._rota.give(visitor.address, span, to, shown)
        except StoreUnavailableError:
            raise
        except (NotAllowedError, NotTrustedError) as error:
            raise RefusedError(404) from error
        except MalformedError as error:
            raise RefusedError(400) from error
        except DispatchError as error:
            said = sentences.refusal(error, self._renderer.texts(visitor.person.language))
            reply = Reply(text=said, ok=False)
        self._rosters.forget(visitor.person.committee_id)
        response = self._pages.flashed(reply)
        response.headers["Location"] = f"{self._links.root}/duty"
        return response

    async def calendar(self, request: web.Request) -> web.Response:
        """Answer GET /duty/{token}.ics: whoever has the address, until the person's links are revoked."""
        # Half a second of imports, and only for those who subscribe.
        from bot.web import almanac  # noqa: PLC0415

        try:
            reader = await self._sessions.subscriber(request.match_info["token"])
            told = await self._rota.almanac(reader)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(404) from error
        response = web.Response(body=almanac.written(told), content_type="text/calendar", charset="utf-8")
        response.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
        return response

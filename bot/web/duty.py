"""The page about duty: who has it in the days to come, shifts to give and to take, and a phone's calendar.

All of it works without scripts. The calendar's address holds a token, since no phone's calendar signs in; it
shows names and hours, and nothing else of the committee.
"""

from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.deputies import DeputyForms
from bot.web.links import Links
from bot.web.pages import Pages
from bot.web.security import RefusedError
from bot.web.session import Sessions
from bot.web.sheets import Sheets
from dispatch.errors import (
    DispatchError,
    NotAllowedError,
    NotTrustedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.moments import Micros
from dispatch.people import Address, Person
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
        sheets: Sheets,
        sessions: Sessions,
        links: Links,
        deputies: DeputyForms,
    ) -> None:
        self._rota = rota
        self._deputies = deputies
        self._pages = pages
        self._sheets = sheets
        self._sessions = sessions
        self._links = links

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
        return await self._sheets.show(
            "duty",
            visitor,
            answering=request,
            watch=watch,
            calendar=self._links.calendar(visitor.person),
            deputy=await self._deputies.offered(visitor.address),
        )

    async def give(self, request: web.Request) -> web.Response:
        """Answer POST /duty: a shift is given to somebody. A form sent twice gives it once."""
        visitor, fields = await self._pages.form(request)
        try:
            span = forms.number(fields, "starts"), forms.number(fields, "ends")
            to, shown = forms.number(fields, "person"), forms.number(fields, "shown")
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        giving = self._rota.give(visitor.address, span, to, shown)
        return self._sheets.back(await self._sheets.replied(visitor, giving), "/duty")

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

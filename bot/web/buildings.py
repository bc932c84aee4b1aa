"""The page about buildings' statuses: how each stands and goes on, who set what, and one form.

It works without scripts.
"""

import secrets
from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.links import Links
from bot.web.pages import FLASH, Pages, html
from bot.web.render import Frame, Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters
from dispatch.errors import (
    DispatchError,
    MalformedError,
    NotAllowedError,
    NotTrustedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.people import Address
from handlers import sentences
from handlers.messages import Reply
from handlers.sheets import Premises

OWN = "own"
"""The form's choice for a scheme that is written beside it."""

MOST = 80
"""Characters of a scheme or a moment: the longest scheme that there can be."""


class Buildings(Protocol):
    """What is asked of the handlers (`handlers.buildings.Buildings`)."""

    async def page(self, address: Address) -> Premises:
        """How buildings stand. Raises `NotAllowedError`."""

    async def state(self, address: Address, building_id: int, scheme: str, since: str, receipt: str) -> Reply:
        """Say a status. Raises `DispatchError`."""


class BuildingPages:
    """Answers GET and POST /buildings."""

    def __init__(
        self, *, buildings: Buildings, pages: Pages, rosters: Rosters, links: Links, renderer: Renderer
    ) -> None:
        self._buildings = buildings
        self._pages = pages
        self._rosters = rosters
        self._links = links
        self._renderer = renderer

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get("/buildings", self.show)
        app.router.add_post("/buildings", self.state)

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /buildings."""
        visitor = await self._pages.visitor(request)
        try:
            premises = await self._buildings.page(visitor.address)
        except (NotAllowedError, NotTrustedError, UnknownPersonError) as error:
            raise RefusedError(404) from error
        committee = (await self._rosters.get(visitor.person.committee_id)).committee
        flash = request.cookies.get(FLASH)
        shown = self._renderer.sheet(
            "buildings",
            visitor.person.language,
            Frame(person=visitor.person.name, committee=committee.name, demo=committee.demo),
            premises=premises,
            nonce=secrets.token_urlsafe(16),
            flash=None if flash is None else self._links.read_flash(flash),
        )
        response = html(shown)
        if flash is not None:
            response.del_cookie(FLASH, path=self._links.root + "/")
        return response

    async def state(self, request: web.Request) -> web.Response:
        """Answer POST /buildings: what is to hold of a building. A form sent twice says it once."""
        visitor, fields = await self._pages.form(request)
        scheme, since = fields.get("scheme", ""), fields.get("since", "")
        scheme = fields.get("own", "") if scheme == OWN else scheme
        try:
            building, nonce = forms.number(fields, "building"), forms.nonce(fields)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        if len(scheme) > MOST or len(since) > MOST:
            raise RefusedError(400)
        receipt = self._links.fingerprint(visitor.address.value, nonce, str(building), scheme, since)
        try:
            reply = await self._buildings.state(visitor.address, building, scheme, since, receipt)
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
        response.headers["Location"] = f"{self._links.root}/buildings"
        return response

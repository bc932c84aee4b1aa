"""The page about buildings' statuses: how each stands and goes on, who set what, and one form.

It works without scripts.
"""

import secrets
from typing import Protocol

from aiohttp import web

from bot.web import forms, notices
from bot.web.links import Links
from bot.web.pages import Pages
from bot.web.security import RefusedError
from bot.web.sheets import Sheets
from dispatch.errors import (
    NotAllowedError,
    NotTrustedError,
    UnknownPersonError,
)
from dispatch.people import Address
from handlers.messages import Reply
from handlers.sheets import Premises

OWN = "own"
"""The form's choice for a scheme that is written beside it."""

MOST = 80
"""Characters of a scheme or a moment: the longest scheme that there can be."""


class Buildings(notices.Buildings, Protocol):
    """What is asked of the handlers (`handlers.buildings.Buildings`)."""

    async def page(self, address: Address) -> Premises:
        """How buildings stand. Raises `NotAllowedError`."""

    async def state(self, address: Address, building_id: int, scheme: str, since: str, receipt: str) -> Reply:
        """Say a status. Raises `DispatchError`."""


class BuildingPages:
    """Answers GET and POST /buildings."""

    def __init__(self, *, buildings: Buildings, pages: Pages, sheets: Sheets, links: Links) -> None:
        self._buildings = buildings
        self._pages = pages
        self._sheets = sheets
        self._links = links

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
        committee = visitor.person.committee_id
        links = {each.building_id: self._links.notice(committee, each.building_id) for each in premises.lines}
        nonce = secrets.token_urlsafe(16)
        return await self._sheets.show(
            "buildings", visitor, answering=request, premises=premises, nonce=nonce, links=links
        )

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
        stating = self._buildings.state(visitor.address, building, scheme, since, receipt)
        return self._sheets.back(await self._sheets.replied(visitor, stating), "/buildings")

"""Pictures of care plans on pages: added and taken away by staff, and shown to those who may see residents.

It works without scripts. They go through the same checks as every photo; who may do what, the handlers say.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from bot.pictures import Darkroom
from bot.web import photos
from bot.web.links import Links
from bot.web.pages import Pages
from bot.web.photos import Hands
from bot.web.security import RefusedError
from bot.web.session import Visitor
from bot.web.sheets import Sheets
from bot.web.sights import shown
from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.people import Address
from dispatch.pictures import Picture
from handlers.messages import Reply

PATH = "/care"
NAME = "{name:[0-9a-f-]{1,40}}"
"""As names of such pictures are made below."""


class Depictions(Protocol):
    """What is asked of the handlers (`handlers.depictions.Depictions`)."""

    async def add(self, address: Address, plan_id: int, added: Sequence[tuple[str, Picture]]) -> Reply:
        """Keep pictures for a plan, by their names. Raises `DispatchError`."""

    async def drop(self, address: Address, name: str) -> Reply:
        """Take one away. Raises `DispatchError`."""

    async def picture(self, address: Address, name: str) -> Picture:
        """One of them. Raises `DispatchError`."""


class DevicePhotos:
    """Answers POST /care/photo and /care/photo/remove, GET /care/picture/{name} and its thumbnail."""

    def __init__(
        self,
        *,
        depictions: Depictions,
        pages: Pages,
        sheets: Sheets,
        links: Links,
        darkroom: Darkroom,
        hands: Hands,
    ) -> None:
        self._depictions = depictions
        self._pages = pages
        self._sheets = sheets
        self._links = links
        self._darkroom = darkroom
        self._hands = hands

    def mount(self, app: web.Application) -> None:
        """Add them to an application."""
        app.router.add_post(f"{PATH}/photo", self.add)
        app.router.add_post(f"{PATH}/photo/remove", self.remove)
        app.router.add_get(f"{PATH}/picture/{NAME}", self.picture)
        app.router.add_get(f"{PATH}/thumbnail/{NAME}", self.thumbnail)

    async def add(self, request: web.Request) -> web.Response:
        """Add a photo to a plan. The same photo sent twice is one."""
        visitor = await self._pages.sender(request)
        with self._hands.hold():
            reply = await self._sheets.replied(visitor, self._added(visitor, request))
        return self._sheets.back(reply, f"{PATH}#plans")

    async def remove(self, request: web.Request) -> web.Response:
        """Take one away. A form sent twice does it once."""
        visitor, fields = await self._pages.form(request)
        dropping = self._depictions.drop(visitor.address, fields.get("name", ""))
        return self._sheets.back(await self._sheets.replied(visitor, dropping), f"{PATH}#plans")

    async def picture(self, request: web.Request) -> web.Response:
        """The picture; for whoever may not see it there is none."""
        return shown((await self._found(request)).data)

    async def thumbnail(self, request: web.Request) -> web.Response:
        """The same, small."""
        return shown(await self._darkroom.thumbnail(await self._found(request)))

    async def _added(self, visitor: Visitor, request: web.Request) -> Reply:
        plan, data = await photos.read(request, "plan")
        pictures = await self._darkroom.develop(data)
        said = hashlib.sha256(data).hexdigest()
        name = self._links.fingerprint("care", str(visitor.person.committee_id), str(plan), said)
        named = [(f"{name}-{number}", each) for number, each in enumerate(pictures, 1)]
        return await self._depictions.add(visitor.address, plan, named)

    async def _found(self, request: web.Request) -> Picture:
        visitor = await self._pages.visitor(request)
        try:
            return await self._depictions.picture(visitor.address, request.match_info["name"])
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(404) from error

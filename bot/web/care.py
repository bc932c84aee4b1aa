"""The page about care plans: what is due today, which plans there are, and who cannot come.

It works without scripts. Plans themselves are entries of the register.
"""

from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.pages import Pages
from bot.web.security import RefusedError
from bot.web.sheets import Sheets
from dispatch.errors import UnknownPersonError
from dispatch.people import Address
from handlers.messages import Reply
from handlers.sheets import CareSheet

PATH = "/care"


class Care(Protocol):
    """What is asked of the handlers (`handlers.care.Care`)."""

    async def sheet(self, address: Address) -> CareSheet:
        """The page. Raises `UnknownPersonError`."""

    async def excuse(self, address: Address, plan_id: int, choice: str) -> Reply:
        """Somebody cannot come to a plan's next turn. Raises `DispatchError`."""


class CarePages:
    """Answers GET /care and POST /care/cantcome."""

    def __init__(self, *, care: Care, pages: Pages, sheets: Sheets) -> None:
        self._care = care
        self._pages = pages
        self._sheets = sheets

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get(PATH, self.show)
        app.router.add_post(f"{PATH}/cantcome", self.cannot_come)

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /care. For whoever has nothing to do with any plan there is no such page."""
        visitor = await self._pages.visitor(request)
        try:
            care = await self._care.sheet(visitor.address)
        except UnknownPersonError as error:
            raise RefusedError(404) from error
        if not (care.plans or care.edits):
            raise RefusedError(404)
        response = await self._sheets.show("care", visitor, answering=request, care=care)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def cannot_come(self, request: web.Request) -> web.Response:
        """Answer POST /care/cantcome. A form sent twice says it once."""
        visitor, fields = await self._pages.form(request)
        try:
            plan = forms.number(fields, "plan")
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        excusing = self._care.excuse(visitor.address, plan, fields.get("who", ""))
        return self._sheets.back(await self._sheets.replied(visitor, excusing), PATH)

"""The part of the page about duty by which somebody acts as a secretary: for another committee, or here.

It works without scripts. What it sends are the words that one would write in a chat.
"""

import re

from aiohttp import web

from bot.web.pages import Acting, Pages
from bot.web.render import Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters
from bot.web.sheets import Sheets
from dispatch.errors import DispatchError, NotAllowedError, StoreUnavailableError, UnknownPersonError
from dispatch.people import Address
from handlers import sentences
from handlers.messages import Reply
from handlers.sheets import Deputy

_WHO = re.compile(r"[cp]\d{1,18}")
_UNTIL = re.compile(r"\d{4}-\d{2}-\d{2}|off")


class DeputyForms:
    """Answers that form."""

    def __init__(
        self, *, deputies: Acting, pages: Pages, sheets: Sheets, rosters: Rosters, renderer: Renderer
    ) -> None:
        self._deputies = deputies
        self._pages = pages
        self._rosters = rosters
        self._sheets = sheets
        self._renderer = renderer

    def mount(self, app: web.Application) -> None:
        """Add it to an application."""
        app.router.add_post("/duty/acting", self.act)

    async def offered(self, address: Address) -> Deputy | None:
        """What the page shows of it."""
        try:
            return await self._deputies.offered(address)
        except UnknownPersonError as error:
            raise RefusedError(401) from error

    async def act(self, request: web.Request) -> web.Response:
        """Answer POST /duty/acting. A form sent twice asks once."""
        visitor, fields = await self._pages.form(request)
        who, until = fields.get("who", ""), fields.get("until", "")
        if not _WHO.fullmatch(who) or not _UNTIL.fullmatch(until):
            raise RefusedError(400)
        try:
            reply = await self._deputies.said(visitor.address, f"={who} {until}")
        except StoreUnavailableError:
            raise
        except NotAllowedError as error:
            raise RefusedError(404) from error
        except DispatchError as error:
            texts = self._renderer.texts(visitor.person.language)
            reply = Reply(text=sentences.refusal(error, texts), ok=False)
        self._rosters.forget(visitor.person.committee_id)
        return self._sheets.back(reply, "/duty")

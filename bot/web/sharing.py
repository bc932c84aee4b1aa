"""A job carried into any other chat: a link, a few words and a code, which tell no more than a public card.

The link opens the same card. Somebody who is not signed in, or belongs to another committee, sees what it is
and where, and nobody's name; once they open their own link they come back to it.
"""

from typing import Protocol

import segno
from aiohttp import web

from bot.web.gateway import WebGateway
from bot.web.limits import TokenBuckets
from bot.web.links import Links
from bot.web.pages import NEXT, Pages, html
from bot.web.render import LANGUAGES
from bot.web.security import RefusedError
from bot.web.session import Sessions, Visitor
from bot.web.sheets import Sheets
from dispatch.errors import DispatchError, LinkExpiredError, StoreUnavailableError, UnknownJobError
from dispatch.people import Address
from handlers.messages import Card

NEXT_MAX_AGE_S = 3600
"""Long enough to find one's own link in another chat, short enough not to surprise anybody tomorrow."""
QR_SCALE = 6
SHARE = r"/share/{job:\d{1,18}}"


class Router(Protocol):
    """What is asked of the handlers (`handlers.router.Router`)."""

    async def card(self, address: Address, job_id: int) -> Card:
        """The job's card for whoever reads this address."""

    async def public_card(self, committee_id: int, job_id: int, language: str) -> Card:
        """The job's card as a room reads it."""


class Sharing:
    """Answers GET /share/{job} and GET /s/{token}."""

    def __init__(
        self,
        *,
        router: Router,
        pages: Pages,
        sessions: Sessions,
        sheets: Sheets,
        links: Links,
        gateway: WebGateway,
        looks: TokenBuckets,
    ) -> None:
        self._router = router
        self._pages = pages
        self._sessions = sessions
        self._sheets = sheets
        self._links = links
        self._renderer = gateway.renderer
        self._looks = looks

    def mount(self, app: web.Application) -> None:
        """Serve both."""
        app.router.add_get(SHARE, self.share)
        app.router.add_get("/s/{token}", self.shared)

    async def share(self, request: web.Request) -> web.Response:
        """The link, the words and the code of one job, for somebody of its committee."""
        visitor = await self._pages.visitor(request)
        job_id = int(request.match_info["job"])
        card = await self._card(visitor, job_id)
        url = self._links.share(visitor.person.committee_id, job_id)
        # Drawn with attributes alone: no style that the policy would refuse.
        code = segno.make(url, micro=False).svg_inline(scale=QR_SCALE, light="#fff", border=3)
        return await self._sheets.show("share", visitor, card=card, url=url, code=code)

    async def shared(self, request: web.Request) -> web.StreamResponse:
        """The card behind a shared link; to a stranger what may stand on any wall."""
        if not self._looks.take(request.remote or ""):
            raise RefusedError(429)
        token = request.match_info["token"]
        try:
            committee_id, job_id = self._links.open_share(token)
        except DispatchError as error:
            return self._pages.problem(
                request, "share_ended", 410 if isinstance(error, LinkExpiredError) else 404
            )
        visitor = await self._sessions.visitor(request)
        if visitor is not None and visitor.person.committee_id == committee_id:
            return await self._sheets.show("shared_card", visitor, card=await self._card(visitor, job_id))
        return await self._for_strangers(committee_id, job_id, token)

    async def _for_strangers(self, committee_id: int, job_id: int, token: str) -> web.Response:
        try:
            cards = {
                language: await self._router.public_card(committee_id, job_id, language)
                for language, _ in LANGUAGES
            }
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            raise RefusedError(404) from error
        response = html(self._renderer.shared(cards))
        response.set_cookie(
            NEXT,
            token,
            max_age=NEXT_MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._links.secure,
            path=self._links.root + "/",
        )
        return response

    async def _card(self, visitor: Visitor, job_id: int) -> Card:
        try:
            return await self._router.card(visitor.address, job_id)
        except UnknownJobError as error:
            raise RefusedError(404) from error

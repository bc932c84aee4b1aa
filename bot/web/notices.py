"""The page that is printed for a building's door. Public behind its link, as what it says hangs on a door.

It works without scripts, signs nobody in, and leads nowhere but to where the committee's poster leads.
"""

from typing import Protocol

import segno
from aiohttp import web

from bot.web.limits import TokenBuckets
from bot.web.links import Links
from bot.web.pages import Pages, html
from bot.web.render import Renderer
from bot.web.security import RefusedError
from dispatch.errors import LinkExpiredError, LinkForgedError, UnknownBuildingError
from handlers.notices import DoorNotice


class Buildings(Protocol):
    """What is asked of the handlers (`handlers.buildings.Buildings`)."""

    async def notice(self, committee_id: int, building_id: int) -> DoorNotice:
        """What stands on it. Raises `UnknownBuildingError`."""


class NoticePages:
    """Answers GET /notice/TOKEN."""

    def __init__(
        self, *, buildings: Buildings, pages: Pages, links: Links, renderer: Renderer, looks: TokenBuckets
    ) -> None:
        self._buildings = buildings
        self._pages = pages
        self._links = links
        self._renderer = renderer
        self._looks = looks

    def mount(self, app: web.Application) -> None:
        """Add the page to an application."""
        app.router.add_get("/notice/{token}", self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The notice as it is at this moment, with the code of the committee's poster (`bot.poster`)."""
        if not self._looks.take(request.remote or ""):
            raise RefusedError(429)
        try:
            committee_id, building_id = self._links.open_notice(request.match_info["token"])
            notice = await self._buildings.notice(committee_id, building_id)
        except LinkExpiredError:
            return self._pages.problem(request, "notice_ended", 410)
        except (LinkForgedError, UnknownBuildingError):
            return self._pages.problem(request, "notice_ended", 404)
        url = self._links.poster(committee_id, notice.epoch)
        code = segno.make(url, micro=False, error="m").svg_inline(
            scale=1, light="#fff", border=4, omitsize=True
        )
        language = notice.wordings[0].tag.replace("-", "_")
        return html(self._renderer.sheet("notice", language, None, notice=notice, url=url, code=code))

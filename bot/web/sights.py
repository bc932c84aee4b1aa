"""Pictures of a job, shown to a browser: whether its reader may see one is asked again for every look.

Nothing of it is kept on the way: not by the browser, not by anything between.
"""

from typing import Protocol

from aiohttp import web

from bot.pictures import Darkroom
from bot.web.security import RefusedError
from bot.web.session import Sessions
from dispatch.errors import UnknownPersonError, UnknownPictureError
from dispatch.people import Address
from dispatch.pictures import Picture

PATH = r"/picture/{job:\d{1,18}}/{number:\d{1,3}}"
SMALL_PATH = r"/thumbnail/{job:\d{1,18}}/{number:\d{1,3}}"
"""Digits as many as fit into the numbers of a database."""


class Album(Protocol):
    """What is asked about pictures (`handlers.album.Album`)."""

    async def picture(self, address: Address, job_id: int, number: int) -> Picture:
        """One picture. Raises `UnknownPersonError` and `UnknownPictureError`."""


class Sights:
    """Answers GET /picture/{job}/{number} and its thumbnail."""

    def __init__(self, album: Album, sessions: Sessions, darkroom: Darkroom) -> None:
        self._darkroom = darkroom
        self._album = album
        self._sessions = sessions

    async def picture(self, request: web.Request) -> web.Response:
        """The picture; for whoever may not see it there is none, as for one that never was."""
        return shown((await self._found(request)).data)

    async def thumbnail(self, request: web.Request) -> web.Response:
        """The same, small: what stands on a card is a tenth of the bytes."""
        return shown(await self._darkroom.thumbnail(await self._found(request)))

    async def _found(self, request: web.Request) -> Picture:
        visitor = await self._sessions.visitor(request)
        if visitor is None:
            raise RefusedError(401)
        where = request.match_info
        try:
            return await self._album.picture(visitor.address, int(where["job"]), int(where["number"]))
        except UnknownPictureError as error:
            raise RefusedError(404) from error
        except UnknownPersonError as error:
            raise RefusedError(401) from error


def shown(data: bytes) -> web.Response:
    """A picture that nothing on the way keeps."""
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    return web.Response(body=data, content_type="image/jpeg", headers=headers)

"""What a browser is answered that offers to ring although the page is closed, or wants to stop."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64Error

from aiohttp import web

from bot.web import forms
from bot.web.pages import Pages
from bot.web.ringing import Ringing
from bot.web.security import RefusedError
from dispatch.devices import Subscription

_KEY_BYTES = 65
"""An uncompressed point of P-256."""
_AUTH_BYTES = 16


class Devices:
    """Answers POST /push and POST /push/stop."""

    def __init__(self, pages: Pages, ringing: Ringing) -> None:
        self._pages = pages
        self._ringing = ringing

    def mount(self, app: web.Application) -> None:
        """Serve both."""
        app.router.add_post("/push", self.start)
        app.router.add_post("/push/stop", self.stop)

    async def start(self, request: web.Request) -> web.Response:
        """Let this browser ring for the visitor. Repeating is safe."""
        visitor, fields = await self._pages.form(request)
        if not await self._ringing.keep(visitor.address, _subscription(fields)):
            raise RefusedError(400)
        return web.Response(status=204)

    async def stop(self, request: web.Request) -> web.Response:
        """Let it ring no more. Repeating is safe."""
        visitor, fields = await self._pages.form(request)
        await self._ringing.drop(visitor.address, fields.get("endpoint", ""))
        return web.Response(status=204)


def _subscription(fields: forms.Fields) -> Subscription:
    key, auth = fields.get("p256dh", ""), fields.get("auth", "")
    if (_length(key), _length(auth)) != (_KEY_BYTES, _AUTH_BYTES):
        raise RefusedError(400)
    return Subscription(endpoint=fields.get("endpoint", ""), p256dh=key, auth=auth)


def _length(text: str) -> int:
    try:
        return len(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (NotBase64Error, ValueError):
        return 0

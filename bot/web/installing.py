"""What makes the page an app on a home screen: the manifest, and the service worker at the root of its scope.

Both work under a sub-path as well. What the worker does stands in `static/sw.js`.
"""

import json

from aiohttp import web

from bot.web.assets import STATIC, Assets

WORKER = "sw.js"
MANIFEST_TYPE = "application/manifest+json"
CHECKED = "no-cache"
"""Asked for again every time: a new release must not be kept out by an old worker for a day."""


class Installing:
    """Answers GET /sw.js and GET /manifest.webmanifest, to anybody: both are the same for everybody."""

    def __init__(self, assets: Assets, root: str) -> None:
        self._manifest = json.dumps(_manifest(assets, root), ensure_ascii=False)
        self._worker = (STATIC / WORKER).read_text(encoding="utf-8")

    def mount(self, app: web.Application) -> None:
        """Serve both."""
        app.router.add_get("/sw.js", self.worker)
        app.router.add_get("/manifest.webmanifest", self.manifest)

    async def worker(self, _request: web.Request) -> web.Response:
        """The service worker. It stands at the root, since it may serve only what lies below it."""
        return _answer(self._worker, "text/javascript")

    async def manifest(self, _request: web.Request) -> web.Response:
        """What the home screen shows."""
        return _answer(self._manifest, MANIFEST_TYPE)


def _manifest(assets: Assets, root: str) -> dict[str, object]:
    def icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
        return {
            "src": assets.url(name),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    return {
        "id": f"{root}/",
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "name": "随到 Suidao",
        "short_name": "随到",
        "lang": "zh-CN",
        "display": "standalone",
        "background_color": "#f1f2f4",
        "theme_color": "#b3261e",
        "icons": [
            icon("icon-192.png", 192),
            icon("icon-512.png", 512),
            icon("icon-maskable-512.png", 512, "maskable"),
        ],
    }


def _answer(text: str, content_type: str) -> web.Response:
    return web.Response(text=text, content_type=content_type, headers={"Cache-Control": CHECKED})

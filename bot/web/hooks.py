"""Where other programs call us: a platform's webhook is a function, and this mounts it.

Such a call comes from no page of ours, so the check of its origin is left to the function, which knows its
platform's secret.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

Hook: TypeAlias = Callable[[Mapping[str, str], bytes, str], Awaitable[tuple[int, bytes]]]
"""Headers, body and the last part of the address to status and body."""

LARGEST = 1024 * 1024
"""Bytes that are read of a call; a longer one is handed on cut, for the hook to refuse."""

_NAME = "hook-"


def mount(app: web.Application, hooks: Mapping[str, Hook]) -> None:
    """Serve `POST /<platform>/<key>` for each platform's hook."""
    for platform, hook in hooks.items():
        app.router.add_post(f"/{platform}/{{key}}", _served(hook), name=named(platform))


def named(what: str) -> str:
    """The name of a route on which other programs call, and no page of ours."""
    return f"{_NAME}{what}"


def is_hook(request: web.Request) -> bool:
    """The request is for a webhook, and no form of a page."""
    return (request.match_info.route.name or "").startswith(_NAME)


def _served(hook: Hook) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        body = bytearray()
        while len(body) <= LARGEST and (piece := await request.content.read(LARGEST + 1 - len(body))):
            body += piece
        status, answer = await hook(request.headers, bytes(body), request.match_info["key"])
        return web.Response(status=status, body=answer, content_type="application/json" if answer else None)

    return serve

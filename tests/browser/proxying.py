"""A small reverse proxy that does what Caddy's `handle_path` does: pages below a path, streams passed on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, DummyCookieJar, web

HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "host"})
"""Headers that are between two machines only."""


@asynccontextmanager
async def proxied(behind: str, root: str) -> AsyncIterator[str]:
    """Where the pages of `behind` are found below `root`; whatever is asked beside it is 404."""
    async with ClientSession(behind, cookie_jar=DummyCookieJar(), auto_decompress=False) as session:

        async def pass_on(request: web.Request) -> web.StreamResponse:
            path = request.raw_path.removeprefix(root)
            sent = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
            async with session.request(
                request.method, path, headers=sent, data=await request.read(), allow_redirects=False
            ) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP]
                response = web.StreamResponse(status=answer.status)
                for name, value in kept:
                    response.headers.add(name, value)
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                return response

        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", root + "/{tail:.*}", pass_on)
        serving = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await serving.setup()
        await web.TCPSite(serving, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{serving.addresses[0][1]}"
        finally:
            await serving.cleanup()

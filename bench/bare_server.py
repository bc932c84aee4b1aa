"""An aiohttp server that does nothing: whatever is asked, it answers two kilobytes.

`python -m bench.bare_server PORT`, until SIGTERM. It runs on the same loop as the program and keeps no
access log either, so what it takes is aiohttp and the machine alone.
"""

import sys

from aiohttp import web

from bench.processes import HOST

BODY = b"x" * 2048
"""About as long as the card that answers a tap."""


async def _answer(_request: web.Request) -> web.Response:
    return web.Response(body=BODY, content_type="text/html")


def main() -> None:
    """Serve until told to leave."""
    try:
        import uvloop  # noqa: PLC0415 - not everywhere, as in the program itself
    except ImportError:
        loop = None
    else:
        loop = uvloop.new_event_loop()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", _answer)
    web.run_app(app, host=HOST, port=int(sys.argv[1]), access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main()

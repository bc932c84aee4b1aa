"""Listening for HTTP: an application is served at the address that the settings name, until the block ends.

A process without pages serves a small one of these: whether it lives, whether it can work, and what other
programs bring to it.
"""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.web import hooks
from store.errors import StartError

Application = web.Application

Ready = Callable[[], Awaitable[bool]]
"""Whether the rest of the program can do its work now."""

Wrong = Callable[[], Sequence[str]]
"""What is wrong now, in the program's own words; nothing of people or jobs."""

_WRONG: web.AppKey[Wrong] = web.AppKey("wrong")


class PortTakenError(StartError):
    """Another program listens where this one should."""

    key = "port_taken"
    sentence = "Port {port} on {host} is taken: stop what listens there, or set SUIDAO_WEB__PORT."


class HostUnusableError(StartError):
    """Nothing can be served there."""

    key = "host_unusable"
    sentence = (
        "The pages cannot be served on {host}:{port} ({reason}): set SUIDAO_WEB__HOST and SUIDAO_WEB__PORT."
    )


def mount_health(app: web.Application, ready: Ready) -> None:
    """Answer `/healthz` (the process lives) and `/readyz` (503 while it cannot do its work)."""
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz(ready))


def small_site(ready: Ready, webhooks: Mapping[str, hooks.Hook]) -> web.Application:
    """All that a process without pages serves."""
    app = web.Application()
    mount_health(app, ready)
    hooks.mount(app, webhooks)
    return app


def runner(app: web.Application) -> web.AppRunner:
    """How to run it: without aiohttp's access log, which would keep tokens, and leaving within 3 s."""
    return web.AppRunner(app, access_log=None, shutdown_timeout=3.0)


@asynccontextmanager
async def serving(site: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve it as long as the block runs. Raises a `StartError` that says what to do."""
    served = runner(site)
    await served.setup()
    try:
        await _listen(served, host, port)
        yield
    finally:
        await served.cleanup()


async def _listen(served: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(served, host, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port=port, host=host) from error
        raise HostUnusableError(host=host, port=port, reason=error.strerror or str(error)) from error


def tell(app: web.Application, wrong: Wrong) -> None:
    """From now on `/healthz` says what is wrong as well. It stays 200: no new start would mend that."""
    app[_WRONG] = wrong


async def _healthz(request: web.Request) -> web.Response:
    wrong = request.app.get(_WRONG)
    told = {} if wrong is None else {"wrong": list(wrong())}
    return web.json_response({"alive": True, **told})


def _readyz(ready: Ready) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def readyz(_request: web.Request) -> web.Response:
        fit = await ready()
        return web.json_response({"ready": fit}, status=200 if fit else 503)

    return readyz

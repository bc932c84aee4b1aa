"""What the program counts, at `/metrics`, for Prometheus: beside the pages, or on a port of its own.

The pages are open to the whole world, or to a proxy on this machine from which everything comes; so they show
it to nobody who does not send the token, and without a token not at all. The port listens on this machine
only, as long as no other address is set.
"""

import errno
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from config.settings import Settings
from store.errors import StartError
from workers.figures import CONTENT_TYPE, Figures

PATH = "/metrics"

LEAVE_S = 1.0
"""Seconds for an answer that is under way when the program leaves."""

_SCHEME = "Bearer "

_Answer = Callable[[web.Request], Awaitable[web.Response]]


class MetricsPortError(StartError):
    """The figures cannot be served there."""

    key = "metrics_port"
    sentence = (
        "The figures cannot be served on {host}:{port} ({reason}): "
        "set SUIDAO_METRICS_HOST and SUIDAO_METRICS_PORT."
    )


def mount(app: web.Application, settings: Settings, figures: Figures) -> None:
    """Serve them beside the pages, where there is a token."""
    if settings.web.metrics_token is not None:
        app.router.add_get(PATH, _answer(settings, figures))


@asynccontextmanager
async def serving(settings: Settings, figures: Figures) -> AsyncIterator[None]:
    """Serve them on the port of their own, where one is set. Raises `MetricsPortError`."""
    if settings.metrics_port is None:
        yield
        return
    app = web.Application()
    app.router.add_get(PATH, _answer(settings, figures))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LEAVE_S)
    await runner.setup()
    try:
        await _listen(runner, settings.metrics_host, settings.metrics_port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "it is taken" if taken else error.strerror or str(error)
        raise MetricsPortError(host=host, port=port, reason=reason) from error


def _answer(settings: Settings, figures: Figures) -> _Answer:
    token = settings.web.metrics_token
    wanted = None if token is None else (_SCHEME + token.get_secret_value()).encode()

    async def answer(request: web.Request) -> web.Response:
        sent = request.headers.get("Authorization", "").encode(errors="replace")
        if wanted is not None and not hmac.compare_digest(sent, wanted):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=figures.text(), headers={"Content-Type": CONTENT_TYPE})

    return answer

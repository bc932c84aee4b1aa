"""What guards every answer: headers, the same-origin check, errors turned into pages, a log without secrets.

It knows no job and no person. What it logs is the route's pattern, the status and the time taken: never a
token, a form, or the text of an exception, any of which may be private.
"""

import logging
import time
import traceback
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.web.hooks import is_hook
from dispatch.errors import DispatchError, StoreUnavailableError

log = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Pico's own arrows are data: images inside its style sheet
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nothing to other sites. "no-referrer" would make browsers send `Origin: null` with our own forms,
    # and on plain http in a local network the Origin is all there is to check.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD"})

Problem = Callable[[web.Request, str, int], web.Response]
"""Makes the page for a problem: its key (see templates/problem.html) and the status."""

KEYS = {
    400: "malformed",
    401: "signed_out",
    403: "foreign",
    404: "not_found",
    405: "not_found",
    409: "another_person",
    413: "too_large",
    415: "malformed",
    429: "too_often",
    503: "unavailable",
}
"""HTTP status to problem; all others are "broken"."""


class RefusedError(Exception):
    """Ends a request with a problem page of this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def middlewares(problem: Problem, base_url: str) -> tuple[Middleware, ...]:
    """Outermost first: log, headers, errors, origin."""
    return _logged, _guarded, _explained(problem), _same_origin(base_url)


@web.middleware
async def _logged(request: web.Request, handler: Handler) -> web.StreamResponse:
    started = time.perf_counter()
    response = await handler(request)
    took_ms = (time.perf_counter() - started) * 1000
    # What went well is for those who look closely: a burst of taps must not wait for its own log.
    level = logging.DEBUG if response.status < 400 else logging.INFO
    log.log(level, "%s %s %d %.0f ms", request.method, _pattern(request), response.status, took_ms)
    return response


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        guard(response)
    return response


def guard(response: web.StreamResponse) -> None:
    """Set the security headers; a stream calls it itself before its first byte."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def _explained(problem: Problem) -> Middleware:
    @web.middleware
    async def explained(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusedError as refused:
            status = refused.status
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            status = answer.status
        except ConnectionError:
            raise  # the browser left; there is nobody to explain it to
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a page and we a log line
            status = _status(request, error)
        return problem(request, KEYS.get(status, "broken"), status)

    return explained


def _status(request: web.Request, error: Exception) -> int:
    """Log an error by its place and key, never by its text, which may be private; returns the status."""
    what = f"{request.method} {_pattern(request)}"
    match error:
        case StoreUnavailableError():
            log.error("%s: the store is unavailable %s", what, error.params)
            return 503
        case DispatchError():
            log.warning("%s: refused, %s", what, error.key)
            return 400
        case _:
            log.error("%s: %s\n%s", what, type(error).__name__, where(error))
            return 500


def _same_origin(base_url: str) -> Middleware:
    base = urlsplit(base_url).netloc

    @web.middleware
    async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE_METHODS and not is_hook(request) and not _ours(request, base):
            raise RefusedError(403)
        return await handler(request)

    return same_origin


def _ours(request: web.Request, base: str) -> bool:
    """The form was on a page of ours: by Sec-Fetch-Site, or by Origin where browsers send no such
    header (plain http in a local network)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc in (request.host, base)


def where(error: BaseException) -> str:
    """The places of a traceback without the exception's text."""
    return "".join(traceback.format_tb(error.__traceback__))


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "(no such page)" if resource is None else resource.canonical

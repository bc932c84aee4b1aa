"""The interface for other systems: who may come in, how often, and which answer a request gets.

It knows HTTP; what a job is, is said by the handlers. Nothing of a request is ever in a log: not its token,
which is compared as a keyed hash, and none of its words.
"""

import hashlib
import hmac
import json
import logging
import math
import re
from collections.abc import Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.api import document, problems, shapes
from bot.api.problems import MEDIA_TYPE, TroubleError
from bot.web import hooks, security
from bot.web.limits import TokenBuckets
from dispatch.errors import (
    DispatchError,
    EmptyTextError,
    NonceUsedError,
    StoreUnavailableError,
    TextTooLongError,
    UnknownJobError,
)
from dispatch.jobs import Priority
from dispatch.ports import Clock
from dispatch.service import Service
from dispatch.sources import Source
from handlers import sources
from handlers.texts import Catalogs

log = logging.getLogger(__name__)

PATH = "/api"
DOCUMENT = f"{PATH}/openapi.json"

BODY_BYTES = 128 * 1024
"""The longest text with its note as JSON may write it (twelve bytes a character), and some room."""

BURST, PER_SECOND = 60, 2.0
"""Requests of one source at once and a second: a hotline on its worst night, and no script in a loop."""

JSON = "application/json"

_TOKEN = re.compile(r"[Bb]earer +(sds_[A-Za-z0-9_-]{43})")
_KEY = re.compile(document.KEY_PATTERN)
_LARGEST_ID = 2**53
"""Above it JSON's numbers are no longer exact, and there is no such job."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Tokens(Protocol):
    """What is asked of the store."""

    async def source(self, token: str) -> Source | None:
        """Whose token this is."""


class Api:
    """Everything below `/api`. `secret` marks requests, so that a key that is used twice is noticed."""

    def __init__(
        self,
        *,
        service: Service,
        tokens: Tokens,
        catalogs: Catalogs,
        clock: Clock,
        secret: bytes,
        base_url: str,
    ) -> None:
        self._service = service
        self._tokens = tokens
        self._catalogs = catalogs
        self._secret = secret
        self._base_url = base_url
        self._buckets = TokenBuckets(clock, burst=BURST, per_second=PER_SECOND)
        self._shape = shapes.new_job(service.playbooks)
        self._document = json.dumps(document.document(self._shape, _release()), ensure_ascii=False).encode()

    def mount(self, app: web.Application) -> None:
        """Serve it beside the pages. Whoever calls has a token and no cookie, so no origin is checked."""
        for name, path, handler in (
            ("jobs", f"{PATH}/jobs", _only("POST", self._post)),
            ("job", f"{PATH}/jobs/{{id}}", _only("GET", self._get)),
            ("document", DOCUMENT, _only("GET", self._self)),
            ("root", PATH, self._nothing),
            ("others", f"{PATH}/{{tail:.*}}", self._nothing),
        ):
            app.router.add_route("*", path, self._explained(handler), name=hooks.named(f"api-{name}"))

    async def _post(self, request: web.Request) -> web.Response:
        source = await self._source(request)
        key = request.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            raise TroubleError("no_key")
        if request.content_type != JSON:
            raise TroubleError("wrong_type")
        asked = self._read(await _body(request))
        mark = hmac.new(self._secret, asked.model_dump_json(exclude_defaults=True).encode(), hashlib.sha256)
        wanted = sources.Request(
            key=key,
            mark=mark.hexdigest(),
            text=asked.text,
            kind=asked.kind,
            building=asked.building,
            unit=asked.unit,
            phone=asked.phone,
            note=asked.note,
            priority=None if asked.priority is None else Priority(asked.priority),
            places=asked.places,
        )
        roster = await self._service.roster(source.committee_id)
        draft = sources.draft(source, wanted, roster, self._service.playbooks)
        view, new = await self._service.post_from(source, draft)
        log.info("source %s: job %d %s", source.key, view.situation.job.id, "posted" if new else "again")
        state = sources.state(view.situation, self._base_url)
        answer = _json(shapes.JobState.model_validate(state), 201 if new else 200)
        answer.headers["Location"] = str(state["url"])
        return answer

    async def _get(self, request: web.Request) -> web.Response:
        source = await self._source(request)
        named = request.match_info["id"]
        if not (named.isascii() and named.isdigit() and len(named) < 17 and int(named) <= _LARGEST_ID):
            raise TroubleError("not_found")
        view = await self._service.view_from(source, int(named))
        return _json(shapes.JobState.model_validate(sources.state(view.situation, self._base_url)))

    async def _self(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._document, content_type=JSON)

    async def _nothing(self, _request: web.Request) -> web.Response:
        raise TroubleError("no_such_address", params={"document": f"{self._base_url}{DOCUMENT}"})

    async def _source(self, request: web.Request) -> Source:
        """Whose request it is, if it may be made now. Asked before anything of the body is read."""
        match = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
        source = await self._tokens.source(match[1]) if match else None
        if source is None:
            raise TroubleError("no_token", headers={"WWW-Authenticate": 'Bearer realm="suidao"'})
        if not self._buckets.take(str(source.id)):
            seconds = math.ceil(1 / PER_SECOND)
            raise TroubleError(
                "too_often", params={"seconds": seconds}, headers={"Retry-After": str(seconds)}
            )
        return source

    def _read(self, body: bytes) -> shapes.NewJob:
        try:
            return self._shape.model_validate_json(body)
        except ValidationError as error:
            raise problems.unfit(error) from None

    def _explained(self, handler: Handler) -> Handler:
        async def explained(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except TroubleError as found:
                trouble = found
            except DispatchError as error:
                trouble = _refused(error)
            except ConnectionError:
                raise  # the caller left; there is nobody to explain it to
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told, and a log without its text
                trouble = _broken(error)
            log.warning("api: %s refused (%s)", request.method, trouble.key)
            return self._answer(request, trouble)

        return explained

    def _answer(self, request: web.Request, trouble: TroubleError) -> web.Response:
        texts = problems.texts_for(request.headers.get("Accept-Language", ""), self._catalogs)
        answer = _json(problems.told(trouble, texts), trouble.status, MEDIA_TYPE)
        answer.headers.update({**trouble.headers, "Content-Language": texts.language.replace("_", "-")})
        answer.headers["Vary"] = "Accept-Language"
        return answer


def _only(method: str, handler: Handler) -> Handler:
    """The method alone; whoever asks by another one is told which it is."""
    allowed = "GET, HEAD" if method == "GET" else method

    async def only(request: web.Request) -> web.Response:
        if request.method not in allowed.split(", "):
            raise TroubleError("wrong_method", params={"methods": allowed}, headers={"Allow": allowed})
        return await handler(request)

    return only


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    while len(body) <= BODY_BYTES and (piece := await request.content.read(BODY_BYTES + 1 - len(body))):
        body += piece
    if len(body) > BODY_BYTES:
        raise TroubleError("too_large", params={"limit": BODY_BYTES})
    return bytes(body)


def _broken(error: Exception) -> TroubleError:
    log.error("api: %s\n%s", type(error).__name__, security.where(error))
    return TroubleError("broken")


def _refused(error: DispatchError) -> TroubleError:
    match error:
        case UnknownJobError():
            return TroubleError("not_found")
        case NonceUsedError():
            return TroubleError("nonce_used")
        case StoreUnavailableError():
            return TroubleError("unavailable", headers={"Retry-After": "5"})
        case EmptyTextError():
            return TroubleError("unfit", flaws=({"loc": ("text",), "type": "string_too_short"},))
        case TextTooLongError():
            flaw = {"loc": ("text",), "type": "string_too_long", "ctx": {"max_length": shapes.TEXT}}
            return TroubleError("unfit", flaws=(flaw,))
        case _:
            log.error("api: refused by the rules, %s", error.key)
            return TroubleError("unavailable", headers={"Retry-After": "5"})


def _json(shape: BaseModel, status: int = 200, media_type: str = JSON) -> web.Response:
    return web.Response(body=shape.model_dump_json().encode(), status=status, content_type=media_type)


def _release() -> str:
    try:
        return version("suidao")
    except PackageNotFoundError:
        return "0"

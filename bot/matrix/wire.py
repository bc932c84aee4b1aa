"""HTTP to the homeserver: the library's own, that waits where the server asks for a pause and logs nothing.

The library forgets how long the server asked to wait; here it is kept, and the very same request is made
again, under the same transaction. What a request means is not known here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mautrix.api import HTTPAPI, Method, PathBuilder
from mautrix.errors import MatrixInvalidToken, MatrixResponseError, MLimitExceeded, make_request_error

PATIENCE_S = 30.0
"""Seconds of pauses that a request waits for, all in all: as long as a sync is kept open."""

DEFAULT_PAUSE_S = 5.0
"""Seconds to wait where the server says "too often" and no more: Synapse allows one message in as many."""

BEARER = "Bearer "
"""Before a token in the head of a request."""

RETRY_AFTER = "Retry-After"
"""The head's word for a pause, in whole seconds. It may be a date instead; no server of Matrix sends one."""

PIECE = 2**16
"""Bytes that are read of a file at a time."""

Renews = Callable[[str], Awaitable[str]]
"""Gives the token in place of one that the server does not know any more; empty where there is none."""

logging.getLogger("mau").setLevel(logging.WARNING)  # below that the library tells people's words


class LimitedError(MLimitExceeded):
    """Too many requests; `after` in seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(429, "too many requests")
        self.after = after


class Wire(HTTPAPI):
    """One account's requests. `patience` in seconds: what it waits for by itself before `LimitedError`."""

    def __init__(self, url: str, token: str = "", *, patience: float = PATIENCE_S) -> None:
        super().__init__(url, token)
        self._patience = patience
        self.renews: Renews | None = None
        """Asked when the token is refused; the request is then made once more."""

    def impatient(self) -> "Wire":
        """The same connections and token, for whoever plans waiting by themselves."""
        return self._twin(_patience=0.0)

    def nobody(self) -> "Wire":
        """The same connections without a token, to sign in with."""
        return self._twin(token="", renews=None)

    async def download(self, path: PathBuilder, most: int) -> bytes:
        """A file; of one with more than `most` bytes hardly more than these are read.

        Raises what a request raises, and what the network's library does."""
        refused = self.token
        try:
            return await self._downloaded(path, most, refused)
        except MatrixInvalidToken:
            if not (token := await self._renewed(refused)):
                raise
        return await self._downloaded(path, most, token)

    async def _downloaded(self, path: PathBuilder, most: int, token: str) -> bytes:
        url = self.base_url.with_path(self._full_path(path), encoded=True)
        headers = {"Authorization": f"{BEARER}{token}"}
        data = bytearray()
        async with self.session.request("GET", url, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                raise _refused(response, await _said(response))
            async for piece in response.content.iter_chunked(PIECE):
                data += piece
                if len(data) > most:
                    break
        return bytes(data)

    async def _renewed(self, refused: str) -> str:
        return "" if self.renews is None else await self.renews(refused)

    def _twin(self, **other: object) -> "Wire":
        twin = Wire.__new__(Wire)
        twin.__dict__.update(self.__dict__, **other)
        return twin

    async def _send(
        self, method: Method, url: Any, content: Any, query_params: dict[str, str], headers: dict[str, str]
    ) -> tuple[Any, Any]:
        try:
            return await self._patiently(method, url, content, query_params, headers)
        except MatrixInvalidToken:
            # Not our token of now: somebody may have signed in again since the request was made.
            refused = headers.get("Authorization", "").removeprefix(BEARER)
            if not (token := await self._renewed(refused)):
                raise
        known = {**headers, "Authorization": f"{BEARER}{token}"}
        return await self._patiently(method, url, content, query_params, known)

    async def _patiently(
        self, method: Method, url: Any, content: Any, query_params: dict[str, str], headers: dict[str, str]
    ) -> tuple[Any, Any]:
        left = self._patience
        while True:
            try:
                return await self._once(method, url, content, query_params, headers)
            except LimitedError as error:
                left -= error.after
                if left < 0:
                    raise
                await asyncio.sleep(error.after)

    async def _once(
        self, method: Method, url: Any, content: Any, query_params: dict[str, str], headers: dict[str, str]
    ) -> tuple[Any, Any]:
        request = self.session.request(str(method), url, data=content, params=query_params, headers=headers)
        async with request as response:
            said = await _said(response)
            if not 200 <= response.status < 300:
                raise _refused(response, said)
            return said, response

    def _log_request(self, *args: object, **more: object) -> None:
        """Nothing: a request holds people's words."""

    def _log_request_done(self, *args: object, **more: object) -> None:
        """Nothing either: paths hold accounts."""


async def _said(response: Any) -> dict[str, Any]:
    """What the server answered; of an answer that is no JSON nothing is kept but that it failed. One that is
    a list stands in `chunk`, as lists do elsewhere."""
    try:
        said = await response.json(content_type=None)
    except ValueError as error:
        if 200 <= response.status < 300:
            raise MatrixResponseError("the answer is no JSON") from error
        return {}
    if isinstance(said, list):
        return {"chunk": said}
    return said if isinstance(said, dict) else {}


def _refused(response: Any, said: dict[str, Any]) -> Exception:
    """The error that the answer is."""
    if response.status == 429:
        return LimitedError(_pause(said, response.headers))
    return make_request_error(
        http_status=response.status,
        text="",  # may be a proxy's page, and may quote what was sent
        errcode=said.get("errcode"),
        message=str(said.get("error", "")),
        unstable_errcode=said.get("org.matrix.msc3848.unstable.errcode"),
    )


def _pause(said: dict[str, Any], headers: Mapping[str, str]) -> float:
    """Seconds: as the answer says, else as its head does, which is all that a proxy knows."""
    asked = said.get("retry_after_ms")
    if isinstance(asked, int | float) and asked > 0:
        return asked / 1000
    seconds = headers.get(RETRY_AFTER, "")
    return float(seconds) if seconds.isdecimal() and int(seconds) else DEFAULT_PAUSE_S

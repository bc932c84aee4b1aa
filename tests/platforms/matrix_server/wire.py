"""One HTTP call to a homeserver, and what it answers: JSON, or an error with Matrix's own code.

Knows nothing of rooms. Every answer that is not a success is raised: a test that expects a refusal says so.
"""

from collections.abc import Mapping
from io import BytesIO
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

from aiohttp import ClientSession, ClientTimeout, TCPConnector

Json = dict[str, Any]
Method = Literal["GET", "POST", "PUT", "DELETE"]

CLIENT = "/_matrix/client/v3"
ADMIN = "/_synapse/admin"
MEDIA, FILES = "/_matrix/media/v3", "/_matrix/client/v1"

PATIENCE_S = 40
"""Seconds for one answer: longer than the longest poll of a sync, shorter than a test may take."""


class MatrixError(Exception):
    """The server refused; `code` is Matrix's own, such as M_FORBIDDEN."""

    def __init__(self, status: int, answer: Json) -> None:
        self.status = status
        self.code = str(answer.get("errcode", ""))
        self.retry_after_ms = int(answer.get("retry_after_ms", 0))
        super().__init__(f"{status} {self.code}: {answer.get('error', '')}")


class Wire:
    """Calls as one account, or as nobody without a token. Use it as a context manager.

    `own` is the address of this machine that it calls from: a server counts sign-ins by it."""

    def __init__(self, url: str, token: str | None = None, *, own: str = "127.0.0.1") -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        way = TCPConnector(local_addr=(own, 0))
        self._session = ClientSession(
            url, headers=headers, timeout=ClientTimeout(total=PATIENCE_S), connector=way
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def call(
        self,
        method: Method,
        path: str,
        body: Json | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Raises `MatrixError` where the server refuses, aiohttp's `ClientError` where there is none.

        A POST or PUT without a body sends an empty object, as the specification wants it.
        """
        sent = {} if body is None and method in ("POST", "PUT") else body
        async with self._session.request(method, path, json=sent, params=query) as answer:
            said: Json = await answer.json(content_type=None)
            if answer.status != 200:
                raise MatrixError(answer.status, said)
            return said

    async def upload(self, data: bytes, mime: str) -> str:
        """Put a file onto the server; its address. Raises `MatrixError` where the server refuses."""
        headers = {"Content-Type": mime}
        async with self._session.post(f"{MEDIA}/upload", data=BytesIO(data), headers=headers) as answer:
            said: Json = await answer.json(content_type=None)
            if answer.status != 200:
                raise MatrixError(answer.status, said)
            return str(said["content_uri"])

    async def download(self, url: str) -> bytes:
        """A file as the server hands it to whoever is signed in. Raises `MatrixError`."""
        where = path("media", "download", *url.removeprefix("mxc://").split("/"), under=FILES)
        async with self._session.get(where) as answer:
            if answer.status != 200:
                raise MatrixError(answer.status, await answer.json(content_type=None))
            return await answer.read()


def path(*parts: str, under: str = CLIENT) -> str:
    """A path whose parts are escaped, whatever their characters: ids hold `!`, `$`, `@`, `:` and `/`."""
    return "/".join((under, *(quote(part, safe="") for part in parts)))

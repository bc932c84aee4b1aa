"""Many phones at once, each with one connection that is kept: the leanest HTTP client that will do.

Leanest, because it shares the machine with the server that it measures. It reads answers with a
Content-Length, and streams only to throw them away.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from bench.processes import HOST

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *(suidao=[^;\r]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and when its last byte was there (`time.perf_counter`)."""

    status: int
    head: bytes
    body: bytes
    at: float

    @property
    def cookie(self) -> str:
        """The session that it begins."""
        found = _COOKIE.search(self.head)
        assert found is not None, "no session came with the link"
        return found[1].decode()


class Phone(asyncio.Protocol):
    """One connection; one question at a time."""

    def __init__(self) -> None:
        self.cookie = ""
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Complete the answer that is waited for; a stream's bytes are dropped."""
        if self._waiting is None:
            return
        self._read += data
        head, gap, body = bytes(self._read).partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if gap and len(body) >= (int(length[1]) if length else 0):
            waiting, self._waiting = self._waiting, None
            self._read.clear()
            waiting.set_result(Answer(int(head[9:12]), head, body, time.perf_counter()))

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits is told."""
        if self._waiting is not None:
            self._waiting.set_exception(exc or ConnectionResetError("the server hung up"))

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; the answer comes by itself."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def listen(self, request: bytes) -> None:
        """Send a request whose answer never ends."""
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def phone(port: int) -> Phone:
    """A phone with its connection opened."""
    _, made = await asyncio.get_running_loop().create_connection(Phone, HOST, port)
    return made


def get(path: str, port: int, cookie: str = "") -> bytes:
    """A GET, as bytes to send."""
    return _request(f"GET {path}", port, cookie, "")


def post(path: str, port: int, cookie: str, fields: Mapping[str, str]) -> bytes:
    """A form sent by the page's script, as bytes to send."""
    body = urlencode(fields)
    lines = (
        f"Origin: http://{HOST}:{port}",
        "HX-Request: true",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    return _request(f"POST {path}", port, cookie, "".join(f"{line}\r\n" for line in lines)) + body.encode()


def _request(what: str, port: int, cookie: str, lines: str) -> bytes:
    whose = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"{what} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{whose}{lines}\r\n".encode()

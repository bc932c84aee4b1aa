"""moto's server from its wheel, on a free port of loopback, in the environment of the other servers.

It keeps everything in memory and ends with the process that started it. Nothing of it is imported here.
"""

import asyncio
import os
import re
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

from store import leash
from store.s3 import Place, S3Bucket
from tests.chaos.patience import until
from tests.platforms.matrix_server.server import PYTHON
from tests.ports import free_port

START_WITHIN_S = 30.0
"""Seconds for a start while others use the machine; alone it takes two."""


class Moto:
    """One server. `launch` it, and `close` it whatever happened."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._buckets = 0

    def launch(self) -> None:
        """Start it and block until it answers."""
        program = (str(PYTHON), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port))
        self._process = subprocess.Popen(  # noqa: S603 - a program of our own choice
            [sys.executable, leash.__file__, str(os.getpid()), *program],
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._is_up, "the bucket's server answers", START_WITHIN_S)

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def bucket(self) -> "Shelf":
        """A new bucket."""
        self._buckets += 1
        name = f"papers-{self._buckets}"
        assert self.asks("PUT", f"/{name}")[0] == 200
        return Shelf(self, name)

    def asks(self, method: str, path: str) -> tuple[int, bytes]:
        """Ask it past our own code: it checks no keys."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the bucket's server ended by itself"
        try:
            return self.asks("GET", "/")[0] == 200
        except (OSError, HTTPException):
            return False


class Shelf:
    """One bucket, and what lies in it."""

    def __init__(self, server: Moto, name: str) -> None:
        self._server = server
        self.name = name

    @property
    def port(self) -> int:
        """Where its server listens."""
        return self._server.port

    def place(self, url: str = "", name: str = "") -> Place:
        """How it is reached, or another one that is not there."""
        return Place(
            bucket=name or self.name,
            access_key="key",
            secret_key="secret",
            endpoint=url or self._server.url,
            prefix="pictures",
        )

    def opened(self) -> S3Bucket:
        """The bucket as the program uses it."""
        return S3Bucket(self.place())

    def objects(self) -> dict[str, bytes]:
        """All objects by their names."""
        _, listed = self._server.asks("GET", f"/{self.name}")
        names = re.findall(r"<Key>([^<]+)</Key>", listed.decode())
        return {name: self._server.asks("GET", f"/{self.name}/{name}")[1] for name in names}


class Gate:
    """A port of loopback that leads to a bucket while it is open. While it is shut nobody listens there."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._port = free_port()
        self._listening: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    def opened(self) -> S3Bucket:
        """The bucket as the program uses it, by way of this port."""
        return S3Bucket(self._shelf.place(f"http://127.0.0.1:{self._port}"))

    async def open(self) -> None:
        """Let everybody through."""
        self._listening = await asyncio.start_server(self._through, "127.0.0.1", self._port)

    async def shut(self) -> None:
        """Let nobody through, and hang up on whoever is."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for line in self._lines:
            line.close()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside, outside = await asyncio.open_connection("127.0.0.1", self._shelf.port)
        self._lines |= {writer, outside}
        await asyncio.gather(_carry(reader, outside), _carry(inside, writer))
        self._lines -= {writer, outside}


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


def nowhere() -> S3Bucket:
    """A bucket whose server is not there."""
    return S3Bucket(
        Place(bucket="b", access_key="k", secret_key="s", endpoint=f"http://127.0.0.1:{free_port()}")
    )

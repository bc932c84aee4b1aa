"""Somebody outside who waits for a program's signs of life: a small server on loopback that notes each.

It can be told to hang or to refuse; what is asked for is noted all the same.
"""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.loopback import serving


class Monitor:
    """What has come, and how long ago the last of it was."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/ping/kd83hs?state=up"
        self.status = 200
        self.hanging = threading.Event()
        self.over = threading.Event()
        self.beats: list[float] = []
        self.paths: set[str] = set()

    def silent_for(self) -> float:
        """Seconds since the last sign of life."""
        return time.monotonic() - self.beats[-1]

    def goes_on(self) -> None:
        """It hangs no more, and answers what has waited."""
        self.hanging.clear()
        self.over.set()

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Note it and answer; hanging ends when the test does."""
        self.beats.append(time.monotonic())
        self.paths.add(handler.path)
        if self.hanging.is_set():
            self.over.wait(30)
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def monitoring() -> Iterator[Monitor]:
    """A monitor that listens until the block ends."""
    found: Monitor

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what it wants to know."""

    with serving(Handler) as port:
        found = Monitor(port)
        try:
            yield found
        finally:
            found.over.set()

"""The whole program and another system beside it: a job by HTTP, claimed on a phone, told to a webhook.

It is killed in between: what was not told before is told after (CONFORMANCE.md, lines 4 and 5, for reports).
"""

import asyncio
import io
import json
import re
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot import sources
from config import settings
from tests.chaos.patience import until
from tests.chaos.runs import Home, Place, Run


class Receiver:
    """A webhook on loopback that can be away: then it answers that it is."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []
        self.away = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
                if not receiver.away:
                    receiver.told.append((said["version"], said["event"]))
                self.send_response(503 if receiver.away else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def posts(run: Run, token: str, text: str) -> tuple[int, int]:
    """A job by the interface: the status and the job's number."""
    connection = HTTPConnection("127.0.0.1", run.place.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/jobs", json.dumps({"text": text}), headers)
        answer = connection.getresponse()
        return answer.status, int(json.loads(answer.read())["id"])
    finally:
        connection.close()


def test_a_job_of_another_system_lives_through_a_kill_and_is_told_to_its_end(
    home: Home, place: Place, receiver: Receiver
) -> None:
    out = io.StringIO()
    asyncio.run(sources.add(settings.read(place.environment()), "hotline", None, receiver.url, out))
    token = re.findall(r"sds_\S+", out.getvalue())[0]
    run = Run(place, home.tokens)
    try:
        run.start()
        status, job = posts(run, token, "东门 搬米 1人")
        assert status == 201
        until(lambda: receiver.told, "the source is told that it is posted")
        receiver.away = True
        assert run.phone("ana").taps("claim", job).good
        run.kill()
        receiver.away = False
        run.start()
        assert posts(run, token, "东门 搬米 1人") == (200, job)
        assert run.phone("ana").taps("finish", job).good
        until(lambda: (receiver.told or [(0, "")])[-1][1] == "closed", "the source is told how it ended", 45)
    finally:
        run.close()
    # At least once, and in order.
    assert list(dict.fromkeys(event for _, event in receiver.told)) == [
        "posted",
        "claimed",
        "finished",
        "closed",
    ]
    assert [version for version, _ in receiver.told] == sorted(version for version, _ in receiver.told)

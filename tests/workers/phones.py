"""Services that ring phones, as one small HTTP server on loopback: strict, and as well or ill as it is told.

It speaks what apprise speaks to Bark, to ntfy, and to whoever takes a form or JSON. A request of no such
shape is answered 400 and stands in `malformed`, which is empty at the end of every test that uses `Phones`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loopback import Posted, serving

ADDRESSES = {
    "bark": "bark://127.0.0.1:{port}/{name}?level=critical&call=yes",
    "ntfy": "ntfy://127.0.0.1:{port}/{name}?priority=max",
    "json": "json://127.0.0.1:{port}/json/{name}",
    "form": "form://127.0.0.1:{port}/form/{name}",
}
"""What a committee's file says for each service."""

HANGS, CLOSES = -1, -2
"""Instead of an answer: nothing for as long as the test runs, or the end of the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Something that arrived at one phone."""

    name: str
    service: str
    title: str
    body: str
    fields: dict[str, Any] = field(default_factory=dict)


class Phones:
    """All phones; a name is a device key, a topic or the end of a path."""

    def __init__(self) -> None:
        self.rung: list[Rung] = []
        self.tried: list[str] = []
        self.malformed: list[str] = []
        self.answers: dict[str, int] = {}
        """By name; whoever is not in it is answered 200."""
        self.slow: dict[str, threading.Event] = {}
        """By name; whoever is in it is answered once this is set."""
        self.over = threading.Event()
        self.port = 0

    def address(self, name: str, service: str = "bark") -> str:
        """What the committee's file says."""
        return ADDRESSES[service].format(port=self.port, name=name)

    def of(self, name: str) -> list[Rung]:
        """What arrived at one phone, oldest first."""
        return [each for each in self.rung if each.name == name]

    def take(self, request: "Request") -> int:
        """The status that a request is answered with; what is well is noted."""
        found = _read(request)
        if found is None:
            self.malformed.append(f"{request.path} {request.body[:200]!r}")
            return 400
        self.tried.append(found.name)
        if found.name in self.slow:
            self.slow[found.name].wait(60)
        answer = self.answers.get(found.name, 200)
        if answer == 200:
            self.rung.append(found)
        return answer


class Request(Posted):
    """One request of a service's client."""

    phones: Phones

    def arrived(self) -> None:
        answer = self.phones.take(self)
        if answer == HANGS:
            self.phones.over.wait(60)
        if answer in (HANGS, CLOSES):
            self.close_connection = True
            return
        self.answer(answer, {"code": answer, "message": "hunter2 is what you sent"})


def _read(request: Request) -> Rung | None:
    where, kind = urlsplit(request.path).path, request.headers.get("Content-Type", "")
    if kind.startswith("application/x-www-form-urlencoded") and where.startswith("/form/"):
        said = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        return _rung(where.removeprefix("/form/"), "form", said, "title", "message")
    if not kind.startswith("application/json"):
        return None
    said = json.loads(request.body)
    if where.startswith("/json/"):
        return _rung(where.removeprefix("/json/"), "json", said, "title", "message")
    if where == "/push":
        return _rung(str(said.get("device_key", "")), "bark", said, "title", "body")
    if where == "/":
        said["priority"] = request.headers.get("X-Priority", "")
        return _rung(str(said.get("topic", "")), "ntfy", said, "title", "message")
    return None


def _rung(name: str, service: str, said: dict[str, Any], title: str, body: str) -> Rung | None:
    if not name or not said.get(body):
        return None
    return Rung(name=name, service=service, title=said.get(title, ""), body=said[body], fields=said)


@contextmanager
def ringing_phones() -> Iterator[Phones]:
    """The server, up. What is not to be taken from it fails the test."""
    phones = Phones()
    handler = type("Handler", (Request,), {"phones": phones})
    with serving(handler) as phones.port:
        try:
            yield phones
        finally:
            phones.over.set()
    assert phones.malformed == []

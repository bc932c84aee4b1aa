"""Somebody's browser with scripts off or on, as plain HTTP against a real program."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_S = 10
"""Seconds for an answer: a page that takes longer is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    html: str

    @property
    def said(self) -> str:
        """The sentence that a tap or a message is answered with."""
        found = re.search(r'<(?:p|div) class="said[^>]*>(.*?)</(?:p|div)>', self.html, flags=re.DOTALL)
        return "" if found is None else " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group(1))).split())

    @property
    def good(self) -> bool:
        """A script was told that it worked."""
        return self.status == 200 and self.headers.get("Suidao-Ok") == "1"

    @property
    def box(self) -> str:
        """What stands in the box for messages."""
        found = re.search(r'<textarea id="message".*?>(.*?)</textarea>', self.html, flags=re.DOTALL)
        return "" if found is None else unescape(found.group(1)).strip()


class Phone:
    """Signed in by a personal link; the cookie outlives the program, as a real one does."""

    def __init__(self, port: int, token: str, *, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._nonces = 0
        answer = self._ask("GET", f"/join/{token}", {})
        assert answer.status == 303, answer.html
        self._cookie = SimpleCookie(answer.headers["Set-Cookie"])["suidao"].value

    def looks(self) -> str:
        """Open the page."""
        answer = self._ask("GET", "/", self._signed_in())
        assert answer.status == 200, answer.html
        return answer.html

    def writes(self, text: str, *, nonce: str = "", script: bool = True) -> Answer:
        """Write one message into the post box."""
        self._nonces += 1
        return self._submit("/post", {"text": text, "nonce": nonce or f"n{self._nonces}"}, script=script)

    def taps(self, verb: str, job: int) -> Answer:
        """Press a button of the card as the page shows it now."""
        card = re.search(rf'<article[^>]*id="job-{job}"[^>]*data-version="(\d+)"', self.looks())
        version = "1" if card is None else card.group(1)  # a link to a job that was not meant for them
        return self._submit("/act", {"verb": verb, "job": str(job), "version": version}, script=True)

    def stays_on_the_page(self) -> HTTPConnection:
        """Keep the page open, with its stream of news. Close what is returned."""
        connection = self._connection()
        connection.request("GET", "/events", headers=self._signed_in())
        response = connection.getresponse()
        assert response.status == 200
        assert response.readline()
        return connection

    def _submit(self, path: str, fields: Mapping[str, str], *, script: bool) -> Answer:
        headers = {
            **self._signed_in(),
            "Origin": f"http://{self._host}:{self._port}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if script:
            headers["HX-Request"] = "true"
        return self._ask("POST", path, headers, urlencode(fields))

    def _signed_in(self) -> dict[str, str]:
        return {"Cookie": f"suidao={self._cookie}"}

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: str = "") -> Answer:
        connection = self._connection()
        try:
            connection.request(method, path, body or None, dict(headers))
            return _answer(connection.getresponse())
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)


def _answer(response: HTTPResponse) -> Answer:
    return Answer(status=response.status, headers=dict(response.headers), html=response.read().decode())

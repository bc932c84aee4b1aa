"""The name service of a network of containers: asked for a name, it gives the addresses of all that bear it.

It goes on naming whoever died: the worst that may be asked of a web server which is to find a living one.
"""

import socket
import threading
from collections.abc import Sequence
from socketserver import BaseRequestHandler, ThreadingUDPServer

HEADER = 12
"""Bytes before the first question of a message (RFC 1035, section 4.1.1)."""

_ADDRESS_OF_THE_INTERNET = b"\x00\x01\x00\x01"
"""What is asked for: an A record of class IN."""


class Names(ThreadingUDPServer):
    """Answers for `name` with the addresses, for whatever else with none. Use it as a context."""

    daemon_threads = True

    def __init__(self, name: str, addresses: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Question)
        self._label = bytes([len(name)]) + name.encode("ascii") + b"\x00"
        self._records = [
            # The name as in the question, an A record, good for no time at all.
            b"\xc0\x0c" + _ADDRESS_OF_THE_INTERNET + bytes(4) + b"\x00\x04" + socket.inet_aton(address)
            for address in addresses
        ]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is asked."""
        return f"127.0.0.1:{self.server_address[1]}"

    def server_close(self) -> None:
        """Answer nothing any more."""
        self.shutdown()
        super().server_close()

    def answer(self, asked: bytes) -> bytes:
        """What a message of one question is answered with."""
        end = asked.index(b"\x00", HEADER) + 5
        question = asked[HEADER:end]
        known = question[:-4].lower() == self._label
        records = self._records if known and question[-4:] == _ADDRESS_OF_THE_INTERNET else []
        flags = b"\x85\x80" if known else b"\x85\x83"  # an answer by whoever must know; or: no such name
        counts = b"\x00\x01" + len(records).to_bytes(2, "big") + bytes(4)
        return asked[:2] + flags + counts + question + b"".join(records)


class _Question(BaseRequestHandler):
    """One of them."""

    def handle(self) -> None:
        """Answer it."""
        asked, line = self.request
        assert isinstance(self.server, Names)
        line.sendto(self.server.answer(asked), self.client_address)

"""What to do when the homeserver does not answer: wait, ever longer up to a limit, and say so.

It knows errors and pauses, not what was asked.
"""

import logging
import sqlite3
import time

from mautrix.errors import CryptoError, MatrixError, MatrixInvalidToken, MatrixRequestError

from dispatch.errors import StoreUnavailableError

_log = logging.getLogger(__name__)

SHORTEST_S = 0.5
"""A broken connection is usually back at once; a server that restarts needs some seconds."""

LONGEST_S = 15.0
"""The server is asked again four times a minute at least: whoever taps waits for this."""

SAID_AGAIN_S = 600.0
"""An account that was signed out is deaf until somebody acts, so it is said again every ten minutes."""

TROUBLE = (MatrixError, OSError, TimeoutError, ValueError)
"""All that a request may fail with: a refusal, the network, an answer that is no JSON."""

_ASK_AGAIN = frozenset({401, 408, 429})
"""Refusals that are no last word: sign in again, be quicker, be slower."""

_ELSEWHERE = (MatrixError, OSError, TimeoutError, StoreUnavailableError, sqlite3.OperationalError)
"""What is no event's fault: the server, the network, our store, the library's own file on a full disk."""


class Patience:
    """Troubles with one kind of request; `what` names it in the log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._pause = 0.0
        self._said = ""
        self._said_at = 0.0

    def over(self) -> None:
        """It works (again)."""
        if self._said:
            _log.info("%s: works again", self._what)
        self._pause, self._said = 0.0, ""

    def tried(self, error: Exception) -> float:
        """Say what is wrong, once as long as it stays the same, and give the seconds to wait."""
        said, now = diagnosis(error), time.monotonic()
        deaf = isinstance(error, MatrixInvalidToken) and now - self._said_at > SAID_AGAIN_S
        if said != self._said or deaf:
            _log.error("%s: %s", self._what, said)
            self._said_at = now
        self._said = said
        self._pause = min(max(self._pause * 2, SHORTEST_S), LONGEST_S)
        return self._pause


def diagnosis(error: Exception) -> str:
    """What is wrong and what to do. Not in the server's own words, which may quote what was sent."""
    if isinstance(error, MatrixInvalidToken):
        return (
            "the homeserver does not know this account's access token any more, so nothing is heard and "
            "nothing can be sent; set SUIDAO_MATRIX__PASSWORD or a new SUIDAO_MATRIX__ACCESS_TOKEN, and "
            "start again"
        )
    if isinstance(error, MatrixRequestError):
        code = error.errcode or "no code"
        return f"the homeserver refuses ({error.http_status}, {code}); it is asked again"
    return f"the homeserver cannot be reached ({type(error).__name__}); it is asked again"


def lasting(error: Exception) -> bool:
    """Refused, and asking once more is of no use."""
    if not isinstance(error, MatrixRequestError):
        return False
    return 400 <= error.http_status < 500 and error.http_status not in _ASK_AGAIN


def passing(error: Exception) -> bool:
    """The same may go well later. Anything else is the fault of what was read, and comes back for ever."""
    return isinstance(error, _ELSEWHERE) and not isinstance(error, CryptoError) and not lasting(error)

"""What a refusal of the homeserver's, or its silence, means for what was to be done.

Every send goes under a transaction of its own and may be made again, so that nothing is ever *unknown* here.
What is not known for certain to be final is taken for temporary: an address must not be given up by mistake.
"""

from dataclasses import dataclass
from enum import StrEnum

from mautrix.errors import (
    MatrixConnectionError,
    MatrixError,
    MatrixInvalidToken,
    MatrixRequestError,
    MForbidden,
    MInsufficientPower,
    MNotFound,
    MNotJoined,
    MUserDeactivated,
)

from bot.matrix.wire import LimitedError
from dispatch.reach import Reason
from handlers.gateways import Delivery, Sent


class Verdict(StrEnum):
    """What became of a request that did not simply succeed."""

    AGAIN = "again"
    """Not done, or not known to be: the same once more is safe."""
    FLOOD = "flood"
    """Not done: too many requests. A pause is asked for."""
    SIGNED_OUT = "signed out"
    """The bot's token is not valid any more."""
    NOT_IN = "not in the room"
    """The bot is not in that room, or there is none."""
    NO_POWER = "no power"
    """The bot may not do this in that room."""
    FORBIDDEN = "forbidden"
    """Refused in words that nobody has given a meaning yet."""
    UNREACHABLE = "unreachable"
    """Nobody is to be reached there (`reason`)."""
    GONE = "gone"
    """What was asked about is not there."""
    SAME = "same"
    """It is as it should be already."""
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`after` in seconds goes with what is to be tried again; 0: as the outbox sees fit."""

    verdict: Verdict
    after: float = 0.0
    reason: Reason = Reason.REFUSED
    """Why, with UNREACHABLE."""
    said: str = ""
    """The server's code, which never quotes what was sent."""


TROUBLE = (MatrixError, OSError, TimeoutError)
"""All that a request may fail with: a refusal, an answer that cannot be read, the network, lost keys."""

TOKEN_WAIT_S = 60.0
"""Until the next try with a token that is refused: only somebody at a console can mend it."""

AWAY_WAIT_S = 5.0
"""Until the next try with a server that has not answered since the program began."""

FORBIDDEN_WAIT_S = 60.0
"""Until the next try after a refusal without a known meaning: a moderator's change of mind."""

_DUPLICATE = "M_DUPLICATE_ANNOTATION"
_TOO_LARGE = "M_TOO_LARGE"
_NO_POWER = ("power", "permission")
_NOT_IN = "not in room"


def judge(error: Exception) -> Outcome:
    """What the error means."""
    if isinstance(error, LimitedError):
        return Outcome(verdict=Verdict.FLOOD, after=error.after, said="M_LIMIT_EXCEEDED")
    if not isinstance(error, MatrixRequestError):
        cause = error.__cause__ if isinstance(error, MatrixConnectionError) else None
        return Outcome(verdict=Verdict.AGAIN, said=type(cause or error).__name__)
    code = str(error.errcode or error.http_status)
    if isinstance(error, MatrixInvalidToken | MUserDeactivated):
        return Outcome(verdict=Verdict.SIGNED_OUT, after=TOKEN_WAIT_S, said=code)
    if isinstance(error, MForbidden):
        return _forbidden(error, code)
    if isinstance(error, MNotFound):
        return Outcome(verdict=Verdict.GONE, said=code)
    verdict = {_DUPLICATE: Verdict.SAME, _TOO_LARGE: Verdict.TOO_LARGE}.get(code, Verdict.AGAIN)
    return Outcome(verdict=verdict, said=code)


def _forbidden(error: MForbidden, code: str) -> Outcome:
    """Servers tell these apart by a code that few send, else by words."""
    words = (error.message or "").lower()
    if isinstance(error, MNotJoined) or _NOT_IN in words:
        return Outcome(verdict=Verdict.NOT_IN, said=code)
    if isinstance(error, MInsufficientPower) or any(word in words for word in _NO_POWER):
        return Outcome(verdict=Verdict.NO_POWER, said=code)
    return Outcome(verdict=Verdict.FORBIDDEN, after=FORBIDDEN_WAIT_S, said=code)


def sent(outcome: Outcome) -> Sent:
    """The outcome as the outbox records it, where nothing better could be done about it."""
    match outcome.verdict:
        case Verdict.SAME:
            return Sent(delivery=Delivery.DELIVERED)
        case Verdict.UNREACHABLE:
            return Sent(delivery=Delivery.UNREACHABLE, reason=outcome.reason)
        case Verdict.NOT_IN:
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.PUT_OUT)
        case Verdict.NO_POWER:
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.REFUSED)
        case _:
            return Sent(delivery=Delivery.RETRY, retry_after=outcome.after)

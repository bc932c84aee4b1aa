"""What an answer of Telegram's, or none, means for what was to be sent.

Telegram tells its refusals apart by words only. Those that are known for certain are listed here; a refusal
in other words is taken for temporary, since an address must not be given up by mistake.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from dispatch.reach import Reason
from handlers.gateways import Delivery, Sent


class Verdict(StrEnum):
    """What became of a request that did not simply succeed."""

    AGAIN = "again"
    """It was not done; it may be later."""
    FLOOD = "flood"
    """Not done: too many requests. A pause is asked for."""
    UNREACHABLE = "unreachable"
    """Nobody is to be reached there any more."""
    UNKNOWN = "unknown"
    """It may have been done."""
    SAME = "same"
    """It is as it should be already."""
    GONE = "gone"
    """The message is not there any more, or not ours to change."""
    MOVED = "moved"
    """The group is called otherwise now (`moved_to`)."""
    NO_TOPIC = "no topic"
    """The group is there, the topic in it is closed or gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`after` in seconds goes with AGAIN and FLOOD; 0: as the outbox sees fit."""

    verdict: Verdict
    after: float = 0.0
    moved_to: int = 0
    reason: Reason = Reason.REFUSED
    """Why, with UNREACHABLE."""
    said: str = ""
    """Telegram's words as far as a log may hold them."""


_UNREACHABLE = {
    "bot was blocked by the user": Reason.BLOCKED,
    "user is deactivated": Reason.ACCOUNT_GONE,
    "input_user_deactivated": Reason.ACCOUNT_GONE,
    "bot can't initiate conversation with a user": Reason.NOT_STARTED,
    "bot was kicked from the": Reason.PUT_OUT,
    "bot is not a member of the": Reason.PUT_OUT,
    "the group chat was deleted": Reason.ROOM_GONE,
    "group chat was deactivated": Reason.ROOM_GONE,
    "chat not found": Reason.NO_CHAT,
    "user not found": Reason.NO_CHAT,
    "peer_id_invalid": Reason.NO_CHAT,
    "bots can't send messages to bots": Reason.NO_CHAT,
}
"""Words of 400 and 403 after which an address is left out until it is heard from, and their meaning."""

_SAME = ("message is not modified",)
_GONE = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message can't be deleted",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")

_WORDS: tuple[tuple[Iterable[str], Verdict], ...] = (
    (_SAME, Verdict.SAME),
    (_GONE, Verdict.GONE),
    (_NO_TOPIC, Verdict.NO_TOPIC),
    (_UNREACHABLE, Verdict.UNREACHABLE),
)

TOKEN_WAIT_S = 60.0
"""Until the next try with a token that is refused: only somebody at a console can mend it."""

_BEFORE_SENDING = frozenset({"ClientConnectorError", "ConnectionTimeoutError", "InvalidURL"})
"""aiohttp's errors, by name, of a connection that never stood: this room does not speak HTTP itself."""

_SAID = 60
"""Characters of Telegram's words in a log; what it quotes of ours comes later."""


def judge(error: AiogramError, *, edit: bool) -> Outcome:
    """What the error means. An `edit` may simply be made again; a send that may have arrived may not."""
    if isinstance(error, TelegramRetryAfter):
        return Outcome(verdict=Verdict.FLOOD, after=float(error.retry_after), said="too many requests")
    if isinstance(error, TelegramMigrateToChat):
        return Outcome(verdict=Verdict.MOVED, moved_to=error.migrate_to_chat_id, said="moved")
    if isinstance(error, TelegramNetworkError | ClientDecodeError):
        return _no_answer(error, edit=edit)
    if isinstance(error, TelegramBadRequest | TelegramForbiddenError):
        return _refused(error)
    wait = TOKEN_WAIT_S if isinstance(error, TelegramUnauthorizedError | TelegramNotFound) else 0.0
    return Outcome(verdict=Verdict.AGAIN, after=wait, said=said(error))


def _no_answer(error: AiogramError, *, edit: bool) -> Outcome:
    """None at all, or one that Telegram did not write: a proxy's, or one of a release to come."""
    cause = error.__cause__
    before = any(kind.__name__ in _BEFORE_SENDING for kind in type(cause).__mro__)
    never_done = before or isinstance(error, TelegramEntityTooLarge)
    verdict = Verdict.AGAIN if edit or never_done else Verdict.UNKNOWN
    return Outcome(verdict=verdict, said=type(cause or error).__name__)


def _refused(error: TelegramAPIError) -> Outcome:
    words = error.message.lower()
    for known, verdict in _WORDS:
        found = next((each for each in known if each in words), None)
        if found is not None:
            reason = _UNREACHABLE.get(found, Reason.REFUSED)
            return Outcome(verdict=verdict, reason=reason, said=said(error))
    return Outcome(verdict=Verdict.AGAIN, said=said(error))


def said(error: AiogramError) -> str:
    """Telegram's words, up to where it may begin to quote ours, and without numbers."""
    words = error.message if isinstance(error, TelegramAPIError) else type(error).__name__
    own = re.split(r"[\"'“<\n]|: (?=[^a-zA-Z])", words, maxsplit=1)[0]
    return re.sub(r"\d+", "#", own)[:_SAID].strip()


def sent(outcome: Outcome) -> Sent:
    """The outcome as the outbox records it, where nothing better could be done about it."""
    match outcome.verdict:
        case Verdict.SAME:
            return Sent(delivery=Delivery.DELIVERED)
        case Verdict.UNREACHABLE:
            return Sent(delivery=Delivery.UNREACHABLE, reason=outcome.reason)
        case Verdict.UNKNOWN:
            return Sent(delivery=Delivery.UNKNOWN)
        case _:
            return Sent(delivery=Delivery.RETRY, retry_after=outcome.after)

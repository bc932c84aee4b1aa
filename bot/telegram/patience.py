"""What to do when Telegram does not answer: wait, ever longer up to a limit, and say so once.

It knows errors and pauses, not what was asked. A token that is refused is nobody's patience to wait out.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

T = TypeVar("T")

_log = logging.getLogger(__name__)

SHORTEST_S = 0.5
"""A broken connection is usually back at once."""

LONGEST_S = 30.0
"""Telegram is asked again twice a minute at least: whoever taps waits for this."""

UNDISPUTED_S = 60.0
"""After so long without a conflict nobody else fetches any more. Until then an answer is no sign of that: two
programs have news by turns, and each pauses for up to `LONGEST_S`."""

WRONG_TOKEN = (TelegramUnauthorizedError, TelegramNotFound)
"""401 for a token that was revoked, 404 for one that never was: the real server answers both."""

TROUBLE = (AiogramError, OSError, TimeoutError)
"""All that a request may fail with: a refusal, an answer that cannot be read, the network."""


class Patience:
    """One bot's troubles with one kind of request; `what` names both in the log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._pause = 0.0
        self._said = ""
        self._disputed = -UNDISPUTED_S

    def over(self) -> None:
        """It works (again); after a conflict that is believed, and said, once there was none for a minute."""
        self._pause = 0.0
        if time.monotonic() - self._disputed < UNDISPUTED_S:
            return
        if self._said:
            _log.info("%s: works again", self._what)
        self._said = ""

    def tried(self, error: Exception) -> float:
        """Say what is wrong, once as long as it stays the same, and give the seconds to wait."""
        said = _diagnosis(error)
        if _is_another_program(error):
            self._disputed = time.monotonic()
        if said != self._said:
            _log.error("%s: %s", self._what, said)
        self._said = said
        self._pause = min(max(self._pause * 2, SHORTEST_S), LONGEST_S)
        if isinstance(error, TelegramRetryAfter):
            return max(float(error.retry_after), self._pause)
        return self._pause


async def insist(what: str, ask: Callable[[], Awaitable[T]]) -> T | None:
    """Ask until it is answered; None where asking again is of no use (a wrong token, a plain refusal).

    Repeating must be safe. Every refusal is said once."""
    patience = Patience(what)
    while True:
        try:
            answer = await ask()
        except TROUBLE as error:
            pause = patience.tried(error)
            if isinstance(error, (*WRONG_TOKEN, TelegramBadRequest, TelegramForbiddenError)):
                return None
            await asyncio.sleep(pause)
        else:
            patience.over()
            return answer


def _diagnosis(error: Exception) -> str:
    """What is wrong and what to do. Not in the network's own words: they may hold an address with the token.
    What Telegram says of a bad request is about what was set, never about anybody's message."""
    if isinstance(error, WRONG_TOKEN):
        return "Telegram does not know this token; take the present one from BotFather"
    if _is_another_program(error):
        return "another program fetches this bot's updates: stop it, or give it a bot of its own"
    if isinstance(error, TelegramConflictError):
        return (
            "a webhook is set for this bot, so nothing can be fetched: set SUIDAO_TELEGRAM__WEBHOOK_URL, "
            "or have the webhook deleted (deleteWebhook)"
        )
    if isinstance(error, TelegramRetryAfter):
        return "Telegram asks for a pause"
    if isinstance(error, TelegramBadRequest):
        return f"Telegram refuses ({error.message})"
    return f"Telegram cannot be reached or refuses ({type(error).__name__}); it is tried again"


def _is_another_program(error: Exception) -> bool:
    """The other conflict there is: a webhook."""
    return isinstance(error, TelegramConflictError) and "webhook" not in error.message

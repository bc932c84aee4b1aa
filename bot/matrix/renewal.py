"""Signing in again after the server stopped knowing our token: once for all who notice, and at a civil pace.

Somebody ended the bot's session, changed its password, or the server lost it. How to sign in is not known
here; what is wrong where it cannot be done is said loudly, for until then nothing is heard and nothing sent.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.matrix.patience import SAID_AGAIN_S, TROUBLE
from store.errors import StartError

_log = logging.getLogger(__name__)

REFUSED_PAUSE_S = 60.0
"""Seconds between two tries that the server refuses: Synapse lets nobody err more than ten times a minute,
and only somebody at a console can mend it."""

AWAY_PAUSE_S = 5.0
"""The same where the server does not answer."""


class Renewal:
    """`work` signs in. It may raise a `StartError`, whose sentence says what to do, or as requests do."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: asyncio.Task[bool] | None = None
        self._not_before = 0.0
        self._said: tuple[str, float] = ("", 0.0)

    async def made(self) -> bool:
        """Sign in, or wait for whoever is at it; False where that is refused, or was a moment ago."""
        if self._task is None or self._task.done():
            if time.monotonic() < self._not_before:
                return False
            self._task = asyncio.create_task(self._try())
        return await asyncio.shield(self._task)

    async def stop(self) -> None:
        """End it, as the program leaves."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _try(self) -> bool:
        try:
            await self._work()
        except StartError as error:
            self._say(str(error))
            self._not_before = time.monotonic() + REFUSED_PAUSE_S
            return False
        except TROUBLE as error:
            _log.warning("signing in to Matrix again failed (%s); it is tried again", type(error).__name__)
            self._not_before = time.monotonic() + AWAY_PAUSE_S
            return False
        self._said = ("", 0.0)
        return True

    def _say(self, words: str) -> None:
        """Once as long as it stays the same, and again every ten minutes."""
        said, at = self._said
        if words != said or time.monotonic() - at > SAID_AGAIN_S:
            _log.critical("Matrix: nothing is heard and nothing can be sent. %s", words)
            self._said = (words, time.monotonic())

"""Fetching updates: a loop for each bot, which acknowledges a batch only when all of it was handled.

Telegram forgets what is acknowledged, so nothing is acknowledged before its effect is stored. A process
that is killed reads the batch again; receipts see to it that nothing happens twice. What an update means
is not known here.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiogram import Bot
from aiogram.methods.base import Response, TelegramMethod

from bot.telegram.bots import Bots
from bot.telegram.patience import LONGEST_S, TROUBLE, WRONG_TOKEN, Patience
from bot.telegram.updates import KINDS, Updates, sender
from workers import faults

_log = logging.getLogger(__name__)

WAIT_S = 25
"""How long Telegram holds the request open when there is nothing: well below the 30 to 60 seconds after which
the routers of homes and mobile networks forget a quiet connection."""

GRACE_S = 10
"""On top of it, until a connection counts as dead."""

BATCH = 100
"""The most that Telegram gives at once."""

DRAIN_S = 1.0
"""Leaving, for what was received to be handled; with `FAREWELL_S` within the 1.5 that the program leaves for
everything that runs (`bot.app`)."""

FAREWELL_S = 0.4
"""Leaving, for the last acknowledgement and the last answers. Without it the next start reads a batch twice,
which changes nothing."""


class _Fetch(TelegramMethod[list[dict[str, Any]]]):
    """Ask for updates as they come: in aiogram's own form one update that it cannot read would hide the
    other 99, again and again."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = BATCH
    timeout: int = WAIT_S
    allowed_updates: tuple[str, ...] = KINDS


READ = Response[list[dict[str, Any]]]
"""Held for the same reason as those of `bots`."""


class Polling:
    """Fetches for all bots of the process. `wait_s` is how long one request may wait for news."""

    def __init__(self, bots: Bots, updates: Updates, *, wait_s: int = WAIT_S) -> None:
        self._bots = bots
        self._updates = updates
        self._wait_s = wait_s

    async def run(self) -> None:
        """Fetch until cancelled; then finish what was received, and acknowledge that and no more.

        A bot whose token is refused stops alone, said once."""
        async with asyncio.TaskGroup() as group:
            for key, bot in self._bots.all():
                group.create_task(_Loop(bot, key, self._updates, self._wait_s).run())


class _Loop:
    """One bot's loop. `_offset` is the first update not handled yet."""

    def __init__(self, bot: Bot, key: str | None, updates: Updates, wait_s: int) -> None:
        self._bot = bot
        self._updates = updates
        self._wait_s = wait_s
        self._patience = Patience(f"fetching updates of the bot {'for all' if key is None else f'of {key}'}")
        self._offset: int | None = None
        self._batch: _Batch | None = None

    async def run(self) -> None:
        try:
            while await self._survived():
                pass
        except asyncio.CancelledError:
            await self._leave()
            raise

    async def _survived(self) -> bool:
        """A turn; after a fault of ours the same updates are fetched again, later."""
        try:
            return await self._turn()
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(_log, error, "fetching updates of bot %d failed", self._bot.id)
            await asyncio.sleep(LONGEST_S)
            return True

    async def _turn(self) -> bool:
        """Fetch a batch and handle it; False when there is no use in another turn."""
        try:
            fetch = _Fetch(offset=self._offset, timeout=self._wait_s)
            found = await self._bot(fetch, request_timeout=self._wait_s + GRACE_S)
        except WRONG_TOKEN as error:
            self._patience.tried(error)
            return False
        except TROUBLE as error:
            await asyncio.sleep(self._patience.tried(error))
            return True
        self._patience.over()
        if found:
            self._batch = _Batch(self._bot, self._updates, found)
            await self._batch.handled()
            self._offset, self._batch = self._batch.reached, None
        return True

    async def _leave(self) -> None:
        if self._batch is not None:
            await self._batch.end(DRAIN_S)
            self._offset = self._batch.reached
        with suppress(*TROUBLE):
            async with asyncio.timeout(FAREWELL_S):
                await asyncio.gather(self._acknowledge(), self._updates.drain())

    async def _acknowledge(self) -> None:
        """The offset acknowledges what is below it; the one update that may come back stays as it is."""
        if self._offset is not None:
            await self._bot(_Fetch(offset=self._offset, limit=1, timeout=0))


class _Batch:
    """Updates that came together: each sender's in order, the senders side by side."""

    def __init__(self, bot: Bot, updates: Updates, found: Sequence[Mapping[str, Any]]) -> None:
        self._bot = bot
        self._updates = updates
        self._open = sorted(int(raw["update_id"]) for raw in found)
        self._last = self._open[-1]
        lanes: dict[object, list[Mapping[str, Any]]] = {}
        for raw in found:
            lanes.setdefault(sender(raw) or raw["update_id"], []).append(raw)
        self._tasks = [asyncio.create_task(self._lane(lane)) for lane in lanes.values()]

    @property
    def reached(self) -> int:
        """The first update that was not handled; all before it were."""
        return self._open[0] if self._open else self._last + 1

    async def handled(self) -> None:
        """Wait for all of them. Whoever stops waiting calls `end`."""
        await asyncio.wait(self._tasks)

    async def end(self, seconds: float) -> None:
        """Give them so long, then stop them: the next start reads what is not done."""
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            _log.warning("leaving with %d updates unhandled; the next start reads them", len(self._open))
            await asyncio.wait(late, timeout=FAREWELL_S)

    async def _lane(self, lane: Sequence[Mapping[str, Any]]) -> None:
        for raw in lane:
            answer = await self._updates.take(self._bot, raw)
            if answer is not None:
                self._updates.later(self._bot, answer)
            self._close(int(raw["update_id"]))

    def _close(self, update_id: int) -> None:
        with suppress(ValueError):  # the same one twice in a batch
            self._open.remove(update_id)

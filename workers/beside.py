"""What is done beside everything else: nobody waits for it, and its failure ends with it.

Nothing is owed because it was begun here: what must not be lost is in the outbox.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from dispatch.errors import DispatchError
from workers import faults

_log = logging.getLogger(__name__)

DRAIN_S = 1.0
"""Seconds for what is under way to end when the program leaves. All of its leaving has five, of which a queue
server that hangs takes three."""


class Beside:
    """Work that was begun and is not over yet. `lost` says in the log what ends with a failure."""

    def __init__(self, lost: str) -> None:
        self._lost = lost
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something beside everything else; a failure is told, without its text, and ends there."""
        task = asyncio.create_task(self._quietly(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Wait until all that was begun is over."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def leave(self, seconds: float) -> None:
        """Give what was begun so long, then end it: a server that is away must not keep the program."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _quietly(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except DispatchError as error:
            _log.warning("%s (%s)", self._lost, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(_log, error, f"{self._lost} (%d)", 1)

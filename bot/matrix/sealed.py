"""Encrypted messages on their way in: opened at once, or held until their key comes.

A key travels beside the message and may be later than it. What cannot be opened after some seconds never will
be for us, and whoever wrote is told.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mautrix.client import Client

from bot.matrix.batch import Task, Work
from bot.matrix.events import Event, Json
from bot.matrix.keyring import Closed, Keyring
from bot.matrix.updates import Updates

_log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""Seconds for a key: it is sent before the message, and servers pass both on within one or two."""

MOST = 500
"""Messages held: who floods a room with what cannot be opened does not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    raw: Json
    event: Event
    until: float


class Sealed:
    """Opens messages. `waiting` says that some are held: nothing after them counts as done."""

    def __init__(self, client: Client, updates: Updates, now: Callable[[], float] = time.monotonic) -> None:
        self.keys = Keyring(client)
        self._updates = updates
        self._now = now
        self._held: dict[str, _Held] = {}
        self._over: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Something is held."""
        return bool(self._held)

    async def read(self, raw: Json, event: Event) -> Work | None:
        """What the message asks for; None while it is held, and where it is not for us."""
        found = await self.keys.open(raw, event)
        if isinstance(found, Event):
            return await self._updates.read(found)
        if found is Closed.NO_KEY and len(self._held) < MOST:
            self._held[event.event_id] = _Held(raw=raw, event=event, until=self._now() + PATIENCE_S)
            await self._ask(raw, event)
            return None
        return None if found is Closed.AGAIN else self._given_up(event)

    async def opened(self) -> list[Task]:
        """What those ask for whose key has come by now, and those that are given up. They are held until it
        is done (`settle`), and opened again if it was not."""
        tasks: list[Task] = []
        self._over.clear()
        for held in self._held.values():
            found = await self.keys.open(held.raw, held.event)
            if found is Closed.NO_KEY and self._now() < held.until:
                continue
            self._over.add(held.event.event_id)
            work = await self._updates.read(found) if isinstance(found, Event) else self._given_up(held.event)
            if work is not None:
                tasks.append(Task(sender=held.event.sender, at=held.event.at, work=work))
        return tasks

    def settle(self) -> None:
        """What was opened last is done."""
        for event_id in self._over:
            self._held.pop(event_id, None)
        self._over.clear()

    def _given_up(self, event: Event) -> Work:
        _log.warning("a message in room %s could not be decrypted; its writer is told", event.room_id)
        return partial(self._updates.unreadable, event)

    async def _ask(self, raw: Json, event: Event) -> None:
        try:
            await self.keys.ask_for_key(raw, event)
        except Exception as error:  # noqa: BLE001 - told without its text; the message waits all the same
            _log.info("a key was not asked for (%s)", type(error).__name__)

"""Go round those for whom something is due, again and again; what goes wrong with one of them stops no other.

Knows neither what is due nor what is done about it. Does not go through the queue, so it works while the
queue is down.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from dispatch.errors import DispatchError
from dispatch.ports import Clock
from workers import faults

T = TypeVar("T")


class Looks(Generic[T]):
    """Finds, does, and waits. `unseen` is said when nobody could be found, `undone` when something was not
    done about one of them, whose number stands in it."""

    def __init__(
        self,
        find: Callable[[], Awaitable[Iterable[T]]],
        do: Callable[[T], Awaitable[object]],
        number: Callable[[T], int],
        *,
        unseen: str,
        undone: str,
        log: logging.Logger,
    ) -> None:
        self._find = find
        self._do = do
        self._number = number
        self._unseen = unseen
        self._undone = undone
        self._log = log

    async def once(self) -> None:
        """One round. Raises nothing that the next one could mend."""
        try:
            found = await self._find()
        except DispatchError as error:
            self._log.warning("%s (%s %s); trying again", self._unseen, error.key, error.params)
            return
        for each in found:
            await self._one(each)

    async def forever(self, clock: Clock, every_s: float) -> None:
        """Round after round, until cancelled."""
        while True:
            await self.once()
            await clock.sleep(every_s)

    async def _one(self, each: T) -> None:
        number = self._number(each)
        try:
            await self._do(each)
        except DispatchError as error:
            self._log.warning(f"{self._undone} (%s); trying again", number, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(self._log, error, f"{self._undone}; trying again", number)

"""One look for all who ask the same in the same moment: 280 who tap ask for one roster.

Knows no database and nothing of what is looked at. Nobody is given what was read before they asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


class Together(Generic[K, R]):
    """Looks for everybody who asks by the same key until the event loop comes round again."""

    def __init__(self, look: Callable[[K], Awaitable[R]]) -> None:
        self._look = look
        self._waiting: dict[K, list[asyncio.Future[R]]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def ask(self, key: K) -> R:
        """What a look that begins from now on gives, or raises; whoever stops waiting stops no other."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [future]
            task = loop.create_task(self._answer(key))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        else:
            waiting.append(future)
        return await future

    async def _answer(self, key: K) -> None:
        waiting = self._waiting.pop(key)  # whoever asks from here on may have changed it meanwhile
        try:
            found = await self._look(key)
        except Exception as error:  # noqa: BLE001 - it belongs to those who asked
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
        else:
            for future in waiting:
                if not future.done():
                    future.set_result(found)

"""Words between processes: said on a channel, heard by whoever listens there at that moment, kept nowhere.

On the queue's server. What is missed is missed: whoever listens is told when that may have been, and looks at
the store. What the words mean is not known here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from store import queue

_log = logging.getLogger(__name__)

PREFIX = "suidao:call:"
"""How the names of channels begin on the server."""

AGAIN_S = 0.5
"""Seconds until a server that is away is tried again."""

ACCEPTED_WITHIN_S = 1.0
"""Seconds for the server to say that it listens for us; then what comes is heard a little later."""

WAIT_S = 5.0
"""Seconds between two looks at whether somebody listens at all."""

Hear = Callable[[str, str], Awaitable[None]]
"""The channel, and what was said there."""

Missed = Callable[[str], None]
"""Called with a channel on which words may have been missed."""


class Intercom:
    """One process's end. `run` it beside everything else; `close` it at the end."""

    def __init__(self, where: str, hear: Hear, missed: Missed) -> None:
        self._redis = queue.client(where)
        self._hear = hear
        self._missed = missed
        self._listening: dict[str, int] = {}
        self._accepted: dict[str, asyncio.Event] = {}
        self._pubsub: PubSub | None = None
        self._some = asyncio.Event()

    async def say(self, channel: str, words: str) -> int:
        """Say it; how many processes listened, this one counted where it does. 0 where the server is away."""
        try:
            return int(await self._redis.publish(PREFIX + channel, words))
        except (RedisError, OSError) as error:
            _log.warning("other processes cannot be told (%s)", type(error).__name__)
            return 0

    async def listeners(self, channels: Sequence[str]) -> Mapping[str, int] | None:
        """How many processes listen there, this one counted where it does; None where the server is away."""
        try:
            found = await self._redis.pubsub_numsub(*(PREFIX + channel for channel in channels))
        except (RedisError, OSError) as error:
            _log.warning("nobody knows who listens (%s)", type(error).__name__)
            return None
        return {bytes(name).decode().removeprefix(PREFIX): int(count) for name, count in found}

    def listens(self, channel: str) -> bool:
        """This process listens there."""
        return channel in self._listening

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[None]:
        """Hear what is said there, as long as the block runs; what is said after its beginning is heard."""
        self._listening[channel] = self._listening.get(channel, 0) + 1
        try:
            await self._accept(channel)
            yield
        finally:
            self._listening[channel] -= 1
            if not self._listening[channel]:
                del self._listening[channel], self._accepted[channel]
                await self._forget(channel)

    async def run(self) -> None:
        """Hear until cancelled. When the server comes back after it was away, `missed` is told."""
        while True:
            await self._some.wait()
            self._some.clear()
            try:
                await self._heard()
            except (RedisError, OSError) as error:
                _log.warning("other processes cannot be heard (%s)", type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                self._some.set()
            finally:
                await self._hang_up()

    async def close(self) -> None:
        """Let go of the server."""
        await self._hang_up()
        await self._redis.aclose()

    async def _heard(self) -> None:
        """Listen until nobody wants to any more, or the connection breaks."""
        pubsub = self._pubsub = self._redis.pubsub()
        if self._listening:
            await pubsub.subscribe(*(PREFIX + channel for channel in self._listening))
        while self._listening:
            message = await pubsub.get_message(timeout=WAIT_S)
            if message is not None:
                await self._one(message)

    async def _one(self, message: dict[str, Any]) -> None:
        channel = bytes(message["channel"]).decode().removeprefix(PREFIX)
        if message["type"] == "subscribe" and channel in self._accepted:
            if self._accepted[channel].is_set():  # not for the first time: the connection was lost
                self._missed(channel)
            self._accepted[channel].set()
        elif message["type"] == "message" and channel in self._listening:
            await self._hear(channel, bytes(message["data"]).decode())

    async def _accept(self, channel: str) -> None:
        event = self._accepted.setdefault(channel, asyncio.Event())
        if event.is_set():
            return
        if self._pubsub is not None:
            with suppress(RedisError, OSError):  # then `run` does it when the server is back
                await self._pubsub.subscribe(PREFIX + channel)
        self._some.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(ACCEPTED_WITHIN_S):
                await event.wait()

    async def _forget(self, channel: str) -> None:
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(PREFIX + channel)

    async def _hang_up(self) -> None:
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis has no type here

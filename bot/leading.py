"""A chat that one process at a time may serve: it is this one's turn, or it stands by until it is.

Telegram gives a bot's updates to one program only, and a Matrix device has one stream and one set of keys.
The same process sends what goes there: what it knows of its cards is known nowhere else
(docs/decisions/0017).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from bot.gateways import Chats
from bot.web.hooks import Hook
from bot.working import Part, working
from store.errors import StartError
from store.lease import LOOK_S, Lease
from workers import faults
from workers.watch.health import Health

log = logging.getLogger(__name__)

LEAVE_S = 4.0
"""Seconds for handing over; the program has five for leaving."""

AGAIN_S = 10.0
"""Seconds until a chat that could not be signed in to is tried again; another process may try before."""

UNAVAILABLE = 503
"""What a webhook is answered while it is another process's turn: whoever calls tries again."""

Enter = Callable[[], AbstractAsyncContextManager[Chats]]
Held = Callable[[], bool]
Work = Callable[[Chats, Held], Sequence[Part]]
"""What runs while it is this process's turn; may ask whether it still is."""


class Leading:
    """One platform in one process. Enter `up` to take part."""

    def __init__(self, platform: str, lease: Lease, enter: Enter, work: Work, health: Health) -> None:
        self.platform = platform
        self._lease = lease
        self._enter = enter
        self._work = work
        self._health = health
        self._leaving = asyncio.Event()
        self._hooks: Mapping[str, Hook] = {}

    async def hook(self, headers: Mapping[str, str], body: bytes, key: str) -> tuple[int, bytes]:
        """The platform's webhook, whoever's turn it is."""
        hook = self._hooks.get(self.platform)
        return (UNAVAILABLE, b"") if hook is None else await hook(headers, body, key)

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Take part as long as the block runs: it begins once the chat is served, here or by another process.

        Raises a `StartError` where the chat is this process's and cannot be signed in to."""
        begun = asyncio.Event()
        task = asyncio.create_task(self._run(begun))
        beginning = asyncio.create_task(begun.wait())
        await asyncio.wait((task, beginning), return_when=asyncio.FIRST_COMPLETED)
        beginning.cancel()
        if task.done():
            task.result()
        try:
            yield
        finally:
            self._leaving.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    await task

    async def _run(self, begun: asyncio.Event) -> None:
        """Serve the chat whenever it is our turn, until told to leave."""
        if not await self._lease.take():
            log.info("%s is served by another process; this one stands by", self.platform)
            begun.set()
        while not self._leaving.is_set():
            wait = LOOK_S
            if self._lease.held or await self._lease.take():
                try:
                    await self._turn(begun)
                except StartError as error:
                    if not begun.is_set():
                        raise
                    log.critical("%s is not served: %s", self.platform, error)
                    wait = AGAIN_S
                except Exception as error:  # noqa: BLE001 - it is told without its text
                    faults.tell(log, error, "serving a chat failed; it is tried again in %d s", int(AGAIN_S))
                    wait = AGAIN_S
                finally:
                    self._hooks = {}
                    await self._lease.leave()
            await self._pause(wait)
        await self._lease.leave()

    async def _turn(self, begun: asyncio.Event) -> None:
        """Serve it, until the lease is lost or the program leaves."""
        over = (asyncio.create_task(self._lease.lost()), asyncio.create_task(self._leaving.wait()))
        try:
            async with self._enter() as talk:
                self._hooks = talk.webhooks
                async with working(*self._work(talk, self._held), health=self._health):
                    log.info("%s is served by this process now", self.platform)
                    begun.set()
                    await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
                for leave in talk.leave:
                    await leave()
        finally:
            for each in over:
                each.cancel()
            log.info("%s is not served by this process any more", self.platform)

    def _held(self) -> bool:
        return self._lease.held

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()

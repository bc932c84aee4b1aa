"""Pushes one bot's updates to its webhook.

At most so many at once as the bot asked for, one person's updates one after the other, again and again
until a 2xx, for as long as they are kept. A reply may carry one method call; it is carried out, and nobody
is told how it went. Plain http is taken, as a Bot API server of one's own takes it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.platforms.telegram_server.faults import Faults
from tests.platforms.telegram_server.forms import Form, read_reply
from tests.platforms.telegram_server.mailbox import Mailbox, Update, Webhook
from tests.platforms.telegram_server.refusals import RefusedError

HEADER = "X-Telegram-Bot-Api-Secret-Token"
SHORTEST, LONGEST = 0.05, 1.0
"""Real seconds between attempts, doubling. (The real server waits longer; stories should not.)"""
GLANCE = 0.05
"""Real seconds until a courier with nothing to do looks whether the service is back."""
ANSWER = 10.0
"""Real seconds that a webhook may take before its connection is given up."""

CarryOut = Callable[[Form], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Courier:
    """Lives as long as the server; rests while no webhook is set."""

    mailbox: Mailbox
    faults: Faults
    session: aiohttp.ClientSession
    carry_out: CarryOut
    busy: set[int] = field(default_factory=set)
    """Lanes with an update on its way."""
    _ways: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await self.mailbox.changes.until(lambda: self._next() is not None, GLANCE)
                if (update := self._next()) is not None:
                    self._start(update)
        finally:
            for way in self._ways:
                way.cancel()

    def _next(self) -> Update | None:
        hook = self.mailbox.webhook
        if hook is None or self.faults.down or len(self.busy) >= hook.connections:
            return None
        return next((each for each in self.mailbox.waiting if each.lane not in self.busy), None)

    def _start(self, update: Update) -> None:
        self.busy.add(update.lane)
        way = asyncio.create_task(self._deliver(update))
        self._ways.add(way)
        way.add_done_callback(self._ways.discard)

    async def _deliver(self, update: Update) -> None:
        """Repeats until it was taken, is too old, or the webhook is gone."""
        pause = SHORTEST
        try:
            while (hook := self.mailbox.webhook) is not None and update in self.mailbox.waiting:
                if not self.faults.down and await self._attempt(hook, update):
                    self.mailbox.done(update)
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST)
                self.mailbox.expire()
        finally:
            self.busy.discard(update.lane)
            self.mailbox.changes.notify()

    async def _attempt(self, hook: Webhook, update: Update) -> bool:
        headers = {HEADER: hook.secret} if hook.secret else {}
        half = self.faults.latency / 2
        await asyncio.sleep(half)
        timeout = aiohttp.ClientTimeout(total=ANSWER)
        try:
            async with self.session.post(
                hook.url, json=update.body, headers=headers, timeout=timeout
            ) as reply:
                if not reply.ok:
                    return self._failed(hook, f"Wrong response from the webhook: {reply.status}")
                form = await read_reply(reply)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return self._failed(hook, f"Connection failed: {type(error).__name__}")
        except RefusedError as error:  # the reply's body was no method call that one could read
            return self._failed(hook, error.description)
        await asyncio.sleep(half)
        if form.given.get("method"):
            await self.carry_out(form)
        return True

    def _failed(self, hook: Webhook, why: str) -> bool:
        hook.error, hook.error_at = why, self.mailbox.clock.now()
        self.mailbox.changes.notify()
        return False

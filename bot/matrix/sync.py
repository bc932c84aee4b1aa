"""Following the rooms: a loop that asks for news, has them handled, and writes down how far it read when all
of it is done, never before.

A process that is killed reads the same news again, and receipts see to it that nothing happens twice. What
an event means is not known here.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from mautrix.api import Method, Path
from mautrix.errors import MatrixRequestError

from bot.matrix.account import Account
from bot.matrix.batch import Batch
from bot.matrix.events import Json, table
from bot.matrix.gaps import Gaps
from bot.matrix.memory import Memory
from bot.matrix.patience import LONGEST_S, TROUBLE, Patience
from bot.matrix.reading import FILTER, Reading
from bot.matrix.sealed import Sealed
from bot.matrix.updates import Updates
from dispatch.errors import DispatchError
from dispatch.ports import Store
from workers import faults

_log = logging.getLogger(__name__)

WAIT_S = 25
"""How long the server holds the request open when there is nothing: below the 30 to 60 seconds after which
the routers of homes and mobile networks forget a quiet connection."""

GRACE_S = 65
"""On top of it, until a connection counts as dead: the first sync of 1,943 rooms took 17 to 24 seconds
(TECH_NOTES.md, Matrix), on a busy machine three times that."""

SEALED_WAIT_S = 1
"""The same, while a key is waited for: whoever wrote is to be told soon that their message was not read."""

HELD_UP_S = 120.0
"""How long what waits may keep the token from being written down: longer than any one message waits for its
key (10 seconds) or any one invitation for its room (81), so that only a stream of them reaches it. A crash
then costs what waits in that moment, and not a day of reading again."""

REFUSALS = 3
"""Times in a row that a server refuses the news as asked for in the wrong way (400) until that counts as its
last word: 1.5 seconds. It means the token that we read on from, which a server whose database was changed or
put back does not know; without it, it answers."""

DRAIN_S = 1.0
"""Leaving, for what was received to be handled, within the 1.5 that the program leaves for everything that
runs (`bot.app`)."""


class Syncing:
    """One account's loop. `wait_s` is how long one request may wait for news."""

    def __init__(
        self,
        account: Account,
        updates: Updates,
        store: Store,
        *,
        wait_s: float = WAIT_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._updates = updates
        self._store = store
        self._wait_s = wait_s
        self._now = now
        self._patience = Patience("following the Matrix rooms")
        self._sealed = Sealed(account.client, updates)
        self._gaps = Gaps(account.client.api)
        self.handled = Memory()
        """What was handled in this run."""
        self._since: str | None = None
        self._kept: str | None = None
        self._held_up: float | None = None
        self._coming = ""
        self._batch: Batch | None = None
        self._refusals = 0

    @property
    def holds(self) -> bool:
        """Messages wait for their keys."""
        return self._sealed.waiting

    async def run(self) -> None:
        """Follow until cancelled; then finish what was received, and write down that and no more.

        Begins when the account has arrived, and not at all where it never will. Raises what the server says
        that refuses for good, as a part that does not hold: whoever keeps it running begins it again."""
        await self._account.arrived()
        if not self._account.here:
            _log.critical(
                "nothing is heard on Matrix, and nothing is sent, until the program is started again"
            )
            return
        self._since = self._kept = await self._store.matrix_token(self._account.user_id)
        try:
            while True:
                await self._survived()
        except asyncio.CancelledError:
            await self._leave()
            raise

    async def _survived(self) -> None:
        """A turn; after any failure the same news are asked for again, later."""
        try:
            await self._turn()
        except TROUBLE as error:
            pause = self._patience.tried(error)
            if self._refusals >= REFUSALS:
                raise
            await asyncio.sleep(pause)
        except DispatchError as error:
            _log.error("what came in on Matrix could not be kept (%s); it is read again", error.key)
            await asyncio.sleep(LONGEST_S)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(_log, error, "following the Matrix rooms failed (%d)", 0)
            await asyncio.sleep(LONGEST_S)

    async def _turn(self) -> None:
        """Ask for news and handle them."""
        news = await self._news()
        client, gaps = self._account.client, self._gaps
        reading = Reading(client, self._updates, self._sealed, gaps, self.handled, self._since)
        tasks = await reading.all(news)
        self._patience.over()
        self._batch, self._coming = Batch(tasks), str(news["next_batch"])
        await self._batch.handled()
        self._batch = None
        self._sealed.settle()
        self.handled.add(reading.seen)
        self._since = self._coming
        await self._keep()

    async def _news(self) -> Json:
        """Where the token is refused for good, what comes without one, as at the first start: what was said
        meanwhile is not heard, and whatever comes from now on is."""
        try:
            news = await self._asked(self._since)
        except TROUBLE as error:
            refused = isinstance(error, MatrixRequestError) and error.http_status == 400
            self._refusals = self._refusals + 1 if refused else 0
            if self._since is None or self._refusals < REFUSALS:
                raise
            news = await self._asked(None)
            _log.error(
                "the homeserver does not know how far its rooms were read (its database was changed, or put "
                "back from a backup): reading begins anew. What was tapped and written since this program "
                "heard it last is lost; ask the volunteers and staff to do it again"
            )
            self._since = None
        self._refusals = 0
        return news

    async def _asked(self, since: str | None) -> Json:
        wait = min(self._wait_s, SEALED_WAIT_S) if self._sealed.waiting else self._wait_s
        query = {"filter": FILTER, "timeout": str(round(wait * 1000)), "set_presence": "offline"}
        if since is not None:
            query["since"] = since
        else:
            query["timeout"] = "0"
        async with asyncio.timeout(wait + GRACE_S):
            news = table(await self._account.client.api.request(Method.GET, Path.v3.sync, query_params=query))
        if not isinstance(news.get("next_batch"), str):
            raise ValueError("no token")  # noqa: TRY004 - it is the answer that is wrong, as bad JSON would be
        return news

    async def _keep(self) -> None:
        """Write down how far everything is done. What waits for a key is not, nor an invitation that waits to
        be followed: they are read again after a crash."""
        if self._since is None or self._since == self._kept or self._waits():
            return
        self._held_up = None
        traces = self._updates.cards.learnt()
        await self._store.keep_matrix_token(self._account.user_id, self._since, traces)
        self._updates.cards.kept(traces)
        self._kept = self._since

    def _waits(self) -> bool:
        if not self._sealed.waiting and not self._updates.waiting:
            self._held_up = None
            return False
        now = self._now()
        if self._held_up is None:
            self._held_up = now
        return now - self._held_up < HELD_UP_S

    async def _leave(self) -> None:
        if self._batch is not None:
            if not await self._batch.end(DRAIN_S):
                return
            self._since = self._coming
            self._sealed.settle()
        with suppress(DispatchError):  # then it is read again, which changes nothing
            await self._keep()

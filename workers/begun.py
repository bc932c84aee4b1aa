"""Sends that were begun: what is on its way in one process others leave alone, those after it too.

Just before a message is made it is written down that it is. A process that dies before it knows the answer
leaves that behind, and the row counts as *unknown*: the message may stand there, and a second one would ring
twice. Beside others that is a while later, since the process may live; alone it is at the next start. Edits
need none of this: made twice they change nothing. A phone that is rung by a service is only kept from others
for as long as that may take: rather twice than never.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.kept import OutboxRow
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock, Store
from handlers.gateways import Begin, Delivery, Sent
from workers.pictures import LEASE

log = logging.getLogger(__name__)

HELD: Micros = 15 * SECOND
"""For so long nobody else rings: two seconds more than a service may take, and what clocks may differ by."""

CLOCKS: Micros = SECOND
"""What clocks of two processes may differ by: a row that the other one has just made is due."""

UNKNOWN = Sent(delivery=Delivery.UNKNOWN)


class ElsewhereError(DispatchError):
    """Another process sends it, or has sent it."""

    key = "elsewhere"


class LeavingError(DispatchError):
    """The program leaves: what was not begun is known not to have been sent, and goes out after it."""

    key = "leaving"


class Begun:
    """What this process has begun and not finished. `alone`: while it lives, nobody else sends anything."""

    def __init__(self, store: Store, clock: Clock, *, alone: bool) -> None:
        self._store = store
        self._clock = clock
        self._alone = alone
        self._since = clock.now()
        self._mine: set[int] = set()
        self._leaving = 0

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """No message is begun while such a block runs; those that were get their answers."""
        self._leaving += 1
        try:
            yield
        finally:
            self._leaving -= 1

    def beginning(self, rows: Sequence[OutboxRow]) -> Begin:
        """What is to be called before a message for these rows is made."""

        async def begin() -> None:
            await self._begin([row for row in rows if row.id not in self._mine])

        return begin

    def holding(self, rows: Sequence[OutboxRow]) -> Begin | None:
        """The same for what rings: others may ring a while later, if nothing is known of it by then."""
        if self._alone:
            return None

        async def hold() -> None:
            now = self._clock.now()
            if not any([await self._store.hold_send(row, now + CLOCKS, now + HELD) for row in rows]):
                raise ElsewhereError(row=rows[-1].id)

        return hold

    def left_behind(self, row: OutboxRow) -> Sent | None:
        """What became of a row that another process began: nothing is known of it after a while, or at once
        where that one is gone. None where it may be at it, or where this process is."""
        if row.begun_at is None:
            return None
        gone = self._alone and row.begun_at < self._since
        if not gone and self._clock.now() < row.begun_at + LEASE:
            return None
        log.warning("outbox row %d: nobody knows whether it arrived; its next card will tell", row.id)
        return UNKNOWN

    def elsewhere(self, row: OutboxRow) -> bool:
        """Another process began it; it is not this one's to send."""
        return row.begun_at is not None and row.picture is None and row.id not in self._mine

    def over(self, row: OutboxRow) -> None:
        """It is known what became of it."""
        self._mine.discard(row.id)

    async def _begin(self, rows: Sequence[OutboxRow]) -> None:
        """Raises `ElsewhereError` where another process was first with any of them, and `LeavingError`."""
        if not rows:
            return
        if self._leaving:
            raise LeavingError(row=rows[0].id)
        now = self._clock.now()
        # What is left behind by a process that was alone is looked for as soon as the next one is up.
        until = now if self._alone else now + LEASE
        try:
            begun = await self._store.begin_sends(rows, now, until)
        except StoreUnavailableError:
            if not self._alone:
                raise
            # On a full disk a message that may come twice is better than none; this process knows of it.
            begun = frozenset(row.id for row in rows)
        self._mine |= begun
        for row in rows:
            if row.id not in begun:
                raise ElsewhereError(row=row.id)

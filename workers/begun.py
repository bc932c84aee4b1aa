"""Sends that were begun, where several processes may send: what is on its way in one, others leave alone.

Just before a message is made it is written down that it is. A process that dies before it knows the answer
leaves that behind, and the row counts as *unknown* a while later: the message may stand there, and a second
one would ring twice. Edits need none of this: made twice they change nothing.
"""

import logging
from collections.abc import Sequence

from dispatch.errors import DispatchError
from dispatch.ports import Clock, OutboxRow, Store
from handlers.messages import Begin, Delivery, Sent
from workers.pictures import LEASE

log = logging.getLogger(__name__)

UNKNOWN = Sent(delivery=Delivery.UNKNOWN)


class ElsewhereError(DispatchError):
    """Another process sends it, or has sent it."""

    key = "elsewhere"


class Begun:
    """What this process has begun and not finished. Alone it need not write that down: it knows."""

    def __init__(self, store: Store, clock: Clock, *, alone: bool) -> None:
        self._store = store
        self._clock = clock
        self._alone = alone
        self._mine: set[int] = set()

    def beginning(self, rows: Sequence[OutboxRow]) -> Begin | None:
        """What is to be called before a message for these rows is made; None where it is not needed."""
        if self._alone:
            return None

        async def begin() -> None:
            for row in rows:
                await self._begin(row)

        return begin

    def left_behind(self, row: OutboxRow) -> Sent | None:
        """What became of a row that another process began: nothing is known of it after a while. None where
        that has not passed, or where this process is at it."""
        if row.begun_at is None or self._clock.now() < row.begun_at + LEASE:
            return None
        log.warning("outbox row %d: nobody knows whether it arrived; its next card will tell", row.id)
        return UNKNOWN

    def elsewhere(self, row: OutboxRow) -> bool:
        """Another process began it; it is not this one's to send."""
        return row.begun_at is not None and row.picture is None and row.id not in self._mine

    def over(self, row: OutboxRow) -> None:
        """It is known what became of it."""
        self._mine.discard(row.id)

    async def _begin(self, row: OutboxRow) -> None:
        """Raises `ElsewhereError` where another process was first."""
        if row.id in self._mine:
            return
        now = self._clock.now()
        if not await self._store.begin_send(row, now, now + LEASE):
            raise ElsewhereError(row=row.id)
        self._mine.add(row.id)

"""Sends that were begun, where several processes may send: what is on its way in one, others leave alone.

Just before a message is made it is written down that it is. A process that dies before it knows the answer
leaves that behind, and the row counts as *unknown* a while later: the message may stand there, and a second
one would ring twice. Edits need none of this: made twice they change nothing. A phone that is rung by a
service is only kept from others for as long as that may take: rather twice than never.
"""

import logging
from collections.abc import Sequence

from dispatch.errors import DispatchError
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

"""What follows when an address did not take what was owed to it: it is left out or doubted, the person's next
one is used, and those who must know are told."""

import logging
from collections.abc import Collection, Sequence

from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import Micros
from dispatch.people import RING, SMS, Address
from dispatch.ports import Clock, Store
from dispatch.reach import Reason
from handlers.gateways import Delivery, Sent
from workers import patience

log = logging.getLogger(__name__)


class Onward:
    """Passes on what could not be delivered. `platforms` are those that some program serves."""

    def __init__(self, store: Store, platforms: Collection[str], clock: Clock) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock

    async def refused(self, rows: Sequence[OutboxRow], sent: Sent) -> list[int]:
        """An address that will not work again is left out from now on; its person is told elsewhere, and so
        is one whose platform has refused for too long. Returns what is owed because of it."""
        address = rows[-1].address
        if sent.delivery is Delivery.UNREACHABLE:
            await self._fail(address, sent.reason)
            given_up = [row for row in rows if row.kind is not NoticeKind.DRILL]
            told = await self._tell_desk(rows[-1])
        else:
            given_up = [row for row in rows if sent.delivery is Delivery.RETRY and patience.passes_on(row)]
            told = await self._tell_desk(rows[-1]) if _family_unsure(rows[-1], sent) else ()
        return [*await self._next(given_up), *told]

    async def absent(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Nobody was there. A page that is closed shows the card when it opens; a chat that no program serves
        shows nothing, so its person is told elsewhere. Returns what is owed because of it."""
        for row in rows:
            if row.kind is NoticeKind.TOLD:  # somebody is to ring them; the sweep finds that card
                await self._tell_desk(row)
        unserved = [row for row in rows if row.address.platform not in self._platforms]
        return await self._next([row for row in unserved if row.kind is not NoticeKind.DRILL])

    async def doubt(self, address: Address, reason: Reason, now: Micros) -> None:
        """It did not take this, and may take the next."""
        log.warning("address %d did not take what was sent there (%s)", address.id, reason.value)
        await self._store.doubt(address, reason.value, now)

    async def _next(self, rows: Sequence[OutboxRow]) -> list[int]:
        found = [await self._store.next_address(row) for row in rows]
        return [row for row in found if row is not None]

    async def _tell_desk(self, row: OutboxRow) -> tuple[int, ...]:
        """Whom a job does not reach stands on the desk's card of it; and where that is family, on the card of
        whoever did it."""
        return await self._store.tell_desk(row) if row.job_id else ()

    async def _fail(self, address: Address, reason: Reason) -> None:
        """What refuses for good is left out; but what rings is tried whenever somebody is called, and the
        service that sends SMS refuses for us all: it is mended without their doing."""
        if address.platform in (RING, SMS):
            await self.doubt(address, reason, self._clock.now())
            return
        log.warning("address %d cannot be reached any more (%s)", address.id, address.platform)
        await self._store.address_failed(address, reason.value)


def _family_unsure(row: OutboxRow, sent: Sent) -> bool:
    """A message to family that perhaps nobody has: somebody is to ring them."""
    lost = sent.delivery is Delivery.RETRY and patience.last(row)
    unheard = sent.delivery in (Delivery.UNKNOWN, Delivery.NOT_REACHED)
    return row.kind is NoticeKind.TOLD and (lost or unheard)

"""Pictures that are owed: brought to whoever took the job, once, and taken back when their claim ends.

A picture that may or may not have arrived is not sent again: nobody could take the first one back. So before
it is sent that is written down, and a process that dies in between leaves it *unknown*.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from dispatch.errors import PicturesUnavailableError, UnknownPersonError, UnknownPictureError
from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock, Store
from handlers.gateways import Delivery, Gateway, Sent, ShowsPictures
from handlers.messages import MessageRef
from handlers.router import Router

log = logging.getLogger(__name__)

LEASE: Micros = 120 * SECOND
"""Until a send of which nothing was heard counts as unknown: twice the longest that a delivery may take."""

CARD_TRIES, CARD_WAIT_S = 3, 1.0
"""A picture hangs below the card, so it waits for that one; but not for long."""

BUCKET_WAIT_S = 60.0
"""Until a picture is asked for again that the bucket did not give: it goes out as long as the claim lives."""

BACK_WAIT_S = 5.0
"""Until a picture that is on its way just now is looked for again, to be taken back."""


class Pictures:
    """Carries rows that are about a picture. Calling it twice for a row is safe."""

    def __init__(self, store: Store, router: Router, gateways: Mapping[str, Gateway], clock: Clock) -> None:
        self._store = store
        self._router = router
        self._gateways = gateways
        self._clock = clock

    async def carry(self, row: OutboxRow) -> Sent | None:
        """What became of the row; None where somebody else is at it, and nothing is to be recorded."""
        gateway = self._gateways[row.address.platform]
        if not isinstance(gateway, ShowsPictures) or row.address.person_id is None:
            return Sent(delivery=Delivery.NOT_REACHED)
        if row.kind is NoticeKind.WITHDRAW:
            return await self._take_back(row, gateway)
        if row.begun_at is not None:
            return self._unknown(row, row.begun_at)
        return await self._show(row, gateway)

    async def _show(self, row: OutboxRow, gateway: ShowsPictures) -> Sent | None:
        if row.ref is None and row.tries < CARD_TRIES:
            return Sent(delivery=Delivery.RETRY, retry_after=CARD_WAIT_S)
        try:
            shown = await self._router.album.owed(row.address, row.job_id, row.picture or 0, row.claim or 0)
        except (UnknownPictureError, UnknownPersonError):
            return Sent(delivery=Delivery.NOT_REACHED)  # it is theirs to see no longer
        except PicturesUnavailableError:
            return Sent(delivery=Delivery.RETRY, retry_after=BUCKET_WAIT_S)
        now = self._clock.now()
        if not await self._store.begin_sends((row,), now, now + LEASE):
            return None
        card = None if row.ref is None else MessageRef(value=row.ref)
        quiet = replace(shown, silent=shown.silent or not row.kind.wakes)
        return await gateway.show_picture(row.address, quiet, card)

    async def _take_back(self, row: OutboxRow, gateway: ShowsPictures) -> Sent:
        """Nothing is there where it was never sent, or where nobody knows whether it was."""
        if row.shown is None:
            if await self._store.picture_under_way(row):
                return Sent(delivery=Delivery.RETRY, retry_after=BACK_WAIT_S)
            return Sent(delivery=Delivery.DELIVERED)
        return await gateway.take_back(row.address, MessageRef(value=row.shown))

    def _unknown(self, row: OutboxRow, begun_at: Micros) -> Sent | None:
        if self._clock.now() < begun_at + LEASE:
            return None
        log.warning("outbox row %d: nobody knows whether its picture arrived; it is not sent again", row.id)
        return Sent(delivery=Delivery.UNKNOWN)

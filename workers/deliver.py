"""Deliver what is owed: build the card from the state of this moment, send or edit it, record the result.

Knows platforms only by the Gateway protocol. Several rows owed to one address for one job are one send, of
the most urgent kind among them: a card is edited, not repeated.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from dispatch.errors import DispatchError
from dispatch.events import NoticeKind
from dispatch.moments import SECOND
from dispatch.ports import Clock, OutboxRow, Store
from handlers.messages import Card, Delivery, Gateway, MessageRef, Sent
from handlers.router import Router
from workers import faults
from workers.beside import Beside
from workers.pictures import Pictures

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Cards on their way side by side on one platform: enough to hide its round trip, few enough to leave the
event loop to the taps that are being answered. What is urgent has as many places of its own: a card that
waits for its turn at the platform keeps its place for seconds."""

TRIES_BEFORE_NEXT = 3
"""Refusals after which the person's next address is used as well: some eight seconds."""

TRIES_AT_MOST = 100
"""Tries of one row, an hour and a half at the longest pause; nothing is tried for ever."""

MOOT = frozenset(
    {
        NoticeKind.HELP,
        NoticeKind.ALERT,
        NoticeKind.URGE,
        NoticeKind.NUDGE,
        NoticeKind.ASK_AFTER,
        NoticeKind.OFFER,
        NoticeKind.ASK,
    }
)
"""What nobody has to be woken for once the job is closed. Whoever won must still be told that it is over."""

_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}

_BACK_OFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds until the next try after a temporary refusal; the last one repeats."""


class Deliverer:
    """Sends outbox rows through the gateways. Calling it twice for a row is safe: a row that is no
    longer owed is not loaded."""

    def __init__(self, store: Store, router: Router, gateways: Mapping[str, Gateway], clock: Clock) -> None:
        self._store = store
        self._router = router
        self._gateways = gateways
        self._clock = clock
        self._pictures = Pictures(store, router, gateways, clock)
        self._beside = Beside("cards stay owed")
        self._places: defaultdict[tuple[str, bool], asyncio.Semaphore] = defaultdict(_places)
        self._under_way: set[int] = set()

    async def deliver(self, ids: Sequence[int]) -> None:
        """Deliver those of the rows that are still owed, and pass on what an address cannot take. Rows that
        another call is delivering are left to it."""
        await self._carry(await self._reachable(ids))

    async def begin(self, ids: Sequence[int]) -> None:
        """Look up what is owed, and go on beside whatever else is done: a card that waits for its platform
        keeps nobody else from being looked up."""
        if cards := await self._reachable(ids):
            self._beside.begin(self._carry(cards))

    async def drain(self) -> None:
        """Wait until all that was begun is over."""
        await self._beside.drain()

    async def leave(self, seconds: float) -> None:
        """Give what was begun so long, then let it be: rows without a result stay owed."""
        await self._beside.leave(seconds)

    async def _carry(self, cards: Sequence[Sequence[OutboxRow]]) -> None:
        """Send the cards, then what is owed instead of those that reached nobody, until nothing is."""
        while cards:
            passed_on = await asyncio.gather(*(self._one(rows) for rows in cards))
            cards = await self._reachable([row for rows in passed_on for row in rows])

    async def _reachable(self, ids: Sequence[int]) -> list[list[OutboxRow]]:
        """The cards that can be sent now; of the others it is kept at once that they reach nobody."""
        owed = await self._store.outbox([row for row in ids if row not in self._under_way])
        away = [row for row in owed if not self._reaches(row)]
        if away:
            await self._store.not_reached(away, self._clock.now())
        return by_card([row for row in owed if self._reaches(row)])

    async def _one(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Send one card for all the rows that are owed for it; what came of it holds for each. Returns the
        rows that are owed to the person's next address instead."""
        rows = [row for row in rows if row.id not in self._under_way]
        if not rows:
            return []
        urgent = any(row.urgent for row in rows)
        with self._busy_with(rows):
            if not any(row.kind.wakes for row in rows):
                # Whoever tapped is answered first; and the card is made afterwards, of what all taps came to.
                await self._router.rush.over()
            async with self._places[rows[0].address.platform, urgent]:
                return await self._carried(rows)

    async def _carried(self, rows: Sequence[OutboxRow]) -> list[int]:
        """`_one`, in its place; what goes wrong is told and ends here."""
        try:
            sent = await self._send(rows)
            if sent is None:
                return []
            for row in rows:
                await self._record(row, sent)
            return await self._pass_on(rows, sent)
        except DispatchError as error:
            log.warning("outbox row %d stays owed (%s); the sweep tries again", rows[0].id, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            # One card that cannot be made must not keep every other card from being sent.
            faults.tell(log, error, "outbox row %d stays owed; the sweep tries again", rows[0].id)
        return []

    @contextmanager
    def _busy_with(self, rows: Sequence[OutboxRow]) -> Iterator[None]:
        """Nobody else takes these rows: the sweep finds what waits for its place overdue, and would only
        wait for another."""
        taken = {row.id for row in rows}
        self._under_way |= taken
        try:
            yield
        finally:
            self._under_way -= taken

    def _reaches(self, row: OutboxRow) -> bool:
        gateway = self._gateways.get(row.address.platform)
        return gateway is not None and gateway.reaches(row.address)

    async def _send(self, rows: Sequence[OutboxRow]) -> Sent | None:
        """None where nothing is to be recorded: somebody else is at it."""
        row, kind = rows[-1], min((row.kind for row in rows), key=_RANK.__getitem__)
        if row.picture is not None:
            return await self._pictures.carry(row)
        gateway = self._gateways[row.address.platform]
        if row.address.person_id is None and kind is NoticeKind.UPDATE and await self._never_shown(row):
            return Sent(delivery=Delivery.NOT_REACHED)  # a room that never had this card is not told
        card = await self._card(row)
        if card.closed and (kind in MOOT or not kind.wakes):
            if await self._never_shown(row):
                return Sent(delivery=Delivery.OBSOLETE)
            kind = NoticeKind.UPDATE if kind in MOOT else kind
        ref = None if row.ref is None else MessageRef(value=row.ref)
        return await gateway.send(row.address, card, kind, ref)

    async def _never_shown(self, row: OutboxRow) -> bool:
        """For certain, nobody at this address has ever had the card."""
        if row.ref is not None or not self._gateways[row.address.platform].abilities.lasting:
            return False
        return not (row.job_id and await self._store.doubtful(row.address, row.job_id))

    async def _card(self, row: OutboxRow) -> Card:
        if row.application_id is not None:
            return await self._router.application_card(row.address, row.application_id)
        return await self._router.card(row.address, row.job_id)

    async def _record(self, row: OutboxRow, sent: Sent) -> None:
        now = self._clock.now()
        result, retry_at = sent.delivery, None
        if result is Delivery.RETRY and row.tries + 1 >= TRIES_AT_MOST:
            result = Delivery.UNREACHABLE
        elif result is Delivery.RETRY:
            wait = sent.retry_after or _BACK_OFF_S[min(row.tries, len(_BACK_OFF_S) - 1)]
            retry_at = now + round(wait * SECOND)
        ref = None if sent.ref is None else sent.ref.value
        await self._store.delivered(row, now=now, result=result.value, ref=ref, retry_at=retry_at)

    async def _pass_on(self, rows: Sequence[OutboxRow], sent: Sent) -> list[int]:
        """An address that will not work again is left out from now on; its person is told elsewhere, and so
        is one whose platform has refused for too long. Returns what is owed because of it."""
        address = rows[-1].address
        if sent.delivery is Delivery.UNREACHABLE:
            log.warning("address %d cannot be reached any more (%s)", address.id, address.platform)
            await self._store.address_failed(address, sent.reason.value)
            given_up, told = list(rows), await self._tell_desk(rows[-1])
        else:
            given_up = [row for row in rows if sent.delivery is Delivery.RETRY and self._patience_ends(row)]
            told = ()
        found = [await self._store.next_address(row) for row in given_up]
        return [*(row for row in found if row is not None), *told]

    async def _tell_desk(self, row: OutboxRow) -> tuple[int, ...]:
        """Whom a job does not reach stands on the desk's card of it."""
        return await self._store.tell_desk(row) if row.job_id else ()

    @staticmethod
    def _patience_ends(row: OutboxRow) -> bool:
        """A picture goes to one chat only, while that one works at all."""
        return row.picture is None and row.tries + 1 in (TRIES_BEFORE_NEXT, TRIES_AT_MOST)


def _places() -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


def by_card(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """The rows of each card, oldest first; cards with something urgent come first. Each picture is one."""
    cards: dict[tuple[int, int, int | None, int | None], list[OutboxRow]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        alone = None if row.picture is None else row.id
        cards.setdefault((row.address.id, row.job_id, row.application_id, alone), []).append(row)
    return sorted(cards.values(), key=lambda of_card: not any(row.urgent for row in of_card))

"""Deliver what is owed: build the card from the state of this moment, send or edit it, record the result.

Knows platforms only by the Gateway protocol. Several rows owed to one address for one job are one send, of
the most urgent kind among them: a card is edited, not repeated.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from dispatch.errors import DispatchError
from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import SECOND, Micros
from dispatch.people import RING
from dispatch.ports import Bell, Clock, Store
from dispatch.reach import Reason
from handlers.gateways import Announces, Delivery, Gateway, Rings, Sent
from handlers.messages import Card, MessageRef
from handlers.router import Router
from workers import faults, patience
from workers.absence import absent
from workers.begun import Begun
from workers.beside import Beside
from workers.digests import Digests
from workers.figures import Figures
from workers.onward import Onward
from workers.patience import BACK_OFF_S
from workers.pictures import Pictures
from workers.share import EVERYTHING, Share

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Cards on their way side by side on one platform: enough to hide its round trip, few enough to leave the
event loop to the taps that are being answered. What is urgent has as many places of its own: a card that
waits for its turn at the platform keeps its place for seconds."""

RUNG_AT_ONCE = 500
"""The same for services that ring, of which each has a bound of its own at its gateway: one that hangs must
not take the places of those that work."""

MOOT = frozenset(
    {
        NoticeKind.HELP,
        NoticeKind.ALERT,
        NoticeKind.URGE,
        NoticeKind.NUDGE,
        NoticeKind.ASK_AFTER,
        NoticeKind.RECHECK,
        NoticeKind.OFFER,
        NoticeKind.ASK,
    }
)
"""What nobody has to be woken for once the job is closed. Whoever won must still be told that it is over."""

_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}


class Deliverer:
    """Sends outbox rows through the gateways. Calling it twice for a row is safe: a row that is no
    longer owed is not loaded. Rows that are not in its `share` are left to other processes, which `bell`
    tells of what is owed to a next address."""

    def __init__(
        self,
        store: Store,
        router: Router,
        gateways: Mapping[str, Gateway],
        clock: Clock,
        figures: Figures | None = None,
        *,
        share: Share = EVERYTHING,
        bell: Bell | None = None,
    ) -> None:
        self._figures = figures or Figures()
        self._store = store
        self._router = router
        self._gateways = gateways
        self._clock = clock
        self._share = share
        self._bell = bell
        self._onward = Onward(store, gateways, clock)
        self._begun = Begun(store, clock, alone=share is EVERYTHING)
        self._pictures = Pictures(store, router, gateways, clock)
        self._digests = Digests(router, gateways, clock)
        self._beside = Beside("cards stay owed")
        self._places: dict[tuple[str, bool], asyncio.Semaphore] = {}
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

    @property
    def under_way(self) -> frozenset[int]:
        """Rows that are on their way, or wait for their platform, at this moment."""
        return frozenset(self._under_way)

    def serves(self, platform: str) -> bool:
        """What goes to that platform is sent from here, now."""
        return self._share.has(platform)

    async def overdue(self, before: Micros, limit: int) -> tuple[int, ...]:
        """Ids of rows of its share that are owed since before then, urgent first; `limit` at most of what
        waits for the same places (`_place`)."""
        if not self._share.held():
            return ()
        share = self._share
        return await self._store.overdue_outbox(before, limit, share.named, others=share.others)

    async def drain(self) -> None:
        """Wait until all that was begun is over."""
        await self._beside.drain()

    async def leave(self, seconds: float) -> None:
        """Give what was begun so long, then let it be: rows without a result stay owed."""
        with self.leaving():
            await self._beside.leave(seconds)

    def leaving(self) -> AbstractContextManager[None]:
        """No message is begun within: it might be cut off, and nobody would know whether it arrived."""
        return self._begun.leaving()

    async def _carry(self, cards: Sequence[Sequence[OutboxRow]]) -> None:
        """Send the cards, then what is owed instead of those that reached nobody, until nothing is."""
        while cards:
            passed_on = await asyncio.gather(*(self._one(rows) for rows in cards))
            ids = [row for rows in passed_on for row in rows]
            if ids and self._bell is not None:
                self._bell.deliver(ids)
                return
            cards = await self._reachable(ids)

    async def _reachable(self, ids: Sequence[int]) -> list[list[OutboxRow]]:
        """The cards that can be sent now; of the others it is kept at once that they reach nobody."""
        found = await self._store.outbox([row for row in ids if row not in self._under_way])
        owed = [row for row in found if self._share.has(row.address.platform)]
        gone = await absent(owed, self._gateways)
        away = [row for row in owed if row.id in gone]
        if away:
            now = self._clock.now()
            await self._store.not_reached(away, now)
            for row in away:
                self._count(row, Delivery.NOT_REACHED, now)
        cards = by_card([row for row in owed if row.id not in gone])
        elsewhere = await self._onward.absent(away)
        if elsewhere and self._bell is not None:
            self._bell.deliver(elsewhere)
            return cards
        return [*cards, *await self._reachable(elsewhere)] if elsewhere else cards

    async def _one(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Send one card for all the rows that are owed for it; what came of it holds for each. Returns the
        rows that are owed to the person's next address instead."""
        told = await self._left_behind(rows)
        rows = [row for row in rows if row.id not in self._under_way and not self._begun.elsewhere(row)]
        if not rows:
            return told
        urgent = any(row.urgent for row in rows)
        with self._busy_with(rows):
            if not any(row.kind.wakes for row in rows):
                # Whoever tapped is answered first; and the card is made afterwards, of what all taps came to.
                await self._router.rush.over()
            async with self._place(rows[0].address.platform, urgent=urgent):
                if not self._share.has(rows[0].address.platform):
                    return told  # it was, when they were loaded
                return [*told, *await self._carried(rows)]

    async def _left_behind(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Record what another process has begun and never finished. Returns the rows that are owed because
        of it."""
        told: list[int] = []
        for row in rows:
            if self._begun.elsewhere(row) and (lost := self._begun.left_behind(row)) is not None:
                await self._record(row, lost)
                told += await self._onward.refused([row], lost)
        return told

    async def _carried(self, rows: Sequence[OutboxRow]) -> list[int]:
        """`_one`, in its place; what goes wrong is told and ends here."""
        try:
            sent = await self._send(rows)
            if sent is None:
                return []
            for row in rows:
                await self._record(row, sent)
            return await self._onward.refused(rows, sent)
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

    def _place(self, platform: str, *, urgent: bool) -> asyncio.Semaphore:
        at_once = RUNG_AT_ONCE if platform == RING else AT_ONCE
        return self._places.setdefault((platform, urgent), asyncio.Semaphore(at_once))

    async def _send(self, rows: Sequence[OutboxRow]) -> Sent | None:
        """None where nothing is to be recorded: somebody else is at it."""
        row, kind = rows[-1], min((row.kind for row in rows), key=_RANK.__getitem__)
        if row.picture is not None:
            return await self._pictures.carry(row)
        if row.address.person_id is None and kind is NoticeKind.UPDATE and await self._never_shown(row):
            return Sent(delivery=Delivery.NOT_REACHED)  # a room that never had this card is not told
        card = await self._card(row)
        if card is None:
            return Sent(delivery=Delivery.OBSOLETE)
        if row.kind.alone:
            sent = await self._sent(rows, card, row.kind, None)
            await self._digests.follow(row, sent)
            return sent
        if card.closed and (kind in MOOT or not kind.wakes):
            if await self._never_shown(row):
                return Sent(delivery=Delivery.OBSOLETE)
            kind = NoticeKind.UPDATE if kind in MOOT else kind
        ref = None if row.ref is None else MessageRef(value=row.ref)
        return await self._sent(rows, card, kind, ref)

    async def _sent(
        self, rows: Sequence[OutboxRow], card: Card, kind: NoticeKind, ref: MessageRef | None
    ) -> Sent:
        """What the gateway makes of it; what others must know beforehand is written down."""
        address = rows[-1].address
        gateway = self._gateways[address.platform]
        hold, begin = self._begun.holding(rows), self._begun.beginning(rows)
        if hold is not None and isinstance(gateway, Rings):
            return await gateway.ring_begun(address, card, kind, ref, hold)
        if isinstance(gateway, Announces) and kind is not NoticeKind.DRILL:
            return await gateway.send_begun(address, card, kind, ref, begin)
        return await gateway.send(address, card, kind, ref)

    async def _never_shown(self, row: OutboxRow) -> bool:
        """For certain, nobody at this address has ever had the card."""
        if row.ref is not None or not self._gateways[row.address.platform].abilities.lasting:
            return False
        return not (row.job_id and await self._store.doubtful(row.address, row.job_id))

    async def _card(self, row: OutboxRow) -> Card | None:
        """None where it is owed to nobody any more."""
        router = self._router
        match row.kind:
            case NoticeKind.DRILL:
                return await router.drill_card(row.address, row.id)
            case NoticeKind.DIGEST:
                return await router.loads.card(row.address, row.id)
            case NoticeKind.THANKS:
                return await router.thanks.card(row.address, row.job_id, row.created_at, row.id)
            case NoticeKind.TOLD if row.relay_id is not None:
                return await router.families.notice(row.address, row.relay_id, row.id)
            case NoticeKind.TOLD:
                return await router.families.card(row.address, row.job_id, row.id)
        return await self._follows(row)

    async def _follows(self, row: OutboxRow) -> Card:
        if row.application_id is not None:
            return await self._router.application_card(row.address, row.application_id)
        if row.relay_id is not None:
            return await self._router.relay_card(row.address, row.relay_id)
        return await self._router.card(row.address, row.job_id)

    async def _record(self, row: OutboxRow, sent: Sent) -> None:
        now = self._clock.now()
        result, retry_at = sent.delivery, None
        if result is Delivery.RETRY and patience.last(row):
            result = Delivery.UNREACHABLE
        elif result is Delivery.RETRY:
            wait = sent.retry_after or BACK_OFF_S[min(row.tries, len(BACK_OFF_S) - 1)]
            retry_at = now + round(wait * SECOND)
        ref = None if sent.ref is None else sent.ref.value
        await self._store.delivered(row, now=now, result=result.value, ref=ref, retry_at=retry_at)
        self._begun.over(row)
        if sent.delivery is Delivery.RETRY and patience.last(row) and patience.soon(row):
            await self._onward.doubt(row.address, Reason.NO_ANSWER, now)
        elif sent.delivery is Delivery.DELIVERED and row.doubted:
            await self._store.clear_doubt(row.address)
        self._count(row, result, now)

    def _count(self, row: OutboxRow, result: Delivery, now: Micros) -> None:
        """How late it is, is told of first tries that ring somebody: others wait on purpose."""
        late: Micros | None = now - row.created_at if row.kind.wakes and not row.tries else None
        self._figures.delivery(row.address.platform, result.value, late)


def by_card(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """The rows of each card, oldest first; cards with something urgent come first. Each picture is one, and
    so is each message of its own."""
    cards: dict[tuple[int | None, ...], list[OutboxRow]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        alone = row.id if row.kind.alone or row.picture is not None else None
        about = (row.job_id, row.application_id, row.relay_id, alone)
        cards.setdefault((row.address.id, *about), []).append(row)
    return sorted(cards.values(), key=lambda of_card: not any(row.urgent for row in of_card))

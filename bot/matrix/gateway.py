"""Matrix as a gateway, outgoing: a card is one message a room, edited, and sent anew where it must ring.

What a card says and who gets it is decided elsewhere, and how it gets there in `carrying`. Only one thing is
decided a second time here, in case somebody erred: nothing private into a room of many.
"""

import asyncio
import logging

from bot.following import Wish
from bot.matrix import outcomes, refs
from bot.matrix.account import Account
from bot.matrix.carrying import Carrier, Errand, RefusedError
from bot.matrix.clearing import Clearing
from bot.matrix.dressing import Dressing
from bot.matrix.media import Media
from bot.matrix.outcomes import Outcome, Verdict
from bot.matrix.pacing import Pace
from bot.matrix.people import PLATFORM, People
from bot.matrix.refs import Ref
from bot.matrix.rooms import Rooms
from bot.matrix.showing import Showing, refused
from bot.matrix.standing import Standing, standings
from bot.matrix.writing import Writer
from dispatch.errors import MalformedError
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Clock, Store
from dispatch.reach import Reason
from handlers.gateways import Abilities, Delivery, Sent
from handlers.messages import Card, MessageRef, Shown, WithPage
from handlers.texts import Catalogs
from workers.digests import bring

log = logging.getLogger(__name__)

ABILITIES = Abilities(
    buttons=True,
    edits=True,
    private_cards=True,
    encryption=True,
    calls_by_name=True,
    copies_text=False,
    lasting=True,
)
"""What Matrix can do; its buttons are reactions."""

SHOW_TRIES, SHOW_AGAIN_S = 5, 1.0
"""A card that somebody asked for is nobody's who owes it: it is tried so often, and then asked for again."""

_UNUSABLE = (Verdict.NOT_IN, Verdict.NO_POWER)
"""A private room of which this is said is given up for another one."""

LEAVE_S = 1.0
"""Seconds at the end for what is under way beside the cards, all at once: reactions, and rooms that are
cleared. The program has five for everything."""


class MatrixGateway:
    """Implements `handlers.gateways.Gateway` and `ShowsPictures`. Safe to call from many tasks at once: what
    is wanted of one card is done one after the other, in as few requests as possible."""

    def __init__(
        self,
        account: Account,
        rooms: Rooms,
        store: Store,
        catalogs: Catalogs,
        clock: Clock,
        paged: WithPage | None = None,
    ) -> None:
        """Without `paged` no card leads to a page."""
        self._paged = paged
        self.pace = Pace(clock)
        """Whatever else is said in a room asks here for its turn; `writer` does."""
        self.writer = Writer(account, self.pace)
        self._dressing = Dressing(self.writer, self.pace)
        self._carrier = Carrier(self.writer, self._dressing, rooms, store, catalogs, clock)
        self.media = Media(account)
        self.clearing = Clearing(self.writer, People(store))
        """Rooms that are nobody's own any more."""
        self._showing = Showing(self.writer, rooms, self.media)
        self._account = account
        self._rooms = rooms
        self._store = store
        self._clock = clock
        self._standings = standings()

    @property
    def abilities(self) -> Abilities:
        """What Matrix can do."""
        return ABILITIES

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return PLATFORM

    def reaches(self, address: Address) -> bool:  # noqa: ARG002 - every room is there until the server says no
        """Always, as far as can be known before sending."""
        return True

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Make the room show the card; where `kind` wakes, by a new message at its end that replaces the old.

        Waits a few seconds for its turn at most. Repeating is safe, in this process or another one: there is
        one message, and what rang for one reason and state does not ring twice."""
        if card.private and address.person_id is None:
            log.error("%s is private and was about to go to a room, address %d", card.name, address.id)
            return Sent(delivery=Delivery.NOT_REACHED)
        return await self._follow(address, card, kind, _read(ref))

    async def show_picture(self, address: Address, shown: Shown, card: MessageRef | None) -> Sent:
        """See `handlers.gateways.ShowsPictures`; repeating makes no second one here. Never into a room of
        many, whoever asks."""
        if address.person_id is None:
            log.error("a picture was about to go to address %d, which is no person's", address.id)
            return Sent(delivery=Delivery.NOT_REACHED)
        if not self._account.here:
            return Sent(delivery=Delivery.RETRY, retry_after=outcomes.AWAY_WAIT_S)
        room = await self._rooms.of(address)
        for last in (False, True):
            made = room if isinstance(room, Outcome) else await self._show(address, room, shown, card)
            if isinstance(made, Ref):
                return Sent(delivery=Delivery.DELIVERED, ref=made.known)
            if isinstance(room, Outcome) or made.verdict not in _UNUSABLE or last:
                return refused(address, made)
            room = await self._instead(address, room)
        return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.ROOM_GONE)

    async def bring(self, address: Address, shown: Shown) -> None:
        """Show somebody a picture that they have just asked for, when its turn comes."""
        await bring(self, address, shown, self._clock)

    async def take_back(self, address: Address, ref: MessageRef) -> Sent:
        """See `handlers.gateways.ShowsPictures`."""
        found = _read(ref)
        if found is None:
            return Sent(delivery=Delivery.DELIVERED)  # no message of ours
        if not self._account.here:
            return Sent(delivery=Delivery.RETRY, retry_after=outcomes.AWAY_WAIT_S)
        return await self._showing.take_back(address, found)

    def tapped(self, address: Address, card: Card) -> None:
        """The reader has this card before their eyes: the answer to their tap need not ring."""
        self._standings.of(address.id, card.name).tapped(self._clock.now())

    async def show(self, address: Address, card: Card) -> None:
        """Bring the card to the end of the room, without a sound: its reader has just asked for it."""
        if card.private and address.person_id is None:
            return
        for _ in range(SHOW_TRIES):
            kept = await self._kept(address, card.job_id) if card.of_job else None
            sent = await self._follow(address, card, NoticeKind.UPDATE, kept, anew=True)
            if sent.ref is not None and card.of_job:
                await self._store.adopt_card(address, card.job_id, sent.ref.value)
            if sent.delivery is not Delivery.RETRY:
                return
            await self._clock.sleep(sent.retry_after or SHOW_AGAIN_S)

    async def refresh(self, address: Address, card: Card) -> None:
        """Make the card true where it stands, at once: somebody has just changed it, and others look at it.

        What is owed comes a moment later and finds it so; what fails here is still owed."""
        if (kept := await self._kept(address, card.job_id)) is not None:
            await self._follow(address, card, NoticeKind.UPDATE, kept)

    async def alone(self, address: Address) -> str | None:
        """A person's room, asked once more whether it is theirs and ours alone; else another one. None where
        there is none to be had just now."""
        room = await self._rooms.of(address)
        if isinstance(room, Outcome):
            return None
        theirs = await self._rooms.alone_in(room, address.value)
        if isinstance(theirs, Outcome):
            return None
        other = room if theirs else await self._instead(address, room)
        return None if isinstance(other, Outcome) else other

    async def shared(self, room: str, user_id: str) -> bool:
        """Others are in a room, or may come, as the server has it now. False while that cannot be learnt:
        then what was learnt last holds."""
        return await self._rooms.alone_in(room, user_id) is False

    async def drain(self, seconds: float = LEAVE_S) -> None:
        """Leave in order: what is under way gets a moment."""
        await asyncio.gather(self._dressing.drain(seconds), self.clearing.beside.leave(seconds))

    async def _show(
        self, address: Address, room: str, shown: Shown, card: MessageRef | None
    ) -> Ref | Outcome:
        standing = self._standings.of(address.id, f"job-{shown.job_id}")
        async with standing.lock:  # a card that is being sent just now is the one to hang below
            below = standing.target(_read(card), room)
        return await self._showing.show(address, room, shown, below)

    async def _kept(self, address: Address, job_id: int) -> Ref | None:
        """The card's message as the store knows it."""
        kept = await self._store.card_ref(address, job_id)
        return None if kept is None else _read(MessageRef(value=kept))

    async def _follow(
        self, address: Address, card: Card, kind: NoticeKind, ref: Ref | None, *, anew: bool = False
    ) -> Sent:
        """Join what is wanted of this card, or want it first and do it for all who join."""
        if self._paged is not None and address.person_id is not None:
            card = self._paged(card)
        standing = self._standings.of(address.id, card.name)
        wish = standing.want(card, kind, ref, anew=anew)
        async with standing.lock:
            if wish.sent is None:
                try:
                    wish.sent = await self._fulfil(address, standing, wish)
                finally:
                    standing.begin(wish)
            return wish.sent

    async def _fulfil(self, address: Address, standing: Standing, wish: Wish[Ref]) -> Sent:
        if not self._account.here:
            return Sent(delivery=Delivery.RETRY, retry_after=outcomes.AWAY_WAIT_S)
        room = await self._rooms.of(address)
        for last in (False, True):
            if isinstance(room, Outcome):
                return self._refused(address, standing, wish.card, room)
            errand = Errand(address=address, room=room, standing=standing, wish=wish)
            try:
                sent = await self._carrier.carry(errand)
            except RefusedError as refusal:
                if refusal.outcome.verdict not in _UNUSABLE or address.audience is not None or last:
                    return self._refused(address, standing, wish.card, refusal.outcome)
            else:
                standing.refused = ""
                return sent
            room = await self._instead(address, room)
        return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.ROOM_GONE)

    async def _instead(self, address: Address, room: str) -> str | Outcome:
        self.clearing.begin(room)
        return await self._rooms.again(address, room)

    @staticmethod
    def _refused(address: Address, standing: Standing, card: Card, outcome: Outcome) -> Sent:
        """Said once as long as it stays the same: a server that is away is tried again for each card."""
        why = f"{outcome.verdict} ({outcome.said})"
        if why != standing.refused:
            log.warning("%s for address %d: %s", card.name, address.id, why)
        standing.refused = why
        return outcomes.sent(outcome)


def _read(ref: MessageRef | None) -> Ref | None:
    """The message; None also for a ref that is none of ours: a new message then takes its place."""
    try:
        return None if ref is None else refs.read(ref)
    except MalformedError:
        return None

"""Telegram as a gateway, outgoing: a card is one message a chat, edited, and sent anew where it must ring.

What a card says and who gets it is decided elsewhere, and how it gets there in `carrying`. Only one thing is
decided a second time here, in case somebody erred: nothing private into a group.
"""

import logging

from bot.following import Following, Followings, Wish
from bot.telegram import refs
from bot.telegram.bots import Bots, NoBotError
from bot.telegram.carrying import PLATFORM, Carrier, Errand, Unknown
from bot.telegram.outcomes import TOKEN_WAIT_S
from bot.telegram.pacing import Pace, Slots
from bot.telegram.refs import Ref
from bot.telegram.showing import Showing
from bot.telegram.writing import Writer
from dispatch.errors import MalformedError
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Clock, Store
from dispatch.reach import Reason
from handlers.gateways import Abilities, Begin, Delivery, Sent
from handlers.messages import Card, MessageRef, Shown, WithPage
from handlers.rush import Rush
from handlers.texts import Catalogs
from workers.digests import bring

log = logging.getLogger(__name__)

ABILITIES = Abilities(
    buttons=True,
    edits=True,
    private_cards=True,
    encryption=False,
    calls_by_name=False,
    copies_text=True,
    lasting=True,
)
"""What Telegram can do; none of its buttons dials."""

SHOW_TRIES, SHOW_AGAIN_S = 5, 1.0
"""A card that somebody asked for is nobody's who owes it: it is tried so often, and then asked for again."""


class TelegramGateway:
    """Implements `handlers.gateways.Gateway`. Safe to call from many tasks at once: what is wanted of one
    card is done one after the other, in as few requests as possible."""

    def __init__(
        self,
        bots: Bots,
        limiter: Slots,
        store: Store,
        catalogs: Catalogs,
        clock: Clock,
        rush: Rush | None = None,
        paged: WithPage | None = None,
    ) -> None:
        """Without `paged` no card leads to a page."""
        self._bots = bots
        self._paged = paged
        self._store = store
        self._clock = clock
        self.pace = Pace(limiter, clock)
        """Whatever else is said in a chat asks here for its turn."""
        self.rush = Rush() if rush is None else rush
        """Taps are counted here: what rings nobody gives way to their answers."""
        self._showing = Showing(self.pace)
        self._carrier = Carrier(self.pace, store, catalogs, clock)
        self._followings = Followings(Following[Ref])
        self._keys: dict[int, str] = {}

    @property
    def abilities(self) -> Abilities:
        """What Telegram can do."""
        return ABILITIES

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return PLATFORM

    @property
    def unknown(self) -> Unknown:
        """Counts sends of which nobody knows whether they arrived, since the process began."""
        return self._carrier.unknown

    def reaches(self, address: Address) -> bool:  # noqa: ARG002 - every chat is there until Telegram says no
        """Always, as far as can be known before sending."""
        return True

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Make the chat show the card; where `kind` wakes, by a new message at its end that replaces the old.

        Waits a few seconds for its turn at most. Repeating is safe: what stands there already is not sent
        again, and what rang for one reason and state does not ring twice."""
        return await self._sent(address, card, kind, ref)

    async def send_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """See `handlers.gateways.Announces`."""
        return await self._sent(address, card, kind, ref, begin)

    async def _sent(
        self,
        address: Address,
        card: Card,
        kind: NoticeKind,
        ref: MessageRef | None,
        begin: Begin | None = None,
    ) -> Sent:
        chat = _chat(address)
        if chat is None:
            log.warning("address %d is no number of a Telegram chat", address.id)
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.NO_CHAT)
        if card.private and (address.person_id is None or chat < 0):
            log.error("%s is private and was about to go to a group, address %d", card.name, address.id)
            return Sent(delivery=Delivery.NOT_REACHED)
        return await self._follow(address, chat, card, kind, _read(ref), begin=begin)

    async def show_picture(self, address: Address, shown: Shown, card: MessageRef | None) -> Sent:
        """See `handlers.gateways.ShowsPictures`. Never into a group, whoever asks."""
        chat = _chat(address)
        if chat is None or chat < 0 or address.person_id is None:
            log.error("a picture was about to go to address %d, which is no person's chat", address.id)
            return Sent(delivery=Delivery.NOT_REACHED)
        try:
            writer = await self._writer(address, chat)
        except NoBotError:
            return Sent(delivery=Delivery.RETRY, retry_after=TOKEN_WAIT_S)
        following = self._of_job(address, shown.job_id)
        async with following.lock:  # a card that is being sent just now is the one to hang below
            below = following.target(_read(card), chat)
        return await self._showing.show(writer, shown, below)

    async def bring(self, address: Address, shown: Shown) -> None:
        """Show somebody a picture that they have just asked for, when its turn comes."""
        await bring(self, address, shown, self._clock)

    async def take_back(self, address: Address, ref: MessageRef) -> Sent:
        """See `handlers.gateways.ShowsPictures`."""
        found = _read(ref)
        if found is None:
            return Sent(delivery=Delivery.DELIVERED)  # no message of ours
        try:
            writer = await self._writer(address, found.chat)
        except NoBotError:
            return Sent(delivery=Delivery.RETRY, retry_after=TOKEN_WAIT_S)
        return await self._showing.take_back(writer, found)

    async def refresh(self, address: Address, card: Card, ref: MessageRef, *, unfolded: bool = False) -> Sent:
        """Show the reader at once what their own tap on the message `ref` made of the card. `unfolded`: a
        menu stands below it, and the card's own buttons are to come back even if nothing else changed.

        Nothing is sent where they tapped in another chat, as in a group: the outbox does that."""
        self.tapped(address, card)
        following = self._followings.of(address.id, card.name)
        chat, seen = _chat(address), _read(ref)
        if chat is None or following.target(seen, chat) is None:
            return Sent(delivery=Delivery.NOT_REACHED)
        if unfolded:
            following.digest = b""  # what was sent last is not what stands there
        return await self.send(address, card, NoticeKind.UPDATE, ref)

    def tapped(self, address: Address, card: Card) -> None:
        """The reader has this card before their eyes: the answer to their tap need not ring."""
        self._followings.of(address.id, card.name).tapped(self._clock.now())

    async def show(self, address: Address, card: Card) -> None:
        """Bring the card to the end of the chat, without a sound: its reader has just asked for it."""
        chat = _chat(address)
        if chat is None or (card.private and chat < 0):
            return
        for _ in range(SHOW_TRIES):
            kept = await self._kept(address, card.job_id) if card.of_job else None
            sent = await self._follow(address, chat, card, NoticeKind.UPDATE, kept, anew=True)
            if sent.ref is not None and card.of_job:
                await self._store.adopt_card(address, card.job_id, sent.ref.value)
            if sent.delivery is not Delivery.RETRY:
                return
            await self._clock.sleep(sent.retry_after or SHOW_AGAIN_S)

    async def adopt(self, address: Address, job_id: int, chat_id: int, message_id: int) -> None:
        """A message that nobody knew of was tapped: its sending was *unknown*, so it is the card.

        Unless a later one is: then this one is taken away. Messages of a chat are numbered upwards."""
        if _chat(address) != chat_id:
            return
        found, following = Ref(chat=chat_id, message=message_id), self._of_job(address, job_id)
        async with following.lock:
            known = following.target(await self._kept(address, job_id), chat_id)
            if known is not None and known.message >= message_id:
                if known.message > message_id:
                    await self._remove(address, found)
                return
            if known is not None:
                found = Ref(chat=chat_id, message=message_id, left=(known.message, *known.left))
            following.became(found)
            following.digest = b""
            self._carrier.settle(following)
            await self._store.adopt_card(address, job_id, found.known.value)

    def _of_job(self, address: Address, job_id: int) -> Following[Ref]:
        return self._followings.of(address.id, f"job-{job_id}")

    async def _kept(self, address: Address, job_id: int) -> Ref | None:
        """The card's message as the store knows it."""
        kept = await self._store.card_ref(address, job_id)
        return None if kept is None else _read(MessageRef(value=kept))

    async def _follow(
        self,
        address: Address,
        chat: int,
        card: Card,
        kind: NoticeKind,
        ref: Ref | None,
        *,
        anew: bool = False,
        begin: Begin | None = None,
    ) -> Sent:
        """Join what is wanted of this card, or want it first and do it for all who join."""
        if self._paged is not None and address.person_id is not None and chat > 0:
            card = self._paged(card)
        following = self._followings.of(address.id, card.name)
        wish = following.want(card, kind, ref, anew=anew)
        if begin is not None:
            wish.begins.append(begin)
        async with following.lock:
            if wish.sent is None:
                wish.sent = await self._fulfil(address, chat, following, wish)
            return wish.sent

    async def _fulfil(self, address: Address, chat: int, following: Following[Ref], wish: Wish[Ref]) -> Sent:
        try:
            writer = await self._writer(address, chat)
        except NoBotError:
            log.warning("no bot speaks for committee %d", address.committee_id)
            return Sent(delivery=Delivery.RETRY, retry_after=TOKEN_WAIT_S)
        try:
            return await self._carrier.carry(
                Errand(address=address, writer=writer, following=following, wish=wish)
            )
        finally:
            following.begin(wish)

    async def _remove(self, address: Address, found: Ref) -> None:
        await self._carrier.remove(address, await self._writer(address, found.chat), found.message)

    async def _writer(self, address: Address, chat: int) -> Writer:
        """Raises `NoBotError`."""
        if address.committee_id not in self._keys:
            roster = await self._store.roster(address.committee_id)
            self._keys[address.committee_id] = roster.committee.key
        bot = self._bots.for_committee(self._keys[address.committee_id])
        topic = int(address.topic) if address.topic and address.topic.isdecimal() else None
        return Writer(bot=bot, chat=chat, topic=topic)


def _chat(address: Address) -> int | None:
    """The chat's number: a person's is above zero, a group's below."""
    value = address.value.strip()
    digits = value.removeprefix("-")
    return int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None


def _read(ref: MessageRef | None) -> Ref | None:
    """The message; None also for a ref that is none of ours: a new message then takes its place."""
    try:
        return None if ref is None else refs.read(ref)
    except MalformedError:
        return None

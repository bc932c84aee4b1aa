"""How one card gets into one chat: an edit, or a new message that takes the place of the old one.

Does what is left to do after every answer of Telegram's, and says how it ended. Who waits for it, and which
chat it is, is the gateway's.
"""

import asyncio
import logging
from dataclasses import dataclass, replace

from bot.following import Following, Wish
from bot.telegram import outcomes
from bot.telegram.outcomes import Outcome, Verdict
from bot.telegram.pacing import Pace
from bot.telegram.refs import UNSURE, Ref
from bot.telegram.writing import Page, Writer, page
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Clock, Store
from handlers.gateways import Delivery, Sent
from handlers.messages import Tone
from handlers.texts import Catalogs

log = logging.getLogger(__name__)

PLATFORM = "telegram"
"""The platform's name in addresses."""


@dataclass(slots=True)
class Unknown:
    """Sends of which nobody knows whether they arrived."""

    count: int = 0
    settled: int = 0
    """Those whose card was sent or found since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One card to be brought to one chat."""

    address: Address
    writer: Writer
    following: Following[Ref]
    wish: Wish[Ref]

    @property
    def target(self) -> Ref | None:
        """The message that the card is already."""
        return self.following.target(self.wish.ref, self.writer.chat)


class Carrier:
    """Runs errands. One errand a card and address at a time: the caller holds the following's lock."""

    def __init__(self, pace: Pace, store: Store, catalogs: Catalogs, clock: Clock) -> None:
        self.unknown = Unknown()
        self._pace = pace
        self._store = store
        self._catalogs = catalogs
        self._clock = clock

    async def carry(self, errand: Errand) -> Sent:
        """Make the chat show the card. Waits for its turn as long as is fair to others."""
        if (done := self._needless(errand)) is not None:
            return done
        if wait := await self._turn(errand, errand.writer.chat):
            return Sent(delivery=Delivery.RETRY, retry_after=wait)
        errand.following.begin(errand.wish)  # who comes now wants the next one
        if (done := self._needless(errand)) is not None:
            return done
        if errand.target is not None and not self._anew(errand):
            return await self._edit(errand, errand.target)
        return await self._post(errand, silent=errand.wish.card.silent or not self._rings(errand))

    async def remove(self, address: Address, writer: Writer, message: int) -> bool:
        """Take a message away that is no card any more. Repeating is safe."""
        return await writer.remove(message, await self._stub(address))

    def settle(self, following: Following[Ref]) -> None:
        """The card is known again."""
        self.unknown.settled += following.unknown is not None
        following.unknown = None

    def _needless(self, errand: Errand) -> Sent | None:
        """What to say where no request is needed."""
        following, card, target = errand.following, errand.wish.card, errand.target
        anew = self._anew(errand)
        if target is None:
            # Nobody knows whether it is there. Sending it again might make two, so only a newer state is.
            unknown = following.unknown == card.version
            return Sent(delivery=Delivery.UNKNOWN) if unknown else None
        if card.version < following.version:  # it was made before the one that stands there
            return Sent(delivery=Delivery.RETRY) if anew else _delivered(target)
        same = card.version == following.version and page(card).digest == following.digest
        complete = (card.place is None) is (target.pin is None) and not target.left
        return _delivered(target) if same and complete and not anew else None

    def _anew(self, errand: Errand) -> bool:
        return errand.wish.anew or self._rings(errand)

    def _rings(self, errand: Errand) -> bool:
        wish = errand.wish
        return errand.following.rings(wish.card, wish.kind, self._clock.now())

    async def _turn(self, errand: Errand, chat: int) -> float:
        wish = errand.wish
        danger = wish.kind.wakes and wish.card.tone in (Tone.ALARM, Tone.LIFE)
        return await self._pace.turn(errand.writer.bot.id, chat, urgent=danger or wish.kind.presses)

    async def _edit(self, errand: Errand, target: Ref) -> Sent:
        shown = page(errand.wish.card)
        outcome = await errand.writer.edit(target.message, shown)
        if outcome is None:
            return await self._arrived(errand, target, shown)
        if outcome.verdict is Verdict.GONE:
            return await self._replace(errand, target)
        return await self._refused(errand, outcome)

    async def _replace(self, errand: Errand, gone: Ref) -> Sent:
        """The reader took the message away. What they are to know comes again, without a sound."""
        if errand.wish.kind is NoticeKind.WITHDRAW:
            return _delivered(gone)
        if wait := await self._turn(errand, errand.writer.chat):
            return Sent(delivery=Delivery.RETRY, retry_after=wait)
        return await self._post(errand, silent=True)

    async def _post(self, errand: Errand, *, silent: bool, again: bool = True) -> Sent:
        """A new message; the one that the card was goes away."""
        old, shown, writer = errand.target, page(errand.wish.card), errand.writer
        for begin in errand.wish.begins:
            await begin()
        try:
            made = await writer.send(shown, silent=silent)
            if isinstance(made, Outcome) and made.verdict is Verdict.NO_TOPIC and writer.topic is not None:
                log.warning("the topic of address %d is closed or gone", errand.address.id)
                made = await replace(writer, topic=None).send(shown, silent=silent)
        except asyncio.CancelledError:
            errand.wish.sent = self._lost(errand)
            raise
        if isinstance(made, Ref):
            left = () if old is None else tuple(each for each in (old.message, old.pin, *old.left) if each)
            return await self._arrived(errand, replace(made, left=left), shown)
        if made.verdict is Verdict.MOVED and again:
            return await self._follow_group(errand, made.moved_to, silent=silent)
        return await self._refused(errand, made)

    async def _follow_group(self, errand: Errand, chat: int, *, silent: bool) -> Sent:
        """The group became a supergroup: the store learns its new number, and the card is sent there."""
        log.warning("the group of address %d has a new number", errand.address.id)
        await self._store.move_room(PLATFORM, errand.address.value, str(chat))
        if wait := await self._turn(errand, chat):
            return Sent(delivery=Delivery.RETRY, retry_after=wait)
        there = replace(errand, writer=replace(errand.writer, chat=chat))
        return await self._post(there, silent=silent, again=False)

    async def _refused(self, errand: Errand, outcome: Outcome) -> Sent:
        card, address, writer = errand.wish.card, errand.address, errand.writer
        if outcome.verdict is Verdict.MOVED:
            return await self._follow_group(errand, outcome.moved_to, silent=True)
        log.warning("%s for address %d: %s (%s)", card.name, address.id, outcome.verdict, outcome.said)
        if outcome.verdict is Verdict.FLOOD:
            await self._pace.flooded(writer.bot.id, writer.chat, outcome.after)
        if outcome.verdict is Verdict.UNKNOWN:
            return self._lost(errand)
        return outcomes.sent(outcome)

    def _lost(self, errand: Errand) -> Sent:
        """It may or may not have arrived; its next edit or its reader's next tap will tell."""
        self.unknown.count += 1
        log.warning(
            "whether %s reached address %d is unknown; so it was %d times since the start, %d are settled",
            errand.wish.card.name,
            errand.address.id,
            self.unknown.count,
            self.unknown.settled,
        )
        errand.following.unknown = errand.wish.card.version
        errand.following.rang(errand.wish.card, errand.wish.kind)
        return Sent(delivery=Delivery.UNKNOWN)

    async def _arrived(self, errand: Errand, ref: Ref, shown: Page) -> Sent:
        """The message is right; now its pin, and what else of it stands in the chat."""
        following, wish = errand.following, errand.wish
        following.became(ref)
        following.version, following.digest = wish.card.version, shown.digest
        following.rang(wish.card, wish.kind)
        self.settle(following)
        wish.sent = _delivered(ref)  # holds even if we are told to leave before the rest is done
        ref = await self._pinned(errand, await self._tidied(errand, ref))
        following.became(ref)
        return _delivered(ref)

    async def _tidied(self, errand: Errand, ref: Ref) -> Ref:
        """Without the older copies; those that cannot be taken away now are tried again at the next edit."""
        left = [each for each in ref.left if not await self.remove(errand.address, errand.writer, each)]
        return replace(ref, left=tuple(left))

    async def _pinned(self, errand: Errand, ref: Ref) -> Ref:
        """With a pin while somebody may know the place, and without one afterwards."""
        card, writer = errand.wish.card, errand.writer
        if card.place is None and ref.pin is not None:
            gone = ref.pin == UNSURE or await self.remove(errand.address, writer, ref.pin)
            return replace(ref, pin=None) if gone else ref
        if card.place is None or ref.pin is not None or writer.chat < 0:
            return ref
        if await self._turn(errand, writer.chat):
            return ref  # the next edit brings it
        made = await writer.pin(card, card.place, ref.message)
        if isinstance(made, Outcome):
            log.warning("%s for address %d has no pin: %s", card.name, errand.address.id, made.verdict)
            return replace(ref, pin=UNSURE) if made.verdict is Verdict.UNKNOWN else ref
        return replace(ref, pin=made)

    async def _stub(self, address: Address) -> Page:
        """What an old copy becomes that Telegram does not let us delete any more (after 48 hours)."""
        roster = await self._store.roster(address.committee_id)
        person = roster.people.get(address.person_id or 0)
        language = address.language or roster.committee.language if person is None else person.language
        words = self._catalogs.texts(language).say("This card has moved further down.")
        return Page(html=words, markup=None)


def _delivered(ref: Ref) -> Sent:
    return Sent(delivery=Delivery.DELIVERED, ref=ref.known)

"""Ringing phones that nothing else wakes, as a gateway: what is owed to a service is sent to that service.

A ring is for whoever must answer at this moment; what is in hand by now, or over, rings nobody.
"""

import asyncio

from dispatch.events import NoticeKind
from dispatch.people import RING, Address
from dispatch.ports import Store
from dispatch.reach import Reason
from dispatch.waking import RINGING
from handlers import rings
from handlers.gateways import Abilities, Begin, Delivery, Sent
from handlers.messages import Card, MessageRef, Tone
from handlers.texts import FALLBACK, Catalogs
from workers import services
from workers.service_calls import ANSWER_WITHIN_S, WORDS_ONLY, ServiceCalls

AT_ONCE = 64
"""Phones that are being rung side by side: each is a thread."""

OF_ONE = 16
"""How many of them by one service: a life-threatening job calls a dozen leaders at one moment, and services
that hang leave places to those that work."""


class RingGateway:
    """Implements `handlers.gateways.Gateway` for addresses of services. `page` is where everybody answers.

    Repeating rings again: a service forgets what it has rung with."""

    def __init__(
        self, store: Store, catalogs: Catalogs, page: str, *, within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._store = store
        self._catalogs = catalogs
        self._page = page
        self._calls = ServiceCalls(AT_ONCE, OF_ONE, within_s=within_s, unanswered=Delivery.RETRY)

    @property
    def abilities(self) -> Abilities:
        """It rings."""
        return WORDS_ONLY

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return RING

    def reaches(self, address: Address) -> bool:  # noqa: ARG002 - a service is there until it says no
        """Always, as far as can be known before sending."""
        return True

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Ring, if the reader must still answer. Refused for good, or for now: both are said at once."""
        del ref  # nothing that rang can be edited
        return await self._rung(address, card, kind)

    async def ring_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """See `handlers.gateways.Rings`."""
        del ref
        return await self._rung(address, card, kind, begin)

    async def _rung(self, address: Address, card: Card, kind: NoticeKind, begin: Begin | None = None) -> Sent:
        if not _called_for(card, kind):
            return Sent(delivery=Delivery.OBSOLETE)
        secret = await self._store.secret(address)
        if secret is None:
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.UNUSABLE)
        words = rings.ring(card, kind, self._catalogs.texts(await self._language(address)), self._page)
        return await self._calls.send(secret, words.title, words.body, card.priority, begin)

    async def _language(self, address: Address) -> str:
        roster = await self._store.roster(address.committee_id)
        person = roster.people.get(address.person_id or 0)
        return FALLBACK if person is None else person.language


async def warm(store: Store) -> None:
    """Load the library now where anybody listed a service: the first call need not wait a second for it."""
    if any([(await store.roster(each.id)).rung for each in await store.committees()]):
        await asyncio.to_thread(services.warm)


def _called_for(card: Card, kind: NoticeKind) -> bool:
    """Whoever answered meanwhile, or whose call has ended, is not woken."""
    return kind is NoticeKind.DRILL or (kind in RINGING and card.tone is Tone.ALARM)

"""The web page as a gateway where several processes serve pages: a card that one delivers is shown by all.

Only ids travel between them: each makes the card itself, from the store, as it is by then. What was missed
while the queue's server was away is caught up by the browser, which connects again and is told everything.
"""

import json
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from bot.web.gateway import WebGateway
from bot.web.ringing import Ringing
from dispatch.errors import DispatchError
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.verbs import Subject
from handlers.gateways import Begin, Delivery, Sent
from handlers.messages import Card, MessageRef
from handlers.texts import Catalogs
from store.intercom import Intercom

log = logging.getLogger(__name__)


class Cards(Protocol):
    """Who makes cards (`handlers.router.Router`)."""

    async def card(self, address: Address, job_id: int) -> Card:
        """The job's card for whoever reads this address."""

    async def application_card(self, address: Address, application_id: int) -> Card:
        """An application's card for whoever reads this address."""

    async def relay_card(self, address: Address, relay_id: int) -> Card:
        """A relay's card for whoever reads this address."""


class Everywhere(WebGateway):
    """A `WebGateway` that reaches the pages of all processes. `run` it beside everything else."""

    def __init__(self, catalogs: Catalogs, root: str, ringing: Ringing, cards: Cards, where: str) -> None:
        super().__init__(catalogs, root, ringing)
        self._cards = cards
        self._me = uuid4().hex
        self._readers: dict[int, Address] = {}
        self._intercom = Intercom(where, self._hear, self._missed)

    async def run(self) -> None:
        """Hear what other processes have to show, until cancelled."""
        await self._intercom.run()

    async def close(self) -> None:
        """Let go of the queue's server."""
        await self._intercom.close()

    @asynccontextmanager
    async def listening(self, address: Address) -> AsyncIterator[None]:
        """See `WebGateway.listening`: what other processes deliver to the address is heard from now on."""
        self._readers[address.id] = address
        try:
            async with self._intercom.listening(str(address.id)):
                yield
        finally:
            if not self._intercom.listens(str(address.id)):
                self._readers.pop(address.id, None)

    def reaches(self, address: Address) -> bool:  # noqa: ARG002 - only asking them all tells
        """Perhaps: pages may be open in any process, and devices known to another one."""
        return True

    async def nobody_at(self, addresses: Collection[Address], *, wakes: bool) -> frozenset[int]:
        """See `handlers.gateways.AsksWhoIsThere`. A page that opens later reads what is decided by then."""
        unseen = [each for each in addresses if not self.streams.of(each.id)]
        heard = await self._intercom.listeners([str(each.id) for each in unseen]) if unseen else None
        if heard is None:
            return frozenset()
        away = [each for each in unseen if not heard[str(each.id)]]
        if wakes and self.ringing is not None:
            return await self.ringing.silent(away)
        return frozenset(each.id for each in away)

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """See `WebGateway.send`; a page that is open in another process counts as well."""
        del ref
        return await self._sent(address, card, kind)

    async def ring_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """See `handlers.gateways.Rings`: pages are shown the card before, and twice is no harm."""
        del ref
        return await self._sent(address, card, kind, begin)

    async def _sent(self, address: Address, card: Card, kind: NoticeKind, begin: Begin | None = None) -> Sent:
        if kind is NoticeKind.DRILL:  # that a page is open proves nothing of the night
            return await self._rung(address, card, kind, begin)
        here = self.show(address, card)
        told = {"by": self._me, "card": card.job_id, "about": card.subject.value}
        heard = await self._intercom.say(str(address.id), json.dumps(told))
        elsewhere = heard - self._intercom.listens(str(address.id))
        rung = await self._rung(address, card, kind, begin)
        delivery = Delivery.DELIVERED if here or elsewhere > 0 else rung.delivery
        return replace(rung, delivery=delivery, ref=MessageRef(value=card.name))

    async def _rung(self, address: Address, card: Card, kind: NoticeKind, begin: Begin | None) -> Sent:
        """Ring the devices where somebody is to be woken. The store is asked for them, in any case: another
        process may have learnt of one."""
        if self.ringing is None or not (kind.wakes or kind is NoticeKind.DRILL):
            return Sent(delivery=Delivery.NOT_REACHED)
        return await self.ringing.ring(address, card, kind, begin)

    async def _hear(self, channel: str, words: str) -> None:
        """Show what another process delivers. A card that cannot be made has its pages begin anew."""
        told, address = json.loads(words), self._readers.get(int(channel))
        if address is None or told["by"] == self._me:
            return
        cards = self._cards
        makes = {Subject.APPLICATION: cards.application_card, Subject.RELAY: cards.relay_card}
        make = makes.get(Subject(told["about"]), cards.card)
        try:
            self.show(address, await make(address, int(told["card"])))
        except DispatchError as error:
            log.warning("a card could not be shown to address %d (%s)", address.id, error.key)
            self._missed(channel)

    def _missed(self, channel: str) -> None:
        """Browsers whose stream ends connect again, and are told everything."""
        for page in self.streams.of(int(channel)):
            page.close()

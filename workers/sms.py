"""SMS to family who have no chat, as a gateway: the card's words, to the number that the register has now.

The number is opened here and handed to the service; it stands in no column, log or error. Each is tried once:
a service that did not answer may have sent it, and a second one costs money and worries whoever reads it.
Then nobody knows whether it arrived, and somebody is asked to ring.
"""

from urllib.parse import quote

from config.sections import FOR_NUMBER
from dispatch.events import NoticeKind
from dispatch.people import SMS, Address
from dispatch.ports import Clock, Store
from dispatch.reach import Reason
from dispatch.telling import DAY, MOST_SMS, international
from handlers.gateways import Abilities, Begin, Delivery, Sent
from handlers.messages import Card, MessageRef
from workers.service_calls import ANSWER_WITHIN_S, WORDS_ONLY, ServiceCalls

AT_ONCE = 8
"""SMS on their way side by side: there is one service, and a dozen jobs done in one minute are many."""

LATER_S = 1800.0
"""Until it is looked again whether people sleep: half an hour after the night's end is early enough, and a
night is a fifth of the tries that a row has."""


class SmsGateway:
    """Implements `handlers.gateways.Gateway` for family who are told by SMS. `url` is the service's address,
    with `FOR_NUMBER` in it.

    Repeating sends a second one."""

    def __init__(self, store: Store, clock: Clock, url: str, *, within_s: float = ANSWER_WITHIN_S) -> None:
        self._store = store
        self._clock = clock
        self._url = url
        self._calls = ServiceCalls(AT_ONCE, AT_ONCE, within_s=within_s, unanswered=Delivery.UNKNOWN)

    @property
    def abilities(self) -> Abilities:
        """It brings words."""
        return WORDS_ONLY

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return SMS

    def reaches(self, address: Address) -> bool:  # noqa: ARG002 - a service is there until it says no
        """Always, as far as can be known before sending."""
        return True

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Send it, once; by night it waits, unless it is to be heard at once."""
        del kind, ref  # family get one kind of message, and nothing that was sent can be edited
        return await self._sent(address, card)

    async def send_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """See `handlers.gateways.Announces`."""
        del kind, ref
        return await self._sent(address, card, begin)

    async def _sent(self, address: Address, card: Card, begin: Begin | None = None) -> Sent:
        if card.silent:
            return Sent(delivery=Delivery.RETRY, retry_after=LATER_S)
        written = await self._store.number_of_family(address)
        if written is None:
            return Sent(delivery=Delivery.OBSOLETE)
        number = international(written)
        if not number:
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.UNUSABLE)
        since = self._clock.now() - DAY
        if await self._store.sms_to(address.committee_id, number, since) >= MOST_SMS:
            return Sent(delivery=Delivery.NOT_REACHED)
        return await self._calls.send(addressed(self._url, number), "", text(card), card.priority, begin)


def addressed(url: str, number: str) -> str:
    """The service's address with the number in its place; a plus would be a space in some of them."""
    return url.replace(FOR_NUMBER, quote(number, safe=""))


def text(card: Card) -> str:
    """The words of a card, a line for each of its parts."""
    return "\n".join((card.title, card.state, *card.notes))

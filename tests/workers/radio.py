"""A platform of the tests' own: it notes what is sent, and answers as it is told to."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass

from dispatch.events import NoticeKind
from dispatch.people import Address
from handlers.gateways import Abilities, Delivery, Sent
from handlers.messages import Card, MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something sent; `edits` is the message that it replaced."""

    to: str
    card: Card
    kind: NoticeKind
    edits: str | None


class BrokenRadioError(Exception):
    """The platform's library fails in a way that nobody foresaw, and says what it was sending."""


class Radio:
    """Implements `handlers.gateways.Gateway`. Everything arrives, unless something else was announced
    for the address; a message that is new gets a name of its own."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.tried = 0
        self.broken_for: set[str] = set()
        self.room = asyncio.Event()
        """While it is not set, only what presses gets through: all else waits for its turn."""
        self.room.set()
        self._announced: dict[str, deque[Sent]] = defaultdict(deque)

    def reaches(self, address: Address) -> bool:
        """Everybody listens all the time."""
        return True

    @property
    def abilities(self) -> Abilities:
        """It carries a whole card, edits it, and does nothing else."""
        return Abilities(
            buttons=True,
            edits=True,
            private_cards=True,
            encryption=False,
            calls_by_name=False,
            copies_text=False,
            lasting=True,
        )

    @property
    def platform(self) -> str:
        """The platform under which the committee's file gives addresses."""
        return "telegram"

    def will(self, to: str, *results: Sent) -> None:
        """The next sends to this address end like this, one after the other."""
        self._announced[to].extend(results)

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """See `Gateway.send`."""
        self.tried += 1
        if not kind.presses:
            await self.room.wait()
        if address.value in self.broken_for:
            raise BrokenRadioError(f"could not send {card}")
        if self._announced[address.value]:
            return self._announced[address.value].popleft()
        edits = None if ref is None else ref.value
        self.sent.append(Message(to=address.value, card=card, kind=kind, edits=edits))
        return Sent(
            delivery=Delivery.DELIVERED, ref=ref or MessageRef(value=f"{address.value}/{len(self.sent)}")
        )

    def to(self, address: str) -> list[Message]:
        """What arrived at one address, oldest first."""
        return [message for message in self.sent if message.to == address]

"""What a platform is, outgoing: how a card is sent, what came of it, and what some can do besides.

Platforms implement it, and whatever is owed goes through it; what is sent stands in `messages`.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.reach import Reason
from handlers.messages import Card, MessageRef, Shown


class Delivery(StrEnum):
    """What became of something sent."""

    DELIVERED = "delivered"
    NOT_REACHED = "not_reached"
    """Nobody is there now (a closed page); the card waits for them."""
    RETRY = "retry"
    UNREACHABLE = "unreachable"
    """This address will not work again; the next one is to be used."""
    UNKNOWN = "unknown"
    """It may or may not have arrived."""
    OBSOLETE = "obsolete"
    """What was owed is over, and nobody there ever heard of it: nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A gateway's result; `retry_after` in seconds goes with RETRY, `reason` (where it is known) with
    UNREACHABLE."""

    delivery: Delivery
    ref: MessageRef | None = None
    retry_after: float = 0.0
    reason: Reason = Reason.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a platform can do; the table in the README is made of these."""

    buttons: bool
    edits: bool
    private_cards: bool
    encryption: bool
    calls_by_name: bool
    copies_text: bool
    lasting: bool
    """What was sent stays in the chat. A page shows what holds whenever it is opened, so that nothing it was
    never sent is missing there."""


class Gateway(Protocol):
    """A platform, outgoing."""

    @property
    def abilities(self) -> Abilities:
        """What it can do."""

    @property
    def platform(self) -> str:
        """The name that addresses carry."""

    def reaches(self, address: Address) -> bool:
        """False when nobody is there now, so that making a card would be in vain; True if in doubt."""

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Send the card, or edit it where `ref` says there is one. Never raises for what a platform
        can refuse; repeating is safe when the platform edits or forgets duplicates."""


@runtime_checkable
class AsksWhoIsThere(Protocol):
    """A gateway where only asking others tells whether anybody is there: they are asked for many addresses at
    once, before any card is made."""

    async def nobody_at(self, addresses: Collection[Address], *, wakes: bool) -> frozenset[int]:
        """The ids of those at which nobody is now; where the card `wakes`, nothing would ring there either.
        An address that is in doubt is not among them."""


Begin = Callable[[], Awaitable[None]]
"""Awaited before a message is made that could be made twice; whatever it raises, none is made then."""


@runtime_checkable
class Announces(Protocol):
    """A gateway whose platform would make the same message twice: it says when it is about to make one."""

    async def send_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """`Gateway.send`, which awaits `begin` right before a new message, and not before an edit. Raises
        what `begin` does."""


@runtime_checkable
class Rings(Protocol):
    """A gateway that makes phones ring, each time anew: it says when it is about to."""

    async def ring_begun(
        self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None, begin: Begin
    ) -> Sent:
        """`Gateway.send`, which awaits `begin` right before it rings, and not where nothing will ring. Raises
        what `begin` does."""


@runtime_checkable
class ShowsPictures(Protocol):
    """A gateway that can bring a picture to one person, and take it back."""

    async def show_picture(self, address: Address, shown: Shown, card: MessageRef | None) -> Sent:
        """Send the picture to the person's own chat, below their card. Never raises for what a platform can
        refuse. Repeating makes a second one."""

    async def take_back(self, address: Address, ref: MessageRef) -> Sent:
        """Make the picture go away where the platform still lets it. Repeating is safe."""

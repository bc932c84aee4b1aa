"""What this process knows of one card at one address: which message it is, and who waits for its next edit.

All that is wanted of a card while an edit of it waits for its turn becomes that edit, and the newest state
wins. The store knows less and later: a row may have been read before the message it follows was noted. Sends
nothing itself, and knows of a platform only what it calls a message.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from dispatch.events import NoticeKind
from dispatch.moments import SECOND, Micros
from handlers.gateways import Begin, Sent
from handlers.messages import Card

OWN_TAP: Micros = 30 * SECOND
"""After somebody's own tap their card is edited where they look at it; later than this they look elsewhere,
and what wakes rings again."""

FORMER = 8
"""Messages that a card was before, by which a row that was read too early is known."""

AT_MOST = 10_000
"""Cards remembered, the latest used: some 5 MB. A forgotten one is edited all the same."""

_ANSWERS = (NoticeKind.WON, NoticeKind.OFFER)
_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}


class Placed(Protocol):
    """What a platform calls a message of ours."""

    @property
    def place(self) -> Hashable:
        """The chat or room that it stands in."""

    def is_at(self, other: Self | None) -> bool:
        """The same message, whatever hangs on it."""

    def completed(self, given: Self) -> Self:
        """With what the store knew to hang on the same message, where this one knows of nothing."""


R = TypeVar("R", bound=Placed)


@dataclass(slots=True)
class Wish(Generic[R]):
    """An edit or a message that is wanted. `sent` once it was made, for all who wait for it."""

    card: Card
    kind: NoticeKind
    ref: R | None
    anew: bool = False
    """Wanted at the end of the chat, though nobody is to be woken."""
    sent: Sent | None = None
    begins: list[Begin] = field(default_factory=list)
    """Of all who want it, where they are to be asked before a new message is made."""

    def join(self, card: Card, kind: NoticeKind, ref: R | None, *, anew: bool) -> None:
        """Want this as well: of the cards the newest, of the reasons the most urgent."""
        self.anew = self.anew or anew
        if card.version >= self.card.version:
            self.card = card
        self.kind = min(self.kind, kind, key=_RANK.__getitem__)
        self.ref = ref or self.ref


@dataclass(slots=True, eq=False)
class Following(Generic[R]):
    """One card at one address. Whoever sends holds the `lock`."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ref: R | None = None
    version: int = 0
    digest: bytes = b""
    unknown: int | None = None
    """The version whose sending nobody knows the end of."""
    _wish: Wish[R] | None = None
    _former: deque[R] = field(default_factory=lambda: deque(maxlen=FORMER))
    _rang: dict[NoticeKind, int] = field(default_factory=dict)
    _tapped_at: Micros | None = None

    def want(self, card: Card, kind: NoticeKind, ref: R | None, *, anew: bool = False) -> Wish[R]:
        """The next message, joined or new."""
        if self._wish is None:
            self._wish = Wish(card, kind, ref, anew)
        else:
            self._wish.join(card, kind, ref, anew=anew)
        return self._wish

    def begin(self, wish: Wish[R]) -> None:
        """From now on nobody can join it."""
        if self._wish is wish:
            self._wish = None

    def target(self, given: R | None, place: Hashable) -> R | None:
        """The message that the card is, by what the store said and what is known here."""
        known = self.ref if self.ref is not None and self.ref.place == place else None
        given = given if given is not None and given.place == place else None
        if known is None or given is None:
            return known or given
        if known.is_at(given):
            return known.completed(given)
        return known if self.was(given) else given

    def became(self, ref: R) -> None:
        """The card is this message now."""
        if self.ref is not None and not self.ref.is_at(ref):
            self._former.append(self.ref)
        self.ref = ref

    def was(self, ref: R) -> bool:
        """The card was that message once, and is another one now."""
        return any(ref.is_at(former) for former in self._former)

    def tapped(self, now: Micros) -> None:
        """Its reader is looking at it."""
        self._tapped_at = now

    def rings(self, card: Card, kind: NoticeKind, now: Micros) -> bool:
        """The reader is to be woken by a new message. Once for one reason and state, however often asked."""
        if not kind.wakes or self._rang.get(kind) == card.version:
            return False
        looking = self._tapped_at is not None and now - self._tapped_at < OWN_TAP
        return not (looking and kind in _ANSWERS)

    def rang(self, card: Card, kind: NoticeKind) -> None:
        """They were."""
        self._rang[kind] = card.version


class _Kept(Protocol):
    """What is remembered of a card, whatever more a platform remembers."""

    @property
    def lock(self) -> asyncio.Lock:
        """Held by whoever sends."""


F = TypeVar("F", bound=_Kept)


class Followings(Generic[F]):
    """The cards that were sent or wanted lately; `make` begins one."""

    def __init__(self, make: Callable[[], F]) -> None:
        self._make = make
        self._all: OrderedDict[tuple[int, str], F] = OrderedDict()

    def of(self, address_id: int, card: str) -> F:
        """What is known of this card there; nothing at first."""
        key = (address_id, card)
        if key not in self._all:
            self._all[key] = self._make()
            self._forget()
        self._all.move_to_end(key)
        return self._all[key]

    def _forget(self) -> None:
        """The oldest one, unless somebody is at it: then a later one's turn will find it idle."""
        key, oldest = next(iter(self._all.items()))
        if len(self._all) > AT_MOST:
            if oldest.lock.locked():
                self._all.move_to_end(key)
            else:
                del self._all[key]

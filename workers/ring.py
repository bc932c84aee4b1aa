"""Ringing phones that nothing else wakes, as a gateway: what is owed to a service is sent to that service.

Knows no service: `services` does, and its calls block, so each has a thread of its own, a bound and an end. A
ring is for whoever must answer at this moment; what is in hand by now, or over, rings nobody.
"""

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import TypeVar

from dispatch.events import NoticeKind
from dispatch.people import RING, Address
from dispatch.ports import Store
from dispatch.reach import Reason
from dispatch.waking import RINGING
from handlers import rings
from handlers.messages import Abilities, Begin, Card, Delivery, MessageRef, Sent, Tone
from handlers.texts import FALLBACK, Catalogs
from workers import services
from workers.services import Refusal

log = logging.getLogger(__name__)

R = TypeVar("R")

AT_ONCE = 64
"""Phones that are being rung side by side: each is a thread."""

OF_ONE = 16
"""How many of them by one service: a life-threatening job calls a dozen leaders at one moment, and services
that hang leave places to those that work."""

ANSWER_WITHIN_S = 12.0
"""A service that is slower is as good as away, and the next way is used: the library waits four seconds for a
connection and four for an answer, and some services are asked twice. Nobody waits longer for a place, either:
a service whose places stay taken is away."""

ABILITIES = Abilities(
    buttons=False,
    edits=False,
    private_cards=False,
    encryption=False,
    calls_by_name=False,
    copies_text=False,
    lasting=True,
)
"""A service rings, and can do nothing else."""


class Threads:
    """Runs what blocks, each in a thread that keeps nobody from leaving: a program's end waits for none.

    `of_one` bounds what is done by one and the same service, so that others have places left."""

    def __init__(self, at_once: int, of_one: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._free_of = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(of_one))

    async def run(
        self, work: Callable[[], R], within_s: float, whose: str = "", begin: Begin | None = None
    ) -> R:
        """What `work` gives; it must raise nothing. Its service is told by `whose`. `begin` is awaited once
        there is a place for it, and what that raises is raised.

        Raises `TimeoutError` where there is no place within that time, no thread, or no result within as
        much time again; the place is free again only once the work has ended."""
        with ExitStack() as places:
            async with asyncio.timeout(within_s):
                for each in (self._free_of[whose], self._free):
                    await each.acquire()
                    places.callback(each.release)
            if begin is not None:
                await begin()
            done = self._started(work, places)
        async with asyncio.timeout(within_s):
            return await done

    def _started(self, work: Callable[[], R], places: ExitStack) -> asyncio.Future[R]:
        """The thread has the places from now on."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()

        def settle(result: R) -> None:
            taken.close()
            if not done.done():
                done.set_result(result)

        def thread() -> None:
            result = work()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, result)

        try:
            threading.Thread(target=thread, name="ring", daemon=True).start()
        except RuntimeError as error:
            raise TimeoutError("the system gives no more threads") from error
        taken = places.pop_all()
        return done


class RingGateway:
    """Implements `handlers.messages.Gateway` for addresses of services. `page` is where everybody answers.

    Repeating rings again: a service forgets what it has rung with."""

    def __init__(
        self, store: Store, catalogs: Catalogs, page: str, *, within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._store = store
        self._catalogs = catalogs
        self._page = page
        self._within_s = within_s
        self._threads = Threads(AT_ONCE, OF_ONE)

    @property
    def abilities(self) -> Abilities:
        """It rings."""
        return ABILITIES

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
        """See `handlers.messages.Rings`."""
        del ref
        return await self._rung(address, card, kind, begin)

    async def _rung(self, address: Address, card: Card, kind: NoticeKind, begin: Begin | None = None) -> Sent:
        if not _called_for(card, kind):
            return Sent(delivery=Delivery.OBSOLETE)
        secret = await self._store.secret(address)
        if secret is None:
            return Sent(delivery=Delivery.UNREACHABLE, reason=Reason.UNUSABLE)
        words = rings.ring(card, kind, self._catalogs.texts(await self._language(address)), self._page)
        ringing = partial(services.send, secret, words.title, words.body, card.priority)
        try:
            refusal = await self._threads.run(ringing, self._within_s, services.whose(secret), begin)
        except TimeoutError:
            refusal = Refusal.NO_ANSWER
        return _sent(refusal)

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


def _sent(refusal: Refusal | None) -> Sent:
    if refusal is None:
        return Sent(delivery=Delivery.DELIVERED)
    if refusal is Refusal.NO_ANSWER:
        return Sent(delivery=Delivery.RETRY)
    return Sent(delivery=Delivery.UNREACHABLE, reason=refusal.reason)

"""The chats that are switched on: each one's gateway, what it needs to run, and where it is called.

A platform's library is imported here, and only when it is used: aiogram alone costs four seconds.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.codes import Codes
from bot.crowd.crowd import Crowd
from bot.web.hooks import Hook
from config.settings import Settings
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.ports import Clock, Store
from handlers.gateways import Gateway
from handlers.messages import WithPage
from handlers.router import Router
from handlers.texts import Catalogs
from store import queue
from store.crypto import Vault
from store.limiter import Limiter

Step = Callable[[], Awaitable[None]]

TELEGRAM, MATRIX = "telegram", "matrix"
"""The platforms' names in addresses; they say so themselves, but to read that would load them."""

SPARED = frozenset({"wang", "zhang", "staff-a", "secretary-a", "secretary-b"})
"""People of the demo committee whom nobody simulates: those whose links a newcomer is given (`welcome`), with
both who may be on duty. While nobody looks at those, the ladder goes on without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every chat is made of. `where` is the queue, which shares what may be sent; `data` is the folder
    in which a platform keeps what is its own."""

    settings: Settings
    router: Router
    store: Store
    catalogs: Catalogs
    clock: Clock
    vault: Vault
    where: str
    data: Path
    crowd: int | None = None
    """How many times as fast simulated people live; None: there are none."""
    paged: WithPage | None = None
    """Leads from a card to a page; None where the settings name no address that opens everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """What the program needs of its chats. `parts` run until the program leaves; `leave` is called then."""

    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    parts: tuple[Step, ...] = ()
    webhooks: Mapping[str, Hook] = field(default_factory=dict)
    leave: tuple[Step, ...] = ()

    def __add__(self, other: "Chats") -> "Chats":
        return Chats(
            gateways={**self.gateways, **other.gateways},
            parts=self.parts + other.parts,
            webhooks={**self.webhooks, **other.webhooks},
            leave=self.leave + other.leave,
        )


def preload(platform: str) -> None:
    """Load a platform's library before it is needed: whoever takes a chat over wants to begin at once, and
    nothing else is done while it loads."""
    if platform == TELEGRAM:
        from bot.telegram import gateway, menu, updates, webhook  # noqa: F401, PLC0415 - as below
    else:
        from bot.matrix import account, rooms, sync  # noqa: F401, PLC0415 - as below


@asynccontextmanager
async def chats(around: Surroundings, only: str | None = None) -> AsyncIterator[Chats]:
    """The chats that the settings switch on, signed in; or one of them `only`."""
    async with AsyncExitStack() as stack:
        found = Chats()
        if around.settings.telegram.used and only in (None, TELEGRAM):
            found += await stack.enter_async_context(_telegram(around))
        if around.settings.matrix.used and only in (None, MATRIX):
            found += await stack.enter_async_context(_matrix(around))
        if around.crowd is not None:
            found += _crowd(around, around.crowd)
        yield found


def _crowd(around: Surroundings, speed: int) -> Chats:
    """Simulated people, on a platform of their own."""
    codes = Codes(around.vault.derive(b"invite"), around.clock)

    def code(person: Person, until: Micros) -> str:
        return codes.make(person.committee_id, person.id, person.link_epoch, until)

    crowd = Crowd(around.router, around.store, around.clock, code, speed=speed, spared=SPARED)
    return Chats(gateways={crowd.platform: crowd}, parts=(crowd.run,))


@asynccontextmanager
async def _telegram(around: Surroundings) -> AsyncIterator[Chats]:
    # Four seconds and 170 MB: only for those who use it.
    from bot.telegram.bots import Bots  # noqa: PLC0415
    from bot.telegram.gateway import TelegramGateway  # noqa: PLC0415
    from bot.telegram.menu import publish  # noqa: PLC0415
    from bot.telegram.polling import Polling  # noqa: PLC0415
    from bot.telegram.updates import Updates  # noqa: PLC0415
    from bot.telegram.webhook import Webhook  # noqa: PLC0415

    store, catalogs, clock = around.store, around.catalogs, around.clock
    async with AsyncExitStack() as stack:
        redis = queue.client(around.where)
        stack.push_async_callback(redis.aclose)
        bots = await stack.enter_async_context(Bots(around.settings.telegram))
        rush, paged = around.router.rush, around.paged
        gateway = TelegramGateway(bots, Limiter(redis), store, catalogs, clock, rush, paged)
        updates = Updates(around.router, store, bots, gateway, catalogs, clock)
        webhook = Webhook(bots, updates, around.vault.derive(b"telegram"))
        called = around.settings.telegram.webhook_url
        fetching = Polling(bots, updates).run if called is None else partial(webhook.register, called)
        yield Chats(
            gateways={gateway.platform: gateway},
            parts=(fetching, updates.fetching.run, partial(publish, bots, catalogs, store)),
            webhooks={} if called is None else {gateway.platform: webhook.handle},
            leave=(updates.leave,),
        )


@asynccontextmanager
async def _matrix(around: Surroundings) -> AsyncIterator[Chats]:
    # Half a second and its own database driver: only for those who use it.
    from bot.matrix.account import Account  # noqa: PLC0415
    from bot.matrix.gateway import MatrixGateway  # noqa: PLC0415
    from bot.matrix.rooms import Rooms  # noqa: PLC0415
    from bot.matrix.sync import Syncing  # noqa: PLC0415
    from bot.matrix.updates import Updates  # noqa: PLC0415

    store, catalogs, clock = around.store, around.catalogs, around.clock
    secret = around.vault.derive(b"matrix")
    async with Account(around.settings.matrix, around.data, secret) as account:
        rooms = Rooms(account, store)
        gateway = MatrixGateway(account, rooms, store, catalogs, clock, around.paged)
        updates = Updates(around.router, store, account, gateway, rooms, catalogs, clock)
        syncing = Syncing(account, updates, store)
        yield Chats(
            gateways={gateway.platform: gateway},
            parts=(syncing.run, updates.fetching.run),
            leave=(updates.leave, gateway.drain),
        )

"""The chats that are switched on: each one's gateway, what it needs to run, and where it is called.

A platform's library is imported here, and only when it is used: aiogram alone costs four seconds.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.web.hooks import Hook
from config.settings import Settings
from dispatch.ports import Clock, Store
from handlers.messages import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store import queue
from store.crypto import Vault
from store.limiter import Limiter

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """What the program needs of its chats. `parts` run until the program leaves; `leave` is called then."""

    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    parts: tuple[Step, ...] = ()
    webhooks: Mapping[str, Hook] = field(default_factory=dict)
    leave: tuple[Step, ...] = ()


@asynccontextmanager
async def chats(
    settings: Settings,
    *,
    router: Router,
    store: Store,
    catalogs: Catalogs,
    clock: Clock,
    vault: Vault,
    where: str,
) -> AsyncIterator[Chats]:
    """The chats of these settings, signed in. `where` is the queue, which shares what may be sent."""
    if not settings.telegram.used:
        yield Chats()
        return
    # Four seconds and 170 MB: only for those who use it.
    from bot.telegram.bots import Bots  # noqa: PLC0415
    from bot.telegram.gateway import TelegramGateway  # noqa: PLC0415
    from bot.telegram.menu import publish  # noqa: PLC0415
    from bot.telegram.polling import Polling  # noqa: PLC0415
    from bot.telegram.updates import Updates  # noqa: PLC0415
    from bot.telegram.webhook import Webhook  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        redis = queue.client(where)
        stack.push_async_callback(redis.aclose)
        bots = await stack.enter_async_context(Bots(settings.telegram))
        gateway = TelegramGateway(bots, Limiter(redis), store, catalogs, clock)
        updates = Updates(router, store, bots, gateway, catalogs, clock)
        webhook = Webhook(bots, updates, vault.derive(b"telegram"))
        called = settings.telegram.webhook_url
        fetching = Polling(bots, updates).run if called is None else partial(webhook.register, called)
        yield Chats(
            gateways={gateway.platform: gateway},
            parts=(fetching, partial(publish, bots, catalogs, store)),
            webhooks={} if called is None else {gateway.platform: webhook.handle},
            leave=(updates.drain,),
        )

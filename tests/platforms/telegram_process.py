"""A process that fetches and handles Telegram's updates over a house's data, for tests that kill it.

Run as `python -m tests.platforms.telegram_process FOLDER URL TOKEN`; SIGTERM makes it leave in order.
"""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot.playbooks import load_playbooks
from bot.telegram.bots import Bots
from bot.telegram.gateway import TelegramGateway
from bot.telegram.polling import Polling
from bot.telegram.updates import Updates
from config.sections import Telegram
from dispatch.service import Service
from handlers.router import Router
from handlers.texts import Catalogs
from store import open_store, queue
from store.clock import WallClock
from store.crypto import Vault
from store.limiter import Limiter
from store.maps import Geodesic
from tests.platforms.house import PromptBell


async def main(folder: Path, url: str, token: str) -> None:
    """Fetch until told to leave. Nothing is delivered: the effects in the store are what counts."""
    clock, catalogs = WallClock(), Catalogs.load()
    store = await open_store(folder, Vault.open(folder, None), clock)
    redis = queue.client(f"unix://{folder}/none.sock")
    service = Service(store, PromptBell(), clock, Geodesic(), load_playbooks(None))
    router = Router(service, catalogs)
    async with Bots(Telegram.model_validate({"token": token, "api_url": url})) as bots:
        gateway = TelegramGateway(bots, Limiter(redis), store, catalogs, clock)
        updates = Updates(router, store, bots, gateway, catalogs, clock)
        task = asyncio.create_task(Polling(bots, updates, wait_s=5).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task
    await redis.aclose()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))

"""A process that follows the Matrix rooms over a house's data, for tests that freeze it and kill it.

Run as `python -m tests.platforms.matrix_process FOLDER URL USER PASSWORD`; it says "following" on its output,
and SIGTERM makes it leave in order.
"""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot.matrix.account import Account
from bot.matrix.gateway import MatrixGateway
from bot.matrix.rooms import Rooms
from bot.matrix.sync import Syncing
from bot.matrix.updates import Updates
from bot.playbooks import load_playbooks
from config.sections import Matrix
from dispatch.lately import Limits
from dispatch.service import Service
from handlers.router import Router
from handlers.texts import Catalogs
from store import open_store
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from tests.platforms.house import PromptBell
from tests.platforms.matrix_sending import SECRET


async def main(folder: Path, settings: Matrix) -> None:
    """Follow until told to leave. Nothing is delivered: the effects in the store are what counts."""
    clock, catalogs = WallClock(), Catalogs.load()
    store = await open_store(folder, Vault.open(folder, None), clock)
    # A few people tap forty jobs: more than anybody is shown in a day.
    many = Limits(a_day=1000)
    service = Service(store, PromptBell(), clock, Geodesic(), load_playbooks(None), limits=many)
    router = Router(service, catalogs)
    async with Account(settings, folder, SECRET) as account:
        rooms = Rooms(account, store)
        gateway = MatrixGateway(account, rooms, store, catalogs, clock)
        updates = Updates(router, store, account, gateway, rooms, catalogs, clock)
        task = asyncio.create_task(Syncing(account, updates, store).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        print("following", flush=True)  # noqa: T201 - whoever started it waits for this
        with suppress(asyncio.CancelledError):
            await task
        await updates.drain()
        await gateway.drain()
    await store.close()


if __name__ == "__main__":
    url, user_id, password = sys.argv[2:5]
    found = Matrix.model_validate({"homeserver": url, "user_id": user_id, "password": password})
    asyncio.run(main(Path(sys.argv[1]), found))

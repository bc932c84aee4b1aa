"""A process that sends somebody on Matrix a card of a house and notes nothing, for tests that kill it.

Run as `python -m tests.platforms.matrix_sender FOLDER URL USER PASSWORD ADDRESS`; it says "sending" on its
output before, and how it went afterwards. Then it waits to be killed.
"""

import asyncio
import sys
from pathlib import Path

from bot.matrix.account import Account
from bot.matrix.gateway import MatrixGateway
from bot.matrix.rooms import Rooms
from config.sections import Matrix
from dispatch.events import NoticeKind
from handlers.texts import Catalogs
from store import open_store
from store.clock import WallClock
from store.crypto import Vault
from tests.platforms.matrix_sending import SECRET
from tests.platforms.samples import OFFERED


async def main(folder: Path, settings: Matrix, value: str) -> None:
    """Send, and die before the row could be noted as sent."""
    clock = WallClock()
    store = await open_store(folder, Vault.open(folder, None), clock)
    (address,) = await store.addresses("matrix", value)
    async with Account(settings, folder, SECRET) as account:
        gateway = MatrixGateway(account, Rooms(account, store), store, Catalogs.load(), clock)
        print("sending", flush=True)  # noqa: T201 - whoever started it waits for this
        sent = await gateway.send(address, OFFERED, NoticeKind.ASK, None)
        print(sent.delivery.value, flush=True)  # noqa: T201 - and for this
        await asyncio.Event().wait()


if __name__ == "__main__":
    url, user_id, password, to = sys.argv[2:6]
    found = Matrix.model_validate({"homeserver": url, "user_id": user_id, "password": password})
    asyncio.run(main(Path(sys.argv[1]), found, to))

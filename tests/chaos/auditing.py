"""An auditor as a process of its own, beside a program: `python -m tests.chaos.auditing DATA QUEUE`.

It audits until its input ends, and says on stderr what the program would say."""

import asyncio
import sys
from pathlib import Path

import store
from bot.playbooks import load_playbooks
from config import logs
from dispatch.service import Service
from handlers.router import Router
from handlers.texts import Catalogs
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from store.queue import ArqBell
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.watch.auditor import Auditor, Pace


async def audit(data: Path, where: str) -> None:
    """Late after a second, so three audits a second."""
    kept, bell, clock, pace = (
        await store.open_store(data, Vault.open(data, None)),
        ArqBell(where),
        WallClock(),
        Pace(late_s=1.0),
    )
    service = Service(kept, bell, clock, Geodesic(), load_playbooks(None))
    deliverer = Deliverer(kept, Router(service, Catalogs.load()), {}, clock)
    auditor = Auditor(service, deliverer, pace.health(), Figures(), pace=pace)
    auditing = asyncio.create_task(auditor.forever())
    await asyncio.to_thread(sys.stdin.read)
    auditing.cancel()
    await asyncio.wait((auditing,))
    await bell.close()
    await kept.close()


if __name__ == "__main__":
    logs.setup()
    asyncio.run(audit(Path(sys.argv[1]), sys.argv[2]))

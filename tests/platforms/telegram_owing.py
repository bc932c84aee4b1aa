"""A message that is owed to wang on Telegram, and what becomes of it: refused and sent later, or begun by a
process that dies."""

import asyncio
from collections.abc import Callable

from dispatch.people import Address
from dispatch.reach import Send
from tests.platforms.telegram_sending import Sending
from workers.deliver import Deliverer
from workers.share import Share


async def owed_to_wang(town: Sending) -> list[int]:
    """A job of which wang is told on Telegram: the rows that are owed."""
    await town.posts()
    ids, town.home.bell.rows = town.home.bell.rows, []
    pages = {"web": town.home.gateway}
    await Deliverer(
        town.home.store, town.home.router, pages, town.home.clock, share=Share(named=frozenset(pages))
    ).deliver(ids)
    wang = town.addresses["wang"]
    rows = await town.home.store.outbox(ids)
    return [row.id for row in rows if row.address.id == wang.id]


async def status(town: Sending, address: Address) -> str:
    job = max(job.id for job in await town.home.store.open_jobs(town.home.committee_id))
    sends: tuple[Send, ...] = await town.home.store.sends(town.home.committee_id, job)
    (one,) = {each.status for each in sends if each.person_id == address.person_id} - {
        "not_reached"
    }  # the page's
    return one


async def killed_in_mid_send(town: Sending, ids: list[int], dies: Deliverer) -> None:
    """The message has arrived, and its process dies before it hears so."""
    town.server.faults.slow(60, "sendMessage")
    dying = asyncio.create_task(dies.deliver(ids))
    assert await town.server.until(lambda: bool(town.seen("wang")))
    dying.cancel()
    await asyncio.wait((dying,))


async def refused_then_sent(town: Sending, started: Callable[[Sending], Deliverer]) -> None:
    """Telegram refuses the message of the first; one that is started a minute later sends it, once."""
    ids = await owed_to_wang(town)
    town.server.faults.flood(5)
    await started(town).deliver(ids)
    assert town.seen("wang") == []
    town.home.clock.forward(60)
    await started(town).deliver(ids)
    assert len(town.seen("wang")) == 1

"""Pages served by several processes: a card that one of them delivers is shown by all, and by each once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.web.everywhere import Everywhere
from bot.working import working
from dispatch.events import NoticeKind
from dispatch.moments import SECOND
from handlers.gateways import Delivery
from handlers.messages import Incoming
from store.broker import Broker
from tests.platforms.house import KNOCK, Browser, House, visit
from tests.platforms.push_service import push_service
from tests.platforms.test_web_news import heard, until
from workers.deliver import Deliverer
from workers.share import Share
from workers.sweep import PATIENCE, Sweep
from workers.watch.health import Health


@dataclass(kw_only=True)
class Sides:
    """Two processes with pages: what one of them owes is delivered by the other."""

    home: House
    gateways: list[Everywhere]
    browsers: list[Browser]

    async def posts(self) -> int:
        """The staff member posts at the first process, and the second one delivers."""
        self.home.bell.rows.clear()
        words = Incoming(address=await self.home.address("zhao"), text=KNOCK, nonce="1")
        reply = await self.home.router.handle(words)
        assert reply.card is not None, reply.text
        await self.delivers()
        return reply.card.job_id

    async def delivers(self) -> None:
        gateway = self.gateways[1]
        deliverer = Deliverer(self.home.store, self.home.router, {gateway.platform: gateway}, self.home.clock)
        rows, self.home.bell.rows = self.home.bell.rows, []
        await deliverer.deliver(rows)


@asynccontextmanager
async def a_side(home: House, where: str) -> AsyncIterator[tuple[Everywhere, Browser]]:
    gateway = Everywhere(home.catalogs, "", home.ringing, home.router, where)
    home.gateway = gateway
    health = Health(time.monotonic, 60.0)
    async with working(gateway.run, health=health), visit(home.app()) as client:
        yield gateway, client
    await gateway.close()


@pytest.fixture
async def sides(home: House, broker: Broker) -> AsyncIterator[Sides]:
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(a_side(home, broker.url)) for _ in range(2)]
        yield Sides(
            home=home, gateways=[gateway for gateway, _ in both], browsers=[client for _, client in both]
        )


async def test_a_card_reaches_a_page_that_is_open_at_another_process(sides: Sides) -> None:
    await sides.browsers[0].enter(await sides.home.link("li"))
    async with await sides.browsers[0].get("/events") as stream:
        await heard(stream, "data-feed")
        job = await sides.posts()
        assert f'id="job-{job}"' in await heard(stream, f"job-{job}")
    who = (await sides.home.address("li")).person_id
    sends = await sides.home.store.sends(sides.home.committee_id, job)
    assert [each.status for each in sends if each.person_id == who] == ["delivered"]


async def test_whoever_has_no_page_open_anywhere_is_not_reached(sides: Sides) -> None:
    job = await sides.posts()
    card = await sides.home.router.card(await sides.home.address("li"), job)
    sent = await sides.gateways[1].send(await sides.home.address("li"), card, NoticeKind.ASK, None)
    assert sent.delivery is Delivery.NOT_REACHED


async def test_a_process_knows_at_which_addresses_nobody_has_a_page_open_anywhere(
    sides: Sides, broker: Broker
) -> None:
    li, wang = await sides.home.address("li"), await sides.home.address("wang")
    far, near = sides.gateways
    await sides.browsers[0].enter(await sides.home.link("li"))
    async with await sides.browsers[0].get("/events") as stream:
        await heard(stream, "data-feed")
        for gateway in (far, near):
            assert await gateway.nobody_at([li, wang], wakes=False) == {wang.id}
        # A device of theirs rings: for what is only to be kept true, nobody is there all the same.
        async with push_service() as service:
            await sides.home.ringing.keep(wang, service.subscription)
            assert await near.nobody_at([li, wang], wakes=True) == frozenset()
            assert await near.nobody_at([li, wang], wakes=False) == {wang.id}
    broker.stop()
    assert await near.nobody_at([li, wang], wakes=False) == frozenset()  # nobody can say
    broker.start()


async def test_a_page_misses_nothing_when_the_queue_was_away(sides: Sides, broker: Broker) -> None:
    await sides.browsers[0].enter(await sides.home.link("li"))
    async with await sides.browsers[0].get("/events") as stream:
        await heard(stream, "data-feed")
        broker.restart()
        # The page cannot know what it missed: its stream ends, and a browser connects again by itself.
        with pytest.raises(AssertionError, match="the stream ended"):
            await heard(stream, "never said")
    job = await sides.posts()
    async with await sides.browsers[0].get("/events") as stream:
        assert f'id="job-{job}"' in await heard(stream, "data-feed")


async def test_a_page_that_closes_is_reached_no_more(sides: Sides) -> None:
    job = await sides.posts()
    li = await sides.home.address("li")
    card = await sides.home.router.card(li, job)
    await sides.browsers[0].enter(await sides.home.link("li"))
    async with await sides.browsers[0].get("/events") as stream:
        await heard(stream, "data-feed")
        assert (
            await sides.gateways[1].send(li, card, NoticeKind.UPDATE, None)
        ).delivery is Delivery.DELIVERED

    async def gone() -> bool:
        sent = await sides.gateways[1].send(li, card, NoticeKind.UPDATE, None)
        return sent.delivery is Delivery.NOT_REACHED

    await until(gone)


async def drilled(sides: Sides, key: str) -> Delivery:
    """What became of a drill's test that the second process sends."""
    home, address = sides.home, await sides.home.address(key)
    (row,) = await home.store.begin_drill(home.committee_id, [address.id], home.clock.now(), "drill 1")
    sent = await sides.gateways[1].send(
        address, await home.router.drill_card(address, row), NoticeKind.DRILL, None
    )
    return sent.delivery


async def test_a_drill_proves_nothing_by_a_page_that_is_open_somewhere_and_shows_it_nothing(
    sides: Sides,
) -> None:
    first, second = sides.browsers
    for browser in (first, second):
        await browser.enter(await sides.home.link("li"))
    async with await first.get("/events") as far, await second.get("/events") as near:
        await heard(far, "data-feed")
        await heard(near, "data-feed")
        assert await drilled(sides, "li") is Delivery.NOT_REACHED
        job = await sides.posts()  # both streams go on, and this is the first that they show
        for stream in (far, near):
            assert f'id="job-{job}"' in await heard(stream, 'id="')


async def test_a_drill_rings_a_device_that_another_process_learnt_of(sides: Sides) -> None:
    async with push_service() as service:
        await sides.home.ringing.keep(await sides.home.address("li"), service.subscription)
        sides.home.ringing._known.clear()
        assert await drilled(sides, "li") is Delivery.DELIVERED
        assert service.asked == 1


async def test_a_slow_push_service_is_asked_by_one_of_two_processes(sides: Sides) -> None:
    home, li = sides.home, await sides.home.address("li")
    async with push_service() as service:
        await home.ringing.keep(li, service.subscription)
        service.free.clear()
        share = Share(named=frozenset({li.platform}))
        first, second = (
            Deliverer(home.store, home.router, {li.platform: gateway}, home.clock, share=share)
            for gateway in sides.gateways
        )
        words = Incoming(address=await home.address("zhao"), text=KNOCK, nonce="1")
        await home.router.handle(words)
        ringing = asyncio.create_task(first.deliver(home.bell.rows))

        async def asked() -> bool:
            return service.asked > 0

        await until(asked)
        home.clock.set(home.clock.now() + PATIENCE + SECOND)
        sweeping = asyncio.create_task(Sweep(home.service, second, home.clock, looks=False).once())
        await asyncio.wait([sweeping], timeout=2)
        service.free.set()
        await asyncio.gather(ringing, sweeping)
        assert service.asked == 1
        owed = await home.store.outbox(home.bell.rows)
        assert li.id not in {row.address.id for row in owed}

"""Open pages: what they are told, and when somebody counts as reached."""

import asyncio

from bot.web.gateway import WebGateway
from bot.web.streams import MOST_PAGES, Stream, Streams
from dispatch.events import NoticeKind
from dispatch.people import Address
from handlers.gateways import Delivery
from handlers.texts import Catalogs
from tests.platforms.samples import MINE, OFFERED

WANG = Address(id=7, committee_id=1, platform="web", value="wutongli/wang", person_id=11)


def standing() -> bool:
    return True


async def test_a_page_is_told_the_newest_state_of_a_card_only() -> None:
    stream = Stream("en", standing)
    stream.push("job-1", "old")
    stream.push("job-2", "other")
    stream.push("job-1", "new")
    assert await stream.next(1) == ("other", "new")


async def test_nothing_new_is_an_empty_answer_after_the_patience() -> None:
    assert await Stream("en", standing).next(0.001) == ()


async def test_what_is_pushed_wakes_a_waiting_page() -> None:
    stream = Stream("en", standing)
    waiting = asyncio.create_task(stream.next(60))
    await asyncio.sleep(0)
    stream.push("job-1", "here")
    assert await waiting == ("here",)


async def test_closing_wakes_a_waiting_page() -> None:
    stream = Stream("en", standing)
    waiting = asyncio.create_task(stream.next(60))
    await asyncio.sleep(0)
    stream.close()
    assert await waiting == ()
    assert not stream.open


def test_a_page_whose_connection_broke_is_not_open() -> None:
    connected = [True]
    streams = Streams()
    with streams.page(7, "en", lambda: connected[0]):
        assert len(streams.of(7)) == 1
        connected[0] = False
        assert streams.of(7) == ()


def test_the_oldest_of_too_many_pages_gives_way() -> None:
    streams = Streams()
    first = streams.page(7, "en", standing)
    oldest = first.__enter__()
    others = [streams.page(7, "en", standing) for _ in range(MOST_PAGES)]
    for page in others:
        page.__enter__()
    assert oldest.closed
    assert len(streams.of(7)) == MOST_PAGES
    first.__exit__(None, None, None)
    for page in others:
        page.__exit__(None, None, None)
    assert streams.of(7) == ()


async def test_a_card_reaches_every_open_page_in_its_own_language() -> None:
    gateway = WebGateway(Catalogs.load())
    with (
        gateway.streams.page(7, "en", standing) as english,
        gateway.streams.page(7, "zh_CN", standing) as chinese,
    ):
        sent = await gateway.send(WANG, MINE, NoticeKind.WON, None)
        assert sent.delivery is Delivery.DELIVERED
        assert sent.ref is not None
        assert sent.ref.value == "job-42"
        (in_english,) = await english.next(0.01)
        (in_chinese,) = await chinese.next(0.01)
    assert 'id="job-42"' in in_english
    assert "Step by step" in in_english
    assert "Step by step" not in in_chinese


async def test_somebody_whose_page_is_closed_is_not_reached() -> None:
    gateway = WebGateway(Catalogs.load())
    with gateway.streams.page(8, "en", standing) as somebody_else:
        sent = await gateway.send(WANG, OFFERED, NoticeKind.ASK, None)
        assert sent.delivery is Delivery.NOT_REACHED
        assert await somebody_else.next(0.001) == ()

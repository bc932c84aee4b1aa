"""The stream of an open page, and the answers that scripts get: pieces of pages, at once."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import ClientResponse

from bot.web.news import PRESENT_FOR
from tests.platforms.house import KNOCK, PRIVATE, Browser, House, browser
from tests.platforms.html import button, message_form, tells


async def heard(stream: ClientResponse, wanted: str) -> str:
    """Read the stream until it says `wanted`; returns the event that did."""
    async with asyncio.timeout(10):
        event: list[str] = []
        async for line in stream.content:
            text = line.decode().rstrip("\r\n")
            if text:
                event.append(text)
                continue
            if any(wanted in each for each in event):
                return "\n".join(each.removeprefix("data: ") for each in event)
            event = []
    raise AssertionError("the stream ended")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what the server notices when a socket closes; failing to is a failed test."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - a closed socket sets no event of ours
            await asyncio.sleep(0.005)


async def say(home: House, client: Browser, text: str = KNOCK) -> None:
    form = message_form(await (await client.get("/")).text()) | {"text": text}
    answer = await client.post("/post", form)
    assert answer.status == 200
    await home.settle()


async def test_a_page_that_connects_is_told_everything_at_once(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "li") as volunteer:
        await say(home, staff)
        async with await volunteer.get("/events") as stream:
            feed = await heard(stream, "data-feed")
    assert 'id="job-1"' in feed
    assert 'value="claim"' in feed
    assert not tells(feed, PRIVATE)


async def test_a_card_reaches_an_open_page_without_reloading(home: House) -> None:
    async with (
        browser(home, "zhao") as staff,
        browser(home, "li") as volunteer,
        await volunteer.get("/events") as stream,
    ):
        assert 'data-alarm="0"' in await heard(stream, "data-feed")
        await say(home, staff)
        card = await heard(stream, 'id="job-1"')
    assert "data-feed" not in card
    assert 'value="claim"' in card


async def test_the_winners_page_opens_door_and_phone_and_the_other_ones_says_who(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "li") as one, browser(home, "wang") as two:
        await say(home, staff)
        async with await one.get("/events") as first, await two.get("/events") as second:
            await heard(first, "data-feed")
            await heard(second, "data-feed")
            form = button(await (await one.get("/")).text(), "claim")
            await one.post("/act", form)
            await home.settle()
            mine = await heard(first, 'id="job-1"')
            theirs = await heard(second, 'id="job-1"')
    assert "13800138000" in mine
    assert "Mr Li" in theirs
    assert not tells(theirs, PRIVATE)


async def test_a_silent_stream_says_that_it_is_there(home: House) -> None:
    async with browser(home, "li") as client, await client.get("/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert "event: beat" in await heard(stream, "beat")


async def test_an_open_page_is_present_and_a_closed_one_is_not(home: House) -> None:
    li = await home.person("li")
    address = await home.address("li")
    async with browser(home, "zhao") as staff, browser(home, "li") as client:
        await say(home, staff)

        async def present() -> bool:
            return li.id in ((await home.store.situation(home.committee_id, 1)).present or ())

        async def absent() -> bool:
            return not await present()

        async def unreachable() -> bool:
            return home.gateway.streams.of(address.id) == ()

        assert not await present()
        async with await client.get("/events") as stream:
            await heard(stream, "beat")
            assert await present()
            assert len(home.gateway.streams.of(address.id)) == 1
        await until(unreachable)
        await until(absent)


async def test_a_page_that_died_unnoticed_is_not_believed_for_long(home: House) -> None:
    li = await home.person("li")
    async with browser(home, "zhao") as staff, browser(home, "li") as client:
        await say(home, staff)
        async with await client.get("/events") as stream:
            await heard(stream, "beat")
            home.clock.at += PRESENT_FOR + 1
            assert li.id not in ((await home.store.situation(home.committee_id, 1)).present or ())


async def test_a_stranger_gets_no_stream(home: House) -> None:
    async with browser(home) as client:
        assert (await client.get("/events")).status == 401


async def test_a_revoked_link_ends_the_stream(home: House) -> None:
    li = await home.person("li")
    async with browser(home, "li") as client, await client.get("/events") as stream:
        await heard(stream, "beat")
        await home.store.invite(home.committee_id, li.id, revoke=True)
        home.clock.forward(1)
        async with asyncio.timeout(10):
            await stream.content.read()
        assert (await client.get("/events")).status == 401


async def test_a_leaving_server_lets_go_of_its_streams_at_once(home: House) -> None:
    async with browser(home, "li") as client:
        stream = await client.get("/events")
        await heard(stream, "data-feed")
        async with asyncio.timeout(2):
            await client.leave()
        stream.close()


async def test_a_tap_by_script_is_answered_with_the_changed_card_alone(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "li") as volunteer:
        await say(home, staff)
        form = button(await (await volunteer.get("/")).text(), "claim")
        answer = await volunteer.by_script("/act", form)
        read = await answer.text()
    assert (answer.status, answer.headers["Suidao-Ok"]) == (200, "1")
    assert read.count("<article") == 1
    assert "<html" not in read
    assert 'id="toast"' in read
    assert "hx-swap-oob" in read


async def test_a_post_by_script_brings_a_new_nonce_and_a_refused_one_keeps_the_old(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await (await staff.get("/")).text())
        refused = await staff.by_script("/post", form | {"text": " "})
        posted = await staff.by_script("/post", form | {"text": KNOCK})
        assert (refused.headers["Suidao-Ok"], refused.headers["Suidao-Nonce"]) == ("0", form["nonce"])
        assert posted.headers["Suidao-Ok"] == "1"
        assert posted.headers["Suidao-Nonce"] != form["nonce"]
        assert 'id="job-1"' in await posted.text()


async def test_a_problem_is_told_to_a_script_as_a_sentence(home: House) -> None:
    async with browser(home, "li") as client:
        answer = await client.by_script("/act", {"verb": "explode"})
        read = await answer.text()
    assert answer.status == 400
    assert read.startswith('<div id="toast"')
    assert "<html" not in read

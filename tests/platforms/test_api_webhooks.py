"""Other systems are told what happens to their jobs: signed, in order, at least once, and nothing private."""

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator

import pytest

from bot.api.calling import HttpCaller
from bot.api.shapes import Event
from dispatch.moments import HOUR, SECOND
from dispatch.verbs import Command, Verb
from tests.platforms.api_house import SECRET, WORDS, Letter, let_in, listening, serving
from tests.platforms.house import PRIVATE, House, browser
from tests.platforms.html import button
from workers.reports import GIVEN_UP_AFTER, LONGEST_WAIT, Reporter, wait


@pytest.fixture
async def reporter(home: House) -> AsyncIterator[Reporter]:
    async with HttpCaller.open() as caller:
        yield Reporter(home.store, home.service, caller, home.clock, home.links.base_url)


def signed(letter: Letter) -> bool:
    """As a receiver checks it that knows the secret and the published rule, and nothing of ours."""
    name, seconds = letter.headers["webhook-id"], letter.headers["webhook-timestamp"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    wanted = hmac.new(key, f"{name}.{seconds}.".encode() + letter.body, hashlib.sha256).digest()
    return letter.headers["webhook-signature"] == f"v1,{base64.b64encode(wanted).decode()}"


async def posted(home: House, key: str = "one", token: str = "") -> int:
    """A job by the interface."""
    async with serving(home) as system:
        system.token = token or system.token
        return int((await (await system.posts({"text": f"{WORDS} 13800138000"}, key)).json())["id"])


async def taps(home: House, person: str, *verbs: str) -> None:
    """Press buttons of one's page, one after the other."""
    async with browser(home, person) as client:
        for verb in verbs:
            page = await (await client.get("/")).text()
            assert (await client.post("/act", button(page, verb))).status == 200


async def test_posted_by_another_system_claimed_and_done_on_the_web_and_told(
    home: House, reporter: Reporter
) -> None:
    async with listening() as hook:
        await let_in(home, webhook=hook.url)
        job = await posted(home)
        await reporter.once()
        await taps(home, "li", "claim", "start", "arrive", "finish")
        await reporter.once()
    assert hook.told == ["posted", "claimed", "started", "arrived", "finished", "closed"]
    versions = [letter.said["data"]["version"] for letter in hook.letters]
    assert versions == sorted(set(versions))
    for letter in hook.letters:
        assert signed(letter)
        assert Event.model_validate_json(letter.body).data.job.id == job
        for words in (*PRIVATE, "502", "Mr Li"):
            assert words not in letter.body.decode()
    last = hook.letters[-1].said["data"]["job"]
    assert (last["status"], last["outcome"], last["done"]) == ("closed", "done", 1)
    assert (await home.store.sources(home.committee_id))[0].owed == 0


async def test_what_did_not_arrive_is_sent_again_and_what_follows_waits_for_it(
    home: House, reporter: Reporter
) -> None:
    async with listening() as hook:
        await let_in(home, webhook=hook.url)
        hook.answers = [500, 302]
        await posted(home)
        await taps(home, "li", "claim")
        await reporter.once()
        await reporter.once()
        assert hook.told == ["posted"]  # not yet: the first wait is a second
        for seconds in (1, 2, 4):
            home.clock.forward(seconds)
            await reporter.once()
    assert hook.told == ["posted", "posted", "posted", "claimed"]
    assert len({letter.headers["webhook-id"] for letter in hook.letters[:3]}) == 1
    assert all(signed(letter) for letter in hook.letters)


async def test_nobody_there_is_borne_for_a_day_and_then_said_loudly(
    home: House, reporter: Reporter, caplog: pytest.LogCaptureFixture
) -> None:
    await let_in(home, webhook="http://127.0.0.1:9/told?key=sesame")
    job = await posted(home)
    with caplog.at_level(logging.WARNING):
        await reporter.once()
        home.clock.forward(GIVEN_UP_AFTER / SECOND - 2)
        await reporter.once()
        assert not any(record.levelno >= logging.ERROR for record in caplog.records)
        home.clock.forward(LONGEST_WAIT / SECOND)
        await reporter.once()
    assert f"job {job} (version 1, posted) was given up after 3 tries" in caplog.text
    assert "sesame" not in caplog.text
    listed = (await home.store.sources(home.committee_id))[0]
    assert (listed.owed, listed.given_up) == (0, 1)
    # What happens afterwards is told again.
    await taps(home, "li", "claim")
    assert (await home.store.sources(home.committee_id))[0].owed == 1


async def test_a_webhook_that_says_it_is_gone_is_told_that_no_more(home: House, reporter: Reporter) -> None:
    async with listening() as hook:
        await let_in(home, webhook=hook.url)
        hook.answers = [410]
        await posted(home)
        for _ in range(2):
            await reporter.once()
            home.clock.forward(HOUR / SECOND)
    assert hook.told == ["posted"]


async def test_a_webhook_that_hangs_keeps_nothing_from_anybody(home: House, reporter: Reporter) -> None:
    async with listening() as hanging, listening() as other:
        hanging.held = asyncio.Event()
        await let_in(home, webhook=hanging.url)
        await let_in(home, "sensor", f"sds_{'s' * 43}", other.url)
        await posted(home)
        await reporter.begin()
        await hanging.heard.wait()
        await posted(home, token=f"sds_{'s' * 43}")
        await taps(home, "li", "claim")
        await reporter.begin()
        await other.heard.wait()
        assert len(hanging.letters) == 1  # one at a time
        hanging.held.set()
        await reporter.once()


async def test_what_another_process_has_in_hand_is_left_to_it_until_that_is_lost(
    home: House, reporter: Reporter
) -> None:
    async with listening() as hook:
        await let_in(home, webhook=hook.url)
        await posted(home)
        now = home.clock.now()
        (webhook,) = await home.store.due_webhooks(now)
        (report,) = await home.store.due_reports(webhook, now, 10)
        assert await home.store.begin_report(report, now, now + 30 * SECOND)
        assert not await home.store.begin_report(report, now, now + 30 * SECOND)
        await reporter.once()
        assert hook.told == []
        home.clock.forward(30)
        await reporter.once()
    assert hook.told == ["posted"]


async def test_a_source_that_was_removed_is_told_nothing_more(home: House, reporter: Reporter) -> None:
    async with listening() as hook:
        await let_in(home, webhook=hook.url)
        job = await posted(home)
        await home.store.remove_source(home.committee_id, "hotline", home.clock.now())
        li = await home.person("li")
        await home.service.act(li, job, Command(verb=Verb.CLAIM, actor=li.id))
        await reporter.once()
    assert hook.told == []


def test_waits_double_and_stay_bearable() -> None:
    assert [wait(tries) // SECOND for tries in range(4)] == [1, 2, 4, 8]
    assert wait(10_000) == LONGEST_WAIT

"""Updates that Telegram brings: only Telegram can, and each is stored before it is taken."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.telegram.webhook import FOR_ALL, LARGEST, Webhook
from tests.platforms.telegram_house import SECRET, TelegramHouse, hooked, telegram_house
from tests.platforms.telegram_server import HandClock, TelegramServer

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with TelegramServer(clock=HandClock()) as server:
        server.limits.on = False
        async with telegram_house(tmp_path, server) as made:
            yield made
        assert server.violations == []


@pytest.fixture
def webhook(town: TelegramHouse) -> Webhook:
    return Webhook(town.bots, town.updates, SECRET)


def token(webhook: Webhook, town: TelegramHouse) -> str:
    return webhook.token(town.bots.all()[0][1])


async def test_a_job_is_posted_and_claimed_through_the_webhook(town: TelegramHouse) -> None:
    async with hooked(town):
        job = await town.posts()
        answer = await town.phone("wang").taps(town.card("wang"), "我来接单")
        await town.settles()
    assert "接单成功" in answer.text
    assert await town.holders(job) == ["wang"]


async def test_the_answer_to_a_tap_rides_in_the_reply(town: TelegramHouse) -> None:
    async with hooked(town):
        await town.posts()
        query = town.phone("wang").tap(town.card("wang"), "我来接单")
        await town.phone("wang").is_answered(query)
        await town.settles()
    assert len(query.answers) == 1
    assert not [
        each for each in town.server.calls if each.method == "answerCallbackQuery" and each.code != 200
    ]


UNAUTHENTIC = [
    {},
    {HEADER: ""},
    {HEADER: "wrong"},
    {HEADER: "秘密"},
    {HEADER: "\udce7\udca7\udc98"},
    {HEADER: "\ud800"},
    {"Authorization": "Bearer x"},
]


async def test_without_the_secret_nothing_is_taken(
    town: TelegramHouse, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    for headers in UNAUTHENTIC:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert await webhook.handle(headers, _post(), FOR_ALL) == (401, b""), headers
        assert "refused" in caplog.text
    assert await town.jobs() == ()


NO_UPDATES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"update_id"',
    b"{}",
    b'{"update_id": "7"}',
    b'{"update_id": true}',
    b"\xff\xfe",
    b"[" * 100_000,
]


async def test_what_is_no_update_is_refused(town: TelegramHouse, webhook: Webhook) -> None:
    for body in NO_UPDATES:
        headers = {HEADER: token(webhook, town)}
        assert await webhook.handle(headers, body, FOR_ALL) == (400, b""), body[:20]


async def test_an_update_that_nobody_can_read_is_taken_and_passed_over(
    town: TelegramHouse, webhook: Webhook
) -> None:
    body = json.dumps({"update_id": 7, "message": {"message_id": "none"}}).encode()
    assert await webhook.handle({HEADER: token(webhook, town)}, body, FOR_ALL) == (200, b"")


async def test_too_large_a_body_is_refused(town: TelegramHouse, webhook: Webhook) -> None:
    status, _ = await webhook.handle({HEADER: token(webhook, town)}, b" " * (LARGEST + 1), FOR_ALL)
    assert status == 413


async def test_a_bot_that_is_not_ours_is_not_found(town: TelegramHouse, webhook: Webhook) -> None:
    for key in ("xinhua", "", "../-", "None"):
        status, _ = await webhook.handle({HEADER: token(webhook, town)}, _post(), key)
        assert status == 404


async def test_the_header_may_be_written_in_any_case(town: TelegramHouse, webhook: Webhook) -> None:
    for name in (HEADER.lower(), HEADER.upper()):
        status, _ = await webhook.handle({name: token(webhook, town)}, _post(), FOR_ALL)
        assert status == 200
    await town.settles()
    assert len(await town.jobs()) == 1


async def test_a_secret_that_is_not_ascii_is_refused_over_the_wire_too(town: TelegramHouse) -> None:
    async with hooked(town) as url, ClientSession() as session:
        headers = {HEADER: "秘密"}
        async with session.post(f"{url}/telegram/-", data=_post(), headers=headers) as answer:
            assert answer.status == 401


async def test_registering_twice_is_registering_once_and_keeps_what_waits(town: TelegramHouse) -> None:
    await town.phone("zhao").writes(town.account, "搬米 3号楼")
    async with hooked(town) as url:
        await Webhook(town.bots, town.updates, SECRET).register(url)
        await town.settles()
    assert len(await town.jobs()) == 1


async def test_every_bot_has_a_secret_of_its_own(tmp_path: Path) -> None:
    async with TelegramServer(clock=HandClock()) as server:
        other = server.bot()
        async with telegram_house(tmp_path, server, extra={"xinhua": other.token}) as town:
            webhook = Webhook(town.bots, town.updates, SECRET)
            (_, first), (key, second) = town.bots.all()
            assert key == "xinhua"
            assert webhook.token(first) != webhook.token(second)
            headers = {HEADER: webhook.token(first)}
            assert (await webhook.handle(headers, _post(), "xinhua"))[0] == 401


def _post() -> bytes:
    zhao = {"id": 2001, "is_bot": False, "first_name": "赵"}
    chat = {"id": 2001, "type": "private", "first_name": "赵"}
    message = {"message_id": 7, "date": 1_790_000_000, "chat": chat, "from": zhao, "text": "搬米 3号楼"}
    return json.dumps({"update_id": 1, "message": message}).encode()

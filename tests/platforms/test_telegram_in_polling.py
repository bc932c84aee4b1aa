"""Fetching updates: what is acknowledged is stored, whoever stops when (CONFORMANCE.md 27)."""

import asyncio
import logging
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.telegram import patience
from bot.telegram.polling import Polling
from store.schema import DATABASE
from tests.platforms.house import house
from tests.platforms.telegram_house import ACCOUNTS, TelegramHouse, committee_file, polled, telegram_house
from tests.platforms.telegram_server import HandClock, TelegramServer, TgBot
from tests.platforms.telegram_server.mailbox import Mailbox, Webhook

MESSAGES = 30


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=HandClock()) as made:
        made.limits.on = False
        yield made
        assert made.violations == []


@pytest.fixture
async def town(tmp_path: Path, server: TelegramServer) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(tmp_path, server) as made:
        yield made


def mailbox(server: TelegramServer, bot: TgBot) -> Mailbox:
    return server.town.mailboxes[bot.id]


async def test_whenever_it_is_told_to_leave_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    town: TelegramHouse, tmp_path: Path
) -> None:
    box = mailbox(town.server, town.account)
    for number in range(MESSAGES):
        await town.phone("zhao").writes(town.account, f"搬米 3号楼 第{number}车")
    first = box.waiting[0].id
    for wanted in (1, 4, 9, 17, MESSAGES):
        async with polled(town):
            assert await town.server.until(partial(_posted, tmp_path, wanted))
        acknowledged = max(box.confirmed - first, 0)
        assert acknowledged <= len(await town.jobs()) <= MESSAGES
        assert acknowledged >= wanted
    assert len(await town.jobs()) == MESSAGES
    assert box.waiting == []


async def test_one_persons_messages_are_handled_in_their_order(town: TelegramHouse) -> None:
    for number in range(10):
        await town.phone("zhao").writes(town.account, f"搬米 3号楼 第{number}车")
        await town.phone("qian").writes(town.account, f"买药 3号楼 第{number}次")
    async with polled(town):
        await town.settles()
    store, committee = town.home.store, town.home.committee_id
    jobs = sorted(await town.jobs(), key=lambda job: job.id)
    texts = [(await store.private(committee, job.id)).text for job in jobs]
    for key, unit in (("第", "车"), ("第", "次")):
        own = [text for text in texts if unit in text]
        assert own == sorted(own, key=lambda text: int(text.split(key)[1].removesuffix(unit)))


async def test_a_message_that_cannot_be_read_does_not_hide_the_others(town: TelegramHouse) -> None:
    town.server.inject(town.account, {"message": {"message_id": "none", "from": {"id": ACCOUNTS["zhao"]}}})
    await town.phone("zhao").writes(town.account, "搬米 3号楼")
    async with polled(town):
        await town.settles()
    assert len(await town.jobs()) == 1
    assert mailbox(town.server, town.account).waiting == []


async def test_a_telegram_that_is_away_is_said_once_and_found_again(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    town.server.faults.drop_before("getUpdates", times=2)
    with caplog.at_level(logging.INFO, "bot.telegram"):
        async with polled(town):
            await town.phone("zhao").writes(town.account, "搬米 3号楼")
            await town.settles()
            await town.server.until(lambda: mailbox(town.server, town.account).waiting == [], 5)
    assert len(await town.jobs()) == 1
    assert caplog.text.count("cannot be reached") == 1
    assert "works again" in caplog.text
    assert town.account.token.partition(":")[2] not in caplog.text


async def test_a_webhook_that_is_set_is_said_with_what_to_do(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    box = mailbox(town.server, town.account)
    box.webhook = Webhook(url="http://127.0.0.1:9/elsewhere")
    with caplog.at_level(logging.INFO, "bot.telegram"):
        async with polled(town):
            await town.server.until(lambda: town.server.count("getUpdates", 409) == 2, 5)
            box.webhook = None
            await town.phone("zhao").writes(town.account, "搬米 3号楼")
            await town.server.until(lambda: box.waiting == [], 5)
    assert caplog.text.count("deleteWebhook") == 1
    assert len(await town.jobs()) == 1


async def test_another_program_that_fetches_is_said_once_with_what_to_do_until_it_has_stopped(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "another program fetches this bot's updates: stop it, or give it a bot of its own"
    zhao = town.phone("zhao")
    with caplog.at_level(logging.INFO, "bot.telegram"):
        async with polled(town):
            async with polled(town):
                for number in range(3):  # now the one has news first, now the other
                    conflicts = town.server.count("getUpdates", 409)
                    await zhao.writes(town.account, f"搬米 3号楼 第{number}车")
                    assert await town.server.until(partial(_conflicted, town, conflicts + 2), 10)
            assert caplog.text.count(said) == 2  # each of the two says it
            assert "works again" not in caplog.text
            monkeypatch.setattr(patience, "UNDISPUTED_S", 0.0)  # the minute that it takes
            await zhao.writes(town.account, "搬米 3号楼 第3车")
            assert await town.server.until(lambda: "works again" in caplog.text, 10)
            await town.settles()
    assert caplog.text.count("works again") == 1
    assert caplog.text.count(said) == 2
    assert len(await town.jobs()) == 4
    assert town.account.token.partition(":")[2] not in caplog.text


def _conflicted(town: TelegramHouse, times: int) -> bool:
    return town.server.count("getUpdates", 409) >= times


async def test_a_token_that_is_refused_stops_its_own_bot_only(
    tmp_path: Path, server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    other = server.bot()
    async with telegram_house(tmp_path, server, extra={"xinhua": other.token}) as town:
        del server.town.bots[other.token]
        with caplog.at_level(logging.INFO, "bot.telegram"):
            async with polled(town):
                await server.until(lambda: server_refused(caplog), 5)
                await town.phone("zhao").writes(town.account, "搬米 3号楼")
                await town.settles()
        assert len(await town.jobs()) == 1
    assert caplog.text.count("does not know this token") == 1
    assert other.token.partition(":")[2] not in caplog.text


def server_refused(caplog: pytest.LogCaptureFixture) -> bool:
    return "does not know this token" in caplog.text


async def test_it_ends_by_itself_when_no_bot_is_left(town: TelegramHouse) -> None:
    del town.server.town.bots[town.account.token]
    await asyncio.wait_for(Polling(town.bots, town.updates, wait_s=5).run(), 5)


async def test_a_killed_process_reads_again_and_nothing_is_lost_or_doubled(
    tmp_path: Path, server: TelegramServer
) -> None:
    account = server.bot()
    async with house(tmp_path) as home:
        await home.store.load(committee_file(), prune=False, demo=False)
    zhao = server.user(ACCOUNTS["zhao"], first_name="赵")
    for number in range(MESSAGES):
        await zhao.writes(account, f"搬米 3号楼 第{number}车")
    box = mailbox(server, account)
    process = await _start(tmp_path, server, account)
    assert await server.until(lambda: _jobs(tmp_path) >= MESSAGES // 3, 60)
    process.kill()
    await process.wait()
    assert _jobs(tmp_path) >= box.confirmed - box.waiting[0].id if box.waiting else True
    process = await _start(tmp_path, server, account)
    assert await server.until(lambda: box.waiting == [], 60)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert _jobs(tmp_path) == MESSAGES


async def _start(folder: Path, server: TelegramServer, account: TgBot) -> Process:
    where = (str(folder), server.url, account.token)
    module = "tests.platforms.telegram_process"
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, *where, stderr=PIPE)


def _posted(folder: Path, wanted: int) -> bool:
    return _jobs(folder) >= wanted


def _jobs(folder: Path) -> int:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return int(database.execute("SELECT count(*) FROM jobs").fetchone()[0])

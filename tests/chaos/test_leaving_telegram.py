"""Told to leave while people tap on Telegram, by polling and by webhook: no tap that was answered or
acknowledged is lost, and none counts twice (CONFORMANCE.md 27)."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from bot.telegram.callbacks import Tap, pack
from dispatch.verbs import Verb
from tests.chaos.runs import START_WITHIN_S, Home, Place, Run
from tests.platforms.telegram_clients import client
from tests.platforms.telegram_server import Query, Seen, TelegramServer, TgBot, TgUser

DEPLOYS = 5
ACCOUNTS = range(5001, 5013)
JOBS = 8
"""A deploy; everybody taps on each of them."""

PERSON = """
[[people]]
key = "t{number}"
name = "手机{number}"
roles = ["volunteer"]
trusted = true
building = "3"
addresses = {{ telegram = "{number}" }}
"""

COUNTED = """
SELECT (SELECT count(*) FROM claims c WHERE c.job_id = ? AND c.person_id = a.person_id)
     + (SELECT count(*) FROM waiting w WHERE w.job_id = ? AND w.person_id = a.person_id)
FROM addresses a WHERE a.platform = 'telegram' AND a.value = ?
"""
"""How often a tap on a job counts: as a claim or as a place on the waitlist."""


@dataclass(kw_only=True)
class Town:
    """A real program, Telegram's server, and everybody's phone with a message to tap on."""

    run: Run
    server: TelegramServer
    account: TgBot
    phones: list[tuple[TgUser, Seen]]
    taps: list[tuple[int, int, Query]] = field(default_factory=list)
    """Job, account and tap, of all that were made."""

    async def posted(self) -> list[int]:
        """New jobs."""
        return [await asyncio.to_thread(self.run.posted, f"3号楼 搬大米 第{n}袋") for n in range(JOBS)]

    def tapped(self, jobs: list[int]) -> list[Query]:
        """Everybody taps on all of them at once."""
        made = []
        for job in jobs:
            data = pack(Tap(verb=Verb.CLAIM, job_id=job, version=1))
            for phone, message in self.phones:
                made.append((job, phone.id, phone.forges(message, data)))
        self.taps += made
        return [query for _, _, query in made]

    def counted(self, job: int, account: int) -> int:
        """How often the tap counts in what is kept."""
        ((count,),) = self.run.rows(COUNTED, job, job, str(account))
        return int(count)

    def acknowledged(self) -> Iterator[tuple[int, int]]:
        """Job and account of every tap that Telegram will not bring again, or that was answered."""
        waiting = {each.id for each in self.server.town.mailboxes[self.account.id].waiting}
        for job, account, query in self.taps:
            if query.answers or query.update_id not in waiting:
                yield job, account


@asynccontextmanager
async def the_town(home: Home, place: Place, folder: Path, *, webhook: bool) -> AsyncIterator[Town]:
    async with TelegramServer(latency=0.06, patience=60.0) as server:
        server.limits.on = False
        account = server.bot()
        settings = {"SUIDAO_TELEGRAM__TOKEN": account.token, "SUIDAO_TELEGRAM__API_URL": server.url}
        settings["SUIDAO_REVEALS__A_DAY"] = "1000"  # they take more in a minute than anybody does in a day
        if webhook:
            settings["SUIDAO_TELEGRAM__WEBHOOK_URL"] = f"http://127.0.0.1:{place.port}"
        more = folder / "more.toml"
        known = Path(__file__).with_name("wutong.toml").read_text(encoding="utf-8")
        people = "".join(PERSON.format(number=number) for number in ACCOUNTS)
        more.write_text(known + people, encoding="utf-8")
        loaded = await asyncio.to_thread(place.command, "load", str(more))
        assert loaded.returncode == 0, loaded.stderr
        run = Run(replace(place, settings={**place.settings, **settings}), home.tokens)
        try:
            await asyncio.to_thread(run.start)
            yield Town(run=run, server=server, account=account, phones=await _phones(server, account))
        finally:
            await asyncio.to_thread(run.close)


async def _phones(server: TelegramServer, account: TgBot) -> list[tuple[TgUser, Seen]]:
    phones = [server.user(number, first_name=f"手机{number}") for number in ACCOUNTS]
    async with client(server, account) as bot:
        for phone in phones:
            await phone.starts(account)
            await bot.send_message(phone.id, "🍚")
    return [(phone, next(each for each in phone.sees(account) if each.text == "🍚")) for phone in phones]


def _begun(taps: list[Query]) -> bool:
    return any(query.answers for query in taps)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_five_deploys_under_taps_lose_none_that_was_answered_and_count_none_twice(
    home: Home, place: Place, tmp_path: Path, way: str
) -> None:
    async with the_town(home, place, tmp_path, webhook=way == "webhook") as town:
        in_flight = 0
        for _ in range(DEPLOYS):
            made = town.tapped(await town.posted())
            assert await town.server.until(partial(_begun, made))
            in_flight += sum(not query.answers for query in made)
            assert await asyncio.to_thread(town.run.told, signal.SIGTERM) == 0
            kept = {each: town.counted(*each) for each in town.acknowledged()}
            assert kept
            assert [each for each, count in kept.items() if count != 1] == []
            await asyncio.to_thread(town.run.start)
        assert in_flight > 0
        everything = [query for _, _, query in town.taps]
        assert await town.server.until(lambda: all(query.answers for query in everything), 2 * START_WITHIN_S)
        assert {town.counted(job, account) for job, account, _ in town.taps} == {1}
        assert len(everything) == DEPLOYS * JOBS * len(ACCOUNTS)
        assert "Traceback" not in town.run.log

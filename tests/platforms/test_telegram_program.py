"""The three jobs of the field notes in the whole program, on Telegram and the web page at once, by polling
and by webhook, from post to close (CONFORMANCE.md 12)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from bot import app
from bot.app import Program
from config import settings
from dispatch import register
from dispatch.jobs import JobStatus, Outcome
from tests.photos import photo
from tests.platforms.telegram_server import RealClock, Seen, TelegramServer, TgBot, TgUser
from tests.ports import free_port
from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.web import PageSighting

TOKEN = "4242:invented-for-the-tests-only-000000000"  # noqa: S105 - opens nothing
ACCOUNTS = {"lin": 9001, "v3": 9003, "zhao": 9010}
WITHIN_S = 20.0
DAY_S = 86_400.0
JOBS = [
    ("3号楼502 敲门无应答 80岁独居", "502"),
    ("12号楼301 氧气机缺水", "301"),
    ("7-502 胰岛素用完 中山医院", "502"),
]
"""The three jobs, and the door of each."""


@dataclass(kw_only=True)
class Town:
    """The running program, and the phones of its people."""

    program: Program
    account: TgBot
    phones: dict[str, TgUser]
    server: TelegramServer

    async def until(self, holds: Callable[[], Awaitable[object]], what: str) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not await holds():  # noqa: ASYNC110 - it is another program's doing
                await asyncio.sleep(0.05)
        assert what

    async def card(self, key: str, button: str) -> Seen:
        """The newest card on this phone that has the button."""
        found: list[Seen] = []

        async def there() -> bool:
            seen = self.phones[key].sees(self.account)
            found[:] = [each for each in seen if button in each.labels]
            return bool(found)

        await self.until(there, f"{key} sees {button}")
        return found[-1]

    async def job(self) -> int:
        committee = (await self.program.store.committees())[0]
        return max([job.id for job in await self.program.store.open_jobs(committee.id)], default=0)

    async def status(self, job: int) -> tuple[JobStatus, Outcome | None]:
        committee = (await self.program.store.committees())[0]
        found = (await self.program.store.situation(committee.id, job)).job
        return found.status, found.outcome


@asynccontextmanager
async def the_town(tmp_path: Path, *, webhook: bool, ahead: float = 0.0) -> AsyncIterator[Town]:
    """`ahead`: seconds by which Telegram's clock is before ours."""
    port = free_port()
    async with TelegramServer(clock=RealClock(ahead=ahead)) as server:
        server.limits.on = False
        account = server.bot(TOKEN)
        phones = {key: server.user(number, first_name=key) for key, number in ACCOUNTS.items()}
        for phone in phones.values():
            await phone.starts(account)
        environ = {
            "SUIDAO_TELEGRAM__TOKEN": TOKEN,
            "SUIDAO_TELEGRAM__API_URL": server.url,
            "SUIDAO_WEB__PORT": str(port),
        }
        if webhook:
            environ["SUIDAO_TELEGRAM__WEBHOOK_URL"] = f"http://127.0.0.1:{port}"
        async with app.running(settings.read(environ), tmp_path) as program:
            people = [
                {**person, "addresses": {"telegram": str(ACCOUNTS[str(person["key"])])}}
                if person["key"] in ACCOUNTS
                else person
                for person in tables(COMMITTEE, "people")
            ]
            file = register.parse("town.toml", {**COMMITTEE, "people": people})
            await program.store.load(file, prune=False, demo=False)
            yield Town(program=program, account=account, phones=phones, server=server)
        assert server.violations == []


@pytest.fixture(params=["polling", "webhook"])
async def town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with the_town(tmp_path, webhook=request.param == "webhook") as made:
        yield made


async def from_post_to_close(town: Town, text: str, door: str) -> None:
    """One job, all of it in the chat."""
    await town.phones["lin"].writes(town.account, text)
    claim = await town.card("v3", "我来接单")
    assert door not in claim.text.replace("号楼", "")
    job = await town.job()
    answer = await town.phones["v3"].taps(claim, "我来接单")
    assert "接单成功" in answer.text
    for button in ("我去", "到了", "办完了"):
        card = await town.card("v3", button)
        assert door in card.text
        await town.phones["v3"].taps(card, button)

    async def closed() -> bool:
        return await town.status(job) == (JobStatus.CLOSED, Outcome.DONE)

    await town.until(closed, "the job is closed")

    async def withdrawn() -> bool:
        return all(door not in seen.text.split("\n", 1)[-1] for seen in town.phones["v3"].sees(town.account))

    await town.until(withdrawn, "the door is out of the chat again")


@pytest.mark.parametrize(("text", "door"), JOBS)
async def test_a_job_is_posted_claimed_worked_and_closed_in_the_chat(
    town: Town, text: str, door: str
) -> None:
    await from_post_to_close(town, text, door)


@pytest.mark.parametrize(("ahead", "webhook"), [(-DAY_S, False), (DAY_S, True)])
async def test_a_server_whose_clock_is_a_day_off_changes_nothing(
    tmp_path: Path, ahead: float, *, webhook: bool
) -> None:
    async with the_town(tmp_path, webhook=webhook, ahead=ahead) as skewed:
        for text, door in JOBS:
            await from_post_to_close(skewed, text, door)


async def test_a_tap_in_the_chat_and_one_on_the_page_in_the_same_second_have_one_winner(town: Town) -> None:
    store = town.program.store
    committee = (await store.committees())[0]
    neighbour = await store.person(committee.id, "v4")
    neighbour = await store.invite(committee.id, neighbour.id, revoke=False)
    base = town.program.base_url
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as page:
        async with page.get(town.program.links.link(neighbour)) as response:
            assert response.status == 200
        await town.phones["lin"].writes(town.account, "3号楼502 敲门无应答")
        claim = await town.card("v3", "我来接单")
        job = await town.job()

        async def on_the_page() -> str:
            fields = {"verb": "claim", "job": str(job), "version": "1"}
            headers = {"HX-Request": "true", "Origin": base}
            async with page.post(f"{base}/act", data=fields, headers=headers) as response:
                return PageSighting(await response.text()).text

        answer, said = await asyncio.gather(town.phones["v3"].taps(claim, "我来接单"), on_the_page())
    situation = await store.situation(committee.id, job)
    (won,) = [one for one in situation.claims if one.holds_place]
    loser_reads = said if won.person_id != neighbour.id else answer.text
    assert situation.roster.people[won.person_id].name in loser_reads


async def test_a_photo_reaches_whoever_takes_the_job_and_goes_away_with_it(town: Town) -> None:
    await town.phones["lin"].sends_photo(town.account, photo(), "3号楼502 敲门无应答")
    claim = await town.card("v3", "我来接单")
    await town.phones["v3"].taps(claim, "我来接单")

    def pictures(key: str) -> list[Seen]:
        return [seen for seen in town.phones[key].sees(town.account) if seen.kind == "photo"]

    async def there() -> bool:
        return len(pictures("v3")) == 1

    await town.until(there, "the claimer has the picture")
    assert pictures("v3")[0].protected
    for button in ("我去", "办完了"):
        await town.phones["v3"].taps(await town.card("v3", button), button)

    async def gone() -> bool:
        return not pictures("v3")

    await town.until(gone, "the picture is gone with the claim")
    assert pictures("zhao") == []
    assert town.server.count("sendPhoto") == 1

"""One installation as several processes: whatever dies, nothing is lost and nothing happens twice
(CONFORMANCE.md 5, 9, 12 and 27)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar

from store.broker import Broker
from tests.chaos import drills
from tests.chaos.fleet import Fleet, Member
from tests.chaos.ledgers import assert_whole, owed, steps
from tests.chaos.patience import until
from tests.chaos.runs import Place
from tests.platforms.matrix_server import Member as Account
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone, everybody
from tests.platforms.telegram_server import Seen, TelegramServer, TgBot, TgUser

pytestmark = pytest.mark.timeout(180)

DEPLOYS = 5
WITHIN_S = 20.0
TOWN = Path(__file__).with_name("wutong.toml")


@pytest.fixture
def valkey(temporary: Path) -> Iterator[str]:
    """The one queue of all processes."""
    broker = Broker(temporary / "queue")
    broker.start()
    yield broker.url
    broker.stop()


@pytest.fixture
def fleet(place: Place, postgres_url: str, valkey: str) -> Iterator[Fleet]:
    """An installation whose committee is loaded, without a process yet."""
    made = Fleet(place, postgres_url, valkey, {"SUIDAO_SECRET_KEY_FILE": str(place.data / "secret.key")})
    loaded = made.place.command("load", str(TOWN))
    assert loaded.returncode == 0, loaded.stderr
    try:
        yield made
    finally:
        made.close()


def twice(fleet: Fleet) -> list[object]:
    """Steps that a ledger has more than once."""
    rows = fleet.rows("SELECT job_id, loop, step FROM ledger WHERE step IS NOT NULL")
    return [step for step, count in Counter(rows).items() if count > 1]


def test_conformance_08_a_worker_that_is_killed_or_told_to_leave_in_mid_wave_costs_nothing(
    fleet: Fleet,
) -> None:
    token = fleet.place.invite("lin")
    # The one that is killed is a whole program, beside which a worker and pages stand.
    web, first, second = fleet.starts("web", "run", "worker")
    lin = fleet.phone(web, token)
    for number in range(4):
        assert lin.writes(f"3号楼502 {drills.LADDER} 第{number}件").good
    jobs = [job for (job,) in fleet.rows("SELECT id FROM jobs ORDER BY id")]
    until(
        lambda: any("called duty" in steps(fleet, job) for job in jobs),
        "the ladder is being climbed",
        WITHIN_S,
    )
    first.kill()
    for _ in range(DEPLOYS):
        assert lin.writes(f"3号楼502 {drills.LADDER}").good
        assert second.leaves() == 0
        (second,) = fleet.starts("worker")
    jobs = [job for (job,) in fleet.rows("SELECT id FROM jobs ORDER BY id")]
    assert len(jobs) == 4 + DEPLOYS
    whole = list(drills.LADDER_STEPS)
    until(
        lambda: all(steps(fleet, job) == whole for job in jobs),
        "every ladder is climbed to its end",
        WITHIN_S,
    )
    for job in jobs:
        assert_whole(fleet, job)
    assert twice(fleet) == []
    until(lambda: owed(fleet) == 0, "nothing is owed any more", WITHIN_S)
    assert "Traceback" not in fleet.said()


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(latency=0.02) as server:
        server.limits.on = False
        yield server
        assert server.violations == []


def leader(bots: list[Member], platform: str = "telegram") -> Member:
    """Whose turn it is to serve the chat."""
    (one,) = [bot for bot in bots if serves(bot, platform)]
    return one


def serves(bot: Member, platform: str = "telegram") -> bool:
    """It said last that it does."""
    said = [line for line in bot.log.splitlines() if "by this process" in line]
    return bool(said) and f"{platform} is served by this process now" in said[-1]


async def test_a_job_is_posted_at_one_process_claimed_in_a_chat_and_seen_at_another(
    fleet: Fleet, telegram: TelegramServer
) -> None:
    account = telegram.bot()
    fleet.place = replace(
        fleet.place,
        settings={
            **fleet.place.settings,
            "SUIDAO_TELEGRAM__TOKEN": account.token,
            "SUIDAO_TELEGRAM__API_URL": telegram.url,
        },
    )
    cai = telegram.user(1003, first_name="老蔡")
    await cai.starts(account)
    lin_token, ana_token = [await asyncio.to_thread(fleet.place.invite, who) for who in ("lin", "ana")]
    here, there, *bots, _ = await asyncio.to_thread(fleet.starts, "web", "web", "bot", "bot", "worker")
    lin = await asyncio.to_thread(fleet.phone, here, lin_token)
    async with the_page(there, ana_token) as news:
        answer = await asyncio.to_thread(lin.writes, f"3号楼502 {drills.ONE_STEP}")
        assert answer.good
        card = await the_card(telegram, cai, account)
        assert (await cai.taps(card, "我来接单")).text.startswith("接单成功")
        await news.until("老蔡")  # whom she reads of on a page of another process
    # What is being sent when it dies would be unknown: tests/platforms/test_telegram_several.py.
    await asyncio.to_thread(until, lambda: owed(fleet) == 0, "nothing is owed any more", WITHIN_S)
    first = leader(bots)
    await asyncio.to_thread(first.kill)
    (second,) = [bot for bot in bots if bot is not first]
    await asyncio.to_thread(until, partial(serves, second), "the next one's turn", 15)
    card = await the_card(telegram, cai, account, "我去")
    await cai.taps(card, "我去")
    await asyncio.to_thread(until, lambda: owed(fleet) == 0, "nothing is owed any more", WITHIN_S)
    cards = [seen for seen in cai.sees(account) if drills.ONE_STEP in seen.text]
    assert len(cards) == 1
    assert "Traceback" not in fleet.said()
    assert await asyncio.to_thread(second.leaves) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The bot's account and those of people, on one server."""

    bot: Account
    url: str
    members: Mapping[str, Account]

    def phone(self, key: str) -> Phone:
        """Somebody's phone."""
        return Phone(self.url, self.members[key])


@pytest.fixture
async def account(synapse: Synapse, fleet: Fleet, tmp_path: Path) -> Matrix:
    """One account for all processes, and a volunteer and one of the staff whose chats are on that server."""
    bot = await synapse.register("suidao", display_name="随到")
    members = {key: await synapse.register(key) for key in ("cai", "lin")}
    town = TOWN.read_text(encoding="utf-8")
    town = town.replace('telegram = "1003"', f'matrix = "{members["cai"].user_id}"')
    lin = f'key = "lin"\naddresses = {{ matrix = "{members["lin"].user_id}" }}'
    own = tmp_path / "wutong.toml"
    own.write_text(town.replace('key = "lin"', lin), encoding="utf-8")
    loaded = await asyncio.to_thread(fleet.place.command, "load", str(own))
    assert loaded.returncode == 0, loaded.stderr
    settings = {
        **fleet.place.settings,
        "SUIDAO_MATRIX__HOMESERVER": synapse.url,
        "SUIDAO_MATRIX__USER_ID": bot.user_id,
        "SUIDAO_MATRIX__PASSWORD": bot.password,
    }
    fleet.place = replace(fleet.place, settings=settings)
    return Matrix(bot=bot, url=synapse.url, members=members)


async def test_one_of_two_bots_follows_the_matrix_rooms_and_the_other_goes_on_where_it_was_killed(
    fleet: Fleet, account: Matrix
) -> None:
    *bots, _ = await asyncio.to_thread(fleet.starts, "bot", "bot", "worker")
    first = leader(bots, "matrix")
    (second,) = [bot for bot in bots if bot is not first]
    assert "matrix is served by another process; this one stands by" in second.log
    async with account.phone("lin") as lin, account.phone("cai") as cai:
        desk = await lin.create_room(direct=True, invite=[account.bot.user_id])
        await lin.wait_for(lambda: account.bot.user_id in lin.room(desk).members, "the bot comes")
        await lin.say(desk, f"3号楼502 {drills.ONE_STEP} 第一件")
        room, card = await cai.wait_for_message(lambda seen: "✅" in seen.reactions, "a card to take")
        await asyncio.to_thread(until, lambda: owed(fleet) == 0, "nothing is owed any more", WITHIN_S)
        assert not serves(second, "matrix")
        await asyncio.to_thread(first.kill)
        await cai.react(room.room_id, card.event_id, "✅")
        await lin.say(desk, f"7号楼 {drills.ONE_STEP} 第二件")
        await asyncio.to_thread(until, partial(serves, second, "matrix"), "the next one's turn", 30)
        await cai.wait_for(lambda: len(cards(cai, account.bot)) == 2, "the card of the other job")
        await asyncio.to_thread(until, lambda: taken(fleet) == [1], "the tap counts", WITHIN_S)
        await asyncio.to_thread(until, lambda: owed(fleet) == 0, "nothing is owed any more", WITHIN_S)
        await everybody((lin, cai))
        assert len(cards(cai, account.bot)) == 2
    assert await asyncio.to_thread(fleet.rows, "SELECT count(*) FROM jobs") == [(2,)]
    assert await asyncio.to_thread(taken, fleet) == [1]
    assert second.log.count("matrix is served by this process now") == 1
    assert "Traceback" not in fleet.said()
    assert await asyncio.to_thread(second.leaves) == 0


def cards(phone: Phone, bot: Account) -> list[str]:
    """The bot's cards of the drill on somebody's phone."""
    return [
        message.event_id
        for room in phone.rooms.values()
        for message in room.standing
        if message.sender == bot.user_id and "✅" in message.reactions
    ]


def taken(fleet: Fleet) -> list[int]:
    """How often the ledger of each job that was claimed says so."""
    claimed = "SELECT count(*) FROM ledger WHERE kind = 'claimed' GROUP BY job_id"
    return [count for (count,) in fleet.rows(claimed)]


class News:
    """What an open page is told."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def until(self, words: str) -> None:
        """Read until the words come."""
        async with asyncio.timeout(WITHIN_S):
            async for line in self._response.content:
                if words in line.decode():
                    return
        raise AssertionError(f"the stream ended without {words}")


@asynccontextmanager
async def the_page(web: Member, token: str) -> AsyncIterator[News]:
    """Somebody's page, open at one process."""
    base = f"http://127.0.0.1:{web.place.port}"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), read_bufsize=2**20) as browser:
        async with browser.get(f"{base}/join/{token}") as joined:
            assert joined.status == 200
        async with browser.get(f"{base}/events") as response:
            news = News(response)
            await news.until("data:")
            yield news


async def the_card(server: TelegramServer, phone: TgUser, account: TgBot, button: str = "我来接单") -> Seen:
    """The newest card on the phone that has the button."""

    def found() -> list[Seen]:
        return [each for each in phone.sees(account) if button in each.labels]

    assert await server.until(lambda: bool(found()), WITHIN_S), button
    return found()[-1]

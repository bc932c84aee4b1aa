"""The house with Telegram beside its pages: a real bot, real handlers and store, on the tests' own server.

Nothing here stands in for our own code; the bell is rung by `settles`, as in `house`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.telegram.bots import Bots
from bot.telegram.gateway import TelegramGateway
from bot.telegram.updates import Updates
from bot.telegram.webhook import Webhook
from bot.ticking import TickLinks
from config.sections import Telegram
from dispatch import register
from dispatch.entries import RegisterFile
from dispatch.jobs import Job
from dispatch.people import Address, Person
from dispatch.situation import Situation
from store import queue
from store.broker import Broker
from store.limiter import Limiter
from tests.platforms.house import COMMITTEE, House, house
from tests.platforms.telegram_clients import fetching, introduced
from tests.platforms.telegram_server import Clock, HandClock, Seen, TelegramServer, TgBot, TgGroup, TgUser
from tests.platforms.turns import Turns
from workers.deliver import Deliverer

ACCOUNTS = {"wang": 1001, "li": 1002, "new": 1003, "zhao": 2001, "qian": 2002}
"""Telegram accounts of the house's people, by key."""

NAMES = {"wang": "王阿姨", "li": "Li", "new": "新来的", "zhao": "赵社工", "qian": "钱书记"}

ROOM, DESK_ROOM = -1001, -1002
"""The volunteers' group and the staff's."""

SECRET = b"a secret of the tests"


def committee(key: str = "wutongli") -> dict[str, object]:
    """The house's committee with accounts and groups."""
    people = COMMITTEE["people"]
    assert isinstance(people, list)
    return COMMITTEE | {
        "committee": {**_table(COMMITTEE["committee"]), "key": key},
        "people": [person | {"addresses": {"telegram": str(ACCOUNTS[person["key"]])}} for person in people],
        "rooms": [
            {"platform": "telegram", "chat": str(ROOM), "audience": "volunteers"},
            {"platform": "telegram", "chat": str(DESK_ROOM), "audience": "staff"},
        ],
    }


def committee_file() -> RegisterFile:
    """The same, read as a file is."""
    return register.parse("committee.toml", committee())


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


@dataclass(kw_only=True)
class TelegramHouse:
    """One committee, its people's phones, and the incoming half of Telegram."""

    home: House
    server: TelegramServer
    account: TgBot
    bots: Bots
    gateway: TelegramGateway
    updates: Updates
    deliverer: Deliverer
    room: TgGroup
    desk_room: TgGroup
    phones: dict[str, TgUser] = field(default_factory=dict)

    def phone(self, key: str) -> TgUser:
        """The phone of one of the house's people, who pressed Start once."""
        return self.phones[key]

    async def settles(self) -> None:
        """Let everything that has arrived be handled, answered and delivered."""
        while True:
            await self.server.settled()
            await self.updates.drain()
            rows, self.home.bell.rows = self.home.bell.rows, []
            if not rows:
                return
            await self.deliverer.deliver(rows)

    async def writes(self, key: str, text: str, reply_to: Seen | None = None) -> None:
        """Somebody writes to the bot, and all that follows from it happens."""
        await self.phone(key).writes(self.account, text, reply_to)
        await self.settles()

    async def posts(self, text: str = "3号楼502 敲门无应答") -> int:
        """The staff member posts a job; its number."""
        known = {job.id for job in await self.jobs()}
        await self.writes("zhao", text)
        (job,) = {job.id for job in await self.jobs()} - known
        return job

    async def passes(self, minutes: float) -> None:
        """Let time pass; what is due is looked at, again and again until nothing is."""
        self.home.clock.forward(minutes * 60)
        for job in await self.jobs():
            await self.home.service.look(job.committee_id, job.id)
        await self.settles()

    async def announced(self, text: str = "3号楼502 敲门无应答") -> tuple[int, Seen]:
        """A job that nobody took until the whole group was asked: its number, and its card there."""
        job = await self.posts(text)
        for _ in range(30):
            cards = [each for each in self.phone("wang").sees(self.room) if each.buttons]
            if cards:
                return job, cards[-1]
            await self.passes(1)
        raise AssertionError("the group was never asked")

    async def jobs(self) -> tuple[Job, ...]:
        return await self.home.store.open_jobs(self.home.committee_id)

    async def state(self, job: int) -> Situation:
        return await self.home.store.situation(self.home.committee_id, job)

    async def version(self, job: int) -> int:
        return (await self.state(job)).job.version

    async def holders(self, job: int) -> list[str]:
        """Keys of those who hold a place."""
        situation = await self.state(job)
        return [situation.roster.people[claim.person_id].key for claim in situation.claims if claim.live]

    async def person(self, key: str) -> Person:
        return await self.home.person(key)

    async def addresses(self, value: int) -> tuple[Address, ...]:
        return await self.home.store.addresses("telegram", str(value))

    def card(self, key: str, wanted: str = "") -> Seen:
        """The newest message with buttons in somebody's private chat (and with these words in it)."""
        seen = self.phone(key).sees(self.account)
        return [each for each in seen if each.buttons and wanted in each.text][-1]


@asynccontextmanager
async def telegram_house(
    folder: Path, server: TelegramServer, *, extra: Mapping[str, str] | None = None
) -> AsyncIterator[TelegramHouse]:
    """A house with one bot for all. `extra`: tokens of committees' own bots."""
    account = server.bot()
    settings = Telegram.model_validate(
        {
            "token": account.token,
            "bots": {key: {"token": token} for key, token in (extra or {}).items()},
            "api_url": server.url,
        }
    )
    broker = Broker(folder)
    broker.start()
    redis = queue.client(broker.url)
    try:
        async with house(folder) as home, introduced(settings) as bots:
            await home.store.load(committee_file(), prune=False, demo=False)
            turns = Turns(Limiter(redis), home.clock)
            rush, paged = home.router.rush, TickLinks(home.links)
            gateway = TelegramGateway(bots, turns, home.store, home.catalogs, home.clock, rush, paged)
            made = TelegramHouse(
                home=home,
                server=server,
                account=account,
                bots=bots,
                gateway=gateway,
                updates=Updates(home.router, home.store, bots, gateway, home.catalogs, home.clock),
                deliverer=Deliverer(
                    home.store, home.router, {"web": home.gateway, "telegram": gateway}, home.clock
                ),
                room=server.group(ROOM, "志愿者", []),
                desk_room=server.group(DESK_ROOM, "居委", []),
            )
            _people_arrive(made)
            yield made
            await made.updates.drain()
    finally:
        await redis.aclose()
        broker.stop()


def _people_arrive(made: TelegramHouse) -> None:
    """Everybody has pressed Start once, and the groups are full."""
    for key, number in ACCOUNTS.items():
        language = "en" if key == "li" else "zh-hans"
        phone = made.server.user(number, first_name=NAMES[key], language_code=language)
        made.phones[key] = phone
        made.server.town.private(made.account, phone.account).started = True
        made.room.chat.members[number] = phone.account
    for key in ("zhao", "qian"):
        made.desk_room.chat.members[ACCOUNTS[key]] = made.phones[key].account
    for group in (made.room, made.desk_room):
        group.chat.members[made.account.id] = made.account


@asynccontextmanager
async def polled(made: TelegramHouse) -> AsyncIterator[asyncio.Task[None]]:
    """The house fetches its updates."""
    async with fetching(made.bots, made.updates) as task:
        yield task


@asynccontextmanager
async def unhurried(folder: Path, clock: Clock | None = None) -> AsyncIterator[TelegramHouse]:
    """A house that fetches its updates from a server without rate limits, of which the bot breaks no rule.

    Without a `clock` the server's stands still until somebody moves it."""
    async with TelegramServer(clock=HandClock() if clock is None else clock) as server:
        server.limits.on = False
        async with telegram_house(folder, server) as made, polled(made):
            yield made
        assert server.violations == []


@asynccontextmanager
async def hooked(made: TelegramHouse) -> AsyncIterator[str]:
    """The house has its updates brought; the address of its webhooks."""
    webhook = Webhook(made.bots, made.updates, SECRET)

    async def bring(request: web.Request) -> web.Response:
        headers, body = request.headers, await request.read()
        status, said = await webhook.handle(headers, body, request.match_info["bot"])
        return web.Response(status=status, body=said, content_type="application/json")

    app = web.Application(client_max_size=2_000_000)
    app.router.add_post("/telegram/{bot}", bring)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        url = f"http://{host}:{port}"
        await webhook.register(url)
        yield url
    finally:
        await runner.cleanup()

"""Twenty minutes without the homeserver (CONFORMANCE.md 26): whoever is called is called on another chat, and
afterwards everybody sees what holds then, once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.telegram.gateway import TelegramGateway
from config.sections import Telegram
from dispatch import register
from dispatch.verbs import Verb
from handlers.gateways import Gateway
from handlers.messages import Incoming
from store import queue
from store.broker import Broker
from store.limiter import Limiter
from tests.platforms.matrix_hearing import Hearing, committee, followed, hearing
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.timeline import Message
from tests.platforms.telegram_clients import introduced
from tests.platforms.telegram_server import Seen, TelegramServer, TgBot, TgUser
from tests.platforms.turns import Turns
from workers.deliver import Deliverer
from workers.sweep import Sweep

SECOND_CHATS = {"wang": 1001, "li": 1002, "qian": 2002}
"""Telegram accounts of those who have both."""

OUTAGE_MIN = 20
RINGS = 4
"""A ring for what was missed of each of the two jobs that still stand, and one for what is due just then."""

STEP_S = 30
"""Seconds between two looks of the program in the test; in earnest it looks every second."""


@dataclass(kw_only=True)
class Both:
    """A committee on Matrix whose people can be reached on Telegram too."""

    house: Hearing
    account: TgBot
    second: Mapping[str, TgUser]
    sweep: Sweep

    async def passes(self, minutes: float) -> None:
        await passes(self.house, self.sweep, minutes)

    def elsewhere(self, key: str, job: int) -> list[Seen]:
        """The cards of this job in somebody's second chat."""
        return [each for each in self.second[key].sees(self.account) if f"#{job}" in each.text]

    async def rings(self, key: str) -> int:
        """How often the bot has made somebody's phone ring: its messages in the private room."""
        phone = self.house.phone(key)
        await phone.sync()
        room = phone.room_with(self.house.bot.user_id)
        return len([each for each in room.messages if each.sender == self.house.bot.user_id])

    async def cards(self, key: str, job: int) -> list[Message]:
        """The cards of this job in somebody's private room."""
        phone = self.house.phone(key)
        await phone.sync()
        room = phone.room_with(self.house.bot.user_id)
        return [each for each in room.standing if f"#{job}" in each.body]


async def acts(house: Hearing, verb: Verb, job: int) -> None:
    """Staff do something on their page."""
    state = await house.state(job)
    address = await house.home.address("zhao")
    tap = Incoming(address=address, verb=verb, job_id=job, version=state.job.version)
    reply = await house.home.router.handle(tap)
    assert reply.ok, reply.text


async def shown(house: Hearing) -> list[str]:
    """All messages that the bot ever put into the volunteers' room, but for edits."""
    li = house.phone("li")
    await li.sync()
    return [each.event_id for each in li.room(house.room_id).messages if each.sender == house.bot.user_id]


async def passes(house: Hearing, sweep: Sweep, minutes: float) -> None:
    """Let time pass, with all that the program does by itself."""
    for _ in range(int(minutes * 60 / STEP_S)):
        house.home.clock.forward(STEP_S)
        await sweep.once()


@asynccontextmanager
async def both_chats(house: Hearing, folder: Path) -> AsyncIterator[Both]:
    """The same house, with a second chat for those who have one."""
    members = {key: phone.member for key, phone in house.phones.items()}
    table = committee(members, house.room_id, house.desk_id)
    file = register.parse("both.toml", table | {"people": [_with_second(each) for each in _people(table)]})
    await house.home.store.load(file, prune=False, demo=False)
    broker = Broker(folder)
    broker.start()
    redis = queue.client(broker.url)
    try:
        async with TelegramServer() as server:
            server.limits.on = False  # its clock is not the house's
            account = server.bot()
            second = {key: server.user(number, first_name=key) for key, number in SECOND_CHATS.items()}
            for phone in second.values():
                server.town.private(account, phone.account).started = True
            settings = Telegram.model_validate({"token": account.token, "api_url": server.url})
            async with introduced(settings) as bots:
                home = house.home
                turns = Turns(Limiter(redis), home.clock)
                telegram = TelegramGateway(bots, turns, home.store, home.catalogs, home.clock)
                gateways: dict[str, Gateway] = {
                    "web": home.gateway,
                    "matrix": house.gateway,
                    "telegram": telegram,
                }
                deliverer = Deliverer(home.store, house.router, gateways, home.clock)
                sweep = Sweep(home.service, deliverer, home.clock)
                yield Both(house=house, account=account, second=second, sweep=sweep)
    finally:
        await redis.aclose()
        broker.stop()


def _people(table: Mapping[str, object]) -> list[dict[str, object]]:
    people = table["people"]
    assert isinstance(people, list)
    return people


def _with_second(person: dict[str, object]) -> dict[str, object]:
    key, first = person["key"], person["addresses"]
    assert isinstance(first, dict)
    assert isinstance(key, str)
    if key not in SECOND_CHATS:
        return person
    return person | {"addresses": first | {"telegram": str(SECOND_CHATS[key])}}


@pytest.fixture
async def both(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Both]:
    async with hearing(tmp_path, synapse) as house, both_chats(house, tmp_path) as made:
        yield made


async def test_conformance_26_twenty_minutes_without_the_server_cost_no_call_and_end_without_a_flood(
    both: Both,
) -> None:
    house = both.house
    before = await house.posts("3号楼502 敲门无应答")
    await both.passes(5)
    for key in SECOND_CHATS:
        await house.own_card(key)
    assert not any(both.elsewhere(key, before) for key in SECOND_CHATS)
    rung = {key: await both.rings(key) for key in SECOND_CHATS}
    async with house.synapse.outage():
        meanwhile, taken_back = [await house.posts(text) for text in ("7-502 胰岛素用完", "7-301 氧气机缺水")]
        await both.passes(2)
        await acts(house, Verb.CANCEL, taken_back)
        await both.passes(OUTAGE_MIN - 2)
        assert both.elsewhere("wang", meanwhile)
        assert both.elsewhere("qian", meanwhile)  # the secretary's rung came, on another chat
    await both.passes(1.5)  # the longest pause between two tries is a minute
    for key in SECOND_CHATS:
        assert len(await both.cards(key, before)) == 1
        assert len(await both.cards(key, meanwhile)) == 1
        assert await both.cards(key, taken_back) == []  # over before anybody there heard of it
        assert await both.rings(key) - rung[key] <= RINGS, await both.rings(key)


async def test_conformance_26_after_the_outage_the_room_has_its_card_once_and_a_tap_on_it_counts(
    tmp_path: Path, synapse: Synapse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room of many has no other address. The bot follows its rooms all the while."""
    monkeypatch.setattr("bot.matrix.patience.LONGEST_S", 1.0)  # the server is away for seconds
    caplog.set_level("INFO")
    async with hearing(tmp_path, synapse) as house, followed(house):
        sweep = Sweep(house.home.service, house.deliverer, house.home.clock)
        before, card = await house.announced("3号楼 送菜")
        await house.settles()
        caplog.clear()
        async with house.synapse.outage():
            meanwhile, taken_back = [await house.posts(text) for text in ("7号楼 送药", "7号楼 送水")]
            await passes(house, sweep, 2)
            await acts(house, Verb.CANCEL, taken_back)
            await passes(house, sweep, OUTAGE_MIN - 2)
            assert [await house.holders(job) for job in (before, meanwhile)] == [[], []]
        await passes(house, sweep, 1.5)
        await house.settles()
        stood, new = await shown(house)
        assert stood == card.event_id  # edited, if anything
        for job, event in ((before, stood), (meanwhile, new)):
            await house.phone("wang").react(house.room_id, event, "✅")
            await house.held_by(job, ["wang"])
        await house.settles()
        assert await shown(house) == [stood, new]
        assert f"#{meanwhile}" in house.phone("li").room(house.room_id).message(new).body
    said = [each.message for each in caplog.records if each.name.startswith("bot.")]
    assert len([each for each in said if each.startswith("following the Matrix rooms: the homeserver")]) == 1
    assert said.count("following the Matrix rooms: works again") == 1
    loud = [each.message for each in caplog.records if each.levelname not in ("INFO", "DEBUG")]
    assert len(set(loud)) == len(loud), "each card is told of once, however often it is tried"

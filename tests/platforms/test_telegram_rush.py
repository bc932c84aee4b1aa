"""When many tap at once, what rings nobody gives way, and no answer to a tap is lost with a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from dispatch import register
from handlers import rush
from handlers.rush import MANY, Rush
from tests.platforms.telegram_house import ROOM, TelegramHouse, committee, polled, telegram_house
from tests.platforms.telegram_server import TelegramServer, TgUser
from tests.platforms.telegram_server.calls import Past


def taps(of: Rush, count: int) -> ExitStack:
    """So many that wait for their answer until it is closed."""
    waiting = ExitStack()
    for _ in range(count):
        waiting.enter_context(of.tap())
    return waiting


async def test_a_few_taps_cost_nobody_any_time() -> None:
    calm = Rush()
    with taps(calm, MANY - 1):
        async with asyncio.timeout(0):
            await calm.over()


async def test_a_rush_is_over_when_nobody_waits_and_nobody_has_tapped_again() -> None:
    busy = Rush()
    with taps(busy, MANY):
        waiting = asyncio.create_task(busy.over())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    async with asyncio.timeout(0):
        await busy.over()


async def test_a_tap_in_the_lull_prolongs_the_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rush, "LULL_S", 0.0)
    busy = Rush()
    with taps(busy, MANY):
        pass
    with busy.tap():
        waiting = asyncio.create_task(busy.over())
        for _ in range(3):  # the first lull's moment comes and goes
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_nothing_gives_way_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rush, "GIVE_WAY_S", 0.0)
    busy = Rush()
    with taps(busy, MANY):
        await busy.over()


async def test_an_answer_that_a_broken_connection_took_along_is_sent_again(tmp_path: Path) -> None:
    async with (
        TelegramServer() as server,
        telegram_house(tmp_path, server) as town,
        polled(town),
    ):
        server.limits.on = False
        await town.posts()
        server.faults.drop_before("answerCallbackQuery")
        answer = await town.phone("wang").taps(town.card("wang"), "我来接单")
        assert "接单成功" in answer.text


async def test_conformance_28_280_taps_on_the_groups_card_are_280_answers_one_winner_and_a_handful_of_edits(
    tmp_path: Path,
) -> None:
    async with (
        TelegramServer(patience=30.0) as server,  # real seconds; how soon it is, `bench` measures
        telegram_house(tmp_path, server) as town,
        polled(town),
    ):
        server.limits.on = False
        job, card = await town.announced()
        crowd = await joined(town, 280)
        before = len(edits_of(town))
        async with delivered_meanwhile(town):
            answers = await asyncio.gather(*(phone.taps(card, "我来接单") for phone in crowd))
        await town.settles()
        assert len(answers) == 280
        assert server.unanswered == []
        (winner,) = await town.holders(job)
        name = (await town.person(winner)).name
        assert sum(name in answer.text for answer in answers) >= 279
        assert len((await town.state(job)).waiting) == 279
        edits = len(edits_of(town)) - before
        assert 1 <= edits <= 5
        (shown,) = [each for each in crowd[0].sees(town.room) if each.id == card.id and not each.alone]
        assert name in shown.text


async def joined(town: TelegramHouse, count: int) -> list[TgUser]:
    """So many more volunteers in the group, to whom the bot has never written."""
    people = committee()["people"]
    assert isinstance(people, list)
    crowd = [
        people[0] | {"key": f"x{number}", "name": f"群众{number}", "addresses": {"telegram": str(number)}}
        for number in range(5001, 5001 + count)
    ]
    file = register.parse("crowd.toml", committee() | {"people": [*people, *crowd]})
    await town.home.store.load(file, prune=False, demo=False)
    phones = [town.server.user(5001 + number, first_name=f"群众{number}") for number in range(count)]
    for phone in phones:
        town.room.chat.members[phone.id] = phone.account
    return phones


def edits_of(town: TelegramHouse) -> list[Past]:
    """Every edit in the group so far."""
    edits = ("editMessageText", "editMessageReplyMarkup")
    return [each for each in town.server.calls if each.method in edits and _chat(each) == str(ROOM)]


def _chat(call: Past) -> str:
    return str(call.params.get("chat_id"))


@asynccontextmanager
async def delivered_meanwhile(town: TelegramHouse) -> AsyncIterator[None]:
    """What becomes owed is delivered beside everything else, as the program does."""
    over = asyncio.Event()

    async def deliver() -> None:
        while not over.is_set():
            rows, town.home.bell.rows = town.home.bell.rows, []
            await town.deliverer.begin(rows)
            await asyncio.sleep(0.02)
        await town.deliverer.drain()

    beside = asyncio.create_task(deliver())
    yield
    over.set()
    await beside

"""A group's card whose sending was *unknown*: nobody keeps a card that says what holds no longer, and nobody
who was to see the job never does (CONFORMANCE.md 4). Cards that are over are no news (26)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.callbacks import Menu, Tap, pack
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.platforms.telegram_house import ROOM, TelegramHouse, unhurried
from tests.platforms.telegram_server import Seen

CLAIM = "我来接单"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


def in_the_group(town: TelegramHouse, job: int) -> list[Seen]:
    """The job's cards that stand there."""
    return [each for each in town.phone("wang").sees(town.room) if f"#{job}" in each.text]


async def asked_in_the_group(town: TelegramHouse) -> int:
    """A job that nobody took until the group was asked, nobody knows whether; its number."""
    job = await town.posts()
    (room,) = await town.addresses(ROOM)
    for _ in range(30):
        if await town.home.store.doubtful(room, job):
            return job
        await town.passes(1)
    raise AssertionError("the group was never asked")


async def test_a_card_that_never_came_into_the_group_comes_with_the_next_state(town: TelegramHouse) -> None:
    town.server.faults.drop_before("sendMessage", chat=ROOM)
    job = await asked_in_the_group(town)
    assert in_the_group(town, job) == []
    await town.phone("wang").taps(town.card("wang"), CLAIM)
    await town.settles()
    (card,) = in_the_group(town, job)
    assert "王阿姨" in card.text


async def test_a_card_that_came_into_the_group_unnoticed_is_known_by_the_first_tap_on_it(
    town: TelegramHouse,
) -> None:
    town.server.faults.drop_after("sendMessage", chat=ROOM)
    job = await asked_in_the_group(town)
    (card,) = in_the_group(town, job)
    await town.phone("wang").taps(card, CLAIM)
    await town.settles()
    (now,) = in_the_group(town, job)
    assert now.id == card.id
    assert "王阿姨" in now.text


async def test_a_copy_that_nobody_knew_of_goes_away_when_somebody_taps_it(town: TelegramHouse) -> None:
    town.server.faults.drop_after("sendMessage", chat=ROOM)
    job = await asked_in_the_group(town)
    (stale,) = in_the_group(town, job)
    await town.phone("wang").taps(town.card("wang"), CLAIM)
    await town.settles()
    known = [each.id for each in in_the_group(town, job) if each.id != stale.id]
    assert len(known) == 1
    answer = await town.phone("li").taps(stale, CLAIM)
    await town.settles()
    assert "王阿姨" in answer.text
    assert [each.id for each in in_the_group(town, job)] == known


async def test_a_forged_tap_makes_no_other_message_the_groups_card(town: TelegramHouse) -> None:
    job, card = await town.announced()
    other = await town.posts("12号楼301 氧气机缺水")
    forged = pack(Tap(menu=Menu.DO, verb=Verb.CLAIM, job_id=other, version=1))
    town.phone("li").forges(card, forged)
    await town.settles()
    assert [each.id for each in in_the_group(town, job)] == [card.id]
    assert in_the_group(town, other) == []


async def test_a_job_that_was_over_before_anybody_could_be_told_is_no_news_afterwards(
    town: TelegramHouse,
) -> None:
    zhao = await town.home.address("zhao")
    posted = await town.home.router.handle(Incoming(address=zhao, text="3号楼502 敲门无应答", nonce="1"))
    assert posted.card is not None
    job, version = posted.card.job_id, posted.card.version
    await town.home.router.handle(Incoming(address=zhao, verb=Verb.CANCEL, job_id=job, version=version))
    await town.settles()  # only now is anything brought to anybody
    for phone in town.phones.values():
        assert [each for each in phone.sees(town.account) if f"#{job}" in each.text] == []


async def test_whoever_won_is_told_that_it_is_over_even_if_the_card_never_came(town: TelegramHouse) -> None:
    job, card = await town.announced()
    town.server.faults.fail(502, "Bad Gateway", "sendMessage", chat=1001)
    await town.phone("wang").taps(card, CLAIM)
    await town.settles()
    zhao = await town.home.address("zhao")
    version = await town.version(job)
    await town.home.router.handle(Incoming(address=zhao, verb=Verb.CANCEL, job_id=job, version=version))
    await town.settles()
    (told,) = [each for each in town.phone("wang").sees(town.account) if f"#{job}" in each.text]
    assert "取消" in told.text

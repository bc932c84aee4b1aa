"""Taps on Telegram: everyone is answered, truthfully, and nothing forged moves anything (CONFORMANCE.md 11,
28 and 32)."""

import asyncio
import itertools
import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.callbacks import Menu, Tap, pack
from dispatch import register
from dispatch.verbs import Verb
from handlers.messages import Incoming
from store.schema import DATABASE
from tests.platforms.telegram_house import TelegramHouse, committee, unhurried
from tests.platforms.telegram_server import HandClock

CLAIM, START, CORRECT, GIVE, CANCEL = "我来接单", "我去", "更正", "派给", "取消"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def town(tmp_path: Path, clock: HandClock) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path, clock) as made:
        yield made


async def test_the_first_tap_wins_and_the_tapped_card_shows_it(town: TelegramHouse) -> None:
    job = await town.posts()
    wang, card = town.phone("wang"), town.card("wang")
    answer = await wang.taps(card, CLAIM)
    assert "接单成功" in answer.text
    assert not answer.show_alert
    await town.settles()
    assert await town.holders(job) == ["wang"]
    (shown,) = [each for each in wang.sees(town.account) if each.buttons]
    assert "502" in shown.text
    assert shown.id == card.id


async def test_the_second_one_learns_who_has_it_in_a_window_that_stays(town: TelegramHouse) -> None:
    job = await town.posts()
    card = town.card("li")
    await town.phone("wang").taps(town.card("wang"), CLAIM)
    answer = await town.phone("li").taps(card, "I'll go")
    assert "王阿姨" in answer.text
    assert answer.show_alert
    assert await town.holders(job) == ["wang"]


async def test_the_same_tap_brought_twice_moves_nothing_and_is_answered_twice(town: TelegramHouse) -> None:
    job = await town.posts()
    wang = town.phone("wang")
    query = wang.tap(town.card("wang"), CLAIM)
    await wang.is_answered(query)
    await town.settles()
    await wang.taps(town.card("wang"), START)
    await town.settles()
    version = await town.version(job)
    assert query.update_id is not None
    town.server.redeliver(town.account, query.update_id)
    await town.server.until(lambda: len(query.answers) == 2)
    await town.settles()
    assert len(query.answers) == 2
    assert await town.version(job) == version


FORGED = [
    "",
    "1",
    "claim",
    "1dclaim",
    "1dclaim.1",
    "1dclaim.1.",
    "1dpost.1.1.",
    "1dsee_private.1.1.",
    "1dclaim.zzzzzzzzzzzzzzzz.1.",
    "2dclaim.1.1.",
    "1dassign.1.1.9999999999",
    "1dassign.1.1.' OR 1=1 --",
    "1ccancel.1.1.0",
    "1kclaim.1.1.",
    "1cassign.1.1.99999999",
    "1b.1.1.",
    "1d.1.1.",
    "敲门�",
    "x" * 64,
]


async def test_conformance_32_what_is_forged_is_answered_and_moves_nothing(town: TelegramHouse) -> None:
    job = await town.posts()
    version = await town.version(job)
    wang, card = town.phone("wang"), town.card("wang")
    for data in FORGED:
        answer = await wang.is_answered(wang.forges(card, data))
        assert answer.show_alert, data
    await town.settles()
    assert await town.version(job) == version
    assert await town.holders(job) == []


async def test_a_verb_that_is_not_ones_own_is_refused_in_words(town: TelegramHouse) -> None:
    job = await town.posts()
    wang, card = town.phone("wang"), town.card("wang")
    version = await town.version(job)
    for verb in (Verb.CANCEL, Verb.COMPLETE, Verb.ACKNOWLEDGE, Verb.FINISH):
        data = pack(Tap(verb=verb, job_id=job, version=version))
        answer = await wang.is_answered(wang.forges(card, data))
        assert answer.text
        assert answer.show_alert
    await town.settles()
    assert await town.version(job) == version


async def test_another_committees_job_is_no_job_here(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = committee("xinhua") | {
        "people": [{"key": "zhou", "name": "周", "roles": ["staff"]}],
        "rooms": [],
    }
    del theirs["ladder"]
    await town.home.store.load(register.parse("other.toml", theirs), prune=False, demo=True)
    zhou = await town.home.store.person(
        next(each.id for each in await town.home.store.committees() if each.key == "xinhua"), "zhou"
    )
    await town.home.store.invite(zhou.committee_id, zhou.id, revoke=False)
    desk = await town.home.store.address("web", "xinhua/zhou")
    assert desk is not None
    foreign = (
        await town.home.router.handle(Incoming(address=desk, text="3号楼502 敲门无应答", nonce="a"))
    ).card
    assert foreign is not None
    await town.posts()
    wang, card = town.phone("wang"), town.card("wang")
    before = await town.home.store.situation(zhou.committee_id, foreign.job_id)
    verbs = (Verb.CLAIM, Verb.START, Verb.CANCEL, Verb.NOTE)
    said = set()
    with caplog.at_level(logging.WARNING):
        for verb, job in itertools.product(verbs, (foreign.job_id, foreign.job_id + 10_000)):
            data = pack(Tap(verb=verb, job_id=job, version=foreign.version))
            answer = await wang.is_answered(wang.forges(card, data))
            assert answer.show_alert
            said.add(answer.text)
    assert len(said) == 1  # one that is not there is answered alike
    assert "没有这个任务" in said.pop()
    assert f"on job {foreign.job_id}" in caplog.text
    await town.settles()
    assert await town.home.store.situation(zhou.committee_id, foreign.job_id) == before


async def test_a_stranger_who_taps_in_the_group_is_told_how_to_join_and_moves_nothing(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    job, card = await town.announced()
    passer = town.server.user(7007, first_name="<b>路人</b> 🦊")
    town.room.adds(passer)
    with caplog.at_level(logging.WARNING):
        answer = await passer.taps(card, CLAIM)
    assert "/join" in answer.text
    assert answer.show_alert
    assert "7007" in caplog.text
    assert "路人" not in caplog.text
    assert await town.holders(job) == []


async def test_a_tap_that_came_too_late_to_be_answered_still_counts(
    town: TelegramHouse, clock: HandClock
) -> None:
    job = await town.posts()
    wang = town.phone("wang")
    town.server.faults.down = True
    query = wang.tap(town.card("wang"), CLAIM)
    clock.forward(151)
    town.server.faults.down = False
    await town.server.until(lambda: town.server.count("answerCallbackQuery", 400) == 1)
    await town.settles()
    assert query.answers == []
    assert await town.holders(job) == ["wang"]


async def test_a_tap_is_answered_within_two_seconds_while_the_store_is_locked(
    town: TelegramHouse, tmp_path: Path
) -> None:
    job = await town.posts()
    other = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        query = town.phone("wang").tap(town.card("wang"), CLAIM)
        answer = await town.phone("wang").is_answered(query)
        assert answer.text
        assert answer.after < 2.0
        assert await town.holders(job) == []
    finally:
        other.execute("ROLLBACK")
        other.close()
    await town.settles()
    assert await town.holders(job) in ([], ["wang"])


async def test_choosing_whom_to_send_unfolds_below_the_card_without_touching_the_job(
    town: TelegramHouse,
) -> None:
    job = await town.posts()
    zhao = town.phone("zhao")
    version, before = await town.version(job), town.card("zhao")
    await zhao.taps(before, GIVE)
    await town.settles()
    unfolded = town.card("zhao")
    assert unfolded.text == before.text
    assert any("王阿姨" in label for label in unfolded.labels)
    assert await town.version(job) == version
    await zhao.taps(unfolded, "↩️")
    await town.settles()
    assert town.card("zhao").labels == before.labels
    await zhao.taps(town.card("zhao"), GIVE)
    await town.settles()
    await zhao.taps(town.card("zhao"), "王阿姨")
    await town.settles()
    assert await town.holders(job) == ["wang"]


async def test_calling_a_job_off_is_asked_once_more(town: TelegramHouse) -> None:
    job = await town.posts()
    zhao = town.phone("zhao")
    await zhao.taps(town.card("zhao"), CANCEL)
    await town.settles()
    assert [each.id for each in await town.jobs()] == [job]
    await zhao.taps(town.card("zhao"), "✔️")
    await town.settles()
    assert await town.jobs() == ()


async def test_a_menu_is_not_unfolded_in_a_group(town: TelegramHouse) -> None:
    job, card = await town.announced()
    zhao = town.phone("zhao")
    town.room.adds(zhao)
    edits = town.server.count("editMessageReplyMarkup")
    data = pack(Tap(verb=Verb.ASSIGN, job_id=job, version=await town.version(job), menu=Menu.CHOOSE))
    answer = await zhao.is_answered(zhao.forges(card, data))
    await town.settles()
    assert answer.show_alert
    assert town.server.count("editMessageReplyMarkup") == edits


async def test_correcting_is_a_reply_to_the_card(town: TelegramHouse) -> None:
    job = await town.posts("3号楼 敲门无应答")
    zhao = town.phone("zhao")
    answer = await zhao.taps(town.card("zhao"), CORRECT)
    assert answer.show_alert
    assert "回复" in answer.text
    await town.writes("zhao", "7号楼 101", town.card("zhao"))
    assert [each.id for each in await town.jobs()] == [job]
    state = await town.state(job)
    assert state.job.building_id is not None
    assert state.roster.buildings[state.job.building_id].key == "7"


async def test_a_winner_who_never_pressed_start_is_one_tap_from_the_card(town: TelegramHouse) -> None:
    job, card = await town.announced()
    wang = town.phone("wang")
    await wang.blocks(town.account)
    await town.settles()
    assert await town.addresses(wang.id) == ()
    chat = wang.town.private(town.account, wang.account)
    chat.blocked = chat.started = False
    data = pack(Tap(verb=Verb.CLAIM, job_id=job, version=await town.version(job)))
    answer = await wang.is_answered(wang.forges(card, data))
    assert "接单成功" in answer.text
    await town.settles()
    (alone,) = [each for each in wang.sees(town.room) if each.alone]
    await wang.follows(alone, "私聊")
    await town.settles()
    assert "502" in town.card("wang").text


async def test_280_taps_on_one_card_are_280_answers_and_one_winner(town: TelegramHouse) -> None:
    town.server.patience = 30.0  # real seconds, on a busy machine; how soon it is, `bench` measures
    job = await town.posts()
    people = [town.phone(key) for key in ("wang", "li", "new", "zhao", "qian")]
    card = town.card("wang")
    version = await town.version(job)
    data = pack(Tap(verb=Verb.CLAIM, job_id=job, version=version))
    queries = [people[number % 5].forges(card, data) for number in range(280)]
    await asyncio.gather(*(people[0].is_answered(query) for query in queries))
    await town.settles()
    assert len(await town.holders(job)) == 1
    assert town.server.unanswered == []

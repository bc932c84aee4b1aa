"""A welfare check, step by step: what is tapped at the door says what comes next (FIELD_NOTES.md, R1)."""

from collections.abc import Mapping

from dispatch import register
from dispatch.instructions import Words
from dispatch.jobs import CallCause, Outcome, Priority
from dispatch.moments import MINUTE
from tests.stories.committee import COMMITTEE, speaking, table, tables
from tests.stories.drivers.base import Actor, ChatActor
from tests.stories.world import MONDAY_NIGHT, World

KNOCK = "3号楼502 敲门无应答 80岁独居"
KEY_HOLDER = "王阿姨"
KEY_PHONE = "19900007777"
HOSPITAL = "第三人民医院"
NINE = MONDAY_NIGHT + 350 * MINUTE
"""Nine in the morning."""

UNKNOWN: Words = {"zh_CN": "没人知道，门没开", "en": "Nobody knows, the door is shut"}
RING_110: Words = {"zh_CN": "请打110请民警开门", "en": "Ring 110: the police open the door"}


def committee(**languages: str) -> Mapping[str, object]:
    """The committee with somebody who has the resident's key, and people who read these languages."""
    (resident,) = tables(COMMITTEE, "residents")
    holder = {"name": KEY_HOLDER, "phone": KEY_PHONE, "kind": "keyholder"}
    return {
        **COMMITTEE,
        "people": speaking(**languages),
        "residents": [{**resident, "contacts": [*tables(resident, "contacts"), holder]}],
    }


async def clock(world: World, minutes: float) -> None:
    """Let it be so many minutes after nine."""
    await world.fast_forward(minutes=(NINE + round(minutes * MINUTE) - world.clock.now()) / MINUTE)


async def finds(actor: Actor, job: int, finding: str, words: str = "") -> str:
    """Tap what was found; words go with it on a page, and in a chat as a reply afterwards."""
    if not words or not isinstance(actor, ChatActor):
        return await actor.taps("find", job, choice=finding, text=words)
    asked = await actor.taps("find", job, choice=finding)
    await actor.writes(words, about=job)
    return asked


async def at_the_door(world: World, key: str = "v3", **languages: str) -> tuple[int, Actor]:
    """Somebody who took the job and has arrived, at nine."""
    await world.founds(committee(**languages))
    await clock(world, -10)
    await (await world.person("lin")).writes(KNOCK)
    job = await world.job()
    ana = await world.person(key)
    for verb in ("claim", "start", "arrive"):
        await ana.taps(verb, job)
    await clock(world, 0)
    return job, ana


async def r1(world: World, *, claimer: str, leaders: str) -> None:
    """R1 as the report tells it, read by people of two languages."""
    job, ana = await at_the_door(world, v3=claimer, lin=leaders, zhao=leaders)
    lin = await world.visitor("lin")
    await _nobody_answers(world, job, ana)
    await _leaders_are_called(world, job, ana, leaders)
    await _the_door_opens(world, job, ana)
    assert (await world.state(job)).job.outcome is Outcome.DONE
    seen = await ana.looks()
    assert KEY_HOLDER not in seen.text
    assert "502" not in seen.card(job)
    await _log_tells(lin, job, LOG[leaders])
    assert not any(HOSPITAL in said or KEY_HOLDER in said for said in world.posted())


async def _nobody_answers(world: World, job: int, ana: Actor) -> None:
    """Neither the door nor the phone: then, and only then, whoever has a key is shown, and that is logged."""
    assert {"find", "finish", "release", "help"} <= (await ana.looks()).buttons(job)
    await finds(ana, job, "knock.none")
    await clock(world, 2)
    assert KEY_HOLDER not in " ".join(ana.received())
    old = await world.version(job)
    await finds(ana, job, "phone.none")
    await ana.taps("find", job, choice="phone.answered", version=old)
    assert await _step(world, job) == "neighbours"
    card = (await ana.looks()).card(job)
    assert KEY_HOLDER in card
    assert KEY_PHONE in card.replace(" ", "")
    reveals = await world.rows("SELECT person_id, fields, reason FROM reveals ORDER BY id")
    assert [(row[0], row[2]) for row in reveals] == [(ana.id, "claimed"), (ana.id, "found")]
    assert ["keyholder" in str(row[1]) for row in reveals] == [False, True]
    assert "finish" not in (await ana.looks()).buttons(job)


async def _leaders_are_called(world: World, job: int, ana: Actor, language: str) -> None:
    """Nobody knows: the secretary on duty reads who found what, and that the police open the door."""
    zhao = await world.person("zhao")
    await clock(world, 10)
    await finds(ana, job, "neighbours.none")
    kept = (await world.state(job)).job
    assert (kept.priority, kept.calling.cause) == (Priority.LIFE, CallCause.FINDING)
    secretary = await zhao.looks()
    assert secretary.red
    for said in (ana.name, UNKNOWN[language], RING_110[language]):
        assert said in secretary.card(job)
    await zhao.taps("acknowledge", job)


async def _the_door_opens(world: World, job: int, ana: Actor) -> None:
    """Police, the recheck by the clock, the ambulance, the hospital in words, the family."""
    await clock(world, 12)
    await finds(ana, job, "police.rung")
    await clock(world, 26)
    assert "recheck" not in await world.events(job)
    await clock(world, 28)
    assert "recheck" in await world.events(job)
    await finds(ana, job, "recheck.none")
    for minute, finding in (
        (40, "waiting.opened"),
        (40, "found.unwell"),
        (42, "ambulance.rung"),
        (55, "ride.arrived"),
        (58, "handed.taken"),
        (65, "family.told"),
    ):
        await clock(world, minute)
        await finds(ana, job, finding, HOSPITAL if finding == "handed.taken" else "")


LOG: Mapping[str, tuple[str, ...]] = {
    "zh_CN": (
        "09:00 志愿者3：敲门三次 → 没人应",
        "09:02 志愿者3：打住户电话 → 没人接",
        "09:10 志愿者3：问邻居和有备用钥匙的人 → 没人知道，门没开",
        "09:12 志愿者3：打110请民警开门 → 110打过了",
        "09:27 时间到：等民警来",
        "09:28 志愿者3：时间到了 → 还是没人应",
        "09:40 志愿者3：等民警来 → 门开了",
        "09:40 志愿者3：门开了 → 需要救护车",
        "09:42 志愿者3：人不舒服或者叫不醒 → 120打过了",
        "09:55 志愿者3：陪着 → 救护车到了",
        "09:58 志愿者3：把人交给医生 → 上车了",
        HOSPITAL,
        "10:05 志愿者3：打电话告诉家属 → 家属知道了",
    ),
    "en": (
        "09:00 志愿者3: Knock three times → No answer",
        "09:02 志愿者3: Ring the resident's phone and listen for it…",
        "09:10 志愿者3: Ask neighbours and whoever has a key → Nobody knows, the door is shut",
        "09:12 志愿者3: Ring 110 to have the door opened → 110 is rung",
        "09:27 Time is up: Wait for the police",
        "09:28 志愿者3: It is time to look again → Still no answer",
        "09:40 志愿者3: Wait for the police → The door is open",
        "09:40 志愿者3: The door is open → An ambulance is needed",
        "09:42 志愿者3: Unwell → 120 is rung",
        "09:55 志愿者3: Stay until the ambulance is there → The ambulance is here",
        "09:58 志愿者3: Hand the person over → They are on board",
        HOSPITAL,
        "10:05 志愿者3: Ring the family and tell them → The family knows",
    ),
}


async def _step(world: World, job: int) -> str:
    """The key of the step that is asked now."""
    walk = (await world.state(job)).job.walk
    return "" if walk is None else walk.step


async def _log_tells(reader: Actor, job: int, lines: tuple[str, ...]) -> None:
    """The card of the closed job tells all of it, in this order."""
    card, at = (await reader.looks()).card(job), 0
    for line in lines:
        found = card.find(line, at)
        assert found >= 0, f"{line} does not follow in {card[at:]}"
        at = found + len(line)


async def test_r1_from_nobody_answering_to_the_family_told_with_every_time_in_the_log(world: World) -> None:
    await r1(world, claimer="en", leaders="zh_CN")


async def test_r1_in_the_other_languages(world: World) -> None:
    await r1(world, claimer="zh_CN", leaders="en")


async def test_an_old_card_answers_no_other_step_and_says_what_is_asked_now(world: World) -> None:
    job, ana = await at_the_door(world)
    await finds(ana, job, "knock.none")
    old = await world.version(job)
    await finds(ana, job, "phone.none")
    said = await ana.taps("find", job, choice="phone.answered", version=old)
    assert "问邻居和有备用钥匙的人" in said
    assert await _step(world, job) == "neighbours"


async def test_of_the_desk_and_the_claimer_who_answer_one_step_the_first_counts(world: World) -> None:
    job, ana = await at_the_door(world)
    lin = await world.person("lin")
    await finds(ana, job, "knock.none")
    press = await ana.aims("find", job, choice="phone.none")
    await lin.taps("find", job, choice="phone.answered")
    said = await press()
    assert "接电话了" in said
    assert await _step(world, job) == "see"


async def test_a_step_out_of_turn_or_one_that_never_was_moves_nothing(world: World) -> None:
    job, ana = await at_the_door(world)
    before = await world.state(job)
    for forged in ("see.well", "knock.gone", "knock", ""):
        assert await ana.forges("find", job, choice=forged), forged
    assert await world.state(job) == before


async def test_done_is_refused_while_nobody_has_seen_the_resident_and_says_what_to_tap(world: World) -> None:
    job, ana = await at_the_door(world)
    await finds(ana, job, "knock.none")
    await finds(ana, job, "phone.none")
    assert "finish" not in (await ana.looks()).buttons(job)
    said = await ana.forges("finish", job)
    assert "问邻居和有备用钥匙的人" in said
    assert (await world.state(job)).job.outcome is None
    await finds(ana, job, "neighbours.opened")
    await finds(ana, job, "found.well")
    await finds(ana, job, "family.told")
    assert (await world.state(job)).job.outcome is Outcome.DONE


async def test_whoever_takes_it_over_goes_on_at_the_same_step(world: World) -> None:
    job, ana = await at_the_door(world)
    await finds(ana, job, "knock.none")
    await ana.taps("release", job)
    await ana.forges("find", job, choice="phone.none")
    ben = await world.person("v4")
    for verb in ("claim", "arrive"):
        await ben.taps(verb, job)
    card = (await ben.looks()).card(job)
    assert "敲门三次：没人应" in card
    assert "打住户电话，在门外听铃声。" in card
    await finds(ben, job, "phone.answered")
    await finds(ben, job, "see.well")
    assert (await world.state(job)).job.outcome is Outcome.DONE


async def test_the_desk_walks_with_somebody_who_has_no_phone(world: World) -> None:
    await world.founds(committee())
    lin = await world.person("lin")
    await lin.writes(KNOCK)
    job = await world.job()
    people = (await world.state(job)).roster.people
    without_phone = next(person.id for person in people.values() if person.key == "v9")
    await lin.taps("assign", job, choice=str(without_phone))
    assert "find" not in (await lin.looks()).buttons(job)
    await lin.taps("arrive", job, choice=str(without_phone))
    await lin.taps("find", job, choice="knock.opened")
    await lin.taps("find", job, choice="see.well")
    closed = await world.state(job)
    assert closed.job.outcome is Outcome.DONE
    assert "敲门三次 → 有人开门" in (await (await world.visitor("lin")).looks()).card(job)


async def test_the_clock_of_a_step_wakes_whoever_waits_and_nobody_takes_them_for_silent(world: World) -> None:
    job, ana = await at_the_door(world)
    for finding in ("knock.none", "phone.none", "neighbours.none", "police.rung"):
        await finds(ana, job, finding)
    assert "09:15" in (await ana.looks()).card(job)
    await clock(world, 16)
    assert "再敲一次门，再打一次电话" in (await ana.looks()).card(job)
    kinds = await world.rows("SELECT kind FROM outbox WHERE job_id = ? AND kind = 'recheck'", job)
    assert kinds
    assert "nudged" not in await world.events(job)


async def test_in_a_chat_the_words_of_the_card_are_a_tap_as_a_reply_or_as_a_command(chats: World) -> None:
    job, ana = await at_the_door(chats)
    assert isinstance(ana, ChatActor)
    await ana.writes("没人应", about=job)
    assert "没人接" in await ana.writes("/found 我不知道")
    await ana.writes(f"/found {job} 没人接：听到铃声")
    walk = (await chats.state(job)).job.walk
    assert walk is not None
    assert walk.found == (("knock", "none"), ("phone", "none"))
    notes = [entry.note for entry in await chats.store.timeline(chats.committee.id, job) if entry.note]
    assert notes == ["听到铃声"]


async def test_a_committee_looks_again_after_its_own_time_and_jobs_that_run_keep_theirs(pages: World) -> None:
    job, ana = await at_the_door(pages)
    quick = {**committee(), "committee": {**table(COMMITTEE, "committee"), "recheck": 5}}
    await pages.store.load(register.parse("own.toml", quick), prune=False, demo=False)
    for finding in ("knock.none", "phone.none", "neighbours.none", "police.rung"):
        await finds(ana, job, finding)
    lin = await pages.person("lin")
    await lin.writes("5号楼201 敲门无应答")
    second = max(each.id for each in await pages.jobs())
    ben = await pages.person("v4")
    for verb in ("claim", "arrive"):
        await ben.taps(verb, second)
    for finding in ("knock.none", "neighbours.none", "police.rung"):
        await finds(ben, second, finding)
    await clock(pages, 6)
    assert (await _step(pages, second), await _step(pages, job)) == ("recheck", "waiting")
    await clock(pages, 16)
    assert await _step(pages, job) == "recheck"

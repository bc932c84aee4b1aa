"""Oxygen every day (FIELD_NOTES.md, R2): the son who does it is locked in elsewhere, two staff leave their
supper, and a refill that nobody did is loud."""

import asyncio
import re
from collections.abc import Mapping

from dispatch import register
from dispatch.instructions import Words
from dispatch.jobs import JobStatus, Outcome, Priority
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.tending import Tending
from tests.stories.committee import COMMITTEE, MAPLE, speaking
from tests.stories.drivers.web import Visitor
from tests.stories.test_brief import section
from tests.stories.test_transfers import handed, theirs
from tests.stories.world import World

DAY: Micros = 24 * HOUR
SON, OTHER, HELPER = "v1", "v2", "v3"
ENGLISH = {HELPER: "en"}
OXYGEN = {
    "key": "chen-oxygen",
    "resident": "chen",
    "kind": "oxygen_refill",
    "at": ["08:00", "20:00"],
    "ahead": 60,
    "within": 60,
    "carers": [SON],
    "device": "卧室床头的制氧机",
    "words": "加纯净水到刻度线",
}
PRIVATE = ("502", "陈阿婆", "19900001234", "19900005678", "卧室床头", "刻度线")

CANNOT_COME: Words = {"zh_CN": "来不了", "en": "/cantcome"}
OPENED: Words = {"zh_CN": "由照护计划发布", "en": "Opened by its care plan"}
RING_THEM: Words = {"zh_CN": "请先给家属打个电话", "en": "please ring the family before you tap Done"}
NOT_TOLD: Words = {"zh_CN": "如果家属还不知道", "en": "If the family does not know yet"}
TELL_THEM: Words = {"zh_CN": "请让家属知道", "en": "Please see that the family knows"}
DONE_FOR_YOU: Words = {"zh_CN": "{who}已于", "en": "{who} has done it for you"}


async def cared(world: World, languages: Mapping[str, str] = ENGLISH, **changed: object) -> int:
    """The committee with the plan and people who read these languages, at 03:10; the plan's number."""
    await world.founds({**COMMITTEE, "people": speaking(**languages), "care": [{**OXYGEN, **changed}]})
    (plan,) = await world.store.care_plans(world.committee.id)
    return plan.id


async def r2(world: World, *, claimer: str, others: str) -> None:
    """R2 as the report tells it: one who cannot come, and somebody else does it in time. Whoever does it
    reads one language, the son and the desk read `others`."""
    plan = await cared(world, {HELPER: claimer, SON: others, "lin": others})
    son, helper, lin = [await world.person(key) for key in (SON, HELPER, "lin")]
    await world.fast_forward(minutes=60)
    assert await world.jobs() == ()
    said = await son.writes(CANNOT_COME[others])
    job = await world.job()
    assert f"#{job}" in said
    opened = await world.state(job)
    assert (opened.job.kind, opened.job.priority) == ("oxygen_refill", Priority.URGENT)
    assert opened.job.turn is not None
    assert opened.job.turn.plan_id == plan
    (excused,) = [ask for ask in opened.asks if ask.person_id == son.id]
    assert excused.refused_at == opened.job.posted_at  # whoever said so is asked by nobody
    assert await world.called(job) == set()  # it has until nine: nobody is woken for it

    assert HELPER in await world.asked(job)
    assert await helper.sees("09:00", job)
    assert not any([await helper.sees(word, job) for word in PRIVATE])
    await helper.taps("claim", job)
    for word in (*PRIVATE, son.name, RING_THEM[claimer]):
        assert await helper.sees(word, job), word
    assert await lin.sees(OPENED[others], job)
    for verb in ("start", "arrive", "finish"):
        await helper.taps(verb, job)
    assert (await world.state(job)).job.outcome is Outcome.DONE
    assert await helper.sees(NOT_TOLD[claimer], job)
    assert await son.sees(DONE_FOR_YOU[others].format(who=helper.name), job)  # though he was asked nothing
    assert await lin.sees(TELL_THEM[others], job)
    assert not any([await helper.sees(word, job) for word in PRIVATE])
    await world.until(7, 5)  # past the moment at which it would have been opened
    assert await world.jobs() == ()  # once


async def test_the_son_says_that_he_cannot_come_and_others_do_it_before_it_is_due(world: World) -> None:
    await r2(world, claimer="en", others="zh_CN")


async def test_r2_in_the_other_languages(world: World) -> None:
    await r2(world, claimer="zh_CN", others="en")


async def at_supper(world: World) -> int:
    """It is 17:41; the son has said a minute ago that he cannot come at eight."""
    await cared(world, {})
    await world.until(8)
    await (await world.person("lin")).taps("complete", await world.job())  # the morning's
    await world.until(17, 40)
    await (await world.person(SON)).writes(CANNOT_COME["zh_CN"])
    await world.until(17, 41)
    return await world.job()


async def test_a_day_of_it_hour_by_hour(pages: World) -> None:
    job = await at_supper(pages)
    assert (await pages.state(job)).job.priority is Priority.URGENT
    assert HELPER in await pages.asked(job)
    helper, son = await pages.person(HELPER), await pages.person(SON)
    (excused,) = [ask for ask in (await pages.state(job)).asks if ask.person_id == son.id]
    assert excused.refused_at is not None  # he is asked by nobody
    for verb in ("claim", "start"):
        await helper.taps(verb, job)
    assert all([await helper.sees(word, job) for word in PRIVATE])
    await pages.until(17, 55)
    assert await helper.sees(RING_THEM["zh_CN"], job)
    await pages.until(18, 5)
    for verb in ("arrive", "finish"):
        await helper.taps(verb, job)
    assert await son.sees("18:05", job)
    assert await (await pages.person("lin")).sees(TELL_THEM["zh_CN"], job)
    assert not any([await helper.sees(word, job) for word in PRIVATE])


async def test_what_nobody_takes_at_supper_calls_the_secretary_and_is_a_danger_to_life_in_the_end(
    pages: World,
) -> None:
    job = await at_supper(pages)
    await pages.until(19, 59)
    assert await pages.called(job) == set()
    await pages.until(20, 1)
    assert "zhao" in await pages.called(job)
    assert (await pages.state(job)).job.priority is Priority.URGENT
    await pages.until(21, 1)
    assert (await pages.state(job)).job.priority is Priority.LIFE
    assert {"lin", "zhao"} <= await pages.called(job)


async def test_it_is_opened_before_it_is_due_and_offered_first_to_those_who_did_it_before(
    pages: World,
) -> None:
    await cared(pages)
    son, helper = await pages.person(SON), await pages.person("v3")
    await pages.fast_forward(minutes=3 * 60 + 50 - 1)  # until a minute to seven
    assert await pages.jobs() == ()
    await pages.fast_forward(minutes=2)
    job = await pages.job()
    assert await pages.asked(job) == {SON}
    assert await son.sees("这件事平时由您做", job)
    await son.taps("refuse", job)
    assert "v3" in await pages.asked(job)  # at once, and not after ten minutes
    for verb in ("claim", "finish"):
        await helper.taps(verb, job)
    assert "If the family does not know yet" in (await helper.looks()).card(job)
    await pages.sleeps_through(minutes=12 * 60 + 4)
    assert await pages.asked(await pages.job()) == {SON, "v3"}


async def test_a_missed_refill_is_life_threatening_and_the_ladder_is_called_at_once(world: World) -> None:
    await cared(world)
    await world.fast_forward(minutes=3 * 60 + 51)
    job = await world.job()
    assert await world.called(job) == set()
    await world.fast_forward(minutes=62)  # half of the time is gone
    assert "zhao" in await world.called(job)
    lin, zhao = await world.person("lin"), await world.person("zhao")
    assert not await lin.sees("危及生命", job)
    await world.fast_forward(minutes=58)
    state = await world.state(job)
    assert state.job.priority is Priority.LIFE
    assert await lin.sees("没有按时做完", job)
    assert await lin.sees("没有按时做完，升为", job)
    assert {"lin", "zhao"} <= await world.called(job)
    assert (await zhao.looks()).red


async def test_what_another_committee_took_over_is_raised_there_when_it_is_missed(pages: World) -> None:
    maple = await pages.founds(MAPLE)
    await cared(pages)
    await pages.fast_forward(minutes=3 * 60 + 51)
    job = await pages.job()
    relay = await handed(pages, job, maple)
    await (await pages.person("staff", maple)).taps("take_over", relay)
    (made,) = await theirs(pages, maple)
    sec = await pages.person("sec", maple)
    assert "09:00" in (await (await pages.person("h0", maple)).looks()).card(made)
    assert "另一个居委会接手" in section((await (await pages.visitor("lin")).fetches("/brief"))[1], "care")
    await pages.fast_forward(minutes=58)
    assert not (await sec.looks()).red
    await pages.fast_forward(minutes=62)
    (open_,) = await pages.store.open_jobs(maple.id)
    assert open_.priority is Priority.LIFE
    assert (await sec.looks()).red
    assert await pages.jobs() == ()


async def test_another_hour_while_its_turn_is_open_makes_no_second_turn(pages: World) -> None:
    await cared(pages)
    lin = await pages.visitor("lin")
    await pages.fast_forward(minutes=3 * 60 + 51)
    job = await pages.job()
    later = {**OXYGEN, "at": ["08:30", "20:00"]}
    await pages.store.load(
        register.parse("later.toml", {**COMMITTEE, "care": [later]}), prune=False, demo=False
    )
    await pages.until(7, 45)
    assert [each.id for each in await pages.jobs()] == [job]
    due = section((await lin.fetches("/brief"))[1], "care")
    assert re.search(rf"08:30.*#{job}", due)
    await lin.taps("cancel", job)  # called off: the new hour is its own again
    await pages.until(7, 52)
    (anew,) = await pages.jobs()
    assert anew.id != job


async def test_after_an_outage_only_what_still_matters_is_opened_the_newest_and_once(pages: World) -> None:
    await cared(pages)
    await pages.sleeps_through(minutes=2 * 24 * 60 + 6 * 60)  # two days and more: 09:10
    (job,) = await pages.jobs()
    assert job.priority is Priority.LIFE
    assert job.turn is not None
    assert pages.clock.now() - job.turn.due_at == 10 * MINUTE
    await pages.fast_forward(minutes=2)
    assert len(await pages.jobs()) == 1
    await pages.sleeps_through(minutes=10 * 60)  # the evening's comes all the same
    assert len(await pages.jobs()) == 2


async def test_staff_say_it_for_a_son_who_has_no_account(pages: World) -> None:
    plan = await cared(pages, carers=[])
    lin = await pages.visitor("lin")
    page = (await lin.fetches("/care"))[1]
    assert "下次没有人能来" in page
    assert "陈阿婆 502" in page
    await lin._does("/care/cantcome", {"plan": str(plan), "who": "0"})
    job = await pages.job()
    assert f"#{job}" in (await lin.fetches("/care"))[1]
    await lin.again()  # the form sent twice
    assert len(await pages.jobs()) == 1
    assert (await pages.state(job)).job.status is JobStatus.OPEN


async def test_staff_say_it_while_only_he_is_asked_and_others_are_asked_at_once(pages: World) -> None:
    plan = await cared(pages, carers=[SON, OTHER])
    lin, son = await pages.visitor("lin"), await pages.person(SON)
    await pages.fast_forward(minutes=3 * 60 + 51)
    job = await pages.job()
    assert await pages.asked(job) == {SON, OTHER}
    await lin._does("/care/cantcome", {"plan": str(plan), "who": str(son.id)})
    assert await pages.asked(job) == {SON, OTHER}  # the other one may still come
    await lin._does("/care/cantcome", {"plan": str(plan), "who": "0"})
    assert len(await pages.asked(job)) > 2


async def test_a_carer_sees_their_plan_without_a_name_and_others_have_no_such_page(pages: World) -> None:
    plan = await cared(pages)
    son, other = await pages.visitor(SON), await pages.visitor(OTHER)
    found, page = await son.fetches("/care")
    assert found == 200
    assert "下次我来不了" in page
    assert not any(word in page for word in PRIVATE)
    assert '/care"' in (await son.fetches("/"))[1]
    assert '/care"' not in (await other.fetches("/"))[1]
    assert (await other.fetches("/care"))[0] == 404
    form = {"plan": str(plan), "who": str(son.id)}
    async with other._session.post(other._driver.url("/care/cantcome"), data=form) as refused:
        assert refused.status in (403, 404)
    assert await pages.jobs() == ()


async def test_the_brief_says_what_is_due_today_and_what_was_done(pages: World) -> None:
    await cared(pages)
    lin, son = await pages.visitor("lin"), await pages.person(SON)
    due = section((await lin.fetches("/brief"))[1], "care")
    assert re.search(r"08:00.*3号楼.*陈阿婆 502.*还没到时间.*20:00", due)
    await pages.fast_forward(minutes=4 * 60)
    job = await pages.job()
    assert f"#{job}" in section((await lin.fetches("/brief"))[1], "care")
    for verb in ("claim", "finish"):
        await son.taps(verb, job)
    assert "已做完" in section((await lin.fetches("/brief"))[1], "care")
    told = await lin.writes("/brief")
    assert "今天要做的照护（2）" in told
    assert "陈阿婆" not in told
    await pages.sleeps_through(minutes=14 * 60)  # ten past nine in the evening
    assert "没有按时做完" in section((await lin.fetches("/brief"))[1], "care")


async def test_words_say_it_in_both_languages_and_nobody_says_it_for_others(chats: World) -> None:
    plan = await cared(chats, carers=[SON, "v3"])
    son, english, other = [await chats.member(key) for key in (SON, "v3", OTHER)]
    assert "08:00和20:00" in await son.writes("/care")
    assert "You usually do this:" in await english.writes("/care")
    assert "没有哪个照护计划" in await other.writes("照护")
    assert "没有哪个照护计划" in await other.writes("来不了")
    assert "不由您操作" in await other.writes(f"来不了 {plan}")
    assert "没有这个照护计划" in await son.writes("来不了 999")
    assert await chats.jobs() == ()
    assert "is open as job" in await english.writes(f"/cantcome {plan}")
    assert "said before" in await english.writes("/cantcome")
    assert len(await chats.jobs()) == 1
    lin = await chats.member("lin")
    await lin.writes("/care")
    await chats.settles()
    assert await lin.sees("今天要做的照护（2）")


async def form_of(visitor: Visitor, **fields: str) -> tuple[int, str]:
    """Fill in the form of a care plan as it stands on the page."""
    async with visitor._session.post(
        visitor._driver.url("/register/save"),
        data={"table": "care", "carers": "", **fields},
        headers={"Origin": visitor._driver.url("/").rstrip("/")},
    ) as response:
        return response.status, await response.text()


async def test_staff_add_change_and_stop_a_plan_on_the_page(pages: World) -> None:
    lin = await pages.visitor("lin")
    new = {
        "key": "wang",
        "resident": "chen",
        "kind": "oxygen_refill",
        "at": "07:30",
        "ahead": "30",
        "within": "30",
    }
    status, _ = await form_of(lin, **{**new, "rrule": "FREQ=SECONDLY"})
    assert status == 422
    assert await pages.store.care_plans(pages.committee.id) == ()
    assert (await form_of(lin, **{**new, "resident": "nobody"}))[0] == 422
    assert (await form_of(lin, **{**new, "kind": "massage"}))[0] == 422
    status, _ = await form_of(lin, **new)
    assert status == 200
    (plan,) = await pages.store.care_plans(pages.committee.id)
    assert plan.resident is not None
    assert plan.resident.name == "陈阿婆"
    assert "07:30" in (await lin.fetches("/register/list?table=care"))[1]
    assert "每天07:30" in (await lin.fetches("/care"))[1]
    async with lin._session.post(
        lin._driver.url("/register/drop"),
        data={"table": "care", "key": "wang"},
        headers={"Origin": lin._driver.url("/").rstrip("/")},
    ) as response:
        assert response.status == 200
    assert await pages.store.care_plans(pages.committee.id) == ()
    await pages.fast_forward(minutes=5 * 60)
    assert await pages.jobs() == ()


async def test_however_many_look_at_the_same_moment_it_is_one_job(pages: World) -> None:
    await cared(pages)
    pages.clock.set(pages.clock.now() + 4 * HOUR)
    tending = Tending(pages.service)
    (due,) = await tending.due(10)
    await asyncio.gather(*(tending.look(due) for _ in range(4)))
    assert len(await pages.jobs()) == 1
    await pages.rows("UPDATE care_plans SET look_at = 0")  # whoever looked died before it was written down
    await pages.fast_forward(minutes=10)
    assert len(await pages.jobs()) == 1


async def test_in_the_demo_a_turn_comes_when_somebody_says_so_and_one_of_an_unknown_kind_all_the_same(
    pages: World,
) -> None:
    file = register.parse("demo.toml", {**COMMITTEE, "care": [OXYGEN]})
    await pages.store.load(file, prune=False, demo=True)
    books = {kind: book for kind, book in pages.playbooks.items() if kind != "oxygen_refill"}
    pages.service.playbooks = books
    await pages.fast_forward(minutes=5 * 60)
    assert await pages.jobs() == ()
    await (await pages.person(SON)).writes("来不了")
    (job,) = await pages.jobs()
    assert job.kind == "general"
    assert "制氧机" not in section((await (await pages.visitor("lin")).fetches("/brief"))[1], "care")

"""Duty by a rota: whose shift it is, told and swapped, and whom a rung calls at the moment when it fires."""

import re
from collections.abc import Mapping
from datetime import date

import pytest
from icalendar import Calendar

from dispatch import duty
from dispatch.events import EventKind
from dispatch.moments import HOUR, MINUTE, Micros
from tests.stories.committee import COMMITTEE, tables
from tests.stories.test_whatif import happened, rehearsed
from tests.stories.world import MONDAY_NIGHT, World

KNOCK = "3号楼502 敲门无应答"
SLOW = "3-502 胰岛素用完 中山医院 电话19900004321"
SLOWLY = "medicine_run"
"""Of this kind whoever is on duty is called once no wave has helped, and not at the posting."""

ANCHOR = date(2026, 5, 1)
"""Before the Monday in May on which stories begin, so that turns are counted already."""

ROTA: Mapping[str, object] = {
    **COMMITTEE,
    "rota": [
        {
            "name": "白班",
            "rrule": "FREQ=DAILY;BYHOUR=8",
            "anchor": ANCHOR,
            "hours": 12,
            "people": ["zhao", "sun"],
        },
        {
            "name": "夜班",
            "rrule": "FREQ=DAILY;BYHOUR=20",
            "anchor": ANCHOR,
            "hours": 12,
            "people": ["sun", "qian"],
        },
    ],
}
"""Days and nights. In the night in which stories begin (to 25 May) 钱副书记 is on, on the day 赵书记."""


EIGHT: Micros = MONDAY_NIGHT + 4 * HOUR + 50 * MINUTE
"""When the night's shift of the first day ends and the day's begins."""


async def holds(world: World, moment: Micros) -> str:
    """Who has the duty at that moment, by key."""
    roster = await world.store.roster(world.committee.id)
    who = duty.on_duty(roster, moment)
    assert who is not None
    return roster.people[who].key


def form(page: str, who: int, *, line: int) -> dict[str, str]:
    """The form of the page's nth piece of duty that gives it to that person."""
    found = re.findall(r'<li class="row.*?</li>', page, flags=re.DOTALL)[line]
    fields = dict(re.findall(r'name="(starts|ends|shown)" value="(\d+)"', found))
    return {**fields, "person": str(who)}


async def test_duty_is_told_now_next_and_for_the_week(chats: World) -> None:
    await chats.founds(ROTA)
    said = await (await chats.member("v3")).writes("值班")
    now, following, *week = said.splitlines()
    assert "钱副书记" in now
    assert "08:00" in now
    assert "赵书记" in following
    assert len(week) >= 14
    assert any("夜班" in line and "孙主任" in line for line in week)


async def test_without_a_rota_the_week_is_told_as_before(chats: World) -> None:
    assert "赵书记" in await (await chats.member("v3")).writes("值班")


async def posted(world: World, due: Micros) -> int:
    """A job of which the duty's call is due at that very moment, to the microsecond."""
    told = await rehearsed(world, MONDAY_NIGHT, SLOWLY)
    (called, *_) = [each for each in told if each.event.data.get("rung") == "duty"]
    world.clock.set(due - (called.at - MONDAY_NIGHT))
    await (await world.person("lin")).writes(SLOW)
    return await world.job()


async def looks_until(world: World, job: int, kind: EventKind) -> None:
    """Let the job be looked at in the very microsecond of each due moment, until that has happened."""
    while kind.value not in await world.events(job):
        due = (await world.state(job)).job.look_at
        assert due is not None
        world.clock.set(due)
        await world.service.look(world.committee.id, job)


async def test_conformance_19_a_rung_calls_whoever_has_the_shift_when_it_fires(world: World) -> None:
    """Whose it was when the job was posted, and until a microsecond ago, is no matter."""
    await world.founds(ROTA)
    job = await posted(world, EIGHT)
    assert await holds(world, EIGHT - 1) == "qian"
    await looks_until(world, job, EventKind.CALLED)
    assert world.clock.now() == EIGHT
    assert await world.called(job) == {"zhao"}


@pytest.mark.parametrize(
    ("tick", "override", "called"),
    [(-1, "", "qian"), (0, "", "zhao"), (-1, "孙主任", "qian"), (0, "孙主任", "sun")],
)
async def test_conformance_19_duty_changes_with_the_tick_and_is_foretold_so(
    chats: World, tick: int, override: str, called: str
) -> None:
    await chats.founds(ROTA)
    if override:
        await (await chats.member("lin")).writes(f"/duty swap {override} 今天 白班")
    job = await posted(chats, EIGHT + tick)
    told = await rehearsed(chats, (await chats.state(job)).job.posted_at, SLOWLY)
    await looks_until(chats, job, EventKind.CALLED)
    assert (chats.clock.now(), await chats.called(job)) == (EIGHT + tick, {called})
    await looks_until(chats, job, EventKind.EXHAUSTED)
    people = (await chats.state(job)).roster.people
    foretold = [
        (each.event.kind.value, each.at, [people[one.person_id].key for one in each.people]) for each in told
    ]
    assert foretold == await happened(chats, job)


async def test_staff_give_a_day_away_by_a_message_and_the_rung_calls_the_other(chats: World) -> None:
    await chats.founds(ROTA)
    lin = await chats.member("lin")
    assert "孙主任" in await lin.writes("/duty swap 孙主任 今天 白班")
    assert "已经" in await lin.writes("/duty swap 孙主任 今天 白班")
    chats.clock.set(chats.clock.now() + 6 * HOUR)  # ten past nine
    assert "孙主任" in (await lin.writes("值班")).splitlines()[0]
    await lin.writes(KNOCK)
    job = await chats.job()
    await chats.fast_forward(minutes=30)
    assert "sun" in await chats.called(job)
    assert "zhao" not in await chats.called(job)


async def test_a_name_that_holds_the_name_of_a_day_is_no_day(chats: World) -> None:
    named = [{**each, "name": "周一鸣"} if each["key"] == "sun" else each for each in tables(ROTA, "people")]
    await chats.founds({**ROTA, "people": named})
    lin = await chats.person("lin")
    said = await lin.writes("/duty swap 周一鸣 周三 白班")
    assert "周一鸣" in said
    taken = [line for line in (await lin.writes("值班")).splitlines() if "白班" in line and "周三" in line]
    assert [line for line in taken if "周一鸣" in line] == taken != []


async def test_a_swap_without_person_day_or_shift_asks_for_it_and_changes_nothing(chats: World) -> None:
    await chats.founds(ROTA)
    lin = await chats.member("lin")
    for words in ("swap", "swap 孙主任", "swap 今天 白班", "swap 志愿者3 今天 白班", "换 孙主任 13-45"):
        assert "值班 换" in await lin.writes(f"/duty {words}")
    which = await lin.writes("/duty swap 孙主任 明天")
    assert "白班" in which
    assert "夜班" in which
    assert await chats.rows("SELECT * FROM duty_overrides") == []


async def test_a_volunteer_reads_who_is_on_duty_and_gives_no_shift_away(chats: World) -> None:
    await chats.founds(ROTA)
    ana = await chats.member("v3")
    await ana.writes("/duty swap 孙主任 今天 白班")
    assert await chats.rows("SELECT * FROM duty_overrides") == []


async def test_a_shift_is_given_on_the_page_and_an_older_page_gives_it_to_nobody_else(pages: World) -> None:
    await pages.founds(ROTA)
    lin, sun, qian = [await pages.visitor(key) for key in ("lin", "sun", "qian")]
    _, page = await lin.fetches("/duty")
    assert "赵书记" in page
    before = form(page, sun.id, line=1)
    await lin._sends("/duty", before)
    _, after = await lin.fetches("/duty")
    assert "孙主任" in re.findall(r'<li class="row.*?</li>', after, flags=re.DOTALL)[1]
    await lin._sends("/duty", {**before, "person": str(qian.id)})
    rows = await pages.rows("SELECT person_id, by_id FROM duty_overrides")
    assert rows == [(sun.id, lin.id)]
    await lin._sends("/duty", before)
    assert len(await pages.rows("SELECT id FROM duty_overrides")) == 1


async def test_a_volunteer_has_no_page_of_duty_and_cannot_forge_a_swap(pages: World) -> None:
    await pages.founds(ROTA)
    ana, lin, sun = [await pages.visitor(key) for key in ("v3", "lin", "sun")]
    status, _ = await ana.fetches("/duty")
    assert status == 404
    _, page = await lin.fetches("/duty")
    with pytest.raises(AssertionError, match="not_found"):  # what the driver says of a page that is not there
        await ana._sends("/duty", form(page, sun.id, line=1))
    await lin._sends("/duty", form(page, ana.id, line=1))  # nor is a volunteer ever on duty
    assert await pages.rows("SELECT * FROM duty_overrides") == []


async def test_the_calendar_shows_two_months_of_names_and_follows_a_swap(pages: World) -> None:
    await pages.founds(ROTA)
    lin, sun = await pages.visitor("lin"), await pages.visitor("sun")
    _, page = await lin.fetches("/duty")
    found = re.search(r'href="[^"]*(/duty/[^"]+\.ics)"', page)
    assert found is not None
    _, text = await sun.fetches(found[1])  # whoever has the address: no cookie is asked for
    first = {str(each["uid"]): str(each["summary"]) for each in Calendar.from_ical(text).walk("VEVENT")}
    assert 118 <= len(first) <= 122
    await lin._sends("/duty", form(page, sun.id, line=1))
    pages.clock.set(pages.clock.now() + MINUTE)
    _, text = await sun.fetches(found[1])
    second = {str(each["uid"]): str(each["summary"]) for each in Calendar.from_ical(text).walk("VEVENT")}
    assert first.keys() == second.keys()
    changed = [uid for uid in first if first[uid] != second[uid]]
    assert len(changed) == 1
    assert ("赵书记" in first[changed[0]], "孙主任" in second[changed[0]]) == (True, True)


async def test_a_calendar_ends_with_the_persons_links(pages: World) -> None:
    await pages.founds(ROTA)
    lin, zhao = await pages.visitor("lin"), await pages.visitor("zhao")
    _, page = await lin.fetches("/duty")
    found = re.search(r'href="[^"]*(/duty/[^"]+\.ics)"', page)
    assert found is not None
    assert (await zhao.fetches(found[1]))[0] == 200
    assert (await zhao.fetches(found[1].replace(".ics", "x.ics")))[0] == 404
    await pages.store.invite(pages.committee.id, lin.id, revoke=True)
    pages.clock.set(pages.clock.now() + MINUTE)
    assert (await zhao.fetches(found[1]))[0] == 404


async def test_names_with_signs_of_the_format_stay_names(pages: World) -> None:
    awkward = "钱;副,书记\\n\nEND:VEVENT"
    people = [{**each, "name": awkward} if each["key"] == "qian" else each for each in tables(ROTA, "people")]
    await pages.founds({**ROTA, "people": people})
    lin = await pages.visitor("lin")
    _, page = await lin.fetches("/duty")
    found = re.search(r'href="[^"]*(/duty/[^"]+\.ics)"', page)
    assert found is not None
    _, text = await lin.fetches(found[1])
    events = Calendar.from_ical(text).walk("VEVENT")
    assert any(awkward in str(each["summary"]) for each in events)
    assert len(events) > 100

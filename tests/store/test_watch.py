"""What is late, and that each lateness is made good once, whoever asks at the same time (both databases)."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch import passing
from dispatch.lateness import Timed
from dispatch.moments import HOUR, MINUTE, SECOND
from store import SqlStore, statements
from store.schema import DATABASE
from store.watch import LATE
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW
from tests.store.test_care import entry as care_entry
from tests.store.test_sealings import say
from tests.store.test_sources import posted as report_owed
from tests.store.test_supplies import entry as medicine_entry
from workers.watch import place as synthetic


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def test_late_is_what_was_due_before_then_and_nothing_else(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    look_at = (await place.situation(saved.job_id)).job.look_at
    assert look_at is not None
    assert await store.late(NOW, 10) == ()
    cards = [each for each in await store.late(NOW + 1, 10) if each.what is Timed.CARD]
    assert [each.id for each in cards] == list(saved.rows)
    assert {each.due_at for each in cards} == {NOW}
    assert {each.platform for each in cards} <= {"telegram", "matrix", "web"}
    jobs = [each for each in await store.late(look_at + 1, 10) if each.what is Timed.JOB]
    assert [(each.id, each.committee_id, each.due_at) for each in jobs] == [
        (saved.job_id, place.committee_id, look_at)
    ]


async def test_all_that_is_late_is_read_however_many_are_read_at_a_time(
    store: SqlStore, place: Place
) -> None:
    saved = await place.post()
    rows = len(saved.rows)
    assert rows > 3
    every = await store.late(NOW + HOUR, 100)
    assert len(every) == rows + 1
    for page in (1, 2, rows - 1, rows, rows + 1):
        assert await store.late(NOW + HOUR, page) == every


async def test_of_many_who_find_a_lateness_at_once_one_repairs_it(store: SqlStore, place: Place) -> None:
    await place.post()
    (late, *_) = await store.late(NOW + MINUTE, 1)
    now = late.due_at + 17 * SECOND
    begun = await asyncio.gather(*(store.begin_repair(late, now + each) for each in range(8)))
    assert begun.count(None) == 1
    (repair,) = await store.repairs(place.committee_id, NOW)
    assert set(begun) == {None, repair.at}
    assert (repair.late.id, repair.late.what) == (late.id, late.what)
    again = replace(late, due_at=late.due_at + 1)  # late again, at another time: another lateness
    assert await store.begin_repair(again, now) is None


async def test_repairs_are_told_newest_first_since_then_and_to_their_own_committee(
    store: SqlStore, place: Place
) -> None:
    await place.post()
    found = (await store.late(NOW + MINUTE, 3))[:3]
    for number, late in enumerate(found):
        await store.begin_repair(late, NOW + MINUTE + number)
    told = await store.repairs(place.committee_id, NOW + MINUTE)
    assert [each.late.id for each in told] == [late.id for late in reversed(found[1:])]
    other = await settle(store, "other")
    assert await store.repairs(other.committee_id, 0) == ()


SEEN_TO = {
    ("jobs", "call_due_at"): "`jobs.look_at` is the soonest of a job's moments (`dispatch.change`)",
    ("jobs", "walk_due_at"): "the same",
    ("jobs", "care_due_at"): "the same, once a turn is open",
    ("relays", "due_at"): "`watches.look_at` is the soonest of a committee's relays (`dispatch.passing`)",
    ("wanted_pictures", "due_at"): "nobody is called by it; its sender is told when it cannot be fetched",
}
"""Columns with a due time of their own that the auditor need not compare with now, and why."""


def test_whatever_carries_a_due_time_is_audited_or_has_a_reason_not_to_be(template: Path) -> None:
    with closing(sqlite3.connect(template / DATABASE)) as connection:
        timed = connection.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
            " AND (c.name LIKE '%look_at' OR c.name LIKE '%due_at')"
        ).fetchall()
    texts = statements.load()
    assert LATE.keys() == set(Timed)
    assert set(LATE.values()) == {name for name in texts if name.startswith("late_")}
    audited = {
        (table, column)
        for name in LATE.values()
        for table in re.findall(r"FROM (\w+)", texts[name])[:1]
        for column in re.findall(r"\b(?:\w\.)?(\w+_at) < :before", texts[name])
    }
    assert len(audited) == len(LATE)
    assert set(timed) == audited | SEEN_TO.keys()
    assert not audited & SEEN_TO.keys()


async def test_care_medicines_statuses_and_reports_are_late_as_what_looks_at_them_finds_them(
    store: SqlStore, place: Place
) -> None:
    file = replace(samples.register(), care=(care_entry(),), medicines=(medicine_entry(),))
    await store.load_shown(file, prune=False, now=NOW, demo=False)
    status = (await say(place)).ruling
    assert not status.empty
    await store.add_source(
        place.committee_id, "hotline", token="t", webhook="https://x.org", secret="s", now=NOW
    )
    source = await store.source("t")
    assert source is not None
    job = await report_owed(store, source)
    (plan,), (supply,) = await store.care_due(NOW, 9), await store.supplies_due(NOW, 9)
    found = {each.what: each for each in await store.late(NOW + 30 * 24 * HOUR, 1)}
    assert (found[Timed.CARE].id, found[Timed.CARE].due_at) == (plan.plan_id, NOW)
    assert (found[Timed.MEDICINE].id, found[Timed.MEDICINE].due_at) == (supply.supply_id, NOW)
    assert found[Timed.STATUS].due_at == NOW + 7 * 24 * HOUR
    told = found[Timed.REPORT]
    assert (told.id, told.source_id, told.due_at, told.urgent) == (job, source.id, NOW, False)
    assert {each.source_id for each in found.values() if each is not told} == {None}
    assert {each.committee_id for each in found.values()} == {place.committee_id}
    assert {each.what for each in await store.late(NOW, 1)} == set()
    await store.look_at_care(plan, NOW + HOUR)
    await store.look_at_supply(supply, NOW + HOUR)
    await store.remove_source(place.committee_id, "hotline", NOW)
    after = {each.what for each in await store.late(NOW + 1, 1)}
    assert not after & {Timed.CARE, Timed.MEDICINE, Timed.STATUS, Timed.REPORT}


async def test_another_clock_has_everything_looked_at_from_that_moment_on(
    store: SqlStore, place: Place
) -> None:
    file = replace(samples.register(), care=(care_entry(),), medicines=(medicine_entry(),))
    await store.load_shown(file, prune=False, now=NOW, demo=False)
    moved = replace(file, committee={**file.committee, "timezone": "Asia/Urumqi"})
    await store.load_shown(moved, prune=False, now=NOW + HOUR, demo=False)
    late = [each for each in await store.late(NOW + 2 * HOUR, 9) if each.what in {Timed.CARE, Timed.MEDICINE}]
    assert [each.due_at for each in late] == [NOW + HOUR, NOW + HOUR]


async def test_a_duty_is_behind_since_it_was_first_noticed_until_somebody_looks(
    store: SqlStore, place: Place
) -> None:
    await store.load(synthetic.register(), prune=False, demo=False)  # nobody's duty
    (late,) = await store.behind(NOW)
    assert (late.what, late.id, late.committee_id, late.due_at) == (
        Timed.DUTY,
        place.committee_id,
        place.committee_id,
        NOW,
    )
    assert await store.behind(NOW + MINUTE) == (late,)
    assert await store.repairs(place.committee_id, 0) == ()
    await store.watch(place.committee_id, lambda watch: passing.looked(watch, NOW + MINUTE))
    assert await store.behind(NOW + HOUR) == ()
    changed = samples.register(volunteers=4)
    await store.load(changed, prune=False, demo=False)
    (again,) = await store.behind(NOW + HOUR)
    assert again.due_at == NOW + HOUR


async def test_the_programs_own_committee_is_in_no_list(store: SqlStore, place: Place) -> None:
    await store.load(synthetic.register(), prune=False, demo=False)
    assert await store.load(synthetic.register(), prune=False, demo=False) == {
        "added": 0,
        "changed": 0,
        "unchanged": 3,
        "deactivated": 0,
    }
    assert [each.id for each in await store.committees()] == [place.committee_id]
    address = await store.address(synthetic.PLATFORM, synthetic.VOLUNTEER)
    assert address is not None
    assert address.committee_id != place.committee_id

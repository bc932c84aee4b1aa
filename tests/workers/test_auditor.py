"""The auditor, with a clock of ours: what is late is made good once and said, whoever finds it; what stays
late is said once more (CONFORMANCE.md 29); and a wall clock that is moved (33)."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from dispatch.lateness import Late, Timed
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.succession import Succession
from store.schema import DATABASE
from tests.workers.office import Office, until
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.share import Share
from workers.watch import auditor
from workers.watch.auditor import AT_MOST, Auditor, Pace
from workers.watch.health import Health, Wrong
from workers.watch.mends import NOTHING, Mends, mends

BREAK_JOBS = "CREATE TRIGGER stuck BEFORE UPDATE ON jobs BEGIN SELECT RAISE(FAIL, 'stuck'); END"
BREAK_REPAIRS = "CREATE TRIGGER stuck BEFORE INSERT ON receipts BEGIN SELECT RAISE(FAIL, 'stuck'); END"
MEND = "DROP TRIGGER stuck"


@dataclass
class Watch:
    """An auditor with what it keeps up."""

    auditor: Auditor
    health: Health
    figures: Figures
    office: Office

    def counted(self, name: str) -> float:
        """A figure, as Prometheus reads it; 0 where it has never been counted."""
        lines = self.figures.text().decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    async def later(self, seconds: float) -> None:
        """So much time has passed, then an audit is made."""
        self.office.clock.forward(seconds)
        await self.auditor.once()


class Idle:
    """There is no other system."""

    async def begin(self) -> None:
        """Nobody is told anything."""

    def busy(self, source_id: int) -> bool:
        """Never."""
        del source_id
        return False


def watching(
    office: Office, deliverer: Deliverer | None = None, *, looks: bool = True, mends: Mends = NOTHING
) -> Watch:
    pace = Pace(steady=lambda: office.clock.now() / SECOND)
    health, figures = pace.health(), Figures()
    sends = deliverer or office.deliverer
    one = Auditor(office.service, sends, health, figures, pace=pace, looks=looks, mends=mends)
    return Watch(one, health, figures, office)


@pytest.fixture
def watch(office: Office) -> Watch:
    return watching(office)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What the auditor says loudly."""

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    lines: list[str] = []
    heard = Heard(logging.ERROR)
    auditor.log.addHandler(heard)
    yield lines
    auditor.log.removeHandler(heard)


async def overdue(office: Office) -> int:
    """A job whose cards are sent and whose next wave is due in this moment; nothing looks at it."""
    job = await office.posted()
    await office.deliverer.deliver([row for (row,) in office.rows("SELECT id FROM outbox")])
    office.clock.set(await office.look_at(job))
    return job


async def test_conformance_29_the_auditor_finds_a_row_that_is_late_repairs_it_once_and_says_so(
    office: Office, watch: Watch, said: list[str]
) -> None:
    job = await overdue(office)
    before = await office.events(job)
    await watch.later(10)
    assert (await office.events(job), said, watch.health.wrong()) == (
        before,
        [],
        (),
    )  # the sweep still has time
    await watch.later(7)
    assert await office.events(job) == [*before, "asked"]
    assert said == [f"job {job} was late by 17.0 s: made good now"]
    assert watch.health.wrong() == (Wrong.LATE,)
    assert watch.counted('suidao_repairs_total{what="job"}') == 1
    rung = [row for (row,) in office.rows("SELECT id FROM outbox WHERE status = 'owed'")]
    await office.deliverer.deliver(rung)
    await watch.auditor.once()
    assert (len(said), watch.health.wrong()) == (1, ())


async def test_conformance_29_two_auditors_repair_a_late_job_once_and_one_of_them_says_so(
    office: Office, watch: Watch, said: list[str]
) -> None:
    other = watching(office)
    job = await overdue(office)
    before = await office.events(job)
    office.clock.forward(17)
    await asyncio.gather(watch.auditor.once(), other.auditor.once())
    assert await office.events(job) == [*before, "asked"]
    assert len([line for line in said if "job" in line]) == 1
    repairs = [each.counted('suidao_repairs_total{what="job"}') for each in (watch, other)]
    assert sum(repairs) == 1


async def test_what_stays_late_is_said_once_more_and_not_repaired_in_a_loop(
    office: Office, watch: Watch, said: list[str]
) -> None:
    job = await overdue(office)
    office.rows(BREAK_JOBS)
    before = await office.events(job)
    for _ in range(12):
        await watch.later(5)
    assert [line.split(",")[0].split(" by ")[0] for line in said] == [
        f"job {job} was late",
        f"job {job} stays late",
    ]
    assert watch.counted('suidao_repairs_total{what="job"}') == 1
    assert watch.counted('suidao_stuck_total{what="job"}') == 1
    assert watch.health.wrong() == (Wrong.LATE,)
    office.rows(MEND)
    await office.sweep.once()
    await watch.auditor.once()
    assert await office.events(job) != before
    assert watch.health.wrong() == ()


async def test_a_card_that_nobody_sent_is_sent_and_the_desk_reads_of_both_on_its_page(
    office: Office, watch: Watch, radio: Radio, said: list[str]
) -> None:
    job = await office.posted()
    owed = len(office.rows("SELECT id FROM outbox WHERE status = 'owed'"))
    office.clock.set(await office.look_at(job))
    await watch.later(17)
    await office.deliverer.drain()
    assert radio.sent
    assert watch.counted('suidao_repairs_total{what="card"}') == owed
    told = (await office.router.unreached(await office.address("lin"))).late
    assert len(told) == 2
    assert f"任务{job}" in told[0]
    assert str(owed) in told[1]
    english = (await office.says("qian", text="/unreached")).text
    assert f"the clock was late for job {job}, by less than a minute: it was made good at once." in english
    assert f"{owed} cards were sent late, the last time at" in english
    office.clock.forward(25 * 3600)
    assert (await office.router.unreached(await office.address("lin"))).late == ()


async def test_cards_that_wait_for_their_platform_are_not_late(
    office: Office, watch: Watch, radio: Radio, said: list[str]
) -> None:
    await office.posted()
    radio.room.clear()
    rows = [row for (row,) in office.rows("SELECT id FROM outbox WHERE status = 'owed'")]
    await office.deliverer.begin(rows)
    await watch.later(17)
    assert watch.health.wrong() == ()
    assert not [line for line in said if line.startswith("card")]
    radio.room.set()
    await office.deliverer.drain()
    assert len(radio.to(office.numbers["lin"])) == 1


async def test_an_urgent_card_that_nobody_has_in_hand_is_found_behind_all_that_waits_or_stays_late(
    office: Office, watch: Watch, radio: Radio, said: list[str]
) -> None:
    await office.posted()
    await office.deliverer.deliver([row for (row,) in office.rows("SELECT id FROM outbox")])
    radio.room.clear()
    ((last, now, waits),) = office.rows(
        "SELECT max(o.id), o.due_at, max(o.address_id) FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " WHERE a.person_id IS NOT NULL"
    )
    (lost,) = office.pile(last, 1, urgent=1, due_at=now + 1, status="owed", address_id=waits)
    other = office.rows("SELECT min(address_id) FROM outbox")[0][0]
    waiting = office.pile(last, AT_MOST + 1, urgent=0, due_at=now, status="owed", address_id=other)
    await office.deliverer.begin(waiting)
    await until(lambda: office.deliverer.under_way.issuperset(waiting), "all of them wait")
    await watch.later(60)
    assert [line.split(" by")[0] for line in said] == [f"card {lost} was late"]
    assert watch.health.wrong() == (Wrong.LATE,)
    radio.room.set()
    await office.deliverer.drain()
    assert office.rows("SELECT status FROM outbox WHERE id = ?", lost) != [("owed",)]
    await watch.auditor.once()
    assert watch.health.wrong() == ()


async def test_what_stays_late_keeps_its_place_from_nothing_that_can_be_made_good(
    office: Office, watch: Watch, radio: Radio, said: list[str]
) -> None:
    await office.posted()
    await office.deliverer.deliver([row for (row,) in office.rows("SELECT id FROM outbox")])
    ((last, stuck),) = office.rows("SELECT max(id), max(address_id) FROM outbox")
    ((value,),) = office.rows("SELECT value FROM addresses WHERE id = ?", stuck)
    radio.broken_for.add(value)
    office.pile(last, AT_MOST, urgent=1, status="owed", address_id=stuck)
    other = office.rows("SELECT min(address_id) FROM outbox")[0][0]
    (lost,) = office.pile(last, 1, urgent=0, status="owed", address_id=other)
    for _ in range(3):
        await watch.later(17)
        await office.deliverer.drain()
    assert any(line.startswith(f"card {lost} was late") for line in said)
    assert office.rows("SELECT status FROM outbox WHERE id = ?", lost) != [("owed",)]


async def test_a_card_that_hangs_at_its_platform_is_said_after_two_minutes_and_not_sent_again(
    office: Office, watch: Watch, radio: Radio, said: list[str]
) -> None:
    await office.posted()
    radio.room.clear()
    rows = [row for (row,) in office.rows("SELECT id FROM outbox WHERE status = 'owed'")]
    with closing(sqlite3.connect(office.data / DATABASE)) as database, database:
        database.execute("UPDATE outbox SET urgent = (id = 1)")
    await office.deliverer.begin(rows)
    await until(lambda: len(office.deliverer.under_way) == len(rows), "all are on their way")
    for minutes in (1, 2, 29):
        await watch.later(minutes * 60)
        about = [line.split(",")[0] for line in said if line.startswith("card")]
        about = [line for line in about if int(line.split()[1]) in rows]
        hanging: list[int] = {1: [], 2: rows[:1], 29: rows}[minutes]
        assert sorted(about) == sorted(f"card {row} stays late" for row in hanging)
        assert Wrong.LATE in watch.health.wrong() or not hanging
    assert watch.counted('suidao_stuck_total{what="card"}') == len(rows)
    radio.room.set()
    await office.deliverer.drain()
    await watch.auditor.once()
    assert not [line for line in said if line.startswith("card 1 was late")]


async def test_cards_of_another_process_are_made_good_there_and_missed_here_after_two_minutes(
    office: Office, radio: Radio, said: list[str]
) -> None:
    share, clock = Share(named=frozenset({"telegram"})), office.clock
    there = Deliverer(office.store, office.router, {radio.platform: radio}, clock, share=share)
    rest = replace(share, others=True)
    here = Deliverer(office.store, office.router, {}, clock, share=rest)
    job = await office.posted()
    sends, looks, begun = watching(office, there, looks=False), watching(office, here), clock.now()
    await looks.later(17)
    assert (looks.health.wrong(), said, radio.sent) == ((), [], [])
    with closing(sqlite3.connect(office.data / DATABASE)) as database, database:
        database.execute("UPDATE outbox SET urgent = (id = 1)")
    await looks.later(2 * 60)
    assert [line.split(",")[0] for line in said if "card" in line] == ["card 1 stays late"]
    await looks.later(30 * 60)
    owed = [
        row for (row,) in office.rows("SELECT id FROM outbox WHERE job_id = ? AND due_at < ?", job, begun + 1)
    ]
    assert {line.split(",")[0] for line in said if "card" in line} == {
        f"card {row} stays late" for row in owed
    }
    assert Wrong.LATE in looks.health.wrong()
    await sends.later(0)
    await there.drain()
    assert radio.sent
    assert [line for line in said if line.startswith("card") and line.endswith("made good now")]
    await looks.auditor.once()
    assert looks.health.wrong() == ()


async def test_what_fell_due_before_the_program_was_there_is_left_to_the_sweep_but_holds_the_heartbeat_back(
    office: Office, said: list[str]
) -> None:
    job = await overdue(office)
    office.clock.forward(600)
    watch = watching(office)
    await watch.auditor.once()
    assert (said, watch.health.wrong()) == ([], (Wrong.LATE,))
    await office.sweep.once()
    await watch.later(5)
    assert (said, watch.health.wrong()) == ([], ())
    assert "asked" in await office.events(job)


async def test_a_duty_that_nobody_looked_at_is_looked_at_once_and_the_desk_reads_of_it(
    office: Office, said: list[str]
) -> None:
    succession = Succession(office.service)
    await succession.look(office.committee)
    ((due,),) = office.rows("SELECT look_at FROM watches")
    office.clock.set(due)
    one = watching(office, mends=mends(office.service, succession, Idle()))
    await one.later(17)
    await one.auditor.once()
    assert said == [f"duty {office.committee} was late by 17.0 s: made good now"]
    ((looked,),) = office.rows("SELECT look_at FROM watches")
    assert looked > office.clock.now()
    english = (await office.says("qian", text="/unreached")).text
    assert "the clock was late for the duty, by less than a minute: it was made good at once." in english


async def test_a_duty_that_nobody_looked_at_since_the_people_were_changed_is_looked_at_once(
    office: Office, said: list[str]
) -> None:
    succession = Succession(office.service)
    await succession.look(office.committee)
    ways = mends(office.service, succession, Idle())
    one, other = watching(office, mends=ways), watching(office, mends=ways)
    await one.auditor.once()
    office.write("UPDATE committees SET revision = revision + 1")
    await one.later(5)
    await other.later(6)
    assert (said, one.health.wrong(), other.health.wrong()) == ([], (), ())
    office.clock.forward(11)
    await asyncio.gather(one.auditor.once(), other.auditor.once())
    assert said == [f"duty {office.committee} was late by 17.0 s: made good now"]
    assert office.rows("SELECT w.revision = c.revision FROM watches w, committees c") == [(1,)]
    assert {each.health.wrong() for each in (one, other)} == {(Wrong.LATE,)}
    await one.auditor.once()
    assert (len(said), one.health.wrong()) == (1, ())


async def test_an_audit_that_fails_is_said_and_so_is_that_it_goes_through_again(
    office: Office, watch: Watch, said: list[str]
) -> None:
    await overdue(office)
    office.rows(BREAK_REPAIRS)
    await watch.later(17)
    assert Wrong.AUDITOR in watch.health.wrong()
    assert "the audit could not be made" in said[-1]
    office.rows(MEND)
    await watch.later(5)
    await office.deliverer.drain()
    await watch.auditor.once()
    assert watch.health.wrong() == ()


async def test_an_auditor_that_stands_still_is_wrong_by_itself(office: Office, watch: Watch) -> None:
    assert watch.health.wrong() == (Wrong.AUDITOR,)  # it has not begun
    await watch.auditor.once()
    assert watch.health.wrong() == ()
    office.clock.forward(21)
    assert watch.health.wrong() == (Wrong.AUDITOR,)


@pytest.mark.parametrize("hours", [1, -1], ids=["forward", "back"])
async def test_conformance_33_a_clock_moved_by_an_hour_is_said_loudly_once_and_no_step_is_lost_or_repeated(
    office: Office, said: list[str], hours: int
) -> None:
    job = await overdue(office)
    moved = 0

    def move(by: Micros) -> None:
        nonlocal moved
        office.clock.at += by
        moved += by

    pace = Pace(steady=lambda: (office.clock.now() - moved) / SECOND)
    health = pace.health()
    one = Auditor(office.service, office.deliverer, health, Figures(), pace=pace)
    move(hours * HOUR)
    for _ in range(3):
        await one.once()
        await office.sweep.once()
        office.clock.forward(5)
    assert said == [
        f"the wall clock was moved by {hours * 3600:+.1f} s, or the machine slept: "
        "what is due follows the new time"
    ]
    assert health.wrong() == (Wrong.CLOCK,)
    move(-hours * HOUR)  # put right again
    await one.once()
    assert len(said) == 2
    while "exhausted" not in await office.events(job):
        office.clock.set(await office.look_at(job))
        await office.service.look(office.committee, job)
    sql = "SELECT loop, step FROM ledger WHERE job_id = ? AND step >= 0 ORDER BY version"
    steps = office.rows(sql, job)
    for loop in {loop for loop, _ in steps}:
        counted = [step for of_loop, step in steps if of_loop == loop]
        assert counted == list(range(counted[0], counted[0] + len(counted)))
    await one.once()
    assert Wrong.CLOCK not in health.wrong()


async def test_what_was_late_in_one_committee_is_told_to_no_other(office: Office) -> None:
    late = Late(what=Timed.JOB, id=1, committee_id=office.committee, due_at=office.clock.now() - MINUTE)
    now = office.clock.now()
    assert await office.store.begin_repair(late, now) is None
    assert await office.store.begin_repair(late, now + SECOND) == now
    (found,) = await office.store.repairs(office.committee, now - SECOND)
    assert (found.late, found.by) == (late, MINUTE)
    assert await office.store.repairs(office.committee + 1, 0) == ()

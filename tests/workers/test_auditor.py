"""The auditor, with a clock of ours: what is late is made good once and said, whoever finds it; what stays
late is said once more (CONFORMANCE.md 29); and a wall clock that is moved (33)."""

import asyncio

import pytest

from dispatch.lateness import Late, Timed
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.succession import Succession
from tests.workers.audits import Watch, watching
from tests.workers.office import Office
from workers.figures import Figures
from workers.watch.auditor import Auditor, Pace
from workers.watch.health import Wrong
from workers.watch.mends import mends

BREAK_JOBS = "CREATE TRIGGER stuck BEFORE UPDATE ON jobs BEGIN SELECT RAISE(FAIL, 'stuck'); END"
BREAK_REPAIRS = "CREATE TRIGGER stuck BEFORE INSERT ON receipts BEGIN SELECT RAISE(FAIL, 'stuck'); END"
MEND = "DROP TRIGGER stuck"


class Idle:
    """There is no other system."""

    async def begin(self) -> None:
        """Nobody is told anything."""

    def busy(self, source_id: int) -> bool:
        """Never."""
        del source_id
        return False


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

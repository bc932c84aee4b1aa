"""Late cards: the auditor has those sent that nobody had in hand, and says that those stay late which hang at
their platform or are another process's; those that wait for their platform are not late."""

from dataclasses import replace

from tests.workers.audits import Watch, watching
from tests.workers.office import Office, until
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.share import Share
from workers.watch.auditor import AT_MOST
from workers.watch.health import Wrong


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
    office.write("UPDATE outbox SET urgent = (id = 1)")
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
    office.write("UPDATE outbox SET urgent = (id = 1)")
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

"""A shift begins: whoever has it was told the evening before, and is asked whether they are there; then
the next in line is asked."""

from dispatch import duty
from dispatch.moments import HOUR
from dispatch.relays import Relay, RelayKind
from tests.stories.committee import table, tables
from tests.stories.test_duty import ROTA
from tests.stories.world import World

TO_EIGHT = 4 * 60 + 50
"""Minutes from the beginning of a story to the day's first shift."""


async def dawns(world: World) -> Relay:
    """The night passes, and the day's shift begins; whoever has it is asked."""
    await world.founds(ROTA)
    await world.fast_forward(seconds=1)
    await world.fast_forward(minutes=TO_EIGHT)
    (asked,) = [each for each in await world.relays() if each.kind is RelayKind.ROLLCALL]
    return asked


async def told(world: World, kind: RelayKind) -> list[str]:
    """Keys of those who stand on relays of a kind that are open."""
    people = (await world.store.roster(world.committee.id)).people
    return [people[who].key for each in await world.relays() if each.kind is kind for who in each.asked]


async def holder(world: World) -> str:
    """Key of whoever is on duty."""
    roster = await world.store.roster(world.committee.id)
    who = duty.on_duty(roster, world.clock.now())
    return "" if who is None else roster.people[who].key


async def test_whoever_is_there_says_so_with_one_tap_and_nobody_else_is_asked(world: World) -> None:
    call = await dawns(world)
    zhao = await world.person("zhao")
    assert await zhao.sees("您到岗了吗")
    assert "现在由您负责" in await zhao.taps("here", call.id)
    await world.fast_forward(minutes=30)
    assert await told(world, RelayKind.ROLLCALL) == []
    assert (await world.store.relay(world.committee.id, call.id)).asked == (zhao.id,)
    assert await world.rows("SELECT * FROM duty_overrides") == []


async def test_a_silent_one_is_passed_over_and_whoever_takes_the_shift_has_it(world: World) -> None:
    call = await dawns(world)
    zhao, sun = await world.person("zhao"), await world.person("sun")
    tapped_late = await zhao.aims("here", call.id)
    await world.fast_forward(minutes=4)
    assert await told(world, RelayKind.ROLLCALL) == ["zhao"]
    await world.fast_forward(minutes=2)
    assert await told(world, RelayKind.ROLLCALL) == ["zhao", "sun"]
    assert await sun.sees("赵书记没有应答点名")
    assert await holder(world) == "zhao"
    assert "现在由您负责" in await sun.taps("here", call.id)
    assert await holder(world) == "sun"
    await tapped_late()
    await world.settles()
    assert await zhao.sees("孙主任")
    assert await holder(world) == "sun"
    await world.fast_forward(minutes=11 * 60)
    assert await holder(world) == "sun"
    await world.fast_forward(minutes=60)
    assert await holder(world) == "sun"  # whose night it is, by the rota
    assert len(await world.rows("SELECT * FROM duty_overrides")) == 1


async def test_when_nobody_answers_the_last_resort_is_called_and_all_are_asked_again(pages: World) -> None:
    call = await dawns(pages)
    await pages.fast_forward(minutes=16)
    assert await told(pages, RelayKind.ROLLCALL) == ["zhao", "sun", "qian", "desk"]
    desk = await pages.visitor("desk")
    assert (await desk.looks()).red
    assert await desk.sees("还没有人应答")
    loud = "SELECT count(*) FROM outbox WHERE relay_id = ? AND kind = 'alert' AND created_at > ?"
    before = pages.clock.now()
    await pages.fast_forward(minutes=25)
    ((again,),) = await pages.rows(loud, call.id, before)
    assert again == 8  # all four of them, twice
    await desk.taps("here", call.id)
    assert await holder(pages) == "desk"
    await pages.fast_forward(minutes=60)
    assert await pages.rows(loud, call.id, pages.clock.now() - HOUR) == [(0,)]


async def test_a_running_shift_that_is_given_away_is_called_anew_and_one_that_is_taken_is_not(
    pages: World,
) -> None:
    call = await dawns(pages)
    lin, sun, qian = [await pages.visitor(key) for key in ("lin", "sun", "qian")]
    await (await pages.visitor("zhao")).taps("here", call.id)
    roster = await pages.store.roster(pages.committee.id)
    shift = duty.planned(roster, pages.clock.now())
    span = (pages.clock.now(), shift.ends_at)
    rota = pages.router.rota
    address = roster.ways[lin.id][0]
    await rota.give(address, span, qian.id, call.about_id or 0)
    await pages.fast_forward(seconds=2)
    assert await told(pages, RelayKind.ROLLCALL) == ["qian"]
    await rota.give(roster.ways[sun.id][0], (pages.clock.now(), shift.ends_at), sun.id, qian.id)
    await pages.fast_forward(seconds=2)
    assert await told(pages, RelayKind.ROLLCALL) == []
    assert await holder(pages) == "sun"


async def test_after_an_outage_only_the_shift_that_runs_is_called_and_each_of_them_once(pages: World) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    await pages.sleeps_through(minutes=TO_EIGHT + 24 * 60)
    assert await told(pages, RelayKind.ROLLCALL) == ["sun"]
    await pages.fast_forward(minutes=1)
    assert await told(pages, RelayKind.ROLLCALL) == ["sun"]
    await pages.sleeps_through(minutes=20)
    assert await told(pages, RelayKind.ROLLCALL) == ["sun", "qian"]  # who gets five minutes now


async def test_somebody_who_leaves_the_committee_on_duty_is_followed_by_the_next_who_accepts(
    pages: World,
) -> None:
    """CONFORMANCE 20."""
    call = await dawns(pages)
    zhao, sun = await pages.visitor("zhao"), await pages.visitor("sun")
    await zhao.taps("here", call.id)
    lin = await pages.visitor("lin")
    await lin.writes("3号楼502 敲门无应答")
    job = await pages.job()
    await pages.fast_forward(minutes=40)
    await zhao.taps("acknowledge", job)
    left = [each for each in tables(ROTA, "people") if each["key"] != "zhao"]
    slots = [{**each, "people": ["sun", "qian"]} for each in tables(ROTA, "rota")]
    ladder = {**ROTA["ladder"], "duty": ["sun"]}  # type: ignore[dict-item]  # a table
    await pages.founds({**ROTA, "people": left, "rota": slots, "ladder": ladder}, prune=True)
    await pages.fast_forward(seconds=2)
    (relay,) = [each for each in await pages.relays() if each.asks]
    assert (relay.kind, relay.jobs) == (RelayKind.HANDOVER, (job,))
    assert await holder(pages) == "sun"
    await sun.taps("here", relay.id)
    assert (await pages.state(job)).job.calling.acknowledged_by == sun.id
    assert "handed_on" in await pages.events(job)
    await pages.fast_forward(minutes=4)
    assert [each for each in await pages.relays() if each.asks] == []


async def test_a_committee_whose_duty_cannot_be_looked_at_keeps_no_other_waiting(pages: World) -> None:
    call = await dawns(pages)
    other = {**ROTA, "committee": {**table(ROTA, "committee"), "key": "liu", "name": "柳荫里"}}
    theirs = await pages.founds(other)
    await pages.rows("UPDATE relays SET kind = 'of a later release' WHERE id = ?", call.id)
    await pages.sleeps_through(minutes=6)
    await pages.sleeps_through(minutes=12 * 60)
    assert [each.kind for each in await pages.store.relays(theirs.id) if each.asks] == [RelayKind.ROLLCALL]

"""Somebody says that they are out: nobody calls them, and whoever is next accepts what they answered for."""

import asyncio
from pathlib import Path

import pytest

from dispatch import lifecycle
from dispatch.moments import HOUR
from dispatch.pauses import UNTIL_SAID
from dispatch.relays import Relay, RelayKind
from store.maps import Geodesic
from store.sessions import Session
from tests.stories.drivers.base import Actor
from tests.stories.drivers.web import Visitor
from tests.stories.test_duty import ROTA
from tests.stories.test_roll_call import dawns, holder
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"
SLOW = "3号楼 缺水"


async def says_out(actor: Actor, wish: str = "") -> str:
    """In the way of the platform; the page has a button for it."""
    if isinstance(actor, Visitor):
        return await actor.is_out(wish)
    return await actor.writes(f"/out {wish}".strip())


async def in_hand(world: World, key: str) -> int:
    """A job whose call that leader has acknowledged."""
    await (await world.person("lin")).writes(KNOCK)
    job = await world.job()
    await world.fast_forward(minutes=40)
    await (await world.person(key)).taps("acknowledge", job)
    return job


async def passed_on(world: World) -> list[Relay]:
    """What is to be taken over now."""
    return [each for each in await world.relays() if each.kind is RelayKind.HANDOVER]


async def test_conformance_20_whoever_is_out_is_followed_by_the_next_who_takes_duty_and_jobs_with_one_tap(
    world: World,
) -> None:
    """CONFORMANCE 20."""
    await world.founds(ROTA)
    await world.fast_forward(seconds=1)
    qian, sun, lin = [await world.person(key) for key in ("qian", "sun", "lin")]
    job = await in_hand(world, "qian")
    said = await says_out(qian)
    assert sun.name in said
    assert f"#{job}" in said
    (relay,) = await passed_on(world)
    assert relay.jobs == (job,)
    assert (await world.state(job)).job.calling.acknowledged_by == qian.id  # until somebody accepts
    assert await lin.sees("正在请人接手", job)
    assert await sun.sees("您能接手吗")
    await sun.taps("here", relay.id)
    assert (await world.state(job)).job.calling.acknowledged_by == sun.id
    assert await holder(world) == "sun"
    assert await lin.sees(f"{sun.name}从{qian.name}手里接了过来", job)
    assert await passed_on(world) == []
    await world.fast_forward(minutes=30)
    assert await passed_on(world) == []


async def called_for(world: World, key: str) -> int:
    """A job for which that leader was called a moment ago, and nobody has answered."""
    await (await world.person("lin")).writes(KNOCK)
    job = await world.job()
    while key not in await world.called(job):
        await world.fast_forward(seconds=5)
    return job


async def test_conformance_20_a_call_that_nobody_has_answered_goes_to_the_next_with_the_duty_and_one_tap(
    pages: World,
) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    qian, sun, lin = [await pages.visitor(key) for key in ("qian", "sun", "lin")]
    job = await called_for(pages, "qian")
    assert f"#{job}" in await says_out(qian)
    (relay,) = await passed_on(pages)
    assert (relay.jobs, relay.asked) == ((job,), (sun.id,))
    assert await sun.sees("您能接手吗")
    assert await lin.sees("钱副书记离岗", job)
    assert (await pages.state(job)).job.calling.acknowledged_by is None
    await sun.taps("here", relay.id)
    assert (await pages.state(job)).job.calling.acknowledged_by == sun.id
    assert await holder(pages) == "sun"
    await pages.fast_forward(minutes=1)
    assert await passed_on(pages) == []


async def about_to_call(world: World, job: int, key: str) -> None:
    """The clock stands where a look at the job calls that leader."""
    leader = await world.store.person(world.committee.id, key)
    while True:
        found = await world.state(job)
        assert found.job.look_at is not None
        world.clock.set(found.job.look_at)
        asks = lifecycle.looked(found, world.clock.now(), Geodesic()).after.asks
        if any(ask.leader and ask.person_id == leader.id for ask in asks):
            return
        await world.service.look(world.committee.id, job)


async def test_conformance_20_a_call_that_is_kept_beside_somebodys_word_is_passed_on_as_well(
    data: Path, postgres_url: str, rival: Session
) -> None:
    """On PostgreSQL, where the two do not wait for each other: neither knew of the other."""
    async with World(data, database=postgres_url) as world:
        await world.founds(ROTA)
        await world.fast_forward(seconds=1)
        await (await world.person("lin")).writes(SLOW)
        job, qian = await world.job(), await world.store.person(world.committee.id, "qian")
        await about_to_call(world, job, "qian")
        await rival.execute("LOCK TABLE ledger IN SHARE MODE")
        call = asyncio.create_task(world.service.look(world.committee.id, job))
        while not await rival.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
            pass
        world.clock.forward(0.01)
        await world.succession.out(qian, world.clock.now() + HOUR)
        assert not call.done()
        await rival.execute("COMMIT")
        await call
        assert "qian" in await world.called(job)
        await world.fast_forward(seconds=2)
        assert [relay.jobs for relay in await passed_on(world)] == [(), (job,)]  # first the duty, alone


async def test_the_ladder_waits_for_nobody_who_is_asked_to_take_a_call_over(pages: World) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    job = await called_for(pages, "qian")
    await says_out(await pages.visitor("qian"))
    before = await pages.called(job)
    await pages.fast_forward(minutes=4)
    assert await pages.called(job) > before
    (relay,) = await passed_on(pages)
    assert relay.jobs == (job,)
    zhao = await pages.visitor("zhao")
    await zhao.taps("acknowledge", job)  # somebody has it in hand: the duty alone is left to be taken
    await pages.fast_forward(minutes=5)
    (relay,) = await passed_on(pages)
    assert relay.jobs == ()


async def test_whoever_does_not_accept_in_five_minutes_is_followed_by_the_next(pages: World) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    job = await in_hand(pages, "qian")
    await says_out(await pages.visitor("qian"))
    await pages.fast_forward(minutes=6)
    (relay,) = await passed_on(pages)
    people = (await pages.store.roster(pages.committee.id)).people
    assert [people[who].key for who in relay.asked] == ["sun", "zhao"]
    late = await (await pages.visitor("sun")).aims("here", relay.id)
    await (await pages.visitor("zhao")).taps("here", relay.id)
    assert "赵书记已经接手" in await late()
    assert (await pages.state(job)).job.calling.acknowledged_by == (await pages.visitor("zhao")).id
    assert await holder(pages) == "zhao"


async def test_the_next_one_is_asked_after_five_minutes_and_not_before(pages: World) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    await in_hand(pages, "qian")
    await says_out(await pages.visitor("qian"))
    people = (await pages.store.roster(pages.committee.id)).people
    asked: list[list[str]] = []
    for seconds in (4 * 60 + 59, 2):
        await pages.fast_forward(seconds=seconds)
        (relay,) = await passed_on(pages)
        asked.append([people[who].key for who in relay.asked])
    assert asked == [["sun"], ["sun", "zhao"]]


async def test_somebody_out_is_called_for_nothing_and_reads_and_notes_all_the_same(pages: World) -> None:
    lin, zhao = await pages.visitor("lin"), await pages.visitor("zhao")
    await says_out(zhao)
    await lin.writes(KNOCK)
    job = await pages.job()
    await pages.fast_forward(minutes=60)
    assert "zhao" not in await pages.called(job)
    assert "qian" in await pages.called(job)
    assert await zhao.sees("敲门", job)
    await zhao.taps("note", job, text="钥匙在门卫")
    assert "noted" in await pages.events(job)


async def test_a_place_of_somebody_out_is_free_again_for_everybody(chats: World) -> None:
    lin, ana = await chats.person("lin"), await chats.member("v3")
    await lin.writes(SLOW)
    job = await chats.job()
    await ana.taps("claim", job)
    said = await ana.writes("请假")
    assert f"#{job}" in said
    assert [claim.live for claim in (await chats.state(job)).claims] == [False]
    await chats.fast_forward(minutes=90)
    assert "v4" in await chats.asked(job)
    assert await passed_on(chats) == []


async def test_a_place_of_a_leader_who_is_out_is_asked_of_volunteers_and_the_ladder_at_once(
    pages: World,
) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    qian, sun, ana = [await pages.visitor(key) for key in ("qian", "sun", "v3")]
    await (await pages.visitor("lin")).writes(SLOW)
    job = await pages.job()
    await qian.taps("claim", job)
    loop = (await pages.state(job)).job.calling.loop
    assert f"#{job}" in await says_out(qian)
    after = await pages.state(job)
    assert [claim.live for claim in after.claims] == [False]
    assert after.job.calling.loop == loop + 1
    (relay,) = await passed_on(pages)
    assert relay.jobs == ()  # the duty alone: nobody waits five minutes for one leader's word about an errand
    assert await ana.sees("我来接单", job)
    await sun.taps("here", relay.id)
    while "sun" not in await pages.called(job):  # whoever took the duty over is called by the ladder
        await pages.fast_forward(minutes=1)
    await ana.taps("claim", job)
    assert [claim.person_id for claim in (await pages.state(job)).claims if claim.live] == [ana.id]


async def test_whoever_is_back_has_everything_that_nobody_took(chats: World) -> None:
    await chats.founds(ROTA)
    await chats.fast_forward(seconds=1)
    job = await in_hand(chats, "qian")
    qian = await chats.member("qian")
    await says_out(qian)
    assert await holder(chats) == "sun"
    assert "You are back." in await qian.writes("/out back")
    assert await holder(chats) == "qian"
    assert await passed_on(chats) == []
    assert (await chats.state(job)).job.calling.acknowledged_by == qian.id
    await chats.fast_forward(minutes=1)
    assert [each for each in await chats.relays() if each.asks] == []
    assert "You are not out" in await qian.writes("/out back")


async def test_the_same_word_twice_asks_nobody_twice(chats: World) -> None:
    await chats.founds(ROTA)
    await chats.fast_forward(seconds=1)
    qian = await chats.member("qian")
    await says_out(qian)
    before = await passed_on(chats)
    roster = await chats.store.roster(chats.committee.id)
    await qian.again()
    await qian.writes("/out")
    assert await passed_on(chats) == before
    assert await chats.store.roster(chats.committee.id) == roster


@pytest.mark.parametrize(("wish", "until"), [("", UNTIL_SAID), ("4", 4 * HOUR), ("05:10", 2 * HOUR)])
async def test_out_lasts_until_the_time_that_was_said(chats: World, wish: str, until: int) -> None:
    qian = await chats.member("qian")
    await says_out(qian, wish)
    known = (await chats.people())["钱副书记"].out_until
    assert known in (UNTIL_SAID, chats.clock.now() + until)
    assert (known == UNTIL_SAID) is (not wish)


async def test_what_is_no_time_changes_nothing_and_says_how(chats: World) -> None:
    qian = await chats.member("qian")
    assert "out back" in await qian.writes("/out sometimes")
    assert (await chats.people())["钱副书记"].out_until is None


async def test_a_duty_that_comes_back_by_itself_is_called(chats: World) -> None:
    await chats.founds(ROTA)
    await chats.fast_forward(seconds=1)
    await says_out(await chats.member("qian"), "2")
    await chats.fast_forward(minutes=121)
    assert await holder(chats) == "qian"
    (call,) = [each for each in await chats.relays() if each.kind is RelayKind.ROLLCALL]
    assert call.asked[0] == (await chats.member("qian")).id


async def test_whoever_was_there_when_the_shift_began_is_called_anew_when_they_are_back(pages: World) -> None:
    call = await dawns(pages)
    zhao = await pages.visitor("zhao")
    await zhao.taps("here", call.id)
    await pages.fast_forward(minutes=60)
    await says_out(zhao, "4h")
    await pages.fast_forward(minutes=4 * 60 + 1)  # nobody has taken it
    assert await holder(pages) == "zhao"
    (anew,) = [each for each in await pages.relays() if each.kind is RelayKind.ROLLCALL]
    assert (anew.asked[0], anew.id > call.id) == (zhao.id, True)
    assert await zhao.sees("您到岗了吗")
    assert "现在由您负责" in await zhao.taps("here", anew.id)


async def test_when_everybody_is_out_it_is_said_and_somebody_is_rung_all_the_same(pages: World) -> None:
    lin = await pages.visitor("lin")
    for key in ("sun", "desk", "qian"):
        await says_out(await pages.visitor(key))
    assert "林社工" in await says_out(await pages.visitor("zhao"))  # the staff are asked before nobody is
    await says_out(lin)
    await lin.writes(KNOCK)
    job = await pages.job()
    await pages.fast_forward(minutes=90)
    assert await pages.called(job) >= {"sun", "desk"}


async def test_somebody_who_was_not_asked_takes_nothing(pages: World) -> None:
    await pages.founds(ROTA)
    await pages.fast_forward(seconds=1)
    await says_out(await pages.visitor("qian"))
    (relay,) = await passed_on(pages)
    for key in ("v3", "zhao", "desk"):
        await (await pages.visitor(key))._sends(
            "/act", {"verb": "here", "relay": str(relay.id), "version": "1"}
        )
    assert await passed_on(pages) == [relay]

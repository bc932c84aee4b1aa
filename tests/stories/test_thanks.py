"""Thanks reach whoever did a job, and help brings a second person: as they see it on their phones."""

import pytest

from dispatch.errors import UnknownJobError
from dispatch.jobs import CallCause, JobStatus
from handlers import rings
from tests.stories.drivers.base import Actor, ChatActor
from tests.stories.test_welfare_check import at_the_door
from tests.stories.world import World

THANKS = ("感谢您的付出", "gives thanks for what you did")
WORDS = "陈阿婆的儿子说：妈妈今天笑了"


async def done(world: World) -> tuple[int, Actor, Actor]:
    """A job that somebody did, and who did it, and somebody of the desk."""
    job, ana = await at_the_door(world)
    lin = await world.person("lin")
    await lin.taps("complete", job)
    return job, ana, lin


async def test_the_desk_gives_thanks_by_one_tap_and_whoever_did_it_hears_of_it_once(world: World) -> None:
    job, ana, lin = await done(world)
    assert "thank" not in (await ana.looks()).buttons(job)
    said = await lin.taps("thank", job)
    assert ana.name in said
    page = (await ana.looks()).card(job)
    assert any(thanks in page for thanks in THANKS) or isinstance(ana, ChatActor)
    told = [each for each in (*ana.received(), page) if any(thanks in each for thanks in THANKS)]
    assert told
    assert all(lin.name in each for each in told)
    assert "thank" not in (await lin.looks()).buttons(job)
    await lin.forges("thank", job)
    assert (await world.events(job)).count("thanked") == 1
    assert not [each for each in world.posted() if any(thanks in each for thanks in THANKS)]


async def test_what_the_family_said_goes_with_it_to_those_who_did_it_and_to_nobody_else(chats: World) -> None:
    job, ana, lin = await done(chats)
    other = await chats.person("v4")
    assert isinstance(lin, ChatActor)
    await lin.writes(f"谢谢 {job} {WORDS}")
    assert any(WORDS in each for each in ana.received())
    assert not any(WORDS in each for each in (*other.received(), *chats.posted()))
    assert (await chats.rows("SELECT note FROM ledger WHERE kind = 'thanked'"))[0][0] not in ("", WORDS)


async def test_a_volunteer_who_says_thanks_thanks_nobody_by_it(chats: World) -> None:
    job, ana, _ = await done(chats)
    assert isinstance(ana, ChatActor)
    await ana.writes(f"/thank {job}")
    await ana.writes("谢谢")
    assert "thanked" not in await chats.events(job)


async def test_help_at_the_door_asks_the_nearest_at_once_and_one_of_them_comes(world: World) -> None:
    job, ana = await at_the_door(world)
    await ana.taps("help", job)
    state = await world.state(job)
    assert (state.job.places, state.job.status) == (2, JobStatus.OPEN)
    assert state.job.calling.cause is CallCause.HELP
    second = await world.person(min((await world.asked(job)) - {"v3"}))
    await second.taps("claim", job)
    state = await world.state(job)
    assert state.job.status is JobStatus.FILLED
    assert {claim.person_id for claim in state.claims if claim.live} == {ana.id, second.id}
    assert second.name in (await ana.looks()).card(job)
    assert ana.name in (await second.looks()).card(job)


async def test_thanks_make_no_sound_at_night_and_hold_no_words_that_a_locked_phone_could_show(
    pages: World,
) -> None:
    job, ana, lin = await done(pages)
    await lin.taps("thank", job, text=WORDS)
    told, roster = ana.parts.router.thanks.card, (await pages.state(job)).roster
    (address, *_) = roster.ways[ana.id]
    by_day = await told(address, job, pages.clock.now(), 7)
    assert not by_day.silent
    assert by_day.private
    assert WORDS not in repr(rings.outside(by_day))
    await pages.fast_forward(minutes=14 * 60)
    assert (await told(address, job, pages.clock.now(), 7)).silent
    (theirs, *_) = roster.ways[lin.id]
    with pytest.raises(UnknownJobError):
        await told(theirs, job, pages.clock.now(), 7)

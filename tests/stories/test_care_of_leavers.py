"""Who usually does a resident's care has left, or was forgotten, while the plan still has their number: the
resident is cared for all the same."""

from tests.stories.committee import COMMITTEE, tables
from tests.stories.test_care import OXYGEN
from tests.stories.world import World

LEAVES, ERASED = "v1", "v2"
NAMES = {LEAVES: "沈师傅", ERASED: "顾阿姨"}


async def both_gone(world: World) -> None:
    """A plan with two carers, one of whom is taken out of the register, and one forgotten."""
    people = [
        {**each, "name": NAMES[str(each["key"])]} if each["key"] in NAMES else each
        for each in tables(COMMITTEE, "people")
    ]
    plan = {**OXYGEN, "carers": [LEAVES, ERASED]}
    await world.founds({**COMMITTEE, "people": people, "care": [plan]})
    secretary = await world.visitor("zhao")
    before = (await secretary.fetches("/care"))[1]
    assert all(name in before for name in NAMES.values())
    await secretary._does("/register/drop", {"table": "people", "key": LEAVES})
    await world.store.forget_person(world.committee.id, ERASED, world.clock.now())


async def test_a_turn_whose_carers_are_gone_opens_at_its_hour_asks_others_at_once_and_names_nobody(
    pages: World,
) -> None:
    await both_gone(pages)
    (plan,) = await pages.store.care_plans(pages.committee.id)
    assert len(plan.carers) == 2, "the plan still has their numbers"
    await pages.until(6, 59)
    assert await pages.jobs() == ()
    await pages.until(7, 1)
    state = await pages.state(await pages.job())
    asked = [ask for ask in state.asks if not ask.leader]
    assert asked
    assert {ask.at for ask in asked} == {state.job.posted_at}, "nobody is waited for"
    assert not {ask.person_id for ask in asked} & set(plan.carers)

    job = state.job.id
    helper = await pages.person(state.roster.people[asked[0].person_id].key)
    await helper.taps("claim", job)
    lin = await pages.visitor("lin")
    shown = [(await helper.looks()).card(job), (await lin.looks()).card(job)]
    shown += [(await lin.fetches(path))[1] for path in ("/care", "/brief")]
    assert not any(name in each for name in NAMES.values() for each in shown)
    assert not any(f"left-{who}" in each for who in plan.carers for each in shown)
    for verb in ("start", "arrive", "finish"):
        await helper.taps(verb, job)
    assert await pages.jobs() == ()

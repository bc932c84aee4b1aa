"""Whoever gave a job back and taps what its card once offered reads why nothing was changed."""

from dispatch.instructions import Words
from tests.stories.drivers.base import ChatActor
from tests.stories.test_welfare_check import at_the_door, finds
from tests.stories.world import World

WHY: Words = {
    "zh_CN": "这件事已经不在您手上，所以没有改动",
    "en": "It is not yours any more, so nothing was changed",
}
TAPS = (("find", "phone.none"), ("find", "knock.none"), ("arrive", ""), ("finish", ""), ("help", ""))
"""The step that is asked now, the one that was answered before, and what has no step."""


async def test_a_step_tapped_after_a_release_is_refused_and_says_that_it_is_theirs_no_more(
    world: World,
) -> None:
    job, ana = await at_the_door(world, v4="en")
    ben = await world.person("v4")
    await finds(ana, job, "knock.none")
    await ana.taps("release", job)
    for verb in ("claim", "arrive", "release"):
        await ben.taps(verb, job)
    before = await world.state(job)
    for verb, choice in TAPS:
        assert WHY["zh_CN"] in await ana.forges(verb, job, choice=choice), (verb, choice)
        assert WHY["en"] in await ben.forges(verb, job, choice=choice), (verb, choice)
    if isinstance(ana, ChatActor):
        assert WHY["zh_CN"] in await ana.writes(f"/found {job} 没人接")
    assert await world.state(job) == before

"""An evening of the small committee: jobs in every state that a page shows, from one call."""

import re

from bot.pictures import developed
from dispatch.verbs import Command, Verb
from tests.photos import photo
from tests.platforms.house import House, browser

NONCE = re.compile(r'name="nonce" value="([^"]+)"')
MESSAGES = (
    "3号楼502 敲门无应答 80岁独居",
    "7-301 胰岛素用完 中山医院",
    "7号楼 搬米 500袋 3人",
    "3号楼 氧气机缺水 201",
)


async def posts(home: House, *messages: str, who: str = "zhao") -> list[int]:
    """Jobs posted on the page; their numbers."""
    numbers = []
    async with browser(home, who) as staff:
        for text in messages:
            found = NONCE.search(await (await staff.get("/")).text())
            assert found is not None
            answer = await staff.post("/post", {"text": text, "nonce": found[1]})
            assert answer.status == 200
            await home.settle()
            numbers.append(max(job.id for job in await home.store.open_jobs(home.committee_id)))
    return numbers


async def does(home: House, who: str, verb: Verb, job: int) -> None:
    """Somebody's tap."""
    person = await home.person(who)
    await home.service.act(person, job, Command(verb=verb, actor=person.id))
    await home.settle()


async def evening(home: House) -> list[int]:
    """One job in hand with a picture, one that waits, one half done, and one that calls the secretary."""
    knock, insulin, rice, oxygen = await posts(home, *MESSAGES)
    await home.router.add_picture(await home.address("zhao"), knock, developed(photo(mark="7")), "evening")
    await does(home, "wang", Verb.CLAIM, knock)
    await does(home, "wang", Verb.START, knock)
    await does(home, "li", Verb.CLAIM, rice)
    await does(home, "wang", Verb.REFUSE, insulin)
    await does(home, "li", Verb.FINISH, rice)
    home.clock.forward(5 * 60)
    await home.look()
    return [knock, insulin, rice, oxygen]

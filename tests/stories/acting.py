"""Whoever acts as a secretary for a while: how they offer it, are let in, and are found here."""

from dispatch import duty
from dispatch.people import Committee, Person
from tests.stories.committee import MAPLE
from tests.stories.drivers.base import Actor
from tests.stories.drivers.web import Visitor
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答 陈阿婆独居失联"
OURS = "陈阿婆"
"""A name that only the desk of ours may read; whoever has read it has seen something of ours."""


async def beside(world: World) -> Committee:
    """The committee beside ours, whose secretary comes to act for us."""
    return await world.founds(MAPLE)


async def offers(world: World, actor: Actor, said: str = "梧桐里 until 4h") -> str:
    """They offer to act, in words; a page sends the same by its form."""
    if not isinstance(actor, Visitor):
        return await actor.writes(f"/acting {said}")
    (address,) = (await world.store.roster(actor.person.committee_id)).addresses_of[actor.id]
    reply = await world.router.acting.said(address, said)
    await world.settles()
    return reply.text


async def number(world: World) -> int:
    """Of what our desk was asked last."""
    ((found,),) = await world.rows("SELECT max(relay_id) FROM actings")
    return int(str(found))


async def guest(world: World) -> Person | None:
    """Who acts for us from elsewhere, at this moment."""
    roster = await world.store.roster(world.committee.id)
    return next((each for each in roster.people.values() if each.guest), None)


async def let_in(world: World) -> tuple[Actor, Person]:
    """The secretary of the other committee, and who they are here, once our staff said yes."""
    sec = await world.person("sec", await beside(world))
    await offers(world, sec)
    await (await world.person("lin")).taps("take_over", await number(world))
    found = await guest(world)
    assert found is not None
    return sec, found


async def at_ours(world: World, sec: Actor, here: Person) -> Actor:
    """The same person where they read what is ours: in their chat, or at the page that their own leads to."""
    return await world.pages.arrives(world.committee, here) if isinstance(sec, Visitor) else sec


async def all_out(world: World) -> None:
    """Secretary, deputy and director fall ill one after the other."""
    for key in ("zhao", "qian", "sun"):
        actor = await world.person(key)
        await (actor.is_out() if isinstance(actor, Visitor) else actor.writes("/out"))


async def holder(world: World) -> int | None:
    return duty.on_duty(await world.store.roster(world.committee.id), world.clock.now())

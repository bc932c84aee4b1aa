"""Jobs that somebody takes by a tap in the room, and what is done to them on pages meanwhile."""

from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server.timeline import Message


async def claimed(town: Hearing, key: str = "wang") -> tuple[int, Message, str]:
    """A job that somebody took by a tap in the room: its number, its card there, and the reaction."""
    job, card = await town.announced()
    tap = await town.phone(key).react(town.room_id, card.event_id, "✅")
    await town.held_by(job, [key])
    return job, card, tap


async def taken(town: Hearing) -> tuple[int, str, str, str]:
    """A job that wang took in the room: its number, its card there, wang's reaction and own card."""
    job, card, tap = await claimed(town)
    await town.settles()
    _, own = await town.own_card("wang", "🚶")
    return job, card.event_id, tap, own.event_id


async def by_hand(town: Hearing, who: str, verb: Verb, job: int, choice: str = "") -> None:
    """Somebody does it on their page."""
    address = await town.home.address(who)
    reply = await town.home.router.handle(
        Incoming(address=address, verb=verb, job_id=job, choice=choice, receipt=f"{who} {verb} {choice}")
    )
    assert reply.ok, reply.text
    await town.deliver()

"""What somebody is told who shares their place for a while. Nobody else is ever told anything of it."""

from dispatch.errors import OffTheMapError
from dispatch.people import Person
from dispatch.service import Service
from dispatch.whereabouts import Shared, building_at
from handlers.messages import Reply
from handlers.texts import Texts


async def shared(service: Service, actor: Person, place: Shared, texts: Texts) -> Reply:
    """Take them to be there, and say what that means. Raises `OffTheMapError`."""
    if not actor.may_be_asked:
        told = texts.say("Nobody asks you for volunteers' jobs, so where you are was not kept.")
        return Reply(text=told, ok=False)
    if not place.point.on_earth:
        raise OffTheMapError
    roster = await service.roster(actor.committee_id)
    near = building_at(roster.survey.points, place.point)
    await service.store.keep_whereabouts(actor, near, place)  # their own wish, so it needs no leave
    if place.stopped:
        return Reply(text=texts.say("You count as being at home again. Nothing is kept of where you were."))
    privately = texts.say(
        "Only the building is kept, sealed, until {until} unless your phone tells more; nobody is shown it. "
        "Stop sharing whenever you like.",
        until=texts.clock(place.until, roster.committee.timezone),
    )
    where = roster.buildings.get(near or 0)
    if where is None:
        said = texts.say("You are near none of our buildings, so others are asked before you.")
    else:
        said = texts.say("You are asked as somebody who is at {building} now.", building=where.name)
    return Reply(text=texts.sentences(said, privately))

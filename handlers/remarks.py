"""What a reply to a card says: what was found, where it says just that; else a remark."""

from dispatch.people import Person
from dispatch.service import Service
from handlers import commands, walks
from handlers.messages import Incoming
from handlers.scene import Scene
from handlers.texts import Texts


async def read(service: Service, actor: Person, job_id: int, incoming: Incoming, texts: Texts) -> Incoming:
    """The tap that the reply stands for. Raises `UnknownJobError`."""
    view = await service.view(actor.committee_id, job_id, actor)
    found = walks.spoken(incoming, Scene(view, texts, service.clock.now()))
    works = view.mine is not None and view.mine.live
    return found or commands.remark(incoming, desk=actor.desk, works=works)

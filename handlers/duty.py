"""What a leader who was called says: *I'm on it*, and later *Settled*."""

from collections.abc import Mapping

from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import Answer, Command, Verb
from dispatch.views import JobView
from handlers.messages import Incoming
from handlers.taps import Act, job_of


async def _answered(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    command = Command(
        verb=incoming.verb or Verb.ACKNOWLEDGE,
        actor=actor.id,
        note=incoming.text.strip(),
        version=incoming.version,
        receipt=incoming.receipt,
    )
    return await service.act(actor, job_of(incoming), command)


VERBS: Mapping[Verb, Act] = {Verb.ACKNOWLEDGE: _answered, Verb.SETTLE: _answered}

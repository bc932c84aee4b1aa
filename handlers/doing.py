"""A verb that somebody tapped or wrote: who does it, and the reply to what came of it."""

from collections.abc import Mapping

from dispatch.admission import Admission
from dispatch.errors import MalformedError
from dispatch.joining import Account
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import ADMITTING, RELAYING, TRANSFERRING, Verb
from handlers import applicants, duty, sentences, staff, volunteer, walks
from handlers.cards import card
from handlers.deputies import Deputies
from handlers.families import Families
from handlers.handovers import Handovers
from handlers.messages import Incoming, Reply
from handlers.taps import Act, job_of
from handlers.texts import Texts
from handlers.transfers import Transfers

_VERBS: Mapping[Verb, Act] = {**volunteer.VERBS, **duty.VERBS, **staff.VERBS}


class Doing:
    """What the verbs lead to."""

    def __init__(
        self,
        service: Service,
        admission: Admission,
        transfers: Transfers,
        acting: Deputies,
        handovers: Handovers,
        families: Families,
    ) -> None:
        self._service = service
        self._admission = admission
        self._transfers = transfers
        self._acting = acting
        self._handovers = handovers
        self._families = families

    async def done(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        """Do the verb and say what came of it. Raises `DispatchError` and its kin; repeating is safe."""
        if incoming.verb in ADMITTING:
            return await self._decided(actor, incoming, incoming.verb, texts)
        if incoming.verb in TRANSFERRING:
            return await self._acting.answered(actor, incoming.verb, job_of(incoming), texts)
        if incoming.verb in RELAYING:
            return await self._handovers.here(actor, job_of(incoming), texts)
        if incoming.verb is Verb.HAND_OVER:
            return await self._transfers.offer(actor, incoming, texts)
        if incoming.verb is Verb.THANK:
            account = Account(platform=incoming.address.platform, value=incoming.address.value)
            said = await self._families.tapped(account, incoming.job_id, incoming.text, incoming.receipt)
            if said is not None:
                return said
        act = _VERBS.get(incoming.verb) if incoming.verb is not None else None
        if act is None:
            raise MalformedError
        answer, view = await act(self._service, actor, incoming)
        now = self._service.clock.now()
        return Reply(
            text=walks.answered(answer, incoming, view, texts, now),
            ok=answer.key not in sentences.NOTHING_DONE,
            holds=view.mine is not None and view.mine.live,
            card=card(view, texts, now) if incoming.wants_card else None,
        )

    async def _decided(self, actor: Person, incoming: Incoming, verb: Verb, texts: Texts) -> Reply:
        answer, application = await self._admission.decide(actor, job_of(incoming), verb, incoming.receipt)
        roster = await self._service.roster(actor.committee_id)
        now = self._service.clock.now()
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=applicants.card(application, roster, texts, now, decides=True),
        )

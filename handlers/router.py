"""The one door for platforms: what came in becomes a verb, and the outcome becomes words and a card.

Never raises for anything that a person can do wrong: that becomes a reply in their language.
"""

import logging
from collections.abc import Mapping

from dispatch import access
from dispatch.errors import DispatchError, MalformedError
from dispatch.people import Address, Person
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import duty, pages, posting, sentences, staff, volunteer
from handlers.cards import card
from handlers.messages import Card, Home, Incoming, Reply
from handlers.taps import Act
from handlers.texts import FALLBACK, Catalogs, Texts

_log = logging.getLogger(__name__)

_VERBS: Mapping[Verb, Act] = {**volunteer.VERBS, **duty.VERBS, **staff.VERBS}


class Router:
    """What every platform calls. Everything may be repeated: a second tap or message changes nothing."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs

    async def handle(self, incoming: Incoming) -> Reply:
        """Do what a person typed or tapped, and answer at once. Never raises a `DispatchError`."""
        texts = self._catalogs.texts(incoming.address.language or FALLBACK)
        try:
            actor = await self._service.person(incoming.address)
            texts = self._catalogs.texts(actor.language)
            if incoming.verb in (None, Verb.POST):
                return await self._posted(actor, incoming, texts)
            return await self._tapped(actor, incoming, texts)
        except DispatchError as error:
            # Ids and keys only: who tried what, for whoever looks after the committee's safety.
            _log.warning(
                "refused (%s): %s by address %d on job %s",
                error.key,
                incoming.verb or "a message",
                incoming.address.id,
                incoming.job_id,
            )
            return Reply(text=sentences.refusal(error, texts), ok=False)

    async def home(self, address: Address) -> Home:
        """The person's own page. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        return pages.home(
            reader,
            await self._service.roster(reader.committee_id),
            await self._service.home(reader),
            self._service.playbooks,
            await self._service.on_duty(reader.committee_id),
            self._catalogs.texts(reader.language),
            self._service.clock.now(),
        )

    async def card(self, address: Address, job_id: int) -> Card:
        """The job's card for whoever reads this address, as it is now; a room reads as nobody.

        Raises `UnknownPersonError`, and `UnknownJobError` for a job of another committee.
        """
        reader = None if address.person_id is None else await self._service.person(address)
        view = await self._service.view(address.committee_id, job_id, reader)
        language = reader.language if reader is not None else address.language
        texts = self._catalogs.texts(language or view.situation.roster.committee.language)
        return card(view, texts, self._service.clock.now())

    async def set_language(self, address: Address, language: str) -> None:
        """What the person reads from now on. Raises `MalformedError` for a language there is none of."""
        if language not in self._catalogs.languages:
            raise MalformedError
        await self._service.set_language(await self._service.person(address), language)

    async def _posted(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        roster = await self._service.roster(actor.committee_id)
        if not access.allows(Verb.POST, actor, actor.committee_id):
            return volunteer.explained(roster, texts)
        understood = posting.posting(incoming, actor, roster, self._service.playbooks)
        view = await self._service.post(actor, understood.draft)
        now = self._service.clock.now()
        return Reply(text=posting.posted(view, understood, texts, now), card=card(view, texts, now))

    async def _tapped(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        act = _VERBS.get(incoming.verb) if incoming.verb is not None else None
        if act is None:
            raise MalformedError
        answer, view = await act(self._service, actor, incoming)
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=card(view, texts, self._service.clock.now()),
        )

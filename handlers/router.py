"""The one door for platforms: what came in becomes a verb, and the outcome becomes words and a card.

Never raises for anything that a person can do wrong: that becomes a reply in their language.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from dispatch import access
from dispatch.admission import Admission
from dispatch.errors import DispatchError, MalformedError
from dispatch.joining import Account
from dispatch.people import PAGE, Address, Person
from dispatch.service import Service
from dispatch.verbs import ADMITTING, Verb
from handlers import applicants, commands, duty, inquiries, pages, posting, sentences, staff, volunteer
from handlers.cards import card
from handlers.commands import Typed, Word
from handlers.inquiries import Inquiries
from handlers.joining import Invites, Joining
from handlers.messages import Card, Home, Incoming, Reply, Stranger
from handlers.taps import Act, job_of
from handlers.texts import FALLBACK, Catalogs, Texts

_log = logging.getLogger(__name__)

_VERBS: Mapping[Verb, Act] = {**volunteer.VERBS, **duty.VERBS, **staff.VERBS}


class Router:
    """What every platform calls. Everything may be repeated: a second tap or message changes nothing.

    Without `invites` an invitation cannot be opened in a chat.
    """

    def __init__(self, service: Service, catalogs: Catalogs, invites: Invites | None = None) -> None:
        self._service = service
        self._catalogs = catalogs
        self._admission = Admission(service.store, service.bell, service.clock)
        self._inquiries = Inquiries(service, self._admission)
        self._joining = Joining(service, self._admission, catalogs, invites)

    async def handle(self, incoming: Incoming) -> Reply:
        """Do what a person typed or tapped, and answer at once. Never raises a `DispatchError`."""
        texts = self._catalogs.texts(incoming.address.language or FALLBACK)
        try:
            actor = await self._service.person(incoming.address)
            texts = self._catalogs.texts(actor.language)
            if incoming.verb in (None, Verb.POST):
                return await self._said(actor, incoming, texts)
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

    async def meet(self, stranger: Stranger, text: str, phone: str = "", receipt: str = "") -> Reply:
        """Answer somebody without an address: an invitation, an application, or how to come in.

        `phone` is what they shared as their own number. Never raises a `DispatchError`. A repeated
        message adds nothing to an application, so `receipt` is not needed for it."""
        del receipt
        return await self._joining.meet(stranger, text, phone)

    async def home(self, address: Address) -> Home:
        """The person's own page. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        roster = await self._service.roster(reader.committee_id)
        home = pages.home(
            reader,
            roster,
            await self._service.home(reader),
            self._service.playbooks,
            await self._service.on_duty(reader.committee_id),
            texts,
            now,
        )
        waiting = [
            applicants.card(each, roster, texts, now, decides=True)
            for each in await self._admission.waiting(reader)
        ]
        return replace(home, applications=tuple(waiting), quiet="" if waiting else home.quiet)

    async def card(self, address: Address, job_id: int) -> Card:
        """The job's card for whoever reads this address, as it is now; a room reads as nobody.

        Raises `UnknownPersonError`, and `UnknownJobError` for a job of another committee.
        """
        reader = None if address.person_id is None else await self._service.person(address)
        view = await self._service.view(address.committee_id, job_id, reader)
        language = reader.language if reader is not None else address.language
        texts = self._catalogs.texts(language or view.situation.roster.committee.language)
        return card(view, texts, self._service.clock.now())

    async def application_card(self, address: Address, application_id: int) -> Card:
        """An application's card for whoever reads this address; the applicant, once let in, is welcomed.

        Raises `UnknownPersonError` and `UnknownApplicationError`."""
        reader = await self._service.person(address)
        application = await self._admission.application(reader.committee_id, application_id)
        roster = await self._service.roster(reader.committee_id)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        if reader.id == application.person_id:
            return applicants.welcome(application, reader, roster, texts, now)
        decides = access.allows(Verb.APPROVE, reader, reader.committee_id)
        return applicants.card(application, roster, texts, now, decides=decides)

    async def set_language(self, address: Address, language: str) -> None:
        """What the person reads from now on. Raises `MalformedError` for a language there is none of."""
        if language not in self._catalogs.languages:
            raise MalformedError
        await self._service.set_language(await self._service.person(address), language)

    async def _said(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        """Words: a command, a remark on a card, or a new job. A short form's words are never a command."""
        typed = None if incoming.fields else commands.read(incoming.text, about=incoming.about)
        if typed is not None and typed.word is not Word.JOB:
            return await self._commanded(actor, incoming, typed, texts)
        if typed is not None:
            return await self._posted(actor, replace(incoming, text=typed.rest), texts)
        if incoming.about is not None:
            return await self._tapped(actor, commands.remark(incoming, desk=actor.desk), texts)
        if incoming.phone and not incoming.text:
            return inquiries.inside(texts)
        return await self._posted(actor, incoming, texts)

    async def _commanded(self, actor: Person, incoming: Incoming, typed: Typed, texts: Texts) -> Reply:
        if (verb := commands.VERBS.get(typed.word)) is not None:
            if typed.number is None:
                return inquiries.number_missing(typed.word, texts)
            return await self._worded(actor, incoming, verb, typed.number, typed.rest, texts)
        if typed.word is Word.START and typed.rest and incoming.address.platform != PAGE:
            account = Account(platform=incoming.address.platform, value=incoming.address.value)
            return await self._joining.enter(typed.rest, account)
        if typed.word is Word.HELP:
            job = await self._inquiries.in_hand(actor, typed.number)
            if job is not None:
                return await self._worded(actor, incoming, Verb.HELP, job, typed.rest, texts)
        return await self._inquiries.answer(actor, typed.word, texts)

    async def _worded(
        self, actor: Person, incoming: Incoming, verb: Verb, number: int, words: str, texts: Texts
    ) -> Reply:
        """A verb that was written. It is about the present, so it carries no version."""
        said = replace(incoming, verb=verb, job_id=number, version=None, text=words)
        return await self._tapped(actor, said, texts)

    async def _posted(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        roster = await self._service.roster(actor.committee_id)
        if not access.allows(Verb.POST, actor, actor.committee_id):
            return volunteer.explained(roster, texts)
        understood = posting.posting(incoming, actor, roster, self._service.playbooks)
        view = await self._service.post(actor, understood.draft)
        now = self._service.clock.now()
        return Reply(text=posting.posted(view, understood, texts, now), card=card(view, texts, now))

    async def _tapped(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        if incoming.verb in ADMITTING:
            return await self._decided(actor, incoming, incoming.verb, texts)
        act = _VERBS.get(incoming.verb) if incoming.verb is not None else None
        if act is None:
            raise MalformedError
        answer, view = await act(self._service, actor, incoming)
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=card(view, texts, self._service.clock.now()),
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

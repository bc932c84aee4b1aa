"""The one door for platforms: what came in becomes a verb, and the outcome becomes words and a card.

Never raises for anything that a person can do wrong: that becomes a reply in their language.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from dispatch import access
from dispatch.admission import Admission
from dispatch.errors import DispatchError, MalformedError
from dispatch.exchange import Exchange
from dispatch.guides import Guides
from dispatch.joining import Account
from dispatch.people import PAGE, Address, Person
from dispatch.service import Service
from dispatch.succession import Succession
from dispatch.verbs import Verb
from dispatch.whereabouts import Shared
from handlers import (
    applicants,
    commands,
    hours,
    inquiries,
    naming,
    pages,
    pauses,
    pins,
    posting,
    remarks,
    rings,
    sentences,
    volunteer,
    whereabouts,
)
from handlers.album import Album
from handlers.briefs import Briefs
from handlers.buildings import Buildings
from handlers.cards import card
from handlers.care import Care
from handlers.charts import Draw
from handlers.commands import Typed
from handlers.depictions import Depictions
from handlers.deputies import Deputies
from handlers.desk import Desk
from handlers.doing import Doing
from handlers.families import Families
from handlers.family_links import FamilyLinks
from handlers.front import Front
from handlers.handovers import Handovers
from handlers.home import Home, Rest, Unreachable
from handlers.inquiries import Inquiries
from handlers.joining import Invites, Joining
from handlers.loads import Loads
from handlers.messages import Card, Incoming, Reply, Stranger
from handlers.reporting import Reporting
from handlers.rota import Rota
from handlers.runs import Runs
from handlers.rush import Rush
from handlers.several import Several
from handlers.sheets import Hours
from handlers.texts import FALLBACK, Catalogs, Texts
from handlers.thanks import Thanked
from handlers.transfers import Transfers
from handlers.vocabulary import VERBS, Word

_log = logging.getLogger(__name__)


class Router:
    """What every platform calls. Everything may be repeated: a second tap or message changes nothing. Without
    `invites` an invitation cannot be opened in a chat, without `draw` nobody gets a chart, without `guides`
    no step has a picture, without `sms` no family is told by SMS, and without `notice_link` no chat leads to
    the notice for a building's door."""

    def __init__(
        self,
        service: Service,
        catalogs: Catalogs,
        invites: Invites | None = None,
        succession: Succession | None = None,
        draw: Draw | None = None,
        guides: Guides | None = None,
        *,
        sms: bool = False,
        notice_link: Callable[[int, int], str] | None = None,
    ) -> None:
        self._service = service
        self._catalogs = catalogs
        self._admission = Admission(service.store, service.bell, service.clock)
        self._inquiries = Inquiries(service, self._admission)
        self.joining = Joining(service, self._admission, catalogs, invites)
        self.reporting = Reporting(service, self._admission, catalogs)
        self.desk = Desk(service, catalogs)
        self.rota = Rota(service, catalogs)
        self.briefs = Briefs(service, catalogs)
        self.loads = Loads(service, catalogs, draw)
        self.buildings = Buildings(service, catalogs, notice_link)
        self.care = Care(service, catalogs)
        self.depictions = Depictions(service, catalogs)
        self.runs = Runs(service, catalogs)
        self.thanks = Thanked(service, catalogs)
        self.families = Families(service, catalogs, invites)
        self.family_links = FamilyLinks(service, catalogs, sms=sms)
        self.album = Album(service, catalogs, guides)
        succession = succession or Succession(service)
        self.transfers = Transfers(service, catalogs, Exchange(service, succession.pace))
        self.acting = Deputies(service, catalogs, self.transfers)
        others = self.transfers, self.acting, self.buildings
        self.handovers = Handovers(service, catalogs, succession, *others)
        self._front = Front(
            service, catalogs, self._admission, self._inquiries, self.handovers, self.buildings
        )
        self._doing = Doing(
            service, self._admission, self.transfers, self.acting, self.handovers, self.families
        )
        self.several = Several(service, catalogs)
        self.rush = Rush()
        """Platforms count their taps here: cards that ring nobody give way to the answers."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of job that there are."""
        return frozenset(self._service.playbooks)

    async def handle(self, incoming: Incoming) -> Reply:
        """Do what a person typed or tapped, and answer at once. Never raises a `DispatchError`."""
        texts = self._catalogs.texts(incoming.address.language or FALLBACK)
        try:
            actor = await self._service.person(incoming.address)
            texts = self._catalogs.texts(actor.language)
            if incoming.verb in (None, Verb.POST):
                return await self._said(actor, incoming, texts)
            return await self._doing.done(actor, incoming, texts)
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
        message adds nothing to an application; `receipt` is for what family says (`handlers.families`)."""
        try:
            said = await self.families.met(stranger, text, receipt)
        except DispatchError as error:
            _log.warning("refused (%s): family on %s", error.key, stranger.platform)
            return Reply(text=sentences.refusal(error, self._catalogs.texts(stranger.language)), ok=False)
        return said or await self.joining.meet(stranger, text, phone)

    async def home(self, address: Address) -> Home:
        """The person's own page. Raises `UnknownPersonError`."""
        return await self._front.home(address)

    async def near(self, address: Address) -> tuple[Card, ...]:
        """What is open nearby now, as `Home.near`. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts = self._catalogs.texts(reader.language)
        return pages.nearby(await self._service.near(reader), texts, self._service.clock.now())

    async def pause(self, address: Address, said: str) -> Reply:
        """Begin or end the rest of whoever reads this address, as they would write it behind `/pause`.

        Raises `UnknownPersonError`, and `StoreUnavailableError`: then nothing was changed."""
        actor = await self._service.person(address)
        return await self._rests(actor, said, self._catalogs.texts(actor.language))

    async def rest(self, address: Address) -> Rest | None:
        """How it stands with that rest now, as `Home.rest`. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        roster, texts = await self._service.roster(reader.committee_id), self._catalogs.texts(reader.language)
        return pauses.rest(reader, roster, texts, self._service.clock.now())

    async def hours(self, address: Address) -> Hours:
        """What whoever reads this address has given so far. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        return hours.hours(
            await self._service.served(reader),
            await self._service.roster(reader.committee_id),
            self._service.playbooks,
            self._catalogs.texts(reader.language),
            self._service.clock.now(),
        )

    async def unreached(self, address: Address) -> Unreachable:
        """Who cannot be reached now, for whoever reads this address. Raises `UnknownPersonError`, and
        `NotAllowedError` for those who do not follow every job."""
        reader = await self._service.person(address)
        return await self._inquiries.unreached(reader, self._catalogs.texts(reader.language))

    async def card(self, address: Address, job_id: int) -> Card:
        """The job's card for whoever reads this address, as it is now; a room reads as nobody.

        Raises `UnknownPersonError`, and `UnknownJobError` for a job of another committee.
        """
        reader = None if address.person_id is None else await self._service.person(address)
        view = await self._service.view(address.committee_id, job_id, reader)
        language = reader.language if reader is not None else address.language
        texts = self._catalogs.texts(language or view.situation.roster.committee.language)
        return card(view, texts, self._service.clock.now())

    async def public_card(self, committee_id: int, job_id: int, language: str) -> Card:
        """The job's card as a room reads it: with names of volunteers, and nothing private.

        Raises `UnknownJobError` for a job of another committee."""
        view = await self._service.view(committee_id, job_id, None)
        return card(view, self._catalogs.texts(language), self._service.clock.now())

    async def application_card(self, address: Address, application_id: int) -> Card:
        """An application's card for whoever reads this address; the applicant, once let in, is welcomed, and
        one who was declined is told so.

        Raises `UnknownPersonError` and `UnknownApplicationError`."""
        if address.person_id is None:
            return await self.joining.declined(address, application_id)
        reader = await self._service.person(address)
        application = await self._admission.application(reader.committee_id, application_id)
        roster = await self._service.roster(reader.committee_id)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        if reader.id == application.person_id:
            return applicants.welcome(application, reader, roster, texts, now)
        decides = access.allows(Verb.APPROVE, reader, reader.committee_id)
        return applicants.card(application, roster, texts, now, decides=decides)

    async def drill_card(self, address: Address, number: int) -> Card:
        """The test of this number for whoever reads this address. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        roster = await self._service.roster(address.committee_id)
        return rings.drill(number, roster, self._catalogs.texts(reader.language))

    async def relay_card(self, address: Address, relay_id: int) -> Card:
        """A relay's card for whoever reads this address. Raises `UnknownPersonError`, `UnknownRelayError`."""
        return await self.handovers.card(address, relay_id)

    async def out(self, address: Address, said: str) -> Reply:
        """Whoever reads this address is out, or back, as they would write it behind `/out`.

        Raises `UnknownPersonError`, and `StoreUnavailableError`: then nothing was changed."""
        actor = await self._service.person(address)
        return await self.handovers.out(actor, said, self._catalogs.texts(actor.language))

    async def shares(self, address: Address, place: Shared) -> Reply:
        """Whoever has the address shares where they are for a while, or no more. Raises `OffTheMapError` and
        `UnknownPersonError`."""
        actor = await self._service.person(address)
        return await whereabouts.shared(self._service, actor, place, self._catalogs.texts(actor.language))

    async def set_language(self, address: Address, language: str) -> None:
        """What the person reads from now on. Raises `MalformedError` for a language there is none of."""
        if language not in self._catalogs.languages:
            raise MalformedError
        await self._service.set_language(await self._service.person(address), language)

    async def _said(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        """Words: a command, a remark on a card, or a new job. A short form's words are never a command, nor
        are those that stand beside a place."""
        if incoming.place is not None:
            return await pins.pinned(self._service, actor, incoming, incoming.place, texts)
        typed = None if incoming.fields else commands.read(incoming.text, about=incoming.about)
        if typed is not None and typed.word is not Word.JOB:
            return await self._commanded(actor, incoming, typed, texts)
        if typed is not None:
            return await self._posted(actor, replace(incoming, text=typed.rest), texts)
        if incoming.about is not None:
            remark = await remarks.read(self._service, actor, incoming.about, incoming, texts)
            return await self._doing.done(actor, remark, texts)
        if incoming.phone and not incoming.text:
            return inquiries.inside(texts)
        said = None if incoming.fields else await self._overheard(actor, incoming, texts)
        return said or await self._posted(actor, incoming, texts)

    async def _overheard(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply | None:
        """Free words that are no job: what was found at a round's doors, or how it stands with a building."""
        ticked = await self.runs.overheard(actor, incoming.text, texts)
        return ticked or await self.buildings.overheard(actor, incoming, texts)

    async def _commanded(self, actor: Person, incoming: Incoming, typed: Typed, texts: Texts) -> Reply:
        if (verb := VERBS.get(typed.word)) is not None:
            return await self._ordered(actor, incoming, verb, typed, texts)
        if (code := commands.invitation(typed)) and incoming.address.platform != PAGE:
            account = Account(platform=incoming.address.platform, value=incoming.address.value)
            to = incoming.committee
            return await self.families.opens(code, account, to) or await self.joining.enter(
                code, account, to=to
            )
        if typed.word in (Word.PAUSE, Word.RESUME):
            return await self._rests(actor, typed.rest if typed.word is Word.PAUSE else "off", texts)
        if typed.word is Word.HELP:
            job = await self._inquiries.in_hand(actor, typed.number)
            if job is not None:
                return await self._worded(actor, incoming, Verb.HELP, job, typed.rest, texts)
        ask = {
            Word.STATUS: self.buildings.asked,
            Word.LINK: self.joining.linking.asked,
            Word.STOP: self.families.asked_to_stop,
        }.get(typed.word)
        if ask is not None:
            return await ask(actor, incoming, typed.rest, texts)
        return await self._told(actor, typed, texts)

    async def _told(self, actor: Person, typed: Typed, texts: Texts) -> Reply:
        rest = {
            Word.DUTY: self.rota.asked,
            Word.OUT: self.handovers.out,
            Word.ACTING: self.acting.asked,
            Word.JOIN: self.joining.brings,
            Word.TRUST: self.desk.trust,
            Word.CARE: self.care.asked,
        }.get(typed.word)
        if rest is not None:
            return await rest(actor, typed.rest, texts)
        numbered = {
            Word.HERE: self.handovers.here,
            Word.ASKED: self._inquiries.asked,
            Word.CANT_COME: self.care.absent,
        }.get(typed.word)
        if numbered is not None:
            return await numbered(actor, typed.number, texts)
        match typed.word:
            case Word.TICK:
                return await self.runs.said(typed.number, actor, typed.rest, texts)
            case Word.ACCEPT | Word.TURN_DOWN:
                verb = Verb.TAKE_OVER if typed.word is Word.ACCEPT else Verb.TURN_DOWN
                return await self.acting.answered(actor, verb, typed.number, texts)
            case Word.BRIEF | Word.LOAD:
                told = self.briefs.told if typed.word is Word.BRIEF else self.loads.told
                return await told(actor, texts)
        return await self._inquiries.answer(actor, typed.word, texts)

    async def _rests(self, actor: Person, said: str, texts: Texts) -> Reply:
        job = await self._inquiries.in_hand(actor, None)
        return await pauses.wished(self._service, actor, said, texts, job=job)

    async def _ordered(
        self, actor: Person, incoming: Incoming, verb: Verb, typed: Typed, texts: Texts
    ) -> Reply:
        """A verb as a command; what must be known and was not said is asked for."""
        number = typed.number
        if number is None and commands.about_ones_own(typed):
            number = await self._inquiries.only_one_in_hand(actor)
        if number is None:
            return inquiries.number_missing(typed.word, texts)
        if verb is Verb.ASSIGN and not typed.rest:
            return inquiries.name_missing(texts)
        if verb is Verb.SAY and not typed.rest:
            return inquiries.words_missing(texts)
        if verb is Verb.HAND_OVER and not typed.rest:
            return inquiries.committee_missing(texts)
        return await self._worded(actor, incoming, verb, number, typed.rest, texts)

    async def _worded(
        self, actor: Person, incoming: Incoming, verb: Verb, number: int, words: str, texts: Texts
    ) -> Reply:
        """A verb that was written. It is about the present, so it carries no version."""
        said = replace(incoming, verb=verb, job_id=number, version=None, text=words)
        return await self._doing.done(actor, await naming.named(self._service, actor, said, texts), texts)

    async def _posted(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        roster = await self._service.roster(actor.committee_id)
        if not access.allows(Verb.POST, actor, actor.committee_id):
            return volunteer.explained(roster, texts, await self._inquiries.only_one_in_hand(actor))
        understood = posting.posting(incoming, actor, roster, self._service.playbooks)
        view = await self._service.post(actor, understood.draft)
        now = self._service.clock.now()
        return Reply(text=posting.posted(view, understood, texts, now), card=card(view, texts, now))

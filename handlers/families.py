"""Family of a resident in a chat or on a page: what they are told, their thanks, and how it ends.

Whatever else they write is answered and kept by nobody. No message says whom it is about, or behind which
door: whoever it is for knows, and a phone lies about. How it stands with a building is posted at its gate.
"""

import logging
import re
from dataclasses import dataclass, replace
from typing import Protocol

from dispatch import duty
from dispatch.errors import DispatchError, LinkForgedError, UnknownJobError
from dispatch.events import Entry, EventKind
from dispatch.gatekeeping import Gatekeeping
from dispatch.jobs import Job
from dispatch.joining import Account
from dispatch.kinship import Kinship
from dispatch.people import PAGE, SMS, Address, Person, Roster
from dispatch.service import Service
from dispatch.telling import CODE_LASTS, Family, Ticket, presses, words
from dispatch.verbs import Answer, AnswerKey, Verb
from handlers import inquiries, sentences, status_cards, statuses
from handlers.cards import NORMAL_RANK, at_night
from handlers.messages import Action, Card, Incoming, Reply, Stranger, Style, Tone
from handlers.posting import check_length
from handlers.texts import Catalogs, Texts

_log = logging.getLogger(__name__)

_STOP = re.compile(r"\s*[/!！]?(?:stop|停止|退订)(?:@\w+)?[\s.!。！]*", re.IGNORECASE)
_THANKS = re.compile(r"谢谢|多谢|感谢|\bthank", re.IGNORECASE)
"""Somewhere in what they write: so people thank."""
_BARE = re.compile(
    r"[\s/!！]*(?:谢谢|多谢|感谢|thanks?)(?:@\w+)?\s*(?:you|你们?|您|大家)?[\s.!。！~～]*", re.IGNORECASE
)
"""Thanks, and no words beside."""
_SIGN = re.compile(r"^\s*[/!！]")
_JOINS = re.compile(r"\s*[/!！]?(?:join|加入|报名|link|关联|绑定|start)\b", re.IGNORECASE)


class Codes(Protocol):
    """Makes and reads what leads from a page of theirs into a chat."""

    def family(self, code: str) -> Ticket | None:
        """What the code says; None for one that is no code of theirs. Raises `LinkExpiredError`."""

    def of_family(self, ticket: Ticket, expires: int) -> str:
        """A code, good until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that was done. `thanked`: they gave thanks for it, and said it in words, too, or may no
    more."""

    job_id: int
    day: str
    said: str
    thanked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    """What their page says. `code` leads into a chat; `platform` is the chat that they are told in."""

    language: str
    committee: str
    name: str
    demo: bool
    platform: str
    code: str
    whom: str
    own: bool
    """It is the resident's."""
    building: str
    """How it stands with the building of the one for whom they care, while there is something to know."""
    lines: tuple[Line, ...]


class Families:
    """Answers family. Without `codes` no page leads into a chat."""

    def __init__(self, service: Service, catalogs: Catalogs, codes: Codes | None) -> None:
        self._service = service
        self._catalogs = catalogs
        self._codes = codes
        self._kinship = Kinship(service)
        self._gates = Gatekeeping(service)

    async def card(self, address: Address, job_id: int, number: int) -> Card | None:
        """What was done, for whoever reads this address, as the message of this number; None where they are
        no family of that job's resident any more. Without a sound while most people sleep, unless they should
        hear it from a person as well. For SMS it is short, names nobody and asks nothing."""
        family = await self._service.store.family_of_job(address.committee_id, job_id, address.id)
        if family is None:
            return None
        roster, now = await self._service.roster(family.committee_id), self._service.clock.now()
        texts = self._catalogs.texts(family.language)
        say = texts.say
        state, pressing = await self._told(family.committee_id, job_id, texts)
        card = Card(
            job_id=job_id,
            version=1,
            tone=Tone.DONE,
            title=say("News from {committee}", committee=roster.committee.name),
            badge="",
            state=state,
            notes=(
                whom(roster, now, texts),
                say("Your thanks, by the button or in words (“thanks …”), reach those who did it."),
                _nobody_reads(texts),
            ),
            actions=(
                Action(
                    verb=Verb.THANK,
                    job_id=job_id,
                    version=1,
                    label=say("Thank you"),
                    style=Style.SUCCESS,
                ),
            ),
            rank=NORMAL_RANK,
            silent=at_night(roster.committee, now) and not pressing,
            told=number,
        )
        if address.platform != SMS:
            return card
        return replace(card, actions=(), notes=(say("If you want to know more, ring the committee."),))

    async def notice(self, address: Address, relay_id: int, number: int) -> Card | None:
        """How it stands with a building, for whoever reads this address because of somebody there, as the
        message of this number; None where that is so no more, or something newer of it is on its way."""
        relay = await self._gates.newest(address.committee_id, relay_id)
        building = 0 if relay is None else relay.building_id or 0
        family = await self._service.store.kin_in(address, building)
        roster, now = await self._service.roster(address.committee_id), self._service.clock.now()
        if family is None or building not in roster.buildings:
            return None
        texts = self._catalogs.texts(family.language)
        notes = whom(roster, now, texts), _nobody_reads(texts)
        return status_cards.to_family(number, building, roster, texts, now, notes)

    async def met(self, stranger: Stranger, text: str, receipt: str) -> Reply | None:
        """Answer somebody who is nobody of the committee, where it is about this; None where it is not.
        Raises `DispatchError`."""
        account = Account(platform=stranger.platform, value=stranger.value)
        ticket = self._ticket(text)
        if ticket is not None:
            return await self._entered(ticket, account, stranger.committee)
        found = await self._kinship.of(account)
        if not found or _JOINS.match(text):
            return None
        if _STOP.fullmatch(text):
            return await self._stopped(account, found[0])
        if _THANKS.search(text):
            return await self._thanks_in_words(found, text, receipt)
        return await self._explained(found[0])

    async def knows(self, stranger: Stranger) -> bool:
        """They are told something in that chat."""
        return bool(await self._kinship.of(Account(platform=stranger.platform, value=stranger.value)))

    async def tapped(self, account: Account, job_id: int | None, text: str, receipt: str) -> Reply | None:
        """The button below a message of ours, whoever else they are; None where the job is about nobody of
        theirs. Raises `DispatchError`."""
        for family in await self._kinship.of(account):
            try:
                answer = await self._thanked(family, job_id or 0, text, receipt)
            except UnknownJobError:
                continue
            return _answered(answer, self._catalogs.texts(family.language))
        return None

    async def thanked(self, stranger: Stranger, job_id: int, receipt: str) -> Reply | None:
        """The same for somebody who is nobody of the committee. Never raises a `DispatchError`."""
        account = Account(platform=stranger.platform, value=stranger.value)
        try:
            return await self.tapped(account, job_id, "", receipt)
        except DispatchError as error:
            return Reply(text=sentences.refusal(error, self._catalogs.texts(stranger.language)), ok=False)

    async def opens(self, text: str, account: Account, to: str | None) -> Reply | None:
        """Somebody of the committee opens a link of theirs: they are family beside what they are here. None
        for words that are none; `to` as for `Kinship.enter`. Raises `DispatchError`."""
        ticket = self._ticket(text)
        return None if ticket is None else await self._entered(ticket, account, to)

    async def asked_to_stop(self, actor: Person, incoming: Incoming, _words: str, texts: Texts) -> Reply:
        """`/stop` of somebody of the committee: it is about this, and about no job."""
        del actor
        account = Account(platform=incoming.address.platform, value=incoming.address.value)
        found = await self._kinship.of(account)
        if found:
            return await self._stopped(account, found[0])
        return Reply(text=texts.say("You are told of nobody's care here. To be asked less: /pause"), ok=False)

    async def page(self, ticket: Ticket) -> FamilyPage:
        """Their page. Raises `LinkRevokedError`."""
        family = await self._kinship.opened(ticket)
        roster, now = await self._service.roster(family.committee_id), self._service.clock.now()
        texts = self._catalogs.texts(family.language)
        jobs = await self._kinship.news(family)
        code = ""
        chat = None if family.address is None or family.address.platform == SMS else family.address
        if chat is None and self._codes is not None:
            code = self._codes.of_family(ticket, now + CODE_LASTS)
        return FamilyPage(
            language=family.language,
            committee=roster.committee.name,
            name=family.name,
            demo=roster.committee.demo,
            platform="" if chat is None else chat.platform.capitalize(),
            code=code,
            whom=whom(roster, now, texts),
            own=family.own,
            building=await self._building(family, roster, texts),
            lines=tuple([await self._line(family, job, roster, texts) for job in jobs]),
        )

    async def page_thanks(self, ticket: Ticket, job_id: int, text: str) -> Reply:
        """Thanks from their page. Raises `DispatchError`."""
        family = await self._kinship.opened(ticket)
        answer = await self._thanked(family, job_id, text.strip(), "")
        return _answered(answer, self._catalogs.texts(family.language))

    async def page_stop(self, ticket: Ticket) -> None:
        """They want to hear nothing more. Raises `LinkRevokedError`."""
        await self._kinship.leave(ticket)

    async def _building(self, family: Family, roster: Roster, texts: Texts) -> str:
        now = self._service.clock.now()
        building = await self._service.store.home_of(family) or 0
        if building not in roster.buildings or not statuses.news(building, roster, now):
            return ""
        return statuses.line(building, roster, texts, now)

    async def _told(self, committee_id: int, job_id: int, texts: Texts) -> tuple[str, bool]:
        """When, and what may be told of it; and whether it is to be heard at once."""
        view = await self._service.store.situation(committee_id, job_id)
        entries = await self._service.store.timeline(committee_id, job_id)
        found = [_found(each) for each in entries if each.kind is EventKind.FOUND]
        said = texts.pick(words(view.playbook, found))
        at = view.job.closed_at or entries[-1].at
        said = f"{texts.clock(at, view.roster.committee.timezone)} {said}"
        return said, presses(view.playbook, found)

    async def _line(self, family: Family, job: Job, roster: Roster, texts: Texts) -> Line:
        return Line(
            job_id=job.id,
            day=texts.day(job.closed_at or job.posted_at, roster.committee.timezone),
            said=(await self._told(family.committee_id, job.id, texts))[0],
            thanked=-family.id in job.thanked_by,
        )

    def _ticket(self, text: str) -> Ticket | None:
        """What somebody brings who types, or opens, a code; None for other words."""
        last = text.rsplit(maxsplit=1)[-1] if text.split() else ""
        return None if self._codes is None else self._codes.family(last)

    async def _entered(self, ticket: Ticket, account: Account, to: str | None) -> Reply:
        if account.platform == PAGE:
            raise LinkForgedError
        family = await self._kinship.enter(ticket, account, to=to)
        _log.info("family link %d was opened", family.id)
        texts, roster = self._catalogs.texts(family.language), await self._service.roster(family.committee_id)
        return Reply(text=texts.sentences(_from_now_on(family, roster, texts), _how(family, roster, texts)))

    async def _stopped(self, account: Account, family: Family) -> Reply:
        await self._kinship.stop(account)
        texts = self._catalogs.texts(family.language)
        return Reply(text=texts.say("You are told nothing more, and this account is forgotten here."))

    async def _explained(self, family: Family) -> Reply:
        texts, roster = self._catalogs.texts(family.language), await self._service.roster(family.committee_id)
        said = texts.say(
            "Nobody reads this chat, and nothing was passed on. If you are worried, ring the committee."
        )
        return Reply(text=texts.sentences(said, _how(family, roster, texts)), ok=False)

    async def _thanks_in_words(self, found: tuple[Family, ...], said: str, receipt: str) -> Reply:
        """For what was done last, of what nobody has been thanked for in words."""
        texts = self._catalogs.texts(found[0].language)
        text = "" if _BARE.fullmatch(said) else _SIGN.sub("", said).strip()
        newest = [(job.closed_at or 0, job, each) for each in found for job in await self._kinship.news(each)]
        if not newest:
            return Reply(
                text=texts.say("Nothing was done of late that anybody could be thanked for."), ok=False
            )
        _, job, family = max(newest, key=lambda each: (each[0], each[1].id))
        return _answered(await self._thanked(family, job.id, text, receipt), texts)

    async def _thanked(self, family: Family, job_id: int, text: str, receipt: str) -> Answer:
        check_length(text, {})
        return await self._kinship.thank(family, job_id, text, receipt)


def whom(roster: Roster, now: int, texts: Texts) -> str:
    """Whom of the committee to ring; a number stands nowhere here."""
    who = roster.people.get(duty.on_duty(roster, now) or 0)
    if who is None:
        return texts.say("If you want to know more, ring the committee.")
    return texts.say("If you want to know more, ring the committee; {person} is on duty.", person=who.name)


def _nobody_reads(texts: Texts) -> str:
    return texts.say("Nobody reads this chat. To hear nothing more, write /stop.")


def _from_now_on(family: Family, roster: Roster, texts: Texts) -> str:
    committee = roster.committee.name
    if family.own:
        return texts.say(
            "From now on {committee} tells you here when your building is sealed or opened.",
            committee=committee,
        )
    return texts.say(
        "From now on {committee} tells you here when something was done for the one you care for, and when "
        "their building is sealed or opened.",
        committee=committee,
    )


def _how(family: Family, roster: Roster, texts: Texts) -> str:
    said = texts.say("To give thanks, write “thanks …”; to hear nothing more, /stop.")
    if family.own:
        said = texts.say("To hear nothing more, write /stop.")
    return texts.sentences(said, inquiries.emergency(roster, texts))


def _found(entry: Entry) -> tuple[str, str]:
    return str(entry.data.get("at_step", "")), str(entry.data.get("finding", ""))


def _answered(answer: Answer, texts: Texts) -> Reply:
    """No name of whoever did it: that is theirs to give."""
    if answer.key is AnswerKey.THANKED:
        on_way = texts.say("Your thanks are on their way to those who did it.")
        return Reply(text=texts.sentences(on_way, texts.say("If you are worried, ring the committee.")))
    if answer.key is AnswerKey.NOT_THANKED:
        return Reply(text=texts.say("It is not over yet: please thank them when it is."), ok=False)
    return Reply(text=sentences.answer(answer, texts), ok=False)

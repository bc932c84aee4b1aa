"""Coming in through a chat: an invitation that is opened, or an application in one message.

There is no dialogue to get lost in: what somebody said of themselves is in their application, every message
adds to it, and what is missing is asked once, with buttons.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from zoneinfo import ZoneInfo

from dispatch import ages
from dispatch.admission import Admission
from dispatch.errors import DispatchError, LinkForeignError, LinkForgedError, UnknownApplicationError
from dispatch.joining import (
    NAME_LIMIT,
    NOTHING,
    Account,
    Application,
    Filed,
    Offering,
    Request,
    Ticket,
)
from dispatch.moments import Micros, to_datetime
from dispatch.people import Address, Committee, Person, Roster
from dispatch.service import Service
from handlers import applicants, commands, families, inquiries, offering, phones, places, sentences
from handlers.folding import BLANK, Folded, fold
from handlers.linking import Linking
from handlers.messages import Card, Choice, Reply, Stranger
from handlers.offering import Option
from handlers.texts import Catalogs, Texts
from handlers.vocabulary import Word

_log = logging.getLogger(__name__)

MOST_BUTTONS = 60
"""Buildings offered as buttons; a committee with more of them writes the building."""

BUTTON_BYTES = 48
"""What a button may carry: chats allow 64, and the platform adds a few of its own."""

READ_LIMIT = 300
"""Characters of an application that are read: a name, a building and a number several times over."""

_CHOSEN = "@"
"""In a button's value it marks the committee's number: `join @3`."""
_BORN = re.compile(
    r"\bborn(?: in)? ?(\d{4})(?!\d)|(?:出生于|生于) ?(\d{4}) ?年?|(?<!\d)(\d{4}) ?(?:年 ?(?:出生|生)|出生)",
    re.IGNORECASE,
)
"""`born 1956`, `1956年生`, `生于1956年`."""

_EDGES = " \t\n,，、;；:：.。·-"


class Invites(families.Codes, Protocol):
    """Reads what an invitation says."""

    def open(self, code: str) -> Ticket:
        """Committee, person and link epoch. Raises `LinkForgedError` or `LinkExpiredError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an applicant's words say. `unknown` is a building that the committee does not have."""

    name: str = ""
    building_id: int | None = None
    unknown: str = ""
    phone: str = ""
    born: str = ""
    """A year as it was written, which may be none."""


@dataclass(frozen=True, slots=True)
class _Here:
    """Where somebody applies, and in which words it is spoken of."""

    roster: Roster
    options: Sequence[Option]
    texts: Texts
    by_age: bool


class Joining:
    """Answers whoever is not in yet. Everything may be repeated."""

    def __init__(
        self, service: Service, admission: Admission, catalogs: Catalogs, invites: Invites | None
    ) -> None:
        self._service = service
        self._admission = admission
        self._catalogs = catalogs
        self._invites = invites
        self.linking = Linking(service, admission, catalogs)

    async def meet(self, stranger: Stranger, text: str, phone: str) -> Reply:
        """Answer somebody without an address. Never raises a `DispatchError`."""
        texts = self._catalogs.texts(stranger.language)
        account = Account(platform=stranger.platform, value=stranger.value)
        try:
            typed = commands.read(text)
            if typed is not None and typed.word is Word.LINK and typed.rest:
                return await self.linking.typed(typed.rest, account, stranger.committee)
            if typed is not None and typed.word is Word.JOIN and typed.rest.startswith(_CHOSEN):
                text = f"join {typed.rest}"  # a poster was scanned
            code = commands.invitation(typed) if typed is not None else ""
            if code := code or commands.coded(commands.joining(text) or ""):
                return await self.enter(code, account, to=stranger.committee)
            return await self._applying(stranger, account, text, phone, texts)
        except DispatchError as error:
            # Neither the words nor the account: who tried again and again is for the platform to stop.
            _log.warning("refused (%s): a stranger on %s", error.key, account.platform)
            return Reply(text=sentences.refusal(error, texts), ok=False)

    async def brings(self, actor: Person, words: str, texts: Texts) -> Reply:
        """What somebody who is in says behind `/join`: what more they bring, until somebody vouches for them;
        from then on staff keep that."""
        roster = await self._service.roster(actor.committee_id)
        told, _ = offering.read(words, offering.options(roster, self._service.playbooks.values(), texts))
        if told == NOTHING or not await self._admission.bring(actor, told):
            return inquiries.inside(texts)
        known = offering.of_person(actor, roster).with_more(told)
        return Reply(text=_noted(known, roster, texts))

    async def enter(self, code: str, account: Account, *, to: str | None = None) -> Reply:
        """Open an invitation. Opening one's own again is fine. Raises what `Admission.enter` raises."""
        if self._invites is None:
            raise LinkForgedError
        person = await self._admission.enter(self._invites.open(code.strip()), account, to=to)
        texts = self._catalogs.texts(person.language)
        roster = await self._service.roster(person.committee_id)
        welcome = texts.say(
            "Welcome, {person}. You are in at {committee}.",
            person=person.name,
            committee=roster.committee.name,
        )
        return Reply(text=texts.sentences(welcome, applicants.how_it_works(texts)))

    async def declined(self, address: Address, application_id: int) -> Card:
        """For an address that is nobody's: their own application, and no other. Raises
        `UnknownApplicationError`."""
        application = await self._admission.application(address.committee_id, application_id)
        own = (application.account.platform, application.account.value) == (address.platform, address.value)
        if not own or application.open or application.approved:
            raise UnknownApplicationError
        roster = await self._service.roster(address.committee_id)
        texts = self._catalogs.texts(application.language)
        return applicants.declined(application, roster, texts, self._service.clock.now())

    async def _applying(
        self, stranger: Stranger, account: Account, text: str, phone: str, texts: Texts
    ) -> Reply:
        pending = await self._admission.pending(account)
        words = commands.joining(text)
        committees = await self._committees(stranger)
        chosen, rest = _chosen(words or "", committees)
        committee = chosen or _only(committees, pending)
        if committee is None:
            return _which(committees, rest, texts) if words is not None else _explained(None, texts)
        if chosen is None and rest.startswith(_CHOSEN):
            raise LinkForeignError  # another committee's poster, or an old button
        roster = await self._service.roster(committee.id)
        options = offering.options(roster, self._service.playbooks.values(), texts)
        told, rest = offering.read(rest if words is not None else text, options)
        said = understood(rest, roster)
        open_one = next((each for each in pending if each.committee_id == committee.id), None)
        # Somebody who has applied is asked for the building: then it needs no `join` before it.
        more = phone or said.building_id is not None or said.born
        if words is None and not (open_one is not None and more):
            return _explained(roster, texts) if open_one is None else _waiting(open_one, roster, texts)
        by_age = offering.by_age(self._service.playbooks.values())
        born = ages.year(said.born, local_year(committee, self._service.clock.now())) if by_age else None
        asked = Request(
            committee_id=committee.id,
            account=account,
            language=texts.language,
            name=said.name if words is not None else "",
            likely_name=clean(stranger.name),
            building_id=said.building_id,
            phone=number(phone) or said.phone,
            born=born,
            offering=told,
        )
        reply = await self._filed(asked, said, open_one, _Here(roster, options, texts, by_age))
        return _tapped(reply, texts) if stranger.shares_contact else _written(reply, texts)

    async def _filed(self, asked: Request, said: Said, before: Application | None, here: _Here) -> Reply:
        roster, texts = here.roster, here.texts
        if not (asked.name or asked.likely_name or before is not None):
            return Reply(text=_example(roster, texts), ok=False)
        filed = await self._admission.apply(asked)
        if said.unknown and filed.application.building_id is None:
            unknown = texts.say("There is no building {building} here.", building=said.unknown)
            return _ask_building(filed.application, roster, texts, unknown)
        return _answer(filed, asked, before, here)

    async def _committees(self, stranger: Stranger) -> Sequence[Committee]:
        """Where the stranger can apply: at the committee whose bot it is, else at any."""
        committees = [each for each in await self._admission.committees() if not each.demo]
        own = [each for each in committees if each.key == stranger.committee]
        return own or committees


def understood(text: str, roster: Roster) -> Said:
    """Name, building and phone in any order; a door is read over and not kept. Never raises."""
    folded = fold(text[:READ_LIMIT])
    numbers = phones.mobiles(folded)
    folded = folded.without((phone.start, phone.end) for phone in numbers)
    years = list(_BORN.finditer(folded.text))
    folded = folded.without(year.span() for year in years)
    found = places.find(folded, roster)
    place = places.choose(found)
    left = clean(folded.without((each.start, each.end) for each in found))
    name, building_id = (left, place.building_id) if place is not None else _bare_building(left, roster)
    return Said(
        name=name,
        building_id=building_id,
        unknown=place.building if place is not None and place.building_id is None else "",
        phone=numbers[0].number if numbers else "",
        born=next(filter(None, years[0].groups())) if years else "",
    )


def clean(name: str | Folded) -> str:
    """A name in one line, without marks that cannot be seen, cut to what fits."""
    folded = name.text if isinstance(name, Folded) else fold(name).text
    return " ".join(folded.replace(BLANK, " ").split()).strip(_EDGES)[:NAME_LIMIT].strip()


def _bare_building(left: str, roster: Roster) -> tuple[str, int | None]:
    """`王小明 3`, and the button's `3`: a building's key alone or as the last word."""
    if (whole := places.building_of(left, roster)) is not None:
        return "", whole
    name, _, last = left.rpartition(" ")
    building = places.building_of(last, roster) if name else None
    return (left, None) if building is None else (name.strip(_EDGES), building)


def local_year(committee: Committee, now: Micros) -> int:
    """The year that it is where the committee is."""
    return to_datetime(now).astimezone(ZoneInfo(committee.timezone)).year


def number(phone: str) -> str:
    """A shared number as numbers are written here; one that is no number is nothing."""
    folded = fold(phone)
    found = (*phones.mobiles(folded), *phones.others(folded))
    return found[0].number if found else ""


def _chosen(words: str, committees: Sequence[Committee]) -> tuple[Committee | None, str]:
    """The committee that a button named, and the rest of what it carried."""
    first, _, rest = words.partition(" ")
    by_number: Mapping[str, Committee] = {f"{_CHOSEN}{each.id}": each for each in committees}
    return (by_number[first], rest.strip()) if first in by_number else (None, words)


def _only(committees: Sequence[Committee], pending: Sequence[Application]) -> Committee | None:
    """The committee that is meant without being said: the only one, or the only one applied to."""
    if len(committees) == 1:
        return committees[0]
    applied = [each for each in committees if any(one.committee_id == each.id for one in pending)]
    return applied[0] if len(applied) == 1 else None


def _which(committees: Sequence[Committee], rest: str, texts: Texts) -> Reply:
    buttons = []
    for committee in committees[:MOST_BUTTONS]:
        short = f"join {_CHOSEN}{committee.id}"
        whole = f"{short} {rest}".strip()
        fits = len(whole.encode()) <= BUTTON_BYTES
        buttons.append(Choice(value=whole if fits else short, label=committee.name))
    return Reply(text=texts.say("Which committee do you belong to?"), buttons=tuple(buttons), ok=False)


def _explained(roster: Roster | None, texts: Texts) -> Reply:
    """How to come in, and whom to ring meanwhile."""
    told = texts.say("Nothing was posted: you are not in yet. If the staff gave you an invitation, open it.")
    apply = Choice(value="join", label=texts.say("Apply to join"))
    if roster is None:
        return Reply(text=told, buttons=(apply,), ok=False)
    text = texts.sentences(told, _example(roster, texts), inquiries.emergency(roster, texts))
    return Reply(text=text, buttons=(apply,), ok=False)


def _example(roster: Roster, texts: Texts) -> str:
    building = next((each.name for each in roster.buildings.values()), texts.say("Building 3"))
    return texts.say(
        "To apply, write join, your name and your building, like this: /join {name} {building}",
        name=texts.say("Wang Xiaoming"),
        building=building,
    )


def _waiting(application: Application, roster: Roster, texts: Texts) -> Reply:
    if application.building_id is None and roster.buildings:
        return _ask_building(application, roster, texts)
    return Reply(text=_in_hand(application, roster, texts), ok=False)


def _answer(filed: Filed, asked: Request, before: Application | None, here: _Here) -> Reply:
    """What is missing is asked, all of it together; the phone once, as soon as the building is known."""
    application, roster, texts = filed.application, here.roster, here.texts
    if application.building_id is None and roster.buildings:
        return _ask_building(application, roster, texts)
    whole = before is not None and before.building_id is not None
    if whole and asked.offering != NOTHING:
        return Reply(text=_noted(application.offering, roster, texts))
    if whole and asked.born is not None:
        return Reply(
            text=texts.say("Noted: the year of your birth. It only says which jobs you are asked for.")
        )
    first = filed.changed and not whole
    choices = _buttons(offering.missing(application.offering, here.options)) if first else ()
    offered = texts.say("What can you do, and when? Tap whatever applies; none of it is needed.")
    how = texts.say(
        "Some jobs are for people of an age. If you like, write: /join born 1956. It is not needed."
    )
    asks_born = first and here.by_age and application.born is None and not application.approved
    told = applicants.by_rule(roster, texts) if application.approved else _in_hand(application, roster, texts)
    return Reply(
        text=texts.sentences(told, how if asks_born else ""),
        ask_contact=first and not application.phone and not application.approved,
        offers=choices,
        offered=offered if choices else "",
    )


def _buttons(options: Sequence[Option]) -> tuple[Choice, ...]:
    made = [Choice(value=f"join {each.mark}", label=f"{each.sign} {each.label}") for each in options]
    return tuple(each for each in made if len(each.value.encode()) <= BUTTON_BYTES)


def _noted(brings: Offering, roster: Roster, texts: Texts) -> str:
    return texts.say("Noted: {what}.", what=texts.names(offering.told(brings, roster, texts)))


def _tapped(reply: Reply, texts: Texts) -> Reply:
    """A number is shared with one tap."""
    if not reply.ask_contact:
        return reply
    how = texts.say("If you like, share your number with one tap; it is not needed.")
    return replace(reply, text=texts.sentences(reply.text, how))


def _written(reply: Reply, texts: Texts) -> Reply:
    """The same where a number cannot be shared by a tap."""
    if not reply.ask_contact:
        return reply
    how = texts.say("If you like, write your phone number: /join 13800000000. It is not needed.")
    return replace(reply, text=texts.sentences(reply.text, how), ask_contact=False)


def _in_hand(application: Application, roster: Roster, texts: Texts) -> str:
    return texts.say(
        "Thank you, {person}. The staff of {committee} have your application; you are told here as soon as "
        "they let you in.",
        person=application.name,
        committee=roster.committee.name,
    )


def _ask_building(application: Application, roster: Roster, texts: Texts, first: str = "") -> Reply:
    buildings = list(roster.buildings.values())
    buttons = [Choice(value=f"join {each.key}", label=each.name) for each in buildings[:MOST_BUTTONS]]
    asked = texts.say("Thank you, {person}. Which building do you live in?", person=application.name)
    write = texts.say("You can also write it: /join {building}", building=buildings[-1].name)
    more = write if len(buildings) > MOST_BUTTONS else ""
    return Reply(text=texts.sentences(first, asked, more), buttons=tuple(buttons))

"""Buildings' statuses, asked and said: in a chat, and on the desk's page.

What was understood is always said back, with every date that follows from it, so that a slip is seen at once.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch import access, sealing
from dispatch.errors import MalformedError, UnknownBuildingError
from dispatch.gatekeeping import Gatekeeping, Stranded
from dispatch.households import Heard
from dispatch.moments import Micros, to_datetime
from dispatch.people import PAGE, Address, Person, Roster
from dispatch.rota import moment
from dispatch.sealing import Scheme
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import notices, places, relays, status_cards, status_words, statuses
from handlers.messages import Card, Choice, Incoming, Reply
from handlers.notices import DoorNotice
from handlers.sheets import Premises
from handlers.status_words import UnreadableStatusError
from handlers.texts import Catalogs, Texts

SCHEMES = ("7+7", "2+12", "sealed", "controlled 7", "controlled", "open")
"""What the page offers: the two that the reports name, and what ends or has no end."""

MOST_LINES = 40
"""Buildings in a message: two screens of a phone."""

_APART = re.compile(r"[\s、,，;；/&和及与]+(?:and\b\s*)?")
_PLURAL = re.compile(r"^buildings\s+", re.IGNORECASE)


class Buildings:
    """Answers those who ask for statuses, and those who say them. `notice_link` says where the notice for the
    door of a building of a committee is found; without it no chat leads there."""

    def __init__(
        self, service: Service, catalogs: Catalogs, notice_link: Callable[[int, int], str] | None = None
    ) -> None:
        self._notice_link = notice_link
        self._service = service
        self._catalogs = catalogs
        self._gates = Gatekeeping(service)

    async def asked(self, actor: Person, incoming: Incoming, words: str, texts: Texts) -> Reply:
        """What follows `/status`. Raises `NotAllowedError` and its kin."""
        if not words.strip():
            return await self._all(actor, texts)
        roster = await self._service.roster(actor.committee_id)
        alone = places.building_of(words, roster)
        if alone is not None:
            return Reply(text=statuses.line(alone, roster, texts, self._service.clock.now()))
        access.check(Verb.SET_STATUS, actor, actor.committee_id)
        try:
            said = status_words.read(words)
            if said is None:
                return _how(texts)
            return await self._stated(actor, said, roster, incoming, texts)
        except UnreadableStatusError:
            return _how(texts)

    async def overheard(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply | None:
        """Free words that are about a building's status and nothing else, such as `3号楼 封控 7+7`; None for
        all others. Raises `NotAllowedError` for those who may not say it."""
        roster = await self._service.roster(actor.committee_id)
        try:
            said = status_words.read(incoming.text)
        except UnreadableStatusError:
            return None
        if said is None or not _means_it(said, roster):
            return None
        access.check(Verb.SET_STATUS, actor, actor.committee_id)
        try:
            return await self._stated(actor, said, roster, incoming, texts)
        except UnreadableStatusError:
            return _how(texts)

    async def notice(self, committee_id: int, building_id: int) -> DoorNotice:
        """The notice for that building's door. Raises `UnknownBuildingError`."""
        roster, now = await self._service.roster(committee_id), self._service.clock.now()
        return notices.notice(building_id, roster, self._catalogs, now)

    async def page(self, address: Address) -> Premises:
        """The page. Raises `UnknownPersonError`, and `NotAllowedError` for those who may not see it."""
        reader = await self._service.person(address)
        log = await self._gates.said(reader)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        roster = await self._service.roster(reader.committee_id)
        zone = ZoneInfo(roster.committee.timezone)
        first, last = (
            to_datetime(at).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
            for at in (now - sealing.BACK, now + sealing.AHEAD)
        )
        sets = access.allows(Verb.SET_STATUS, reader, reader.committee_id)
        return Premises(
            desk=reader.desk,
            lines=tuple(statuses.quarter(each, roster, texts, now) for each in _ordered(roster, now)),
            log=tuple(statuses.entry(each, roster, texts) for each in log),
            buildings=_choices(roster) if sets else (),
            schemes=tuple(Choice(value=each, label=_offered(each, texts)) for each in SCHEMES),
            first=first,
            last=last,
        )

    async def state(self, address: Address, building_id: int, scheme: str, since: str, receipt: str) -> Reply:
        """Say a status as the page's form has it: `scheme` in words, `since` as a local date and time; empty
        for now. Raises `DispatchError`."""
        actor = await self._service.person(address)
        roster, texts = await self._service.roster(actor.committee_id), self._catalogs.texts(actor.language)
        begins: Micros | None = None
        if since:
            try:
                local = datetime.fromisoformat(since)
            except ValueError as error:
                raise MalformedError from error
            begins = moment(local.replace(tzinfo=None), ZoneInfo(roster.committee.timezone))
        try:
            meant = status_words.scheme(scheme)
        except UnreadableStatusError:
            return _how(texts)
        return await self._declared(actor, [building_id], meant, begins, receipt, texts)

    async def card(self, reader: Person, relay_id: int) -> Card:
        """The card that tells a status. Raises `UnknownRelayError`."""
        relay = await self._gates.notice(reader.committee_id, relay_id)
        roster, texts = await self._service.roster(reader.committee_id), self._catalogs.texts(reader.language)
        return status_cards.card(relay, reader, roster, texts, self._service.clock.now())

    async def cards(self, reader: Person, texts: Texts) -> tuple[Card, ...]:
        """What the reader's own page tells of statuses."""
        notices = await self._gates.notices(reader)
        if not notices:
            return ()
        roster, now = await self._service.roster(reader.committee_id), self._service.clock.now()
        return tuple(status_cards.card(each, reader, roster, texts, now) for each in notices)

    async def _all(self, reader: Person, texts: Texts) -> Reply:
        roster, now = await self._service.roster(reader.committee_id), self._service.clock.now()
        concerned = statuses.concerned(roster, now)
        lines = [statuses.line(each, roster, texts, now) for each in concerned[:MOST_LINES]]
        if len(concerned) > MOST_LINES:
            lines.append(texts.say("And {count} more.", count=len(concerned) - MOST_LINES))
        rest = len(roster.buildings) - len(concerned)
        if not concerned:
            lines.append(texts.say("All buildings are open."))
        elif rest:
            lines.append(texts.say("All others are open."))
        if access.allows(Verb.SET_STATUS, reader, reader.committee_id):
            lines.append(_example(roster, texts))
        return Reply(text="\n".join(lines))

    async def _stated(
        self, actor: Person, said: status_words.Stated, roster: Roster, incoming: Incoming, texts: Texts
    ) -> Reply:
        found = [each for each in _meant(said.place, roster) if each is not None]
        if len(found) < len(_meant(said.place, roster)) or not found:
            raise UnknownBuildingError(buildings=_some(roster, texts))
        begins = status_words.since(said.since, self._service.clock.now(), roster.committee.timezone)
        receipt, platform = incoming.receipt or incoming.nonce, incoming.address.platform
        return await self._declared(actor, found, said.scheme, begins, receipt, texts, platform)

    async def _declared(
        self,
        actor: Person,
        buildings: Sequence[int],
        scheme: Scheme,
        since: Micros | None,
        receipt: str,
        texts: Texts,
        platform: str = PAGE,
    ) -> Reply:
        changed = [
            each
            for each in buildings
            if await self._gates.declare(actor, each, scheme, since, receipt and f"{receipt} {each}")
        ]
        roster, now = await self._service.roster(actor.committee_id), self._service.clock.now()
        lines = [statuses.line(each, roster, texts, now) for each in buildings]
        if not changed:
            before = texts.say("That was so before; nothing was changed.")
            return Reply(text="\n".join([*lines, before]), ok=False)
        told = _told(await self._gates.heard(actor.committee_id, changed), changed, actor, roster, texts)
        stranded = await self._gates.stranded(actor.committee_id)
        printing = self._printing(actor.committee_id, changed, platform, texts)
        return Reply(text="\n".join([*lines, told, printing, *_stranded(stranded, roster, texts)]))

    def _printing(self, committee_id: int, buildings: Sequence[int], platform: str, texts: Texts) -> str:
        """Where the notice for the door is found; on a page, and of several, on the page *Buildings*."""
        if self._notice_link is None or platform == PAGE or len(buildings) > 1:
            return texts.say("Please print the notice for the door: on the page Buildings.")
        where = self._notice_link(committee_id, buildings[0])
        return texts.say("Please print the notice for the door: {where}", where=where)


def _told(heard: Heard, changed: Sequence[int], actor: Person, roster: Roster, texts: Texts) -> str:
    """Who reads of it in a chat or on a page, and at how many doors nobody does."""
    living = {who for who, person in roster.people.items() if person.building_id in changed}
    ours = {each.id for each in roster.addresses if each.person_id in {actor.id, *roster.desk, *living}}
    own = texts.ngettext(
        "The desk and {count} of our people who live there are told.",
        "The desk and {count} of our people who live there are told.",
        len(living),
    ).format(count=len(living))
    kin = len(heard.chats - ours)
    family = texts.ngettext(
        "{count} of the residents and their families is told in a chat.",
        "{count} of the residents and their families are told in their chats.",
        kin,
    ).format(count=kin)
    doors = texts.say(
        "Households there in the register: {all}, without anybody in a chat: {count}.",
        all=heard.households,
        count=heard.without,
    )
    return texts.sentences(own, family if kin else "", doors if heard.households else "")


def _meant(place: str, roster: Roster) -> list[int | None]:
    """The building that is named, or several of them; None for each that there is none of."""
    whole = places.building_of(place, roster)
    if whole is not None:
        return [whole]
    return [places.building_of(each, roster) for each in _APART.split(_PLURAL.sub("", place)) if each]


def _means_it(said: status_words.Stated, roster: Roster) -> bool:
    """A building is named, and not by a bare number alone; or the words can be nothing but a scheme."""
    known = any(each is not None for each in _meant(said.place, roster))
    return len(said.scheme) > 1 or (known and not said.place.isdigit())


def _ordered(roster: Roster, now: Micros) -> Sequence[int]:
    """Those that somebody must know of first, then as the committee lists them."""
    concerned = statuses.concerned(roster, now)
    return (*concerned, *(each for each in roster.buildings if each not in concerned))


def _choices(roster: Roster) -> tuple[Choice, ...]:
    return tuple(Choice(value=str(each.id), label=each.name) for each in roster.buildings.values())


def _offered(words: str, texts: Texts) -> str:
    scheme = status_words.scheme(words)
    short = statuses.scheme(scheme, texts)
    return f"{short} ({statuses.stages(scheme, texts)})" if short == words and scheme else short


def _stranded(found: Sequence[Stranded], roster: Roster, texts: Texts) -> list[str]:
    """Nothing is taken from anybody: they may be at a door at this moment."""
    by_person: dict[int, tuple[int, ...]] = {}
    for each in found:
        by_person[each.person_id] = (*by_person.get(each.person_id, ()), each.job_id)
    return [
        texts.say(
            "{who} has {jobs}, to which nobody could be sent from there now: please see to it.",
            who=roster.people[who].name,
            jobs=relays.jobs(jobs),
        )
        for who, jobs in by_person.items()
        if who in roster.people
    ]


def _some(roster: Roster, texts: Texts) -> str:
    return texts.listed(each.name for each in list(roster.buildings.values())[:5])


def _example(roster: Roster, texts: Texts) -> str:
    known = next(iter(roster.buildings.values()), None)
    name = known.key if known is not None else "3"
    return texts.say("To change one: /status {building} sealed 7+7, /status {building} open", building=name)


def _how(texts: Texts) -> Reply:
    said = texts.say(
        "Which building, and what? Like this: /status 3 sealed 7+7 (seven days sealed, then "
        "seven controlled), /status 3 sealed 2, controlled 12, /status 3 sealed since 4-1, /status 3 open. "
        "Nothing was changed."
    )
    return Reply(text=said, ok=False)

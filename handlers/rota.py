"""Whose duty it is, in words: now, next and the days to come; and giving a shift to somebody.

Names and hours are all there is to it: whoever may know who is on duty may read all of it.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dispatch import access, duty
from dispatch.moments import HOUR, Micros, to_datetime
from dispatch.people import Address, Person, Roster
from dispatch.rostering import Rostering, eligible
from dispatch.rota import Shift, midnight
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import days
from handlers.messages import Choice, Reply
from handlers.sheets import Almanac, Appointment, Watch, WatchLine
from handlers.texts import Catalogs, Texts

WEEK: Micros = 7 * 24 * HOUR
"""How far the duty is told in a chat."""

FORTNIGHT: Micros = 14 * 24 * HOUR
"""How far it is shown on a page: as far as people swap shifts."""

MOST = 21
"""Lines in a chat: three shifts a day."""

_SWAP = re.compile(r"(?:swap|换班|换)[\s:：]*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)


class Rota:
    """Answers what is asked about duty, and gives shifts away."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._rostering = Rostering(service.store, service.clock)

    async def told(self, reader: Person, texts: Texts) -> Reply:
        """Who is on duty now, who is next, and the week."""
        roster, pieces = await self._rostering.held(reader.committee_id, WEEK)
        now = pieces[0]
        said = [_now(now, roster, texts)]
        following = next((each for each in pieces[1:] if each.person_id != now.person_id), None)
        if following is not None:
            when = _when(following.starts_at, roster, texts)
            who = _name(following.person_id, roster, texts)
            said.append(texts.say("Next: {who}, from {when}.", who=who, when=when))
        if len(pieces) > 2:
            said.append("\n".join(f"· {_line(each, roster, texts)}" for each in pieces[:MOST]))
        return Reply(text="\n".join(said), ok=now.person_id is not None)

    async def asked(self, actor: Person, words: str, texts: Texts) -> Reply:
        """What follows `/duty`: a swap, else the week again. Raises `NotAllowedError` and its kin."""
        swap = _SWAP.fullmatch(words.strip())
        if swap is None:
            return await self.told(actor, texts)
        access.check(Verb.SWAP, actor, actor.committee_id)
        roster, pieces = await self._rostering.held(actor.committee_id, FORTNIGHT)
        person = _person(swap["rest"], roster)
        today = _local(self._service.clock.now(), roster)
        # The name is no day: 周一鸣 is not Monday, and Sun Li not Sunday.
        day = days.read(swap["rest"].replace(_name(person, roster, texts), " "), today)
        if person is None or day is None:
            how = texts.say("Who takes which day? Write it like this: /duty swap {who} Wed", who=actor.name)
            return Reply(text=how, ok=False)
        found = [each for each in pieces if _local(each.starts_at, roster) == day]
        named = [each for each in found if each.slot and each.slot in swap["rest"]]
        if len(found) > 1 and len(named) != 1:
            lines = "\n".join(f"· {_line(each, roster, texts)}" for each in found)
            which = texts.say("Which shift? Write its name as well:")
            return Reply(text=f"{which}\n{lines}", ok=False)
        return await self._given(actor, _span(named or found, day, roster), person, roster, texts)

    async def watch(self, address: Address) -> Watch:
        """The page about duty. Raises `NotAllowedError` for those who have nothing to do with it."""
        reader = await self._service.person(address)
        roster, pieces = await self._rostering.held(reader.committee_id, FORTNIGHT)
        if not _concerns(reader, roster, self._service.clock.now()):
            access.check(Verb.SEE_BOARD, reader, reader.committee_id)
        texts = self._catalogs.texts(reader.language)
        swaps = access.allows(Verb.SWAP, reader, reader.committee_id)
        people = [Choice(value=str(each.id), label=each.name) for each in eligible(roster)] if swaps else []
        return Watch(
            lines=tuple(_watched(each, roster, texts, first=each is pieces[0]) for each in pieces),
            people=tuple(people),
            me=reader.id if reader in eligible(roster) and swaps else 0,
        )

    async def almanac(self, reader: Person) -> Almanac:
        """The next two months, for a calendar: what somebody has, and no hole."""
        roster, pieces = await self._rostering.held(reader.committee_id, duty.AHEAD)
        texts = self._catalogs.texts(reader.language)
        return Almanac(
            key=roster.committee.key,
            title=texts.say("Duty: {committee}", committee=roster.committee.name),
            now=self._service.clock.now(),
            pieces=tuple(_appointment(each, roster, texts) for each in pieces if each.person_id is not None),
        )

    async def give(self, address: Address, span: tuple[Micros, Micros], to: int, shown: int) -> Reply:
        """Give the shift of that span to somebody, as a button of the page has it. Raises `DispatchError`."""
        actor = await self._service.person(address)
        roster = await self._service.roster(actor.committee_id)
        texts = self._catalogs.texts(actor.language)
        return await self._given(actor, span, to, roster, texts, shown=shown)

    async def _given(
        self,
        actor: Person,
        span: tuple[Micros, Micros],
        to: int,
        roster: Roster,
        texts: Texts,
        *,
        shown: int | None = None,
    ) -> Reply:
        done = await self._rostering.give(actor, span, to, shown=shown)
        told = {
            "who": _name(to, roster, texts),
            "from": _when(span[0], roster, texts),
            "until": _when(span[1], roster, texts),
        }
        if not done:
            return Reply(text=texts.say("{who} has the duty then already.", **told), ok=False)
        return Reply(text=texts.say("{who} has the duty from {from} until {until}.", **told))


def _concerns(reader: Person, roster: Roster, now: Micros) -> bool:
    """Stands on the rota or the ladder."""
    return reader.id in duty.line(roster, now)


def _watched(piece: Shift, roster: Roster, texts: Texts, *, first: bool) -> WatchLine:
    zone = roster.committee.timezone
    return WatchLine(
        day=texts.day(piece.starts_at, zone),
        hours=f"{texts.clock(piece.starts_at, zone)} - {_end(piece, roster, texts)}",
        slot=piece.slot,
        who=_name(piece.person_id, roster, texts),
        person_id=piece.person_id or 0,
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        now=first,
    )


def _appointment(piece: Shift, roster: Roster, texts: Texts) -> Appointment:
    who = _name(piece.person_id, roster, texts)
    said = texts.say("Duty: {who}", who=who)
    return Appointment(
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        said=f"{said} ({piece.slot})" if piece.slot else said,
    )


def _end(piece: Shift, roster: Roster, texts: Texts) -> str:
    """The hour, with the day where that is not the same night."""
    zone = roster.committee.timezone
    clock = texts.clock(piece.ends_at, zone)
    far = piece.ends_at - piece.starts_at > 24 * HOUR
    return f"{texts.day(piece.ends_at, zone)} {clock}" if far else clock


def _now(piece: Shift, roster: Roster, texts: Texts) -> str:
    until = _when(piece.ends_at, roster, texts)
    if piece.person_id is None:
        return texts.say("Nobody is on duty!")
    who = roster.people[piece.person_id].name
    return texts.say("On duty: {who}, until {until}.", who=who, until=until)


def _line(piece: Shift, roster: Roster, texts: Texts) -> str:
    zone = roster.committee.timezone
    day = texts.day(piece.starts_at, zone)
    hours = f"{texts.clock(piece.starts_at, zone)}-{_end(piece, roster, texts)}"
    return " ".join(part for part in (day, hours, piece.slot, _name(piece.person_id, roster, texts)) if part)


def _when(at: Micros, roster: Roster, texts: Texts) -> str:
    zone = roster.committee.timezone
    return f"{texts.day(at, zone)} {texts.clock(at, zone)}"


def _name(person_id: int | None, roster: Roster, texts: Texts) -> str:
    person = roster.people.get(person_id) if person_id is not None else None
    return texts.say("nobody") if person is None else person.name


def _local(at: Micros, roster: Roster) -> date:
    return to_datetime(at).astimezone(ZoneInfo(roster.committee.timezone)).date()


def _person(words: str, roster: Roster) -> int | None:
    """Whoever of those who may be on duty is named; the longest name, where one is part of another."""
    named = [each for each in eligible(roster) if each.name in words]
    return max(named, key=lambda each: len(each.name)).id if named else None


def _span(pieces: Sequence[Shift], day: date, roster: Roster) -> tuple[Micros, Micros]:
    """The shift that begins that day; where none does, the day itself."""
    if pieces:
        return pieces[0].starts_at, pieces[0].ends_at
    zone = ZoneInfo(roster.committee.timezone)
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)

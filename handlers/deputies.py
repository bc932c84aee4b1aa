"""Acting as a secretary, in words: who asks to, who lets them, who appoints one of their own, and its end.

A name may be a committee's or a person's: what was understood is always said, and what fits both is asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from dispatch import acting
from dispatch.appointing import Appointing
from dispatch.errors import MalformedError, NotAllowedError, UnknownCommitteeError, UnknownRelayError
from dispatch.moments import Micros, to_datetime
from dispatch.people import Address, Committee, Person, Roster
from dispatch.relays import RelayKind
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import acting_cards, relays, sentences, terms
from handlers.messages import Card, Choice, Reply
from handlers.sheets import Deputy
from handlers.spans import UnreadableSpanError
from handlers.texts import Catalogs, Texts
from handlers.transfers import Transfers, named

_OFF = frozenset({"off", "end", "over", "stop", "结束", "取消", "停止"})
_CHOSEN = re.compile(r"=(?P<kind>[cp])(?P<id>\d{1,18})\s*(?P<rest>.*)", re.DOTALL)
"""As a button and the page's form say who is meant."""
_GLUED = re.compile(
    r"(?P<name>.+?)[\s,，]*(?:\b(?:until|till)\b|直到|到|至)\s*(?P<rest>.+)", re.DOTALL | re.IGNORECASE
)
_END = " \t\r\n.!?。！？,，:：~～"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """Whom words begin with, and the words behind that."""

    rest: str
    committee: int | None = None
    person: int | None = None


class Deputies:
    """Answers those who act, and those who let them."""

    def __init__(self, service: Service, catalogs: Catalogs, transfers: Transfers) -> None:
        self._service = service
        self._catalogs = catalogs
        self._transfers = transfers
        self._appointing = Appointing(service)

    async def asked(self, actor: Person, said: str, texts: Texts) -> Reply:
        """What follows `/acting`. Raises `DispatchError`."""
        words = said.strip(_END)
        if not words:
            return await self._standing(actor, texts)
        if words.casefold() in _OFF:
            return await self._over(actor, texts)
        found = await self._meant(actor, words)
        if len(found) > 1:
            return await self._which(actor, found, texts)
        if found:
            return await self._done(actor, found[0], texts)
        acting.check(Verb.ACT, actor)
        if _person(words, (await self._service.roster(actor.committee_id)).people.values()):
            raise NotAllowedError(verb=Verb.APPOINT.value)
        nobody = texts.say(
            "No other committee here, and nobody of yours, is called that: nothing was changed."
        )
        return Reply(text=nobody, ok=False)

    async def answered(self, actor: Person, verb: Verb, relay_id: int | None, texts: Texts) -> Reply:
        """Let somebody of another committee act, or take a job over from one, or not; without a number what
        was asked first, jobs before people. Raises `UnknownRelayError` and `NotAllowedError`."""
        store = self._service.store
        if relay_id is None and not await store.asked_transfers(actor.committee_id):
            relay_id = await self._first(actor)
            if relay_id is None:
                raise UnknownRelayError
        if relay_id is not None:
            relay = await store.relay(actor.committee_id, relay_id)
            if relay.kind is RelayKind.ACTING:
                return await self._answered(actor, verb, relay_id, texts)
        return await self._transfers.answer(actor, verb, relay_id, texts)

    async def card(self, reader: Person, relay_id: int) -> Card:
        """A relay's card for this reader. Raises `UnknownRelayError`."""
        return await self._shown(reader, relay_id, self._catalogs.texts(reader.language))

    async def cards(self, reader: Person, texts: Texts) -> tuple[Card, ...]:
        """What the reader is to answer, and how they act themselves."""
        return tuple([await self._shown(reader, each, texts) for each in await self._appointing.of(reader)])

    async def selves(self, reader: Person) -> tuple[Person, ...]:
        """Who the reader is elsewhere at this moment."""
        return await self._appointing.selves(reader)

    async def doors(self, address: Address) -> tuple[tuple[str, Person], ...]:
        """Who the reader is elsewhere at this moment, with the name of that committee. Raises
        `UnknownPersonError`."""
        found = await self.selves(await self._service.person(address))
        return tuple(
            [((await self._service.roster(each.committee_id)).committee.name, each) for each in found]
        )

    async def said(self, address: Address, words: str) -> Reply:
        """What follows `/acting`, from whoever reads this address. Raises `DispatchError`."""
        actor = await self._service.person(address)
        return await self.asked(actor, words, self._catalogs.texts(actor.language))

    async def offered(self, address: Address) -> Deputy | None:
        """What the page offers; None for those who may do nothing of it. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts = self._catalogs.texts(reader.language)
        committees = await self._appointing.committees(reader)
        people = await self._appointing.people(reader)
        roster = await self._service.roster(reader.committee_id)
        ending = [each for each in self._acts(roster) if people or each.id == reader.id]
        if not (committees or people or ending):
            return None
        zone, now = ZoneInfo(roster.committee.timezone), self._service.clock.now()
        first, last = (to_datetime(at).astimezone(zone).date() for at in (now, now + acting.MOST))
        return Deputy(
            first=first.isoformat(),
            last=(last - timedelta(days=1)).isoformat(),
            committees=tuple(Choice(value=f"c{each.id}", label=each.name) for each in committees),
            people=tuple(Choice(value=f"p{each.id}", label=each.name) for each in people),
            acting=tuple(Choice(value=f"p{each.id}", label=_until(each, roster, texts)) for each in ending),
        )

    async def _answered(self, actor: Person, verb: Verb, relay_id: int, texts: Texts) -> Reply:
        answer, relay = await self._appointing.answer(actor, relay_id, verb)
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=await self._shown(actor, relay.id, texts),
        )

    async def _done(self, actor: Person, meant: _Meant, texts: Texts) -> Reply:
        roster, now = await self._service.roster(actor.committee_id), self._service.clock.now()
        try:
            until = terms.until(meant.rest, now, roster.committee.timezone)
        except UnreadableSpanError:
            return _how(texts)
        if until is None:
            return await self._ended(actor, meant, texts)
        when = relays.when(until, roster, texts)
        if meant.person is not None:
            person = await self._appointing.appoint(actor, meant.person, until)
            said = texts.say(
                "{who}, of your own committee, acts as a secretary from now until {until}, and is told.",
                who=person.name,
                until=when,
            )
            return Reply(text=said)
        name = (await self._service.roster(meant.committee or 0)).committee.name
        if not await self._appointing.ask(actor, meant.committee or 0, until):
            return Reply(text=_waiting(name, texts), ok=False)
        said = texts.say(
            "The committee {committee} is asked whether you may act there until {until}. Before they say yes "
            "you see nothing of theirs.",
            committee=name,
            until=when,
        )
        return Reply(text=said)

    async def _ended(self, actor: Person, meant: _Meant, texts: Texts) -> Reply:
        if meant.committee is not None:
            done = await self._appointing.leave(actor, meant.committee)
            name = (await self._service.roster(meant.committee)).committee.name
        else:
            person = (await self._service.roster(actor.committee_id)).people.get(meant.person or 0)
            if person is None:
                raise MalformedError
            done, name = await self._appointing.end(actor, person), person.name
        if not done:
            return Reply(text=texts.say("Nobody acts there, and nothing was changed."), ok=False)
        return _ended(name, texts)

    async def _over(self, actor: Person, texts: Texts) -> Reply:
        """Without a name: what the actor themselves does, where that can only be one thing."""
        if await self._appointing.end(actor, actor):
            return _ended(actor.name, texts)
        found = await self._appointing.elsewhere(actor)
        if len(found) != 1:
            return _how(texts)
        return await self._ended(actor, _Meant(rest="", committee=found[0].asked.committee_id), texts)

    async def _standing(self, actor: Person, texts: Texts) -> Reply:
        roster = await self._service.roster(actor.committee_id)
        lines = [_until(each, roster, texts) for each in self._acts(roster)]
        for each in await self._appointing.elsewhere(actor):
            name, when = each.asked.committee, relays.when(each.asked.until, roster, texts)
            acts = texts.say("You act for {committee} until {until}.", committee=name, until=when)
            lines.append(acts if each.acts else _waiting(name, texts))
        if lines:
            return Reply(text="\n".join(lines))
        acting.check(Verb.ACT, actor)
        return _how(texts)

    async def _meant(self, actor: Person, words: str) -> list[_Meant]:
        committees, people = await self._appointing.committees(actor), await self._appointing.people(actor)
        roster = await self._service.roster(actor.committee_id)
        here = [*people, *(each for each in self._acts(roster) if each not in people)]
        chosen = _CHOSEN.fullmatch(words)
        if chosen is None:
            return [*_committee(words, committees), *_person(words, here)]
        number, rest = int(chosen["id"]), chosen["rest"]
        if chosen["kind"] == "c":
            return [_Meant(rest=rest, committee=number)] if number in {each.id for each in committees} else []
        return [_Meant(rest=rest, person=number)] if number in {each.id for each in here} else []

    async def _which(self, actor: Person, found: Sequence[_Meant], texts: Texts) -> Reply:
        """The words fit several: a button each, which says it unmistakably."""
        people = (await self._service.roster(actor.committee_id)).people
        names = {each.id: each.name for each in await self._appointing.committees(actor)}
        buttons: list[Choice] = []
        for each in found:
            if each.committee is not None:
                label = texts.say("the committee {name}", name=names[each.committee])
                buttons.append(Choice(value=f"/acting =c{each.committee} {each.rest}", label=label))
            elif (person := people.get(each.person or 0)) is not None:
                label = f"{person.name} ({sentences.roles(person, texts)})"
                buttons.append(Choice(value=f"/acting =p{each.person} {each.rest}", label=label))
        asked = texts.say("That fits more than one. Who is meant? Nothing was changed so far.")
        return Reply(text=asked, ok=False, buttons=tuple(buttons))

    async def _first(self, reader: Person) -> int | None:
        for each in await self._appointing.of(reader):
            if (await self._appointing.told(reader, each)).answers:
                return each
        return None

    async def _shown(self, reader: Person, relay_id: int, texts: Texts) -> Card:
        roster = await self._service.roster(reader.committee_id)
        return acting_cards.card(await self._appointing.told(reader, relay_id), reader, roster, texts)

    def _acts(self, roster: Roster) -> tuple[Person, ...]:
        now = self._service.clock.now()
        return tuple(each for each in roster.acting if each.acts(now))


def _committee(words: str, committees: Sequence[Committee]) -> list[_Meant]:
    for each in _tries(words):
        try:
            found, rest = named(each, committees)
        except UnknownCommitteeError:
            continue
        return [_Meant(rest=rest, committee=found)]
    return []


def _tries(words: str) -> Iterator[str]:
    """As it was written, and with a blank where a name and a time were not parted."""
    yield words
    if (glued := _GLUED.fullmatch(words)) is not None:
        yield f"{glued['name']} {glued['rest']}"


def _person(words: str, people: Iterable[Person]) -> list[_Meant]:
    """Everybody of the longest name that the words begin with."""
    plain = words.casefold()
    found = [each for each in people if plain.startswith(each.name.casefold())]
    longest = max((len(each.name) for each in found), default=0)
    return [
        _Meant(rest=words[longest:].strip(_END), person=each.id)
        for each in found
        if len(each.name) == longest
    ]


def _waiting(committee: str, texts: Texts) -> str:
    return texts.say("{committee} is asked already, and has not answered yet.", committee=committee)


def _until(person: Person, roster: Roster, texts: Texts) -> str:
    until: Micros = person.acting_until or 0
    when = relays.when(until, roster, texts)
    return texts.say("{who} acts as a secretary until {until}.", who=person.name, until=when)


def _ended(name: str, texts: Texts) -> Reply:
    return Reply(text=texts.say("That is over from now on: {name}.", name=name))


def _how(texts: Texts) -> Reply:
    said = texts.say(
        "For whom, and until when? Like this: /acting Maple Lane until Friday, or with a name of your own "
        "committee: /acting Wang Min until Friday 18:00. Over before that: /acting Maple Lane off."
    )
    return Reply(text=said, ok=False)

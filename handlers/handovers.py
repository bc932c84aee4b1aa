"""What is said about relays: *here*, *out* and *back*, and how it stands with all of that for one reader."""

from dispatch import duty, pauses
from dispatch.moments import Micros
from dispatch.people import Address, Person, Roster
from dispatch.register import MAY_ANSWER
from dispatch.relays import Relay, RelayKind
from dispatch.service import Service
from dispatch.succession import Gone, Succession
from handlers import relays, sentences, spans
from handlers.buildings import Buildings
from handlers.deputies import Deputies
from handlers.home import Rest
from handlers.messages import Card, Reply
from handlers.texts import Catalogs, Texts
from handlers.transfers import Transfers

_BACK = frozenset({"back", "回来", "回来了", "返岗", "在岗", "好了"})


class Handovers:
    """Answers those who are asked, and those who say that they are out."""

    def __init__(
        self,
        service: Service,
        catalogs: Catalogs,
        succession: Succession,
        transfers: Transfers,
        acting: Deputies,
        buildings: Buildings,
    ) -> None:
        self._service = service
        self._catalogs = catalogs
        self._succession = succession
        self._transfers = transfers
        self._acting = acting
        self._buildings = buildings

    async def here(self, actor: Person, relay_id: int | None, texts: Texts) -> Reply:
        """They are there, or take it. Raises `UnknownRelayError` and `NotAllowedError`."""
        number = await self._succession.asked(actor, relay_id)
        answer, relay = await self._succession.here(actor, number)
        shown = await self._shown(relay, actor, texts)
        if answer is None:
            return Reply(text=shown.state, ok=False, card=shown)
        said = sentences.answer(answer, texts)
        return Reply(text=said, ok=answer.key not in sentences.NOTHING_DONE, card=shown)

    async def out(self, actor: Person, said: str, texts: Texts) -> Reply:
        """Be out from now on, or back, as it is written behind `/out`. Raises `DispatchError`."""
        roster, now = await self._service.roster(actor.committee_id), self._service.clock.now()
        try:
            until = _until(said, now, roster.committee.timezone)
        except spans.UnreadableSpanError:
            return Reply(text=_how(texts), ok=False)
        if until is None and not actor.out(now):
            return Reply(text=texts.say("You are not out; nothing was changed."), ok=False)
        gone = await self._succession.out(actor, until)
        for one in await self._acting.selves(actor):  # who is ill is ill everywhere
            await self._succession.out(one, until)
        roster = await self._service.roster(actor.committee_id)
        if until is None:
            return Reply(text=texts.sentences(texts.say("You are back."), _on_duty(roster, texts, now)))
        person = roster.people[actor.id]
        words = [_state(person, roster, texts, now), *_passed_on(gone, roster, texts)]
        return Reply(text=texts.sentences(*words))

    async def card(self, address: Address, relay_id: int) -> Card:
        """A relay's card for whoever reads this address. Raises `UnknownPersonError`, `UnknownRelayError`."""
        reader = await self._service.person(address)
        relay = await self._succession.relay(reader.committee_id, relay_id)
        if relay.kind is RelayKind.TRANSFER:
            return await self._transfers.card(reader, relay)
        if relay.kind is RelayKind.ACTING:
            return await self._acting.card(reader, relay.id)
        if relay.kind is RelayKind.STATUS:
            return await self._buildings.card(reader, relay.id)
        return await self._shown(relay, reader, self._catalogs.texts(reader.language))

    async def cards(self, reader: Person, texts: Texts) -> tuple[Card, ...]:
        """What the reader is asked and told now, what must be answered first."""
        if MAY_ANSWER.isdisjoint(reader.roles):
            return ()
        found = [await self._shown(each, reader, texts) for each in await self._succession.of(reader)]
        asked = await self._transfers.cards(reader, texts)
        acting = await self._acting.cards(reader, texts)
        return tuple(sorted((*asked, *found, *acting), key=lambda each: each.rank))

    async def standing(self, reader: Person, texts: Texts) -> Rest | None:
        """Whether the reader is out; None for those who are never on duty."""
        if MAY_ANSWER.isdisjoint(reader.roles):
            return None
        roster, now = await self._service.roster(reader.committee_id), self._service.clock.now()
        if not reader.out(now):
            return Rest(resting=False, said="")
        return Rest(resting=True, said=_state(reader, roster, texts, now))

    async def _shown(self, relay: Relay, reader: Person, texts: Texts) -> Card:
        roster = await self._service.roster(reader.committee_id)
        return relays.card(relay, reader, roster, texts, self._service.clock.now())


def _until(said: str, now: Micros, timezone: str) -> Micros | None:
    """Nothing said is until they say that they are back."""
    words = said.strip(" \t\r\n.!?。！？~～").lower()
    if words in _BACK:
        return None
    return spans.until(said, now, timezone) if words else pauses.UNTIL_SAID


def _state(person: Person, roster: Roster, texts: Texts, now: Micros) -> str:
    until = person.out_until or now
    if until == pauses.UNTIL_SAID:
        return texts.say("You are out, until you write /out back. Nobody calls you; you can read and note.")
    moment = relays.when(until, roster, texts)
    return texts.say("You are out until {until}. Nobody calls you; you can read and note.", until=moment)


def _passed_on(gone: Gone, roster: Roster, texts: Texts) -> list[str]:
    """What happens now with everything that they had."""
    say = texts.say
    said = [_asked(each, roster, texts) for each in gone.relays]
    if gone.released:
        given = relays.jobs(gone.released)
        said.append(say("Given back, and others are asked: {jobs}.", jobs=given))
    return said


def _asked(relay: Relay, roster: Roster, texts: Texts) -> str:
    say, what = texts.say, relays.jobs(relay.jobs)
    if relay.ends_at is not None:
        until = relays.when(relay.ends_at, roster, texts)
        shift = say("the duty until {until}", until=until)
        what = f"{shift}, {what}" if what else shift
    names = [roster.people[who].name for who in relay.asked if who in roster.people]
    if not names:
        return say("There is nobody to take over: {what}. Please ring somebody!", what=what)
    who = texts.names(names)
    return say("{who} was asked to take over: {what}. Until then it stays in your name.", who=who, what=what)


def _on_duty(roster: Roster, texts: Texts, now: Micros) -> str:
    who = duty.on_duty(roster, now)
    if who is None:
        return texts.say("Nobody is on duty!")
    return texts.say("On duty: {who}", who=roster.people[who].name)


def _how(texts: Texts) -> str:
    return texts.say(
        "Until when? Like this: /out (until you say so), /out 4 (hours) or /out 18:00. Back again: /out back."
    )

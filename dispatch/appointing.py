"""Acting as a secretary, one short method a verb: ask the rules, keep the outcome, ring the bell.

Beside `service`, which is about jobs. What a committee learns of another one's person is a name, and that
person learns nothing of the committee before it says yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dispatch import acting
from dispatch.acting import MOST, Acting
from dispatch.errors import MalformedError, NotAllowedError, UnknownCommitteeError, UnknownRelayError
from dispatch.moments import Micros
from dispatch.people import LEADING, Committee, Person
from dispatch.relays import Relay, RelayKind, RelayState
from dispatch.service import Service
from dispatch.verbs import Answer, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader may know of a relay: `asked` is None where it is about one of their own people; `answers`
    says whether it is for them to answer."""

    relay: Relay
    asked: Acting | None = None
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where somebody asked to act, or does."""

    asked: Acting
    acts: bool


class Appointing:
    """Lets people act as secretaries. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def committees(self, actor: Person) -> tuple[Committee, ...]:
        """Those for which the actor could ask to act; none for those who may not."""
        try:
            acting.check(Verb.ACT, actor)
        except NotAllowedError:
            return ()
        return tuple(each for each in await self._store.committees() if each.id != actor.committee_id)

    async def people(self, actor: Person) -> tuple[Person, ...]:
        """Those whom the actor may appoint, by name; none for those who may appoint nobody."""
        try:
            acting.check(Verb.APPOINT, actor)
        except NotAllowedError:
            return ()
        roster = await self._service.roster(actor.committee_id)
        found = (each for each in roster.people.values() if each.id != actor.id and not each.guest)
        return tuple(sorted(found, key=lambda each: (each.name, each.id)))

    async def ask(self, actor: Person, committee_id: int, until: Micros) -> bool:
        """Ask that committee whether the actor may act for it, or go on until then; False where it is asked
        already.

        Raises `NotAllowedError`, `UnknownCommitteeError`, and `MalformedError` for a time that is none."""
        acting.check(Verb.ACT, actor)
        now = self._checked(until)
        if committee_id not in {each.id for each in await self.committees(actor)}:
            raise UnknownCommitteeError
        to, home = await self._service.roster(committee_id), await self._service.roster(actor.committee_id)
        kept = await self._store.ask_acting(
            acting.question(actor, to, now, until),
            acting.receipt(actor, committee_id, now, until),
            actor,
            to,
            home,
        )
        self._service.bell.deliver(kept.rows)
        return bool(kept.relays)

    async def appoint(self, actor: Person, person_id: int, until: Micros) -> Person:
        """Let one of the committee's own people act from now on. Raises `NotAllowedError`, also for oneself,
        and `MalformedError` for a time that is none."""
        acting.check(Verb.APPOINT, actor)
        now = self._checked(until)
        person = next((each for each in await self.people(actor) if each.id == person_id), None)
        if person is None:
            raise NotAllowedError(verb=Verb.APPOINT.value)
        roster = await self._service.roster(actor.committee_id)
        kept = await self._store.appoint(acting.appointment(person, actor, now, until), roster)
        self._service.bell.deliver(kept.rows)
        return person

    async def answer(self, actor: Person, relay_id: int, verb: Verb) -> tuple[Answer, Relay]:
        """Let somebody of another committee act, or not. Whoever is first has answered. Raises
        `UnknownRelayError` and `NotAllowedError`."""
        if await self._store.acting(actor.committee_id, relay_id) is None:
            raise UnknownRelayError
        acting.check(Verb.LET_ACT, actor)
        now = self._service.clock.now()
        rule = partial(acting.answered, now=now, accepts=verb is Verb.TAKE_OVER)
        ruled = await self._store.answer_acting(actor.committee_id, relay_id, actor, rule, now)
        self._service.bell.deliver(ruled.rows)
        return ruled.ruling.answer, await self._store.relay(actor.committee_id, relay_id)

    async def end(self, actor: Person, person: Person) -> bool:
        """Somebody does not act here any more; False where they did not. Their own word needs no leave;
        another's raises `NotAllowedError` for whoever may not let anybody act."""
        if actor.id != person.id:
            acting.check(Verb.LET_ACT if person.guest else Verb.APPOINT, actor)
        if not person.acts(self._service.clock.now()):
            return False
        rows = await self._store.end_acting(person.committee_id, person.id, self._service.clock.now())
        self._service.bell.deliver(rows)
        return True

    async def leave(self, actor: Person, committee_id: int) -> bool:
        """The actor acts, or wants to act, for that committee no more; False where neither was so."""
        now, found = self._service.clock.now(), await self.elsewhere(actor)
        for each in found:
            if each.asked.committee_id == committee_id and not each.acts:
                self._service.bell.deliver(await self._store.withdraw_acting(each.asked, now))
        there = [each for each in await self.selves(actor) if each.committee_id == committee_id]
        for person in there:
            self._service.bell.deliver(await self._store.end_acting(committee_id, person.id, now))
        return bool(there) or any(each.asked.committee_id == committee_id for each in found)

    async def elsewhere(self, actor: Person) -> tuple[Elsewhere, ...]:
        """Where the actor asked to act and has no answer yet, or acts now."""
        here = {each.committee_id for each in await self.selves(actor)}
        found = await self._store.actings_from(actor, self._service.clock.now())
        open_ = [each for each in found if each.state is RelayState.OPEN or each.committee_id in here]
        return tuple(Elsewhere(asked=each, acts=each.state is RelayState.TAKEN) for each in open_)

    async def selves(self, reader: Person) -> tuple[Person, ...]:
        """Who the reader is elsewhere at this moment: where they act, or at home."""
        if reader.acting_of is None and LEADING.isdisjoint(reader.roles):
            return ()
        return await self._store.selves(reader, self._service.clock.now())

    async def told(self, reader: Person, relay_id: int) -> Told:
        """A relay as this reader may know it. Raises `UnknownRelayError`."""
        relay = await self._store.relay(reader.committee_id, relay_id)
        if relay.kind is not RelayKind.ACTING:
            raise UnknownRelayError
        asked = await self._store.acting(reader.committee_id, relay_id)
        answers = asked is not None and relay.open and relay.about_id is None
        over = relay.ends_at is not None and relay.ends_at <= self._service.clock.now()
        return Told(relay=relay, asked=asked, answers=answers and not over and reader.id in relay.asked)

    async def of(self, reader: Person) -> Sequence[int]:
        """What the reader is to answer, and how they act themselves; oldest first."""
        return await self._store.actings_of(reader, self._service.clock.now())

    def _checked(self, until: Micros) -> Micros:
        now = self._service.clock.now()
        if not now < until <= now + MOST:
            raise MalformedError
        return now

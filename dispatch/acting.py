"""Somebody acts as a committee's secretary for a while: who they are at any moment, and what is asked.

Pure. A guest is of another committee and belongs to this one from the moment of acceptance until the end; one
of its own people is a secretary besides what they are. Nothing is done when it is over: `at` compares with
the clock whenever a committee is read. Values, and the part of the store that keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from dispatch import access
from dispatch.errors import NotAllowedError
from dispatch.moments import Micros
from dispatch.pauses import LONGEST
from dispatch.people import LEADING, Person, Role, Roster
from dispatch.relays import Relay, RelayKind, RelayState
from dispatch.verbs import Answer, AnswerKey, Verb

MOST: Micros = LONGEST
"""How long at once: a quarantine's length. Whoever is still needed then is asked for anew."""


class Ending(StrEnum):
    """Why nobody is asked, or acts, any more."""

    NONE = ""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What a committee is asked: that somebody of another one may act for it. Its people have cards of the
    relay `relay_id`; whoever wants to act has one of `origin_id`, in the committee that they are of."""

    relay_id: int
    committee_id: int
    committee: str
    sender_id: int
    sender: str
    person_id: int
    who: str
    origin_id: int
    until: Micros
    state: RelayState = RelayState.OPEN
    ending: Ending = Ending.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What an answer changes; without a `state` nothing."""

    answer: Answer
    state: RelayState | None = None
    ending: Ending = Ending.NONE


Rule = Callable[[Relay, Acting, Person], Ruling]
"""Pure: what was asked as it stands now, and who it is about, as they are at home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was kept of a question or an appointment: its relays, and ids of new outbox rows."""

    relays: tuple[int, ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was kept of an answer, and ids of new outbox rows."""

    ruling: Ruling
    rows: tuple[int, ...] = ()


class Actings(Protocol):
    """The part of the store that keeps them."""

    async def ask_acting(
        self, asking: Relay, telling: Relay, person: Person, to: Roster, home: Roster
    ) -> Asked:
        """Ask the committee `to`, and tell the person at `home`. Whoever asked the same before, and has no
        answer yet, has asked already: nothing is kept then, and no relay is given."""

    async def answer_acting(
        self, committee_id: int, relay_id: int, by: Person, rule: Rule, now: Micros
    ) -> Ruled:
        """Let `rule` answer it. Taken, the person belongs to the committee from now on, with the chats that
        they have at home. Raises `UnknownRelayError`."""

    async def appoint(self, telling: Relay, roster: Roster) -> Asked:
        """The relay's person, who is of the committee, acts from now on until its end."""

    async def end_acting(self, committee_id: int, person_id: int, now: Micros) -> tuple[int, ...]:
        """Whoever acts there under this number does not from now on; ids of new outbox rows."""

    async def withdraw_acting(self, asked: Acting, now: Micros) -> tuple[int, ...]:
        """Nobody is to answer it any more; ids of new outbox rows."""

    async def acting(self, committee_id: int, relay_id: int) -> Acting | None:
        """What a relay of either committee is about; None for one about a committee's own person."""

    async def actings_of(self, person: Person, now: Micros) -> tuple[int, ...]:
        """Relays of their committee that the person is to answer, or that say how they act now; oldest
        first."""

    async def actings_from(self, person: Person, now: Micros) -> tuple[Acting, ...]:
        """Where somebody has asked to act, or acts now, from the committee that they are of."""

    async def selves(self, person: Person, now: Micros) -> tuple[Person, ...]:
        """Who somebody is elsewhere at this moment because they act there, or at home."""


def at(roster: Roster, now: Micros) -> Roster:
    """The committee as it is at this moment: guests who act then and no others, and its own people who act
    as secretaries. Repeating is safe; the same roster comes back where nothing differs."""
    seen = {person.id: _seen(person, now) for person in roster.acting}
    if all(seen[person.id] == person for person in roster.acting):
        return roster
    people = {who: seen.get(who, person) for who, person in roster.people.items()}
    there = {who: person for who, person in people.items() if person is not None}
    return replace(
        roster,
        people=there,
        addresses=tuple(
            each for each in roster.addresses if each.person_id is None or each.person_id in there
        ),
        waking={who: ways for who, ways in roster.waking.items() if who in there},
    )


def holds(roster: Roster, now: Micros) -> tuple[Micros, Micros]:
    """From when until when `at` gives what it gives at this moment."""
    moments = {
        moment
        for person in roster.acting
        for moment in (person.acting_since, person.acting_until)
        if moment is not None
    }
    since = max((moment for moment in moments if moment <= now), default=0)
    until = min((moment for moment in moments if moment > now), default=FOREVER)
    return since, until


FOREVER: Micros = 2**62
"""Later than any moment that is ever compared with it."""


def lapsed(person: Person, now: Micros) -> bool:
    """They acted, do no longer, and may not answer for the committee as what they are otherwise."""
    ended = person.acting_until is not None and person.acting_until <= now
    return ended and LEADING.isdisjoint(person.roles)


def check(verb: Verb, actor: Person) -> None:
    """Raise `NotAllowedError` for whoever may not, and for whoever could only because they act themselves:
    nobody makes their own time longer."""
    if actor.guest:
        raise NotAllowedError(verb=verb.value)
    own = actor.roles - {Role.SECRETARY} if actor.raised else actor.roles
    access.check(verb, replace(actor, roles=own), actor.committee_id)


def deciders(roster: Roster) -> tuple[int, ...]:
    """Who is asked whether somebody of another committee may act."""
    return tuple(sorted(person.id for person in roster.people.values() if _decides(person)))


def question(person: Person, to: Roster, now: Micros, until: Micros) -> Relay:
    """What the other committee's people are asked by. It has no time of its own: nobody is asked next."""
    return Relay(
        committee_id=to.committee.id,
        cause=f"acting {person.committee_id}/{person.id} {now}",
        kind=RelayKind.ACTING,
        about_id=None,
        made_at=now,
        due_at=None,
        version=1,
        starts_at=now,
        ends_at=until,
        asked=deciders(to),
    )


def receipt(person: Person, to: int, now: Micros, until: Micros) -> Relay:
    """What whoever asks keeps: how it stands."""
    return _about(person, f"acts {person.id} for {to} {now}", now, until)


def appointment(person: Person, by: Person, now: Micros, until: Micros) -> Relay:
    """What one of a committee's own people is told."""
    told = _about(person, f"appointed {person.id} {now}", now, until)
    return replace(told, by_id=by.id, state=RelayState.TAKEN, taken_by=person.id, decided_at=now)


def _about(person: Person, cause: str, now: Micros, until: Micros) -> Relay:
    """What they read themselves of their own time, in their own committee."""
    return Relay(
        committee_id=person.committee_id,
        cause=cause,
        kind=RelayKind.ACTING,
        about_id=person.id,
        made_at=now,
        due_at=None,
        version=1,
        starts_at=now,
        ends_at=until,
    )


def answered(relay: Relay, asked: Acting, person: Person, now: Micros, *, accepts: bool) -> Ruling:
    """The first answer counts, as long as there is something to answer."""
    if not relay.open or asked.until <= now:
        return Ruling(answer=Answer(AnswerKey.NOT_NEEDED, {}))
    if not accepts:
        said = Answer(AnswerKey.NOT_LET_ACT, {"who": asked.who})
        return Ruling(answer=said, state=RelayState.OVER, ending=Ending.DECLINED)
    if not person.active or LEADING.isdisjoint(person.roles):
        gone = Answer(AnswerKey.NOT_NEEDED, {})
        return Ruling(answer=gone, state=RelayState.OVER, ending=Ending.WITHDRAWN)
    return Ruling(answer=Answer(AnswerKey.LET_ACT, {"who": asked.who}), state=RelayState.TAKEN)


def guest_key(sender: str, person: str) -> str:
    """By what a guest is known in the other committee; no file can give such a key."""
    return f"~{sender}.{person}"


def _seen(person: Person, now: Micros) -> Person | None:
    acts = person.acts(now)
    if person.guest:
        return person if acts else None
    if acts and Role.SECRETARY not in person.roles:
        return replace(person, roles=person.roles | {Role.SECRETARY}, raised=True)
    if person.raised and not acts:
        return replace(person, roles=person.roles - {Role.SECRETARY}, raised=False)
    return person


def _decides(person: Person) -> bool:
    try:
        check(Verb.LET_ACT, person)
    except NotAllowedError:
        return False
    return True

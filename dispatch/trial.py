"""A playbook tried on paper: one job of an invented committee, moved by the real decisions, and a clock that
is only imagined.

`rehearsal` tells what happens on a committee as it stands where nobody ever answers; here somebody does, step
by step. Nothing is kept, nobody is told, and every name and number is invented.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dispatch import lifecycle, revealing
from dispatch.events import Entry, Event
from dispatch.geography import Building, Point, haversine
from dispatch.jobs import Job, JobStatus, Private
from dispatch.moments import HOUR, Micros
from dispatch.people import Address, Committee, Ladder, Person, Role, Roster, Rung
from dispatch.playbook import Playbook
from dispatch.residents import Contact, ContactKind
from dispatch.situation import Decision, Situation
from dispatch.verbs import Command, Verb
from dispatch.views import JobView, Relation

YOU, STAFF, DUTY, DEPUTY, DIRECTOR, OFFICE = 1, 11, 12, 13, 14, 15
OTHERS = (2, 3, 4)
"""Other volunteers: enough to see that they are asked."""

ROLES: Mapping[int, Role] = {
    **dict.fromkeys((YOU, *OTHERS), Role.VOLUNTEER),
    STAFF: Role.STAFF,
    **dict.fromkeys((DUTY, DEPUTY, DIRECTOR), Role.SECRETARY),
    OFFICE: Role.OFFICE,
}
"""Everybody that there is."""

LEADERS = (STAFF, DUTY, DEPUTY, DIRECTOR, OFFICE)

BEGINS: Micros = 1_780_621_200_000_000
"""A Friday, 09:00 in Shanghai: the hour of the first knock in the field notes."""

LONGEST: Micros = 48 * HOUR
"""One wait at most: by then all leaders have been called some hundreds of times."""

_COMMITTEE, _BUILDING, _JOB = 1, 3, 1
_EMERGENCY = {"ambulance": "120", "police": "110"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What those of `ROLES` are called, the building, and what is known of the resident."""

    names: Mapping[int, str]
    building: str
    private: Private


class Nearby:
    """Distances good enough for people who are invented."""

    def meters(self, a: Point, b: Point) -> float:
        """As the crow flies."""
        return haversine(a, b)


class Trial:
    """One job of one place, just posted. `decisions` are all so far, `now` is the imagined clock."""

    def __init__(self, playbook: Playbook, cast: Cast) -> None:
        self.now = BEGINS
        self.private = cast.private
        self.decisions: list[Decision] = []
        self.state = _situation(playbook, cast)
        self._take(lifecycle.posted(self.state, self.now, Nearby()))

    @property
    def job(self) -> Job:
        """As it stands now."""
        return self.state.job

    @property
    def over(self) -> bool:
        """Nothing is to be done any more."""
        return self.job.status is JobStatus.CLOSED

    @property
    def timeline(self) -> tuple[Entry, ...]:
        """All that has happened, in order; the job's version grows by one with each."""
        events = (event for decision in self.decisions for event in decision.events)
        return tuple(_entry(event, version) for version, event in enumerate(events, 1))

    def does(self, actor: int, verb: Verb, *, finding: str = "", note: str = "") -> Decision:
        """Somebody does something. Raises `DispatchError` where the rules refuse it; nothing changed then."""
        command = Command(verb=verb, actor=actor, finding=finding, note=note)
        return self._take(lifecycle.decide(self.state, command, self.now, Nearby(), {}))

    def waits(self, length: Micros) -> Iterator[Decision]:
        """Time passes, `LONGEST` at most: what falls due in it, one after the other, while the clock stands
        at its moment. It has passed once all of them are taken."""
        end = self.now + min(length, LONGEST)
        while (due := self.job.look_at) is not None and due <= end:
            self.now = max(self.now, due)
            yield self._take(lifecycle.looked(self.state, self.now, Nearby()))
        self.now = end

    def view(self, reader: int) -> JobView:
        """The job as somebody would see it now."""
        situation, person = self.state, self.state.roster.people[reader]
        mine = [claim for claim in situation.claims if claim.person_id == reader]
        holds = any(claim.holds_place for claim in mine)
        shown = revealing.reveals(situation, person)
        return JobView(
            situation=situation,
            reader=person,
            relation=Relation.CLAIMER if holds else _relation(person, released=bool(mine)),
            mine=mine[-1] if mine else None,
            private=revealing.limited(self.private, situation, person) if shown else None,
            desk=person.desk,
            timeline=self.timeline if reader in LEADERS else (),
        )

    def _take(self, decision: Decision) -> Decision:
        self.decisions.append(decision)
        self.state = decision.after
        return decision


def _entry(event: Event, version: int) -> Entry:
    """As it would be kept."""
    return Entry(
        job_id=_JOB,
        version=version,
        kind=event.kind,
        at=event.at,
        actor_id=event.actor_id,
        loop=event.loop,
        step=event.step,
        data=event.data,
        note=event.note,
    )


def known(private: Private) -> frozenset[str]:
    """Which private fields and contacts there are."""
    kinds = {contact.kind.value for contact in private.contacts}
    fields = {
        "text": private.text,
        "unit": private.unit,
        "phone": private.phone,
        "resident": private.resident_name,
    }
    return frozenset({field for field, value in fields.items() if value} | kinds)


def without(private: Private, unknown: frozenset[str]) -> Private:
    """The same where these contacts are not known: of `phone`, `resident`, `keyholder`, `family`."""
    contacts = tuple(contact for contact in private.contacts if contact.kind.value not in unknown)
    less = replace(private, contacts=contacts, phone="" if "phone" in unknown else private.phone)
    if "resident" not in unknown:
        return less
    return replace(less, resident_name="", resident_notes="", contacts=())


def invented(resident: str, notes: str, text: str, family: str, keyholder: str) -> Private:
    """A resident with everything that may be known of one."""
    return Private(
        text=text,
        unit="502",
        phone="13800000000",
        resident_name=resident,
        resident_notes=notes,
        contacts=(
            Contact(name=family, phone="13900000000", kind=ContactKind.FAMILY),
            Contact(name=keyholder, phone="13700000000", kind=ContactKind.KEYHOLDER),
        ),
    )


def _relation(person: Person, *, released: bool) -> Relation:
    if person.id in LEADERS:
        return Relation.CALLED
    return Relation.RELEASED if released else Relation.ASKED


def _situation(playbook: Playbook, cast: Cast) -> Situation:
    roster = _roster(playbook, cast)
    job = Job(
        id=_JOB,
        committee_id=_COMMITTEE,
        version=0,
        kind=playbook.kind,
        playbook=playbook.digest,
        priority=playbook.priority,
        status=JobStatus.OPEN,
        posted_by=STAFF,
        posted_at=BEGINS,
        building_id=_BUILDING,
        hides=known(cast.private),
        look_at=BEGINS,
    )
    return Situation(job=job, playbook=playbook, roster=roster, present=roster.by_chat)


def _roster(playbook: Playbook, cast: Cast) -> Roster:
    people = {ident: _person(ident, playbook, cast.names[ident]) for ident in ROLES}
    building = Building(id=_BUILDING, committee_id=_COMMITTEE, key="3", name=cast.building)
    rungs = {Rung.DUTY: DUTY, Rung.DEPUTY: DEPUTY, Rung.DIRECTOR: DIRECTOR, Rung.OFFICE: OFFICE}
    return Roster(
        committee=Committee(
            id=_COMMITTEE,
            key="trial",
            name="",
            language="zh_CN",
            timezone="Asia/Shanghai",
            emergency=_EMERGENCY,
        ),
        people=people,
        buildings={_BUILDING: building},
        addresses=tuple(
            Address(id=ident, committee_id=_COMMITTEE, platform="chat", value=str(ident), person_id=ident)
            for ident in people
        ),
        ladder=Ladder(
            rungs={rung: (ident,) for rung, ident in rungs.items()}, last_resort=(DIRECTOR, OFFICE)
        ),
    )


def _person(ident: int, playbook: Playbook, name: str) -> Person:
    """Volunteers bring whatever the playbook asks for."""
    return Person(
        id=ident,
        committee_id=_COMMITTEE,
        key=str(ident),
        name=name,
        language="zh_CN",
        roles=frozenset({ROLES[ident]}),
        trusted=True,
        skills=playbook.needs.skills,
        speaks=playbook.needs.speaks,
        vehicle="car" if playbook.needs.vehicle else None,
    )

"""Small, real values for the rule tests: a committee, a playbook and a job, all by hand."""

from dataclasses import replace

from dispatch import lifecycle
from dispatch.geography import Building, Point, haversine
from dispatch.jobs import Job, JobStatus, Priority
from dispatch.moments import MINUTE, Micros
from dispatch.people import PAGE, Address, Audience, Committee, Ladder, Person, Role, Roster, Rung
from dispatch.playbook import Deadlines, Needs, Playbook, RungCall, Wave, WaveTo
from dispatch.situation import Decision, Situation
from dispatch.transfers import Transfer
from dispatch.verbs import Command, Verb

NOW: Micros = 1_780_000_000_000_000
"""A Thursday in 2026; any moment serves."""

STAFF, SECRETARY_A, SECRETARY_B, DEPUTY, DIRECTOR, OFFICE = 901, 902, 903, 904, 905, 906
VOLUNTEERS = tuple(range(1, 13))


class Geodesic:
    """Distances good enough for rules: the great circle."""

    def meters(self, a: Point, b: Point) -> float:
        return haversine(a, b)


DISTANCES = Geodesic()


def person(ident: int, *roles: Role, trusted: bool = True, building: int | None = None) -> Person:
    return Person(
        id=ident,
        committee_id=1,
        key=f"p{ident}",
        name=f"P{ident}",
        language="en",
        roles=frozenset(roles),
        trusted=trusted,
        building_id=building,
    )


def roster(*, rooms: bool = False) -> Roster:
    """Twelve volunteers, one a building in a row eastwards, and one of each leader."""
    people = [person(ident, Role.VOLUNTEER, building=ident) for ident in VOLUNTEERS]
    people += [person(STAFF, Role.STAFF), person(OFFICE, Role.OFFICE)]
    people += [person(ident, Role.SECRETARY) for ident in (SECRETARY_A, SECRETARY_B, DEPUTY, DIRECTOR)]
    buildings = {
        ident: Building(
            id=ident,
            committee_id=1,
            key=str(ident),
            name=f"{ident}号楼",
            point=Point(lat=31.2, lon=121.47 + ident / 1000),
        )
        for ident in VOLUNTEERS
    }
    addresses = [
        Address(id=one.id, committee_id=1, platform="chat", value=one.key, person_id=one.id) for one in people
    ]
    if rooms:
        addresses.append(
            Address(id=5000, committee_id=1, platform="chat", value="room", audience=Audience.VOLUNTEERS)
        )
    return Roster(
        committee=Committee(
            id=1,
            key="test",
            name="Test",
            language="en",
            timezone="Asia/Shanghai",
            emergency={"ambulance": "120", "police": "110"},
        ),
        people={one.id: one for one in people},
        buildings=buildings,
        addresses=tuple(addresses),
        ladder=Ladder(
            rungs={
                Rung.DUTY: (SECRETARY_A, SECRETARY_B),
                Rung.DEPUTY: (DEPUTY,),
                Rung.DIRECTOR: (DIRECTOR,),
                Rung.OFFICE: (OFFICE,),
            },
            last_resort=(DIRECTOR, OFFICE),
        ),
    )


def playbook(**fields: object) -> Playbook:
    """Two counted waves, the group, then four rungs; all delays whole minutes."""
    standard = Playbook(
        digest="d1",
        kind="general",
        title={"en": "Help", "zh_CN": "帮忙"},
        icon="🙋",
        priority=Priority.NORMAL,
        recognise=(),
        require=frozenset(),
        reveal=frozenset({"unit", "phone", "text", "resident"}),
        places=1,
        needs=Needs(),
        waves=(
            Wave(after=0, to=WaveTo.NEAREST, count=2),
            Wave(after=2 * MINUTE, to=WaveTo.NEAREST, count=3),
            Wave(after=2 * MINUTE, to=WaveTo.GROUP),
        ),
        rungs=(
            RungCall(after=3 * MINUTE, to=Rung.DUTY),
            RungCall(after=3 * MINUTE, to=Rung.DEPUTY),
            RungCall(after=3 * MINUTE, to=Rung.DIRECTOR),
            RungCall(after=3 * MINUTE, to=Rung.OFFICE),
        ),
        loops=2,
        deadlines=Deadlines(
            claimed_to_started=10 * MINUTE,
            started_to_done=60 * MINUTE,
            nudge_grace=5 * MINUTE,
            waitlist_offer=2 * MINUTE,
            urge_every=5 * MINUTE,
            exhausted_every=10 * MINUTE,
        ),
    )
    return replace(standard, **fields)  # type: ignore[arg-type]  # fields of Playbook, by name


def situation(book: Playbook | None = None, people: Roster | None = None, **job: object) -> Situation:
    """A job inserted but not yet decided on."""
    plays = book or playbook()
    fresh = Job(
        id=42,
        committee_id=1,
        version=0,
        kind=plays.kind,
        playbook=plays.digest,
        priority=plays.priority,
        status=JobStatus.OPEN,
        posted_by=STAFF,
        posted_at=NOW,
        places=plays.places,
        building_id=1,
        hides=frozenset({"unit", "text"}),
        look_at=NOW,
    )
    committee = people or roster()
    chats = (address for address in committee.addresses if address.platform != PAGE)
    return Situation(
        job=replace(fresh, **job),  # type: ignore[arg-type]  # fields of Job, by name
        playbook=plays,
        roster=committee,
        present=frozenset(address.person_id for address in chats if address.person_id is not None),
    )


class Play:
    """One job moved by decisions only; keeps every event and notice for a look afterwards."""

    def __init__(self, start: Situation | None = None, now: Micros = NOW) -> None:
        from_here = start or situation()
        self.now = now
        self.decisions: list[Decision] = []
        self.state = from_here
        self._take(lifecycle.posted(from_here, self.now, DISTANCES))

    @property
    def job(self) -> Job:
        return self.state.job

    def _take(self, decision: Decision) -> Decision:
        self.decisions.append(decision)
        self.state = decision.after
        return decision

    def does(self, actor: int, verb: Verb, **fields: object) -> Decision:
        command = Command(verb=verb, actor=actor, **fields)  # type: ignore[arg-type]  # by name
        return self._take(lifecycle.decide(self.state, command, self.now, DISTANCES, {}))

    def answers_office(self, person: int, *, since_version: int, accepts: bool) -> Decision:
        """Somebody of the office accepts or declines what they were asked at that version."""
        asked = Transfer(relay_id=7, committee_id=1, sender_id=1, job_id=42, since_version=since_version)
        return self._take(
            lifecycle.answered(self.state, asked, self.now, DISTANCES, accepts=accepts, person=person)
        )

    def look(self) -> Decision:
        return self._take(lifecycle.looked(self.state, self.now, DISTANCES))

    def passes(self, micros: Micros) -> Decision:
        """Time passes in one leap, as if everything had been down; then one look."""
        self.now += micros
        return self.look()

    def lives(self, micros: Micros) -> None:
        """Time passes as it should: a look at each due moment."""
        end = self.now + micros
        while self.job.look_at is not None and self.job.look_at <= end:
            self.now = max(self.now, self.job.look_at)
            self.look()
        self.now = end

    def asked(self) -> list[int]:
        return [ask.person_id for ask in self.state.asks if not ask.leader]

    def called(self) -> list[int]:
        return [ask.person_id for ask in self.state.asks if ask.leader]

    def events(self) -> list[str]:
        return [event.kind.value for decision in self.decisions for event in decision.events]

"""How long choosing a wave takes among 280, ten thousand and a hundred thousand people.

Measured is what happens when a job is looked at and a policy says whom to ask: the nearest who may be asked
are found, their walks measured, and the adaptive policy weighs them by what is on record of each. The job
is at another building each time, so nothing of the last look helps. The smaller committees have drawn their
ground, so that ways on foot are looked up; a town is beyond what is reckoned (`dispatch.paths`).
"""

import time
from collections.abc import Iterator, Mapping
from random import Random

from bench.report import Aim, Figure, Outcome, median, p99
from bot.app import settle_memory
from bot.playbooks import load_playbooks
from dispatch import seeking
from dispatch.geography import Building, Point, flat
from dispatch.jobs import Job, JobStatus
from dispatch.moments import MINUTE
from dispatch.people import Address, Committee, Ladder, Person, Role, Roster
from dispatch.playbook import Playbook
from dispatch.policies.counts import Row
from dispatch.policies.record import Record
from dispatch.situation import Situation

POOLS = {"280": (280, 60), "10k": (10_000, 400), "100k": (100_000, 2_000)}
"""Volunteers and the buildings in which they live; a hundred thousand are the people of a whole town."""

ROUNDS = 60
"""As many jobs as the smallest pool has buildings; most of the time goes into making the people."""

AIMS_MS = {"280": 1.0, "100k": 5.0}
"""The first is ours: as little as the rest of a decision. The other one was set for the program."""

DEGREES = 0.0006
"""So many degrees, about 60 metres, between neighbouring buildings."""

DRAWN = 400
"""Buildings of the largest committee that has drawn its ground."""

WINDING = 1.2
"""Way to straight line round slabs of houses."""

NOW = 1_790_000_000_000_000
"""Any moment will do: noon in Shanghai, on a day in September 2026."""


async def measure() -> Outcome:
    """Choose many waves in each pool."""
    figures, values = [], {}
    for name, (people, buildings) in POOLS.items():
        waits = list(_waits(people, buildings))
        aim = Aim(sign="≤", limit=AIMS_MS[name]) if name in AIMS_MS else None
        figures.append(Figure(name=f"a wave among {people:,}, ms", ours=median(waits), aim=aim))
        figures.append(Figure(name=f"a wave among {people:,}, p99 ms", ours=p99(waits)))
        values[f"ms_{name}"] = median(waits)
        values[f"p99_ms_{name}"] = p99(waits)
    return Outcome(figures=figures, values=values)


def _waits(people: int, buildings: int) -> Iterator[float]:
    random = Random(7)  # noqa: S311 - places, not secrets
    roster, record = _roster(random, people, buildings), _record(random, people)
    playbook = load_playbooks(None)["general"]
    settle_memory()  # as the program does once it has started
    for building in random.sample(sorted(roster.buildings), ROUNDS):
        situation = _situation(playbook, roster, record, building)
        record.next_job()
        begun = time.perf_counter()
        wave = seeking.next_wave(situation, NOW, NOW)
        yield (time.perf_counter() - begun) * 1000
        assert wave.people, "somebody is asked"


def _situation(playbook: Playbook, roster: Roster, record: Record, building: int) -> Situation:
    job = Job(
        id=42,
        committee_id=1,
        version=1,
        kind=playbook.kind,
        playbook=playbook.digest,
        priority=playbook.priority,
        status=JobStatus.OPEN,
        posted_by=0,
        posted_at=NOW - MINUTE,
        places=1,
        building_id=building,
        hides=frozenset(),
        look_at=NOW,
    )
    return Situation(job=job, playbook=playbook, roster=roster, present=roster.by_chat, record=record)


def _roster(random: Random, people: int, buildings: int) -> Roster:
    side = DEGREES * buildings**0.5
    homes = {
        ident: Building(
            id=ident,
            committee_id=1,
            key=str(ident),
            name=str(ident),
            point=Point(lat=31.2 + random.random() * side, lon=121.4 + random.random() * side),
        )
        for ident in range(1, buildings + 1)
    }
    volunteers = {
        ident: Person(
            id=ident,
            committee_id=1,
            key=str(ident),
            name=str(ident),
            language="en",
            roles=frozenset({Role.VOLUNTEER}),
            trusted=True,
            building_id=random.randint(1, buildings),
        )
        for ident in range(people)
    }
    roster = Roster(
        committee=Committee(
            id=1, key="bench", name="Bench", language="en", timezone="Asia/Shanghai", emergency={}
        ),
        people=volunteers,
        buildings=homes,
        addresses=tuple(
            Address(id=ident, committee_id=1, platform="telegram", value=str(ident), person_id=ident)
            for ident in volunteers
        ),
        ladder=Ladder(),
        paths=_paths(homes) if buildings <= DRAWN else {},
    )
    roster.homes.outward(1)  # what is worked out once for a committee is not what is measured
    return roster


def _paths(homes: Mapping[int, Building]) -> Mapping[int, Mapping[int, float]]:
    """As long as in a compound with few walls: what is measured is that they are looked up."""
    points = {ident: home.point for ident, home in homes.items() if home.point is not None}
    return {
        one: {other: flat(here, there) * WINDING for other, there in points.items() if other != one}
        for one, here in points.items()
    }


def _record(random: Random, people: int) -> Record:
    """Everybody was asked a dozen times, and accepted some."""
    rows = (
        Row(person_id=person, facet="", bucket=6, asked=12, accepted=random.randrange(6), refused=2)
        for person in range(people)
    )
    return Record(rows=rows, rests={person: random.randrange(1, 90) for person in range(people)})

"""Words of staff about buildings: schemes of sealing, and the committee of which they were said."""

from dataclasses import replace

from dispatch.moments import HOUR, Micros
from dispatch.people import Roster
from dispatch.sealing import Scheme, Sealing, Stage, Status
from tests.rules import builders
from tests.rules.builders import NOW, STAFF

DAY: Micros = 24 * HOUR
SEVEN: Scheme = (Stage(status=Status.SEALED, days=7), Stage(status=Status.CONTROLLED, days=7))
TWO: Scheme = (Stage(status=Status.SEALED, days=2), Stage(status=Status.CONTROLLED, days=12))
SHUT: Scheme = (Stage(status=Status.SEALED),)


def said(
    building: int = 3, scheme: Scheme = SEVEN, since: Micros = NOW, number: int = 1, by: int = STAFF
) -> Sealing:
    return Sealing(
        id=number,
        committee_id=1,
        building_id=building,
        since=since,
        scheme=scheme,
        by_id=by,
        set_at=since,
    )


def shut(*sealings: Sealing, gear: frozenset[int] = frozenset()) -> Roster:
    people = builders.roster()
    dressed = {who: replace(each, gear=who in gear) for who, each in people.people.items()}
    return replace(people, people=dressed, sealings=sealings)

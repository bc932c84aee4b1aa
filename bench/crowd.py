"""The committee that the benches work with: one compound, and as many invented volunteers as wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dispatch import register
from dispatch.jobs import Draft, Priority
from dispatch.people import Committee, Person
from dispatch.people_file import MOST_DAILY
from dispatch.ports import Bell, Store

VOLUNTEERS = 280
"""The largest number of volunteers of one committee in the field notes (six groups)."""

BUILDINGS = 12
"""Buildings of one compound: volunteers share them, as neighbours do."""

KIND = "medicine_run"
"""The commonest job of the field notes (ten a day and more): urgent, five are asked at once."""

TEXT = "7-502 胰岛素用完 中山医院"
"""A message as staff write it; building 7 is there."""

DESK = (("lin", "林社工", "staff"), ("zhao", "赵书记", "secretary"))
"""Whose pages follow every job: the fewest that a committee can be without."""


class LostBell:
    """`dispatch.ports.Bell` that rings for nothing: what is measured is everything but the queue."""

    def look(self, committee_id: int, job_id: int, at: int) -> None:
        """Nothing."""

    def deliver(self, rows: Sequence[int], *, later: bool = False) -> None:
        """Nothing."""


NO_BELL: Bell = LostBell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A committee in the store, everybody invited."""

    committee: Committee
    staff: Person
    volunteers: Sequence[Person]
    building: int

    def draft(self, number: int) -> Draft:
        """An urgent job like any other; the same number is the same job."""
        return Draft(
            committee_id=self.committee.id,
            kind=KIND,
            priority=Priority.URGENT,
            text=TEXT,
            nonce=f"bench {number}",
            posted_by=self.staff.id,
            building_id=self.building,
            unit="502",
            phone="19900001234",
        )


async def settle(store: Store, volunteers: int = VOLUNTEERS) -> Crowd:
    """Load the committee and invite everybody in it."""
    await store.load(register.parse("bench.toml", table(volunteers)), prune=False, demo=False)
    committee = (await store.committees())[0]
    for person in (await store.roster(committee.id)).people.values():
        await store.invite(committee.id, person.id, revoke=False)
    return await known(store)


async def known(store: Store) -> Crowd:
    """The committee that was settled in this store before."""
    committee = (await store.committees())[0]
    roster = await store.roster(committee.id)
    people = {person.key: person for person in roster.people.values()}
    desk = {key for key, _, _ in DESK}
    return Crowd(
        committee=committee,
        staff=people[DESK[0][0]],
        volunteers=[person for key, person in people.items() if key not in desk],
        building=roster.building_by_key["7"].id,
    )


def table(volunteers: int) -> dict[str, Any]:
    """The committee's file, as it would be read."""
    return {
        "committee": {
            "key": "bench",
            "name": "梧桐里居民区",
            "language": "zh_CN",
            "timezone": "Asia/Shanghai",
            "coordinates": "wgs84",
            "emergency": {"ambulance": "120", "police": "110"},
        },
        "buildings": [
            # About a hundred metres from one to the next.
            {"key": str(number), "name": f"{number}号楼", "lat": 31.2, "lon": 121.47 + number / 1000}
            for number in range(1, BUILDINGS + 1)
        ],
        "people": [
            *(_volunteer(number) for number in range(1, volunteers + 1)),
            *(_person(key, name, role) for key, name, role in DESK),
        ],
        "ladder": {"duty": ["zhao"], "last_resort": ["zhao"]},
    }


def _volunteer(number: int) -> dict[str, object]:
    person = _person(f"v{number}", f"志愿者{number}", "volunteer")
    # Asked as often as a file may allow: a bench posts more jobs in a minute than a committee in a month.
    return {**person, "trusted": True, "building": str(number % BUILDINGS + 1), "daily": MOST_DAILY}


def _person(key: str, name: str, role: str) -> dict[str, object]:
    return {"key": key, "name": name, "roles": [role], "language": "zh_CN"}

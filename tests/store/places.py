"""A committee of the samples as it stands in a store, with its ids by key."""

from dataclasses import dataclass, replace

from dispatch.jobs import Priority
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.ports import Decide
from dispatch.situation import Situation
from store import SqlStore
from tests.store import samples
from tests.store.samples import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One committee."""

    store: SqlStore
    committee_id: int
    people: dict[str, int]
    buildings: dict[str, int]

    async def post(
        self,
        decide: Decide = samples.posted,
        *,
        nonce: str = "form-1",
        building: str = "3",
        unit: str = samples.DOOR,
        phone: str = "",
        priority: Priority = Priority.URGENT,
        now: Micros = NOW,
    ) -> Saved:
        """Post the sample job; without a building without a door as well."""
        draft = samples.draft(self.committee_id, self.buildings.get(building))
        draft = replace(draft, nonce=nonce, phone=phone, priority=priority, unit=unit if building else "")
        return await self.store.post(draft, samples.playbook(), now, decide)

    async def situation(self, job_id: int) -> Situation:
        """The job as it stands."""
        return await self.store.situation(self.committee_id, job_id)


async def settle(store: SqlStore, key: str = "wutongli", *, volunteers: int = 3) -> Place:
    """Load the sample committee."""
    await store.load(samples.register(key, volunteers=volunteers), prune=False, demo=False)
    committee = next(each for each in await store.committees() if each.key == key)
    roster = await store.roster(committee.id)
    return Place(
        store=store,
        committee_id=committee.id,
        people={person.key: person.id for person in roster.people.values()},
        buildings={building.key: building.id for building in roster.buildings.values()},
    )


def after(saved: Saved) -> Situation:
    """What a decision made of the job."""
    assert saved.decision is not None
    return saved.decision.after


async def read_anew(store: SqlStore, committee_id: int, job_id: int) -> Situation:
    """The situation without anything remembered."""
    store._memory.clear()
    return await store.situation(committee_id, job_id)

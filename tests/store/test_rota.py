"""The rota as it is kept: loaded with the file, changed by swaps, and seen by the next decision."""

from dataclasses import replace
from datetime import date

import pytest

from dispatch import duty
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError, UnknownPersonError
from dispatch.moments import HOUR
from dispatch.rota import Swap
from store import SqlStore
from store.duty import OVERRIDES_KEPT
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def planned(*, rrule: str = "FREQ=DAILY;BYHOUR=0", people: tuple[str, ...] = ("li",)) -> RegisterFile:
    slot = {"name": "day", "rrule": rrule, "anchor": date(2026, 1, 1), "hours": 24, "people": people}
    holiday = {"first": date(2030, 1, 1), "last": date(2030, 1, 2), "people": ["li"]}
    return replace(samples.register(), rota=[slot], holidays=[holiday])


def swap(place: Place, who: str, *, cause: str = "swap 1") -> Swap:
    return Swap(
        committee_id=place.committee_id,
        starts_at=NOW,
        ends_at=NOW + HOUR,
        person_id=place.people[who],
        by=place.people["li"],
        cause=cause,
    )


async def test_a_rota_is_kept_and_loading_it_again_changes_nothing(store: SqlStore, place: Place) -> None:
    first = await store.load(planned(), prune=False, demo=False)
    roster = await store.roster(place.committee_id)
    assert (first["added"], first["changed"]) == (1, 0)
    assert duty.on_duty(roster, NOW) == place.people["li"]
    assert roster.rota is not None
    assert roster.rota.holidays[0].first == date(2030, 1, 1)
    again = await store.load(planned(), prune=False, demo=False)
    assert (again["added"], again["changed"]) == (0, 0)
    assert (await store.roster(place.committee_id)).committee.revision == roster.committee.revision


async def test_a_changed_rota_is_seen_by_the_next_decision(store: SqlStore, place: Place) -> None:
    await store.load(planned(), prune=False, demo=False)
    counts = await store.load(planned(people=("v1", "li")), prune=False, demo=False)
    assert counts["changed"] == 1
    roster = await store.roster(place.committee_id)
    days = {duty.on_duty(roster, NOW + day * 24 * HOUR) for day in range(2)}
    assert days == {place.people["v1"], place.people["li"]}


async def test_a_file_without_a_rota_leaves_it_and_pruning_ends_it(store: SqlStore, place: Place) -> None:
    await store.load(planned(), prune=False, demo=False)
    await store.load(samples.register(), prune=False, demo=False)
    assert (await store.roster(place.committee_id)).rota is not None
    counts = await store.load(samples.register(), prune=True, demo=False)
    assert counts["deactivated"] == 1
    assert (await store.roster(place.committee_id)).rota is None


@pytest.mark.parametrize("file", [planned(rrule="FREQ=SOMETIMES"), planned(people=("nobody",))])
async def test_a_rule_or_a_person_that_nobody_knows_loads_nothing(
    store: SqlStore, place: Place, file: RegisterFile
) -> None:
    with pytest.raises(BadFileError):
        await store.load(file, prune=False, demo=False)
    assert (await store.roster(place.committee_id)).rota is None


async def test_a_swap_is_kept_once_and_seen_by_the_next_decision(store: SqlStore, place: Place) -> None:
    await store.load(planned(), prune=False, demo=False)
    before = await store.roster(place.committee_id)
    assert await store.take_duty(swap(place, "v1"), NOW)
    assert not await store.take_duty(swap(place, "v1"), NOW)
    assert not await store.take_duty(swap(place, "v2"), NOW)  # the same cause
    after = await store.roster(place.committee_id)
    assert (duty.on_duty(before, NOW), duty.on_duty(after, NOW)) == (place.people["li"], place.people["v1"])
    assert duty.on_duty(after, NOW + HOUR) == place.people["li"]
    assert await store.take_duty(swap(place, "v2", cause="swap 2"), NOW)
    assert duty.on_duty(await store.roster(place.committee_id), NOW) == place.people["v2"]


async def test_a_swap_to_somebody_of_another_committee_is_refused(store: SqlStore, place: Place) -> None:
    other = await settle(store, "fangxiang")
    with pytest.raises(UnknownPersonError):
        await store.take_duty(replace(swap(place, "v1"), person_id=other.people["v1"]), NOW)
    assert await store.take_duty(swap(place, "v1"), NOW)
    assert (await store.roster(other.committee_id)).overrides == ()


async def test_what_is_long_over_is_let_go_of_with_the_next_swap(store: SqlStore, place: Place) -> None:
    await store.take_duty(swap(place, "v1"), NOW)
    later = replace(
        swap(place, "v2", cause="later"),
        starts_at=NOW + OVERRIDES_KEPT + 2 * HOUR,
        ends_at=NOW + OVERRIDES_KEPT + 3 * HOUR,
    )
    await store.take_duty(later, later.starts_at)
    (kept,) = (await store.roster(place.committee_id)).overrides
    assert kept.person_id == place.people["v2"]

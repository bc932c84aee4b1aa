"""Loading a committee's file: by key, all or nothing, and twice changes nothing."""

from dataclasses import replace

import pytest

from dispatch.errors import BadFileError, UnknownPersonError
from dispatch.geography import Point, haversine
from dispatch.people import Role, Rung
from dispatch.residents import Contact
from store import SqlStore
from tests.store import samples
from tests.store.places import settle

ENTRIES = 1 + 2 + 5 + 1 + 1 + 1
"""Committee, buildings, people, room, ladder, resident."""


async def load(store: SqlStore, file: object = None, *, prune: bool = False) -> dict[str, int]:
    made = samples.register() if file is None else file
    return dict(await store.load(made, prune=prune, demo=True))  # type: ignore[arg-type]


async def test_a_file_becomes_a_roster(store: SqlStore) -> None:
    assert await load(store) == {"added": ENTRIES, "changed": 0, "unchanged": 0, "deactivated": 0}
    (committee,) = await store.committees()
    roster = await store.roster(committee.id)
    by_key = {person.key: person for person in roster.people.values()}
    assert (committee.key, committee.demo) == ("wutongli", True)
    assert committee.emergency == {"ambulance": "120", "police": "110"}
    assert by_key["li"].roles == {Role.STAFF, Role.SECRETARY}
    assert by_key["v1"].skills == {"medicine"}
    assert by_key["v1"].vehicle == "ebike"
    assert (by_key["v1"].trusted, by_key["new"].trusted) == (True, False)
    assert roster.buildings[by_key["v1"].building_id or 0].key == "3"
    assert roster.ladder.rungs == {Rung.DUTY: (by_key["li"].id,), Rung.DIRECTOR: (by_key["li"].id,)}
    assert roster.ladder.last_resort == (by_key["li"].id, by_key["v1"].id)
    (room,) = [address for address in roster.addresses if address.person_id is None]
    assert (room.value, room.topic) == ("-100123", "7")


async def test_residents_read_back_opened(store: SqlStore) -> None:
    await load(store)
    (committee,) = await store.committees()
    (resident,) = await store.residents(committee.id)
    assert (resident.key, resident.name, resident.unit) == (samples.RESIDENT_KEY, samples.RESIDENT, "502室")
    assert (resident.phone, resident.notes) == (samples.PHONE, samples.NOTES)
    assert resident.contacts == (Contact(name=samples.CONTACT, phone=samples.CONTACT_PHONE),)


async def test_positions_are_kept_in_wgs84(store: SqlStore) -> None:
    await load(store)
    (committee,) = await store.committees()
    buildings = (await store.roster(committee.id)).building_by_key
    point = buildings["3"].point
    assert point is not None
    assert 450 < haversine(point, Point(lat=31.2031, lon=121.4789)) < 520  # GCJ-02 is off by so many metres
    assert buildings["12"].point is None


async def test_loading_twice_changes_nothing(store: SqlStore) -> None:
    await load(store)
    before = await store.committees()
    assert await load(store) == {"added": 0, "changed": 0, "unchanged": ENTRIES, "deactivated": 0}
    assert await store.committees() == before
    assert await load(store, prune=True) == {
        "added": 0,
        "changed": 0,
        "unchanged": ENTRIES,
        "deactivated": 0,
    }
    assert await store.committees() == before


async def test_only_what_differs_is_changed(store: SqlStore) -> None:
    await load(store)
    (before,) = await store.committees()
    file = samples.register()
    people = [replace_entry(each, name="新名字") if each["key"] == "v2" else each for each in file.people]
    counts = await load(store, replace(file, people=people))
    assert counts == {"added": 0, "changed": 1, "unchanged": ENTRIES - 1, "deactivated": 0}
    (after,) = await store.committees()
    assert after.revision == before.revision + 1
    assert (await store.person(after.id, "v2")).name == "新名字"


async def test_a_person_may_get_another_address(store: SqlStore) -> None:
    await load(store)
    file = samples.register()
    old = file.people[0]["addresses"]
    assert isinstance(old, dict)
    people = [replace_entry(file.people[0], addresses={"telegram": "42"}), *file.people[1:]]
    counts = await load(store, replace(file, people=people))
    assert counts["changed"] == 1
    found = await store.address("telegram", "42")
    assert found is not None
    assert await store.address("telegram", old["telegram"]) is None
    assert (await load(store, replace(file, people=people)))["changed"] == 0
    assert (await load(store))["changed"] == 1
    assert await store.address("telegram", "42") is None


async def test_two_people_may_swap_their_addresses(store: SqlStore) -> None:
    await load(store)
    file = samples.register()
    first, second, *rest = file.people
    swapped = [
        replace_entry(first, addresses=second["addresses"]),
        replace_entry(second, addresses=first["addresses"]),
    ]
    await load(store, replace(file, people=[*swapped, *rest]))
    (committee,) = await store.committees()
    roster = await store.roster(committee.id)
    held = {roster.people[each.person_id].key: each.value for each in roster.addresses if each.person_id}
    addresses = {entry["key"]: entry["addresses"] for entry in swapped}
    assert {key: {"telegram": held[str(key)]} for key in addresses} == addresses
    assert (await load(store, replace(file, people=[*swapped, *rest])))["changed"] == 0


async def test_people_who_are_missing_stay_unless_pruned(store: SqlStore) -> None:
    place = await settle(store)
    await store.invite(place.committee_id, place.people["v3"], revoke=False)
    rows = (await place.post()).rows
    file = samples.register()
    smaller = replace(
        file, people=[each for each in file.people if each["key"] != "v3"], rooms=(), residents=()
    )
    assert (await load(store, smaller))["deactivated"] == 0
    assert (await store.person(place.committee_id, "v3")).active
    assert (await load(store, smaller, prune=True))["deactivated"] == 3
    with pytest.raises(UnknownPersonError):
        await store.person(place.committee_id, "v3")
    roster = await store.roster(place.committee_id)
    assert place.people["v3"] not in roster.people
    assert {address.person_id for address in roster.addresses} == {place.people["v1"], place.people["v2"]}
    assert await store.address("web", "wutongli/v3") is None
    assert await store.residents(place.committee_id) == ()
    assert {row.address.person_id for row in await store.outbox(rows)} == {
        place.people["v1"],
        place.people["v2"],
    }
    assert (await load(store, smaller, prune=True))["deactivated"] == 0


async def test_somebody_who_was_pruned_comes_back_as_they_were(store: SqlStore) -> None:
    place = await settle(store)
    file = samples.register()
    await load(store, replace(file, people=file.people[1:], ladder=None), prune=True)
    counts = await load(store, file)
    assert (counts["added"], counts["changed"]) == (0, 1)
    assert (await store.person(place.committee_id, "v1")).id == place.people["v1"]
    assert await store.address("telegram", "1008") is not None


async def test_a_web_address_survives_loading(store: SqlStore) -> None:
    place = await settle(store)
    await store.invite(place.committee_id, place.people["v1"], revoke=False)
    await load(store, prune=True)
    assert await store.address("web", "wutongli/v1") is not None


async def test_nothing_of_a_bad_file_is_loaded(store: SqlStore) -> None:
    bad = replace(samples.register(), ladder={"duty": ("nobody",)})
    with pytest.raises(BadFileError) as caught:
        await load(store, bad)
    assert caught.value.params["table"] == "ladder"
    lost = replace(samples.register(), residents=(samples.resident("99"),))
    with pytest.raises(BadFileError):
        await load(store, lost)
    assert await store.committees() == ()


async def test_an_invitation_gives_one_web_address(store: SqlStore) -> None:
    place = await settle(store)
    person = await store.invite(place.committee_id, place.people["v1"], revoke=False)
    before = await store.committees()
    again = await store.invite(place.committee_id, place.people["v1"], revoke=False)
    assert again == person
    assert await store.committees() == before
    address = await store.address("web", "wutongli/v1")
    assert address is not None
    assert address.person_id == person.id
    roster = await store.roster(place.committee_id)
    assert [one.platform for one in roster.addresses_of[person.id]] == ["telegram", "web"]


async def test_revoking_raises_the_epoch_every_time(store: SqlStore) -> None:
    place = await settle(store)
    person = await store.invite(place.committee_id, place.people["v1"], revoke=True)
    assert person.link_epoch == 1
    assert (await store.invite(place.committee_id, person.id, revoke=True)).link_epoch == 2
    assert (await store.person(place.committee_id, "v1")).link_epoch == 2
    assert (await store.roster(place.committee_id)).people[person.id].link_epoch == 2


def replace_entry(entry: object, **changed: object) -> dict[str, object]:
    """An entry of the file with some fields changed."""
    assert isinstance(entry, dict)
    return {**entry, **changed}

"""The register as a whole: looked at before it is loaded, loaded as it was shown, told, and logged."""

from dataclasses import replace
from typing import cast

import pytest

from dispatch import register
from dispatch.entries import (
    ContactEntry,
    GroupEntry,
    HouseholdEntry,
    PersonEntry,
    RegisterFile,
    ResidentEntry,
)
from dispatch.errors import BadFileError, RegisterChangedError
from dispatch.geography import Point
from dispatch.importing import Act, Upload
from dispatch.people import Group
from dispatch.register import TABLES
from store import SqlStore, registers
from store.engine import Row
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place
from tests.store.samples import NOW

HOUSEHOLD: HouseholdEntry = {
    "key": "door-3-502",
    "building": "3",
    "unit": "0502",
    "people": 2,
    "phone": "13800138001",
    "notes": "有一只大狗",
    "relay": False,
}
PRIVATE = ("door-3-502", "13800138001", "有一只大狗")
EAST: GroupEntry = {"key": "east", "name": "东组", "leader": "li", "parent": "all", "members": ("v1", "v2")}
ALL: GroupEntry = {"key": "all", "name": "全体", "leader": "li", "parent": None, "members": ()}


def file(**changed: object) -> RegisterFile:
    """The samples' register with groups, a household, and a volunteer who told of themselves."""
    made = samples.register()
    told: PersonEntry = {
        **cast("PersonEntry", made.people[0]),
        "speaks": ("shanghainese", "mandarin"),
        "hours": "07:00-23:00",
        "daily": 3,
        "gear": True,
        "born": 1956,
    }
    building = {
        **made.buildings[0],
        "outline": ((31.2030, 121.4788), (31.2032, 121.4788), (31.2032, 121.4790)),
    }
    lives = {**made.residents[0], "household": HOUSEHOLD["key"]}
    whole = replace(
        made,
        buildings=(building | {"spot": (120.0, 40.5)}, made.buildings[1]),
        people=(told, *made.people[1:]),
        groups=(EAST, ALL),
        households=(HOUSEHOLD,),
        residents=(lives,),
        ladder={"duty": ("li",), "last_resort": ("li",)},
    )
    return replace(whole, **changed)  # type: ignore[arg-type]  # fields by name, for brevity


async def loaded(store: SqlStore) -> int:
    await store.load(file(), prune=False, demo=True)
    (committee,) = await store.committees()
    return committee.id


async def test_people_groups_and_shapes_become_a_roster(store: SqlStore) -> None:
    roster = await store.roster(await loaded(store))
    by_key = {each.key: each for each in roster.people.values()}
    told = by_key["v1"]
    assert told.speaks == {"mandarin", "shanghainese"}
    assert (told.hours, told.daily, told.gear) == ("07:00-23:00", 3, True)
    assert roster.born == {told.id: 1956}
    assert (by_key["v2"].speaks, by_key["v2"].hours, by_key["v2"].daily) == (frozenset(), "", None)
    groups = {each.key: each for each in roster.groups.values()}
    members = frozenset({by_key["v1"].id, by_key["v2"].id})
    li, whole = by_key["li"].id, groups["all"].id
    made = Group(
        id=groups["east"].id, key="east", name="东组", leader_id=li, parent_id=whole, members=members
    )
    assert groups["east"] == made
    building = roster.building_by_key["3"]
    assert (len(building.outline), building.spot) == (3, (120.0, 40.5))
    assert building.outline[0] != Point(lat=31.2030, lon=121.4788)  # that was GCJ-02


async def test_loading_it_twice_changes_nothing(store: SqlStore) -> None:
    await loaded(store)
    before = await store.committees()
    counts = await store.load(file(), prune=True, demo=True)
    assert (counts["added"], counts["changed"], counts["deactivated"]) == (0, 0, 0)
    assert await store.committees() == before


async def test_what_a_file_does_not_say_of_people_stays_as_they_told_it(store: SqlStore) -> None:
    committee = await loaded(store)
    silent = {**samples.register().people[0], "name": "新名", "left": frozenset({"hours", "daily", "born"})}
    await store.load(file(people=(silent,)), prune=False, demo=True)
    person = await store.person(committee, "v1")
    assert (person.name, person.hours, person.daily) == ("新名", "07:00-23:00", 3)
    assert (person.speaks, person.gear) == (frozenset(), False)
    assert (await store.roster(committee)).born == {person.id: 1956}
    cleared = {**silent, "left": frozenset(), "born": None}
    await store.load(file(people=(cleared,)), prune=False, demo=True)
    assert (await store.roster(committee)).born == {}


async def test_a_year_of_birth_is_sealed_and_given_back_to_whoever_exports(
    store: SqlStore, base: Base
) -> None:
    committee = await loaded(store)
    sealed = [row["born"] for row in await base.rows("SELECT born FROM people WHERE born <> ''")]
    assert len(sealed) == 1
    assert "1956" not in sealed[0]
    told = await store.contents(committee, TABLES)
    people = cast("list[dict[str, object]]", told["people"])
    assert [each.get("born") for each in people if each["key"] == "v1"] == [1956]


async def test_a_preview_says_what_would_change_and_changes_nothing(store: SqlStore) -> None:
    committee = await loaded(store)
    before = await store.contents(committee, TABLES)
    changed = file(
        people=({**file().people[0], "name": "新名", "daily": None}, samples.person("fresh")),
        groups=({**EAST, "members": ("v1",)}, ALL),
        residents=({**file().residents[0], "phone": "13800138009"},),
    )
    told = await store.preview(changed, prune=False)
    assert [(each.table, each.key, each.act, each.fields, each.number) for each in told.changes] == [
        ("people", "v1", Act.CHANGED, ("name", "daily"), 1),
        ("people", "fresh", Act.ADDED, (), 2),
        ("groups", "east", Act.CHANGED, ("members",), 1),
        ("residents", samples.RESIDENT_KEY, Act.CHANGED, ("phone",), 1),
    ]
    assert await store.contents(committee, TABLES) == before
    assert len(await store.register_log(committee, 50)) == 8  # of the first load alone


async def test_what_is_loaded_is_what_was_shown_or_nothing(store: SqlStore) -> None:
    committee = await loaded(store)
    li = (await store.person(committee, "li")).id
    changed = file(residents=({**file().residents[0], "notes": "搬走了"},))
    shown = (await store.preview(changed, prune=False)).digest
    await store.load(file(people=({**file().people[0], "name": "别人改的"},)), prune=False, demo=True)
    with pytest.raises(RegisterChangedError):
        await store.load_shown(changed, prune=False, now=NOW, by=li, shown=shown)
    (resident,) = await store.residents(committee)
    assert resident.notes == samples.NOTES
    shown = (await store.preview(changed, prune=False)).digest
    done = await store.load_shown(changed, prune=False, now=NOW, by=li, shown=shown)
    assert done.digest == shown
    (resident,) = await store.residents(committee)
    assert resident.notes == "搬走了"


async def test_who_changed_what_is_logged_without_what_stood_there(store: SqlStore, base: Base) -> None:
    committee = await loaded(store)
    li = (await store.person(committee, "li")).id
    changed = file(residents=({**file().residents[0], "phone": "13800138009", "notes": "新的情况"},))
    await store.load_shown(changed, prune=False, now=NOW + 1, by=li)
    (newest, *_) = await store.register_log(committee, 1)
    assert (newest.by, newest.at, newest.act, newest.table, newest.entries) == (
        li,
        NOW + 1,
        Act.CHANGED,
        "residents",
        1,
    )
    assert newest.detail == ((samples.RESIDENT_KEY, ("phone", "notes")),)
    rows = await base.rows("SELECT * FROM register_log")
    assert samples.RESIDENT_KEY not in str([tuple(row) for row in cast("list[tuple[Row]]", rows)])


async def test_everything_private_is_sealed(store: SqlStore, base: Base) -> None:
    committee = await loaded(store)
    li = (await store.person(committee, "li")).id
    await store.keep_upload(committee, li, Upload(at=NOW, name="r.csv", body="，".join(PRIVATE).encode()))
    kept = await base.kept()
    for word in (*PRIVATE, *samples.PRIVATE_WORDS):
        assert word.encode() not in kept


async def test_an_upload_waits_for_whoever_sent_it_and_for_no_longer_than_it_may(store: SqlStore) -> None:
    committee = await loaded(store)
    li, other = [(await store.person(committee, key)).id for key in ("li", "v1")]
    upload = Upload(at=NOW, name="r.csv", body=b"key\n")
    await store.keep_upload(committee, li, Upload(at=NOW - 9, name="old.csv", body=b""))
    await store.keep_upload(committee, li, upload)
    assert await store.upload(committee, li) == upload
    assert await store.upload(committee, other) is None
    assert await store.upload(committee + 1, li) is None
    await store.drop_uploads(before=NOW, person_id=other)
    assert await store.upload(committee, li) == upload
    await store.drop_uploads(before=NOW + 1)
    assert await store.upload(committee, li) is None


async def test_the_contents_loaded_again_change_nothing(store: SqlStore) -> None:
    committee = await loaded(store)
    contents = await store.contents(committee, TABLES)
    again = register.parse("again", contents)
    assert again.people[0]["phone"] == file().people[0]["phone"]
    told = await store.preview(again, prune=True)
    assert told.changes == ()


async def test_contents_can_be_of_single_residents(store: SqlStore) -> None:
    committee = await loaded(store)
    await store.load(file(residents=({**file().residents[0], "key": "other"},)), prune=False, demo=True)
    found = await store.contents(committee, {"residents"}, {"residents": {"other"}})
    residents = cast("list[dict[str, str]]", found["residents"])
    assert [(each["key"], each["household"]) for each in residents] == [("other", HOUSEHOLD["key"])]


async def test_a_part_prunes_its_own_tables_only(store: SqlStore) -> None:
    committee = await loaded(store)
    part = file(groups=(ALL,), said=frozenset({"groups"}), people=(), residents=(), rooms=(), ladder=None)
    told = await store.load_shown(part, prune=True, now=NOW)
    assert [(each.table, each.key, each.act) for each in told.changes] == [
        ("groups", "east", Act.DEACTIVATED)
    ]
    roster = await store.roster(committee)
    assert {each.key for each in roster.groups.values()} == {"all"}
    assert len(roster.people) == 5


async def test_what_a_part_drops_goes_whatever_else_is_there(store: SqlStore) -> None:
    committee = await loaded(store)
    dropped = {"people": frozenset({"v2"}), "residents": frozenset({samples.RESIDENT_KEY})}
    part = replace(file(), people=(), residents=(), households=(), said=frozenset(), dropped=dropped)
    told = await store.load_shown(part, prune=False, now=NOW)
    assert [(each.table, each.name, each.act) for each in told.changes] == [
        ("people", "v2 阿姨", Act.DEACTIVATED),
        ("residents", samples.RESIDENT, Act.DEACTIVATED),
    ]
    assert await store.residents(committee) == ()
    assert "v2" not in {each.key for each in (await store.roster(committee)).people.values()}


async def test_an_export_is_logged(store: SqlStore) -> None:
    committee = await loaded(store)
    li = (await store.person(committee, "li")).id
    await store.log_export(committee, li, NOW + 5)
    (newest,) = await store.register_log(committee, 1)
    assert (newest.act, newest.by, newest.detail) == (Act.EXPORTED, li, ())


async def test_many_residents_are_made_before_the_transaction_and_are_the_same(store: SqlStore) -> None:
    committee = await loaded(store)
    resident = file().residents[0]
    many = [{**resident, "key": f"r{n}", "name": f"居民{n}", "unit": str(n)} for n in range(registers.MANY)]
    elsewhere = {**resident, "key": "new", "building": "99"}  # a building that comes with the same file
    buildings = (*file().buildings, {**file().buildings[1], "key": "99"})
    made = file(buildings=buildings, residents=(*many, elsewhere))
    told = await store.preview(made, prune=False)
    assert (told.counts["added"], told.counts["changed"]) == (len(many) + 2, 0)
    assert await store.load_shown(made, prune=False, now=NOW) == told
    found = {each.key: each for each in await store.residents(committee)}
    assert (found["r7"].name, found["r7"].unit, found["r7"].notes) == ("居民7", "7", samples.NOTES)
    roster = await store.roster(committee)
    assert roster.buildings[found["new"].building_id or 0].key == "99"
    moved = [{**each, "phone": "13800138077"} if each["key"] == "r9" else each for each in many]
    told = await store.load_shown(file(buildings=buildings, residents=moved), prune=False, now=NOW)
    assert [(each.key, each.fields) for each in told.changes] == [("r9", ("phone",))]


async def test_an_account_of_somebody_else_is_never_taken_in_silence(store: SqlStore) -> None:
    committee = await loaded(store)
    before = await store.contents(committee, TABLES)
    account = file().people[1]["addresses"]  # of v2, whom this file does not name
    thief = {**samples.person("x"), "addresses": account}
    with pytest.raises(BadFileError) as refused:
        await store.load(file(people=(thief,), groups=(), ladder=None), prune=False, demo=True)
    assert (refused.value.params["table"], refused.value.params["field"]) == (
        "people #1 (x)",
        "addresses.telegram",
    )
    assert await store.contents(committee, TABLES) == before
    part = file(people=(thief,), groups=(), ladder=None, said=frozenset({"people"}))
    await store.load(part, prune=True, demo=True)  # who has it goes with the same file
    assert (await store.contents(committee, {"people"}))["people"] != before["people"]


OWN = "13900139077"


def family(phone: str, key: str = "sun") -> ResidentEntry:
    kin: ContactEntry = {"name": "女儿", "phone": phone, "kind": "family"}
    return {**samples.resident(unit="101"), "key": key, "contacts": (kin,)}


def only(*residents: ResidentEntry) -> RegisterFile:
    part = frozenset({"residents"})
    return file(people=(), groups=(), households=(), residents=residents, ladder=None, said=part)


async def helps(store: SqlStore, phone: str, *roles: str) -> None:
    """Somebody comes to help, or gives their number."""
    people = (samples.person("v9", *roles, phone=phone),)
    part = file(
        people=people, groups=(), households=(), residents=(), ladder=None, said=frozenset({"people"})
    )
    await store.load(part, prune=False, demo=True)


async def test_a_volunteers_own_number_is_not_taken_as_that_of_family(store: SqlStore) -> None:
    committee = await loaded(store)
    await helps(store, f"+86 {OWN}")
    before = await store.contents(committee, TABLES)
    with pytest.raises(BadFileError) as refused:
        await store.load(only(family("13900139078", "li"), family(OWN)), prune=False, demo=True)
    assert refused.value.params["table"] == "residents #2.contacts #1"
    assert OWN not in str(refused.value)
    assert await store.contents(committee, TABLES) == before
    holder: ContactEntry = {"name": "女儿", "phone": OWN, "kind": "keyholder"}
    await store.load(only({**family(""), "contacts": (holder,)}), prune=False, demo=True)
    await helps(store, OWN, "adviser")  # whom no wave asks
    await store.load(only(family(OWN)), prune=False, demo=True)


async def test_a_file_that_gives_one_number_to_both_is_refused(store: SqlStore) -> None:
    people = (*samples.register().people, samples.person("v9", phone=OWN))
    with pytest.raises(BadFileError):
        await store.load(file(people=people, residents=(family(OWN),)), prune=False, demo=True)
    gone = (*samples.register().people, samples.person("v9", "adviser", phone=OWN))
    await store.load(file(people=gone, residents=(family(OWN),)), prune=False, demo=True)


async def test_what_stood_there_before_somebody_came_to_help_shuts_no_form_and_is_known_as_theirs(
    store: SqlStore,
) -> None:
    committee = await loaded(store)
    await store.load(only(family(OWN)), prune=False, demo=True)
    await helps(store, OWN)
    changed = {**family("0086 139 0013 9077"), "notes": "新情况"}
    await store.load(only(cast("ResidentEntry", changed)), prune=False, demo=True)
    (sun,) = [each for each in await store.residents(committee) if each.key == "sun"]
    assert (sun.notes, sun.contacts[0].phone) == ("新情况", "0086 139 0013 9077")
    roster = await store.roster(committee)
    homes = {each.key: each.id for each in roster.buildings.values()}
    place = Place(store=store, committee_id=committee, people={}, buildings=homes)
    posted = await place.post(unit="101")
    (kin,) = (await store.private(committee, posted.job_id)).contacts
    assert not kin.marks.isdisjoint(roster.own_numbers)
    await helps(store, "13900139079")
    assert kin.marks.isdisjoint((await store.roster(committee)).own_numbers)

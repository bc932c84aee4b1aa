"""Walls, gates and the ways on foot between buildings: reckoned by a load that changes them, and kept."""

import copy
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import cast

import pytest

from dispatch import register
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.geography import DETOUR
from dispatch.importing import Act
from dispatch.overlay import overlaid
from dispatch.people import Roster
from dispatch.placing import Placed
from dispatch.register import TABLES
from dispatch.sheets import SHEETS
from store import SqlStore, paths
from tests.rules.mistakes import Contents

SOUTH, NORTH = 31.2000, 31.2010
"""Two rows of houses, 111 m apart."""

GATES = next(each for each in SHEETS if each.table == "gates")

NEARLY = partial(pytest.approx, abs=5)
"""Metres: a gate is three metres wide."""

GROUND: Contents = {
    "committee": {
        "key": "walled",
        "name": "Walled",
        "timezone": "Asia/Shanghai",
        "coordinates": "wgs84",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [
        {"key": "1", "lat": SOUTH, "lon": 121.4000},
        {"key": "2", "lat": NORTH, "lon": 121.4000},
        {"key": "3", "lat": NORTH, "lon": 121.4010},
    ],
    "walls": [{"key": "middle", "line": [[31.2005, 121.3970], [31.2005, 121.4020]]}],
    "gates": [{"key": "east", "lat": 31.2005, "lon": 121.4018}],
}


def file(**changed: object) -> RegisterFile:
    return register.parse("walled.toml", copy.deepcopy(GROUND) | changed)


async def loaded(store: SqlStore, made: RegisterFile, *, prune: bool = False) -> Roster:
    await store.load(made, prune=prune, demo=False)
    (committee,) = await store.committees()
    return await store.roster(committee.id)


def metres(roster: Roster) -> Mapping[str, float]:
    """From the first house, by key."""
    here = roster.building_by_key["1"].id
    return {each.key: roster.homes.metres(here, each.id) for each in roster.buildings.values()}


async def test_the_way_goes_by_the_gate_and_else_by_the_straight_line(store: SqlStore) -> None:
    by_gate = metres(await loaded(store, file()))
    assert by_gate == NEARLY({"1": 0.0, "2": 360 * DETOUR, "3": 274 * DETOUR})
    shut = [{**GROUND["gates"][0], "closed": True}]
    round_the_end = metres(await loaded(store, file(gates=shut)))
    assert round_the_end["2"] == NEARLY(396 * DETOUR)
    open_land = metres(await loaded(store, file(walls=[], gates=[]), prune=True))
    assert open_land == NEARLY({"1": 0.0, "2": 111 * DETOUR, "3": 146 * DETOUR})


SPOTS = {"1": [100, 300], "2": [100, 188.8], "3": [195.1, 188.8], "4": [100, 300]}
"""On a plan of a metre a unit, with the north above. Nobody measured the fourth, which is the first again."""


def drawn(*measured: str, **changed: object) -> RegisterFile:
    """The same ground; all say where they are on the plan, and only these where on the earth."""
    houses = [*GROUND["buildings"], {**GROUND["buildings"][0], "key": "4"}]
    kept = [each if each["key"] in measured else {"key": each["key"]} for each in houses]
    return file(buildings=[each | {"spot": SPOTS[each["key"]]} for each in kept], **changed)


async def test_a_building_that_is_only_a_spot_on_the_plan_is_behind_the_wall_as_well(store: SqlStore) -> None:
    true = metres(await loaded(store, file()))
    roster = await loaded(store, drawn("1", "2"))
    assert metres(roster) == pytest.approx({**true, "4": 0.0}, abs=1)
    assert [each.key for each in roster.buildings.values() if each.point is not None] == ["1", "2"]
    told = await store.contents(roster.committee.id, TABLES)
    assert "lat" not in cast("list[dict[str, object]]", told["buildings"])[2]
    counts = await store.load(register.parse("walled.toml", told), prune=True, demo=False)
    assert (counts["changed"], (await store.roster(roster.committee.id)).paths) == (0, roster.paths)


async def test_a_wall_may_stand_beside_a_building_that_is_only_on_the_plan(store: SqlStore) -> None:
    measured = [each | {"spot": SPOTS[each["key"]]} for each in GROUND["buildings"][:2]]
    far = {"key": "far", "spot": [100 + 1000, 300]}  # a kilometre to the east
    wall = {"key": "far", "line": [[SOUTH, 121.4100], [NORTH, 121.4100]]}
    made = file(buildings=[*measured, far], walls=[*GROUND["walls"], wall])
    assert "far" in metres(await loaded(store, made))
    with pytest.raises(BadFileError) as refused:
        await store.load(file(buildings=measured, walls=[*GROUND["walls"], wall]), prune=True, demo=False)
    assert refused.value.params["table"] == "walls #2 (far)"
    away = {"key": "away", "line": [[SOUTH, 121.4200], [NORTH, 121.4200]]}
    with pytest.raises(BadFileError) as refused:
        await store.load(file(buildings=[*measured, far], walls=[away], gates=[]), prune=True, demo=False)
    assert refused.value.params["table"] == "walls #1 (away)"


async def test_a_plans_scale_is_kept_told_and_says_how_far_it_is(store: SqlStore) -> None:
    none = metres(await loaded(store, drawn(walls=[], gates=[])))
    assert [each for each in none.values() if each < math.inf] == []
    committee = {**GROUND["committee"], "scale": 1.5}
    roster = await loaded(store, drawn(committee=committee, walls=[], gates=[]))
    assert metres(roster) == pytest.approx(
        {"1": 0.0, "2": 111.2 * 1.5 * DETOUR, "3": math.hypot(111.2, 95.1) * 1.5 * DETOUR, "4": 0.0}
    )
    told = await store.contents(roster.committee.id, TABLES)
    assert register.parse("walled.toml", told).committee["scale"] == 1.5
    roster = await loaded(store, drawn(walls=[], gates=[]))
    assert (roster.committee.scale, roster.survey.sheet) == (None, {})


async def test_a_load_that_leaves_the_ground_alone_reckons_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await loaded(store, file())

    def never(*_: object) -> None:
        raise AssertionError("it was reckoned again")

    monkeypatch.setattr(paths, "reckon", never)
    after = await loaded(store, file(people=[{"key": "lin", "name": "Lin", "roles": ["staff"]}]))
    assert after.paths == before.paths
    assert after.committee.revision == before.committee.revision + 1


async def test_a_preview_names_a_wall_and_changes_nothing(store: SqlStore) -> None:
    roster = await loaded(store, file())
    moved = [{"key": "middle", "line": [[31.20048, 121.3970], [31.20048, 121.4020]]}]
    told = await store.preview(file(walls=moved, gates=[]), prune=False)
    assert [(each.table, each.key, each.act, each.fields) for each in told.changes] == [
        ("walls", "middle", Act.CHANGED, ("line",))
    ]
    told = await store.preview(file(walls=[], gates=[]), prune=True)
    assert [(each.table, each.key, each.act) for each in told.changes] == [
        ("walls", "middle", Act.DEACTIVATED),
        ("gates", "east", Act.DEACTIVATED),
    ]
    assert (await store.roster(roster.committee.id)).paths == roster.paths


async def test_what_is_told_of_the_ground_is_read_back_the_same(store: SqlStore) -> None:
    roster = await loaded(store, file())
    told = await store.contents(roster.committee.id, TABLES)
    again = register.parse("walled.toml", told)
    assert [again.walls, again.gates] == [file().walls, file().gates]
    counts = await store.load(again, prune=True, demo=False)
    assert (counts["added"], counts["changed"], counts["deactivated"]) == (0, 0, 0)


async def test_a_gate_given_in_another_system_than_its_wall_is_found_out(store: SqlStore) -> None:
    await loaded(store, file())
    (committee,) = await store.committees()
    base = await store.contents(committee.id, TABLES)
    slip = {"gates": [{"key": "east", "lat": 31.2005, "lon": 121.4018, "coordinates": "gcj02"}]}
    whole = overlaid(base, slip, prune=False)
    with pytest.raises(BadFileError) as refused:
        await store.load(whole.part(register.parse("r.xlsx", whole.contents)), prune=False, demo=False)
    assert "within 5 m of it; this one is 2" in str(refused.value.params["expected"])


async def test_a_gate_that_is_in_no_wall_is_named_by_its_own_row_or_by_none(store: SqlStore) -> None:
    await loaded(store, file())
    (committee,) = await store.committees()
    base = await store.contents(committee.id, TABLES)
    good = {"key": "a", "lat": 31.2005, "lon": 121.4000, "coordinates": "wgs84"}
    gates = [good, {**GROUND["gates"][0], "coordinates": "gcj02"}]
    placed = Placed(file="g.csv", sheet=GATES, name="gates", columns={"lat": 2}, rows=(2, 7))
    whole = overlaid(base, {"gates": gates}, prune=False)
    made = whole.part(register.parse("g.csv", whole.contents))
    with pytest.raises(BadFileError) as refused:
        await store.preview(replace(made, places={"gates": placed}), prune=False)
    assert (refused.value.params["row"], refused.value.params["column"]) == (7, "C")
    shorter = [{"key": "middle", "line": [[31.2005, 121.3970], [31.2005, 121.4010]]}]
    made = file(walls=shorter, gates=gates[:1])
    with pytest.raises(BadFileError) as refused:
        await store.preview(replace(made, places={"gates": placed}), prune=False)
    assert refused.value.params["table"] == "gates (east)"

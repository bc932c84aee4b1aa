"""A committee's file with shapes of buildings, groups, households, and what people tell of themselves."""

import copy

import pytest

from dispatch import register
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from tests.rules.mistakes import Change, Contents, put
from tests.rules.registers import GOOD

SQUARE = [[31.2030, 121.4788], [31.2032, 121.4788], [31.2032, 121.4790], [31.2030, 121.4790]]


def whole() -> Contents:
    """The good file with one of everything that it lacks."""
    contents = copy.deepcopy(GOOD)
    contents["buildings"].append(
        {"key": "8", "coordinates": "wgs84", "outline": [*SQUARE, SQUARE[0]], "spot": [3, 4.5]}
    )
    contents["people"][0] |= {
        "speaks": ["mandarin"],
        "hours": "07:00-23:00",
        "daily": 4,
        "gear": True,
        "born": 1956,
    }
    contents["groups"] = [
        {"key": "all", "name": "全体", "leader": "lin", "members": ["wang"]},
        {"key": "east", "name": "东组", "leader": "wang", "parent": "all", "members": ["wang"]},
    ]
    contents["households"] = [
        {"key": "3-502", "building": "3", "unit": "502", "people": 2, "phone": "199-0000-009"}
    ]
    contents["residents"].append({"key": "wu", "name": "吴阿公", "household": "3-502"})
    return contents


def parsed(change: Change) -> RegisterFile:
    contents = whole()
    change(contents)
    return register.parse("committee.toml", contents)


PLAN = {"image": "plan.svg", "buildings": "plan.geojson", "width": 1600, "height": 1000}


@pytest.mark.parametrize(
    ("scale", "plan", "spot", "good"),
    [
        (0.35, None, [3, 4.5], True),
        (0.35, PLAN, [3, 4.5], True),
        (35, None, [3, 4.5], True),
        (35, None, [1600, 4.5], False),
        (35, PLAN, [3, 4.5], False),
        (0.0035, PLAN, [3, 4.5], False),
        (0.0125, PLAN, [3, 4.5], True),
    ],
)
def test_the_scale_of_a_plan_makes_it_as_wide_as_compounds_are(
    scale: float, plan: dict[str, object] | None, spot: list[float], *, good: bool
) -> None:
    contents = whole()
    contents["committee"]["scale"] = scale
    contents["buildings"][2]["spot"] = spot
    contents |= {} if plan is None else {"plan": plan}
    if good:
        assert register.parse("committee.toml", contents).committee["scale"] == scale
        return
    with pytest.raises(BadFileError) as refused:
        register.parse("committee.toml", contents)
    assert (refused.value.params["table"], refused.value.params["field"]) == ("committee", "scale")
    assert "make the plan 20 m to 10 km wide" in str(refused.value.params["expected"])


def test_shapes_groups_households_and_what_people_tell_are_read() -> None:
    file = parsed(lambda _: None)
    assert file.buildings[2] == {
        "key": "8",
        "name": "8",
        "lat": pytest.approx(31.2031),
        "lon": pytest.approx(121.4789),
        "coordinates": "wgs84",
        "outline": tuple(map(tuple, SQUARE)),
        "spot": (3.0, 4.5),
    }
    wang, lin = file.people
    assert (wang["speaks"], wang["hours"], wang["daily"], wang["gear"]) == (
        ("mandarin",),
        "07:00-23:00",
        4,
        True,
    )
    assert (wang["left"], lin["daily"]) == (frozenset(), None)
    assert (wang["born"], lin["born"]) == (1956, None)
    assert file.groups[1] == {
        "key": "east",
        "name": "东组",
        "leader": "wang",
        "parent": "all",
        "members": ("wang",),
    }
    wu = file.residents[1]
    assert (wu["household"], wu["building"], wu["unit"]) == ("3-502", "3", "502")


FAR = {"key": "9", "lat": 31.4031, "lon": 121.4789}
MUTUAL = [
    {"key": "a", "name": "a", "leader": "wang", "members": ["lin"]},
    {"key": "b", "name": "b", "leader": "lin", "members": ["wang"]},
]
ROUND = [
    {"key": "a", "name": "a", "leader": "wang", "members": ["lin"]},
    {"key": "b", "name": "b", "leader": "lin", "members": ["sun"]},
    {"key": "c", "name": "c", "leader": "sun", "members": ["wang"]},
]


def in_a_round(contents: Contents) -> None:
    """Three people, each of whom is led by the next."""
    contents["people"].append({"key": "sun", "name": "Sun", "roles": ["volunteer"]})
    put("groups", value=ROUND)(contents)


BAD: list[tuple[str, Change, str, str, str]] = [
    (
        "two corners",
        put("buildings", 2, "outline", value=SQUARE[:2]),
        "buildings #3 (8)",
        "outline",
        "3 to 500",
    ),
    (
        "a corner of three",
        put("buildings", 2, "outline", value=[[1, 2, 3]] * 3),
        "buildings #3 (8)",
        "outline",
        "two",
    ),
    (
        "a corner of text",
        put("buildings", 2, "outline", value=[["1", 2]] * 3),
        "buildings #3 (8)",
        "outline",
        "two",
    ),
    (
        "swapped corners",
        put("buildings", 2, "outline", value=[[lon, lat] for lat, lon in SQUARE]),
        "buildings #3 (8)",
        "outline",
        "look swapped",
    ),
    (
        "a point beside its outline, as if in another system",
        lambda contents: contents["buildings"][2].update(lat=31.2012, lon=121.4834),
        "buildings #3 (8)",
        "lat",
        "two systems",
    ),
    (
        "a building in another town",
        lambda c: c["buildings"].append(FAR),
        "buildings #4 (9)",
        "lat",
        "22 km away",
    ),
    (
        "a spot outside",
        put("buildings", 2, "spot", value=[-1, 2]),
        "buildings #3 (8)",
        "spot",
        "at most 100000",
    ),
    (
        "a system nobody knows",
        put("buildings", 2, "coordinates", value="gps"),
        "buildings #3 (8)",
        "coordinates",
        "wgs84",
    ),
    (
        "hours that are none",
        put("people", 0, "hours", value="7-23"),
        "people #1 (wang)",
        "hours",
        "22:00-07:00",
    ),
    (
        "hours of no length",
        put("people", 0, "hours", value="07:00-07:00"),
        "people #1 (wang)",
        "hours",
        "always",
    ),
    ("too many offers", put("people", 0, "daily", value=101), "people #1 (wang)", "daily", "0 to 100"),
    ("an age for a year", put("people", 0, "born", value=66), "people #1 (wang)", "born", "such as 1956"),
    ("a year to come", put("people", 0, "born", value=2156), "people #1 (wang)", "born", "to 2099"),
    ("gear as text", put("people", 0, "gear", value="yes"), "people #1 (wang)", "gear", "true or false"),
    (
        "a leader nobody knows",
        put("groups", 0, "leader", value="linn"),
        "groups #1 (all)",
        "leader",
        "mean lin?",
    ),
    (
        "a member nobody knows",
        put("groups", 0, "members", value=["x"]),
        "groups #1 (all)",
        "members",
        "keys of people",
    ),
    (
        "a parent nobody knows",
        put("groups", 1, "parent", value="al"),
        "groups #2 (east)",
        "parent",
        "mean all?",
    ),
    (
        "groups in a circle",
        put("groups", 0, "parent", value="east"),
        "groups #1 (all)",
        "parent",
        "no part of this one",
    ),
    (
        "a group within itself",
        put("groups", 0, "parent", value="all"),
        "groups #1 (all)",
        "parent",
        "all → all",
    ),
    (
        "leaders in a circle",
        put("groups", value=MUTUAL),
        "groups #2 (b)",
        "leader",
        "not led by those they lead",
    ),
    (
        "three leaders in a circle",
        in_a_round,
        "groups #2 (b)",
        "leader",
        "led by those they lead: lin → sun → wang → lin",
    ),
    (
        "a household twice",
        lambda c: c["households"].append(c["households"][0]),
        "households #2",
        "key",
        "has the same",
    ),
    (
        "nobody in a household",
        put("households", 0, "people", value=0),
        "households #1",
        "people",
        "from 1 to 99",
    ),
    (
        "a household nobody knows",
        put("residents", 1, "household", value="4-1"),
        "residents #2",
        "household",
        "of this file",
    ),
]


@pytest.mark.parametrize(
    ("change", "table", "field", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_entry_is_named_by_table_number_and_field(
    change: Change, table: str, field: str, expected: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        parsed(change)
    params = refused.value.params
    assert (params["table"], params["field"]) == (table, field)
    assert expected in str(params["expected"])
    assert "4-1" not in str(params)

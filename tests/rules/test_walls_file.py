"""Walls and gates of a committee's file: what is taken, and how each mistake is named."""

import copy

import pytest

from dispatch import register, spreadsheet
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.overlay import overlaid
from dispatch.spreadsheet import Raw
from tests.rules.mistakes import Change, Contents, again, changed, drop, put
from tests.rules.registers import GOOD

LINE = [[31.2030, 121.4780], [31.2030, 121.4800]]
WALLED: Contents = copy.deepcopy(GOOD) | {
    "walls": [{"key": "south", "line": LINE}],
    "gates": [{"key": "door", "lat": 31.2030, "lon": 121.4790}],
}


def loaded(change: Change) -> RegisterFile:
    return register.parse("committee.toml", changed(WALLED, change))


def test_a_good_file_is_taken() -> None:
    found = loaded(put("gates", 0, "closed", value=True))
    (wall,) = found.walls
    assert wall == {
        "key": "south",
        "name": "south",
        "line": tuple(map(tuple, LINE)),
        "coordinates": "gcj02",
    }
    assert [each["closed"] for each in found.gates] == [True]


BAD: list[tuple[str, Change, str, str, str]] = [
    (
        "a wall with one point",
        put("walls", 0, "line", value=LINE[:1]),
        "walls #1 (south)",
        "line",
        "2 to 500",
    ),
    (
        "a wall that stays in one place",
        put("walls", 0, "line", value=[LINE[0], LINE[0]]),
        "walls #1 (south)",
        "line",
        "again and again",
    ),
    ("a wall without a line", drop("walls", 0, "line"), "walls #1 (south)", "line", "missing"),
    (
        "corners with longitude first",
        put("walls", 0, "line", value=[[121.478, 31.203], [121.48, 31.203]]),
        "walls #1 (south)",
        "line",
        "look swapped",
    ),
    (
        "a wall beside all houses",
        put("walls", 0, "line", value=[[31.208, 121.478], [31.208, 121.48]]),
        "walls #1 (south)",
        "line",
        "within 300 m of a building; this one is 545 m from the nearest, as two systems",
    ),
    ("a wall twice", again("walls"), "walls #2 (south)", "key", "walls #1 (south) has the same"),
    (
        "a wall in no system",
        lambda contents: (contents["committee"].pop("coordinates"), contents.update(buildings=[], gates=[])),
        "committee",
        "coordinates",
        "never guessed",
    ),
    ("a misspelt field", put("gates", 0, "close", value=True), "gates #1 (door)", "close", "mean closed"),
    ("a gate twice", again("gates"), "gates #2 (door)", "key", "gates #1 (door) has the same"),
    ("a gate that is nowhere", drop("gates", 0, "lat"), "gates #1 (door)", "lat", "only come together"),
    (
        "a gate without a place",
        lambda contents: [contents["gates"][0].pop(name) for name in ("lat", "lon")],
        "gates #1 (door)",
        "lat",
        "missing",
    ),
    (
        "a gate in no wall",
        put("gates", 0, "lat", value=31.2033),
        "gates #1 (door)",
        "lat",
        "on a wall, within 5 m of it; this one is 33 m from the nearest",
    ),
    (
        "a gate as far off as two systems",
        put("gates", 0, "lat", value=31.208),
        "gates #1 (door)",
        "lat",
        "as two systems of coordinates",
    ),
    ("a gate and no walls", drop("walls"), "gates #1 (door)", "lat", "there are no walls"),
    (
        "latitude and longitude swapped",
        lambda contents: contents["gates"][0].update(lat=121.479, lon=31.203),
        "gates #1 (door)",
        "lat",
        "look swapped",
    ),
]


@pytest.mark.parametrize(
    ("change", "table", "field", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_mistake_is_named(change: Change, table: str, field: str, said: str) -> None:
    with pytest.raises(BadFileError) as refused:
        loaded(change)
    params = refused.value.params
    assert (params["table"], params["field"]) == (table, field)
    assert said in str(params["expected"])


def test_a_mistake_in_a_spreadsheet_is_named_by_its_cell() -> None:
    rows = (("编号", "纬度", "经度", "坐标系"), ("door", 31.2033, 121.479, "高德"))
    reading = spreadsheet.read("r.xlsx", [Raw(name="大门", rows=rows)])
    whole = overlaid(WALLED, reading.tables, prune=False)
    with pytest.raises(BadFileError) as found:
        register.parse("r.xlsx", whole.contents)
    with pytest.raises(BadFileError) as refused:
        reading.fail(found.value, whole.before)
    params = refused.value.params
    assert (params["table"], params["field"]) == ("sheet 大门, row 2", "column B (纬度 lat)")

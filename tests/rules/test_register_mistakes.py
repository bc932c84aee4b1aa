"""A committee's file with a mistake: how each one is named, and that nothing private is repeated."""

import pytest

from dispatch.errors import BadFileError
from tests.rules.mistakes import Change, again, drop, put
from tests.rules.registers import loaded

BAD: list[tuple[str, Change, str, str, str]] = [
    ("an unknown table", put("building", value=[]), "", "building", "did you mean buildings?"),
    ("no committee", drop("committee"), "", "committee", "missing"),
    (
        "a committee's key with a slash",
        put("committee", "key", value="a/b"),
        "committee",
        "key",
        "part of links",
    ),
    ("no name", drop("committee", "name"), "committee", "name", "missing"),
    (
        "a language nobody speaks here",
        put("committee", "language", value="zh"),
        "committee",
        "language",
        "zh_CN, en",
    ),
    ("no time zone", drop("committee", "timezone"), "committee", "timezone", "Asia/Shanghai"),
    (
        "a made-up time zone",
        put("committee", "timezone", value="Asia/Pudong"),
        "committee",
        "timezone",
        "IANA",
    ),
    ("a recheck of no time", put("committee", "recheck", value=0), "committee", "recheck", "from 1 to 1440"),
    ("a recheck of days", put("committee", "recheck", value=1441), "committee", "recheck", "from 1 to 1440"),
    (
        "a recheck in words",
        put("committee", "recheck", value="10m"),
        "committee",
        "recheck",
        "from 1 to 1440",
    ),
    ("a scale of nothing", put("committee", "scale", value=0), "committee", "scale", "from 0.001 to 100"),
    ("a scale below nothing", put("committee", "scale", value=-0.35), "committee", "scale", "from 0.001 to"),
    ("a scale in words", put("committee", "scale", value="1:500"), "committee", "scale", "from 0.001 to 100"),
    ("a scale of kilometres", put("committee", "scale", value=101), "committee", "scale", "from 0.001 to"),
    ("no number as scale", put("committee", "scale", value=float("nan")), "committee", "scale", "metres"),
    ("a path as time zone", put("committee", "timezone", value="../x"), "committee", "timezone", "IANA"),
    ("no emergency numbers", drop("committee", "emergency"), "committee", "emergency", "missing"),
    (
        "no ambulance",
        drop("committee", "emergency", "ambulance"),
        "committee.emergency",
        "ambulance",
        "missing",
    ),
    (
        "a number as number",
        put("committee", "emergency", "police", value=110),
        "committee.emergency",
        "police",
        "in quotes",
    ),
    ("positions in no system", drop("committee", "coordinates"), "committee", "coordinates", "never guessed"),
    (
        "positions in an unknown system",
        put("committee", "coordinates", value="gps"),
        "committee",
        "coordinates",
        "wgs84",
    ),
    ("lat without lon", drop("buildings", 0, "lon"), "buildings #1 (3)", "lon", "come together"),
    (
        "lat and lon swapped",
        put("buildings", 0, value={"key": "3", "lat": 121.47, "lon": 31.2}),
        "buildings #1 (3)",
        "lat",
        "look swapped",
    ),
    (
        "a place outside the system",
        put("buildings", 0, "lat", value=-33.9),
        "buildings #1 (3)",
        "lat",
        "where gcj02 exists",
    ),
    (
        "a latitude that is text",
        put("buildings", 0, "lat", value="31.2"),
        "buildings #1 (3)",
        "lat",
        "without quotes",
    ),
    (
        "a latitude that is no number",
        put("buildings", 0, "lat", value=float("nan")),
        "buildings #1 (3)",
        "lat",
        "degrees",
    ),
    ("a building's key as number", put("buildings", 0, "key", value=3), "buildings #1", "key", "in quotes"),
    ("a building twice", again("buildings"), "buildings #3 (3)", "key", "buildings #1 (3) has the same"),
    (
        "buildings that are one table",
        put("buildings", value={"key": "3"}),
        "",
        "buildings",
        "a list of tables",
    ),
    (
        "an unknown field of a person",
        put("people", 0, "nmae", value="x"),
        "people #1 (wang)",
        "nmae",
        "did you mean name?",
    ),
    (
        "a person twice",
        again("people", addresses={}),
        "people #3 (wang)",
        "key",
        "people #1 (wang) has the same",
    ),
    (
        "no role",
        put("people", 0, "roles", value=[]),
        "people #1 (wang)",
        "roles",
        "at least one of: volunteer",
    ),
    (
        "an unknown role",
        put("people", 0, "roles", value=["voluntier"]),
        "people #1 (wang)",
        "roles",
        "did you mean volunteer?",
    ),
    ("roles as text", put("people", 0, "roles", value="staff"), "people #1 (wang)", "roles", "a list"),
    (
        "a building nobody has",
        put("people", 0, "building", value="13"),
        "people #1 (wang)",
        "building",
        "of this file",
    ),
    (
        "an unknown vehicle",
        put("people", 0, "vehicle", value="e-bike"),
        "people #1 (wang)",
        "vehicle",
        "did you mean ebike?",
    ),
    (
        "trust as text",
        put("people", 0, "trusted", value="yes"),
        "people #1 (wang)",
        "trusted",
        "true or false",
    ),
    (
        "a web address",
        put("people", 0, "addresses", "web", value="x"),
        "people #1 (wang).addresses",
        "web",
        "suidao invite",
    ),
    (
        "an unknown platform",
        put("people", 0, "addresses", "telegramm", value="1"),
        "people #1 (wang).addresses",
        "telegramm",
        "did you mean telegram?",
    ),
    (
        "a Telegram name",
        put("people", 0, "addresses", "telegram", value="@wang"),
        "people #1 (wang).addresses",
        "telegram",
        "numeric id",
    ),
    (
        "a Matrix name without server",
        put("people", 0, "addresses", "matrix", value="@wang"),
        "people #1 (wang).addresses",
        "matrix",
        "@wang:example.org",
    ),
    (
        "two people with one account",
        again("people", key="li"),
        "people #3 (li)",
        "addresses.telegram",
        "people #1 (wang) has the same",
    ),
    (
        "a room on no platform",
        put("rooms", 0, "platform", value="web"),
        "rooms #1",
        "platform",
        "telegram, matrix",
    ),
    (
        "a room for nobody",
        put("rooms", 0, "audience", value="all"),
        "rooms #1",
        "audience",
        "volunteers, staff",
    ),
    ("a topic as text", put("rooms", 0, "topic", value="7"), "rooms #1", "topic", "a whole number"),
    (
        "a topic on Matrix",
        put("rooms", 0, value={"platform": "matrix", "chat": "!a:b", "topic": 1, "audience": "staff"}),
        "rooms #1",
        "topic",
        "only Telegram",
    ),
    ("a room twice", again("rooms", audience="staff"), "rooms #2", "chat", "rooms #1 has the same"),
    ("a resident twice", again("residents"), "residents #2", "key", "residents #1 has the same"),
    (
        "a resident's unknown building",
        put("residents", 0, "building", value="99"),
        "residents #1",
        "building",
        "of this file",
    ),
    ("a unit as number", put("residents", 0, "unit", value=502), "residents #1", "unit", "in quotes"),
    (
        "a phone as number",
        put("residents", 0, "phone", value=1990000001),
        "residents #1",
        "phone",
        "in quotes",
    ),
    (
        "a contact without phone",
        drop("residents", 0, "contacts", 0, "phone"),
        "residents #1.contacts #1",
        "phone",
        "missing",
    ),
    (
        "a key holder with an empty phone",
        put("residents", 0, "contacts", 0, value={"name": "王", "phone": "", "kind": "keyholder"}),
        "residents #1.contacts #1",
        "phone",
        "not empty",
    ),
    (
        "endless notes",
        put("residents", 0, "notes", value="独" * 2001),
        "residents #1",
        "notes",
        "at most 2000",
    ),
    (
        "an unknown rung",
        put("ladder", "director_a", value=["lin"]),
        "ladder",
        "director_a",
        "did you mean director?",
    ),
    (
        "a stranger on the ladder",
        put("ladder", "duty", value=["linn"]),
        "ladder",
        "duty",
        "did you mean lin?",
    ),
    ("somebody twice on a rung", put("ladder", "duty", value=["lin", "lin"]), "ladder", "duty", "only once"),
    (
        "a volunteer on the ladder",
        put("ladder", "deputy", value=["wang"]),
        "ladder",
        "deputy",
        "wang has none",
    ),
]


@pytest.mark.parametrize(
    ("change", "table", "field", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_entry_is_named_by_table_number_and_field(
    change: Change, table: str, field: str, expected: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        loaded(change)
    params = refused.value.params
    assert (params["file"], params["table"], params["field"]) == ("committee.toml", table, field)
    assert expected in str(params["expected"])


SECRETS = ("13800138000", "陈美丽", "老年痴呆", "18-1801")


@pytest.mark.parametrize(
    "change",
    [
        put("residents", 0, "phone", value=int(SECRETS[0])),
        put("residents", 0, "phone", value=f"{SECRETS[0]}x"),
        put("residents", 0, "name", value=SECRETS[1] * 40),
        put("residents", 0, "notes", value=[SECRETS[2]]),
        put("residents", 0, "unit", value=SECRETS[3] * 10),
        put("residents", 0, "building", value=SECRETS[3]),
        put("residents", 0, "contacts", value=[SECRETS[1]]),
        put("residents", 0, "key", value=SECRETS[1]),
        put("people", 0, "phone", value=f"{SECRETS[0]} home"),
    ],
)
def test_no_error_repeats_what_is_private(change: Change) -> None:
    with pytest.raises(BadFileError) as refused:
        loaded(change)
    assert not any(secret in str(refused.value) for secret in SECRETS)

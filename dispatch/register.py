"""A committee's file, checked and brought into one form: its buildings, people, rooms, residents and ladder.

Every bad entry is named by table, number and field, and by what was expected, never by what stood there:
residents' details are private. Whether the file was TOML is somebody else's business, and so is turning
keys into rows: this module sees a plain mapping and gives plain ones back, every optional field filled in.
"""

from collections.abc import Collection, Mapping, Sequence
from zoneinfo import available_timezones

from dispatch import rota_file, ways_file
from dispatch.entries import (
    BuildingEntry,
    CommitteeEntry,
    ContactEntry,
    PersonEntry,
    PlanEntry,
    ResidentEntry,
    RoomEntry,
)
from dispatch.people import LEADING, Audience, Role, Rung
from dispatch.ports import RegisterFile
from dispatch.rota import Calendar
from dispatch.tables import Table, refuse_twice

LANGUAGES = ("zh_CN", "en")
"""What the program speaks: nobody can be given another language."""

VEHICLES = ("bike", "ebike", "car", "van", "lorry", "handcart")
"""What the field notes carried rice and patients with."""

COORDINATES = ("wgs84", "gcj02", "bd09")
"""Systems in which positions may be given. Never guessed: taking one for another is 500 m to 1.1 km wrong."""

SHIFTED = ("gcj02", "bd09")
"""Systems that exist only inside `CHINA`."""

CHINA = ((0.8293, 55.8271), (72.004, 137.8347))
"""Latitudes and longitudes between which the shifted systems are defined (the box every published
conversion of GCJ-02 uses)."""

MAY_ANSWER = LEADING
"""Roles of which a person on the ladder must hold one."""

ADDRESSES: Mapping[str, tuple[str, str]] = {
    "telegram": (r"[0-9]{1,20}", 'the numeric id of a Telegram account, such as "1001"'),
    "matrix": (r"@[^:\s]+:\S+", 'a Matrix id such as "@wang:example.org"'),
}
"""Platforms on which the file may give a person's address: a pattern, and what it stands for."""

CHATS: Mapping[str, tuple[str, str]] = {
    "telegram": (r"-?[0-9]{1,20}", 'the numeric id of a Telegram group, such as "-100123"'),
    "matrix": (r"![^\s]+", 'a Matrix room id such as "!abc:example.org"'),
}
"""The same for rooms."""

_KEY = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_KEY_SAID = "a key of letters, digits, - _ or . (it becomes part of links)"
_PHONE = r"\+?[0-9][0-9 ()-]{1,24}"
_PHONE_SAID = "a phone number of digits, with + and country code if it is not local"
_SKILL = r"[a-z][a-z0-9_]{0,31}"
_FILE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_WIDEST = 100_000  # units of a plan: a kilometre in centimetres; more is a slip
_NAME_LENGTH = 100  # characters: names longer than that do not fit a button


def parse(file: str, data: Mapping[str, object], calendar: Calendar | None = None) -> RegisterFile:
    """The register of a file's contents. Raises `BadFileError` for the first thing that is wrong.

    `file` is only named in errors. Without a `calendar` the rules of a rota are not tried.
    Positions stay in the system that `committee["coordinates"]` names.
    """
    top = Table(file, "", data)
    top.only("committee", "plan", "buildings", "people", "rooms", "residents", "ladder", "rota", "holidays")
    committee_table = top.table("committee")
    committee = _committee(committee_table)
    buildings = _buildings(top, committee_table, committee["coordinates"])
    keys = frozenset(building["key"] for building in buildings)
    people = _people(top, committee["language"], keys)
    return RegisterFile(
        committee=committee,
        buildings=buildings,
        people=people,
        rooms=_rooms(top),
        residents=_residents(top, keys),
        ladder=_ladder(top.table("ladder"), people) if top.has("ladder") else None,
        plan=_plan(top.table("plan")) if top.has("plan") else None,
        rota=rota_file.slots(top, leading(people), calendar) if top.has("rota") else None,
        holidays=rota_file.holidays(top, leading(people)),
    )


def _committee(table: Table) -> CommitteeEntry:
    table.only("key", "name", "language", "timezone", "coordinates", "emergency")
    emergency = table.table("emergency")
    emergency.only("ambulance", "police")
    return {
        "key": table.text("key", pattern=_KEY, expected=_KEY_SAID),
        "name": table.text("name", longest=_NAME_LENGTH),
        "language": table.choice("language", LANGUAGES, "zh_CN"),
        "timezone": _timezone(table),
        "coordinates": table.choice("coordinates", COORDINATES) if table.has("coordinates") else None,
        "emergency": {
            name: emergency.text(name, pattern=_PHONE, expected=_PHONE_SAID)
            for name in ("ambulance", "police")
        },
    }


def _plan(table: Table) -> PlanEntry:
    table.only("image", "buildings", "width", "height")
    images = "the name of a picture beside this file, such as plan.svg (svg, png, jpg or webp)"
    outlines = "the name of a GeoJSON file beside this file, such as plan.geojson"
    return {
        "image": table.text("image", pattern=rf"{_FILE}\.(svg|png|jpe?g|webp)", expected=images),
        "buildings": table.text("buildings", pattern=rf"{_FILE}\.(geojson|json)", expected=outlines),
        "width": table.whole("width", low=1, high=_WIDEST),
        "height": table.whole("height", low=1, high=_WIDEST),
    }


def _timezone(table: Table) -> str:
    zone = table.text("timezone", expected="a time zone such as Asia/Shanghai")
    if zone not in available_timezones():
        table.fail("timezone", "a time zone of the IANA list, such as Asia/Shanghai")
    return zone


def _buildings(top: Table, committee: Table, system: str | None) -> Sequence[BuildingEntry]:
    tables = top.tables("buildings", label="key")
    found: list[BuildingEntry] = []
    for table in tables:
        table.only("key", "name", "lat", "lon")
        key = table.text(
            "key",
            pattern=r"[^\s/]{1,20}",
            expected='what people call it, such as "3" or "3A", without blanks',
        )
        lat, lon = _position(table, system)
        if lat is not None and system is None:
            committee.fail(
                "coordinates", f"how lat and lon are given: {', '.join(COORDINATES)}; it is never guessed"
            )
        name = table.text("name", key, longest=_NAME_LENGTH) or key
        found.append({"key": key, "name": name, "lat": lat, "lon": lon})
    refuse_twice(tables, "key", [building["key"] for building in found], "key")
    return found


def _position(table: Table, system: str | None) -> tuple[float | None, float | None]:
    lat = table.number("lat", "degrees of latitude")
    lon = table.number("lon", "degrees of longitude")
    if lat is None and lon is None:
        return None, None
    if lat is None or lon is None:
        table.fail("lon" if lon is None else "lat", "degrees: lat and lon only come together")
    lats, lons = CHINA if system in SHIFTED else ((-90.0, 90.0), (-180.0, 180.0))
    swapped = _within(lon, lats) and _within(lat, lons)
    for field, value, limits in (("lat", lat, lats), ("lon", lon, lons)):
        if not _within(value, limits):
            hint = "; lat and lon look swapped" if swapped else ""
            inside = f" (where {system} exists)" if system in SHIFTED else ""
            table.fail(field, f"degrees from {limits[0]} to {limits[1]}{inside}{hint}")
    return lat, lon


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _people(top: Table, language: str, buildings: Collection[str]) -> Sequence[PersonEntry]:
    tables = top.tables("people", label="key")
    found = [_person(table, language, buildings) for table in tables]
    refuse_twice(tables, "key", [person["key"] for person in found], "key")
    for platform in ADDRESSES:
        having = [
            table for table in tables if table.has("addresses") and table.table("addresses").has(platform)
        ]
        values = [table.table("addresses").text(platform) for table in having]
        refuse_twice(having, f"addresses.{platform}", values, "address")
    return found


def _person(table: Table, language: str, buildings: Collection[str]) -> PersonEntry:
    table.only(*PersonEntry.__annotations__)
    roles = table.words("roles", known=[role.value for role in Role])
    if not roles:
        table.fail("roles", f"at least one of: {', '.join(role.value for role in Role)}")
    return {
        "key": table.text("key", pattern=_KEY, expected=_KEY_SAID),
        "name": table.text("name", longest=_NAME_LENGTH),
        "language": table.choice("language", LANGUAGES, language),
        "roles": roles,
        "trusted": table.flag("trusted", default=False),
        "building": _building(table, buildings),
        "skills": table.words(
            "skills", pattern=_SKILL, expected="a list of names of small letters, digits and _"
        ),
        "vehicle": table.choice("vehicle", VEHICLES) if table.has("vehicle") else None,
        "phone": table.text("phone", "", pattern=_PHONE, expected=_PHONE_SAID),
        "addresses": _addresses(table.table("addresses")) if table.has("addresses") else {},
        "ways": ways_file.ways(table, leads=not MAY_ANSWER.isdisjoint(roles)),
    }


def _addresses(table: Table) -> Mapping[str, str]:
    if table.has("web"):
        table.fail("web", "no web address here: use suidao invite")
    table.only(*ADDRESSES)
    return {name: _on(table, name, name, ADDRESSES) for name in table.fields()}


def _on(table: Table, field: str, platform: str, known: Mapping[str, tuple[str, str]]) -> str:
    pattern, expected = known[platform]
    return table.text(field, pattern=pattern, expected=expected)


def _building(table: Table, buildings: Collection[str]) -> str | None:
    if not table.has("building"):
        return None
    key = table.text("building", expected="the key of a building")
    if key not in buildings:
        table.fail("building", "the key of a building of this file")
    return key


def _rooms(top: Table) -> Sequence[RoomEntry]:
    tables = top.tables("rooms")
    rooms = [_room(table) for table in tables]
    refuse_twice(
        tables, "chat", [(room["platform"], room["chat"], room["topic"]) for room in rooms], "chat and topic"
    )
    return rooms


def _room(table: Table) -> RoomEntry:
    table.only("platform", "chat", "topic", "audience", "language")
    platform = table.choice("platform", tuple(CHATS))
    topic = str(table.whole("topic", low=1, high=2**31 - 1)) if table.has("topic") else None
    if topic and platform != "telegram":
        table.fail("topic", "no topic: only Telegram groups have them")
    return {
        "platform": platform,
        "chat": _on(table, "chat", platform, CHATS),
        "topic": topic,
        "audience": table.choice("audience", [audience.value for audience in Audience]),
        "language": table.choice("language", LANGUAGES) if table.has("language") else None,
    }


def _residents(top: Table, buildings: Collection[str]) -> Sequence[ResidentEntry]:
    tables = top.tables("residents")
    found: list[ResidentEntry] = []
    for table in tables:
        table.only("key", "name", "building", "unit", "phone", "notes", "contacts")
        found.append(
            {
                "key": table.text("key", pattern=_KEY, expected=_KEY_SAID),
                "name": table.text("name", longest=_NAME_LENGTH),
                "building": _building(table, buildings),
                "unit": table.text("unit", "", longest=40, expected="a door such as 502"),
                "phone": table.text("phone", "", pattern=_PHONE, expected=_PHONE_SAID),
                "notes": table.text("notes", ""),
                "contacts": [_contact(contact) for contact in table.tables("contacts")],
            }
        )
    refuse_twice(tables, "key", [resident["key"] for resident in found], "key")
    return found


def _contact(table: Table) -> ContactEntry:
    table.only("name", "phone")
    return {
        "name": table.text("name", longest=_NAME_LENGTH),
        "phone": table.text("phone", pattern=_PHONE, expected=_PHONE_SAID),
    }


def leading(people: Sequence[PersonEntry]) -> Mapping[str, bool]:
    """Everybody of the file by key, and whether a role of theirs lets them answer for the committee."""
    return {person["key"]: not MAY_ANSWER.isdisjoint(person["roles"]) for person in people}


def _ladder(table: Table, people: Sequence[PersonEntry]) -> Mapping[str, Sequence[str]]:
    rungs = (*(rung.value for rung in Rung), "last_resort")
    table.only(*rungs)
    roles = {person["key"]: person["roles"] for person in people}
    ladder = {
        rung: table.words(rung, known=tuple(roles), expected="a list of keys of people of this file")
        for rung in rungs
    }
    for rung, keys in ladder.items():
        for key in keys:
            if MAY_ANSWER.isdisjoint(roles[key]):
                table.fail(
                    rung, f"people with one of the roles {', '.join(sorted(MAY_ANSWER))}; {key} has none"
                )
    return ladder

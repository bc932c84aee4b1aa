"""A committee's file, checked and brought into one form: its buildings, people, rooms, residents and ladder.

Every bad entry is named by table, number and field, and by what was expected, never by what stood there:
residents' details are private. Whether the file was TOML or a spreadsheet is somebody else's business, and so
is turning keys into rows: this module sees a plain mapping and gives plain ones back, every optional field
filled in.
"""

from collections.abc import Collection, Mapping, Sequence
from zoneinfo import available_timezones

from dispatch import (
    buildings_file,
    care_file,
    fields,
    people_file,
    residents_file,
    rota_file,
    supply_file,
    walls_file,
)
from dispatch.buildings_file import COORDINATES, WIDEST
from dispatch.entries import CommitteeEntry, PersonEntry, PlanEntry, RegisterFile, RoomEntry
from dispatch.instructions_file import LONGEST_RECHECK, SHORTEST_RECHECK
from dispatch.moments import MINUTE
from dispatch.people import LEADING, Audience, JoinRule, Rung
from dispatch.people_file import LANGUAGES
from dispatch.rota import Calendar
from dispatch.tables import Table, refuse_twice

TABLES = (
    "committee",
    "plan",
    "buildings",
    "walls",
    "gates",
    "people",
    "groups",
    "rooms",
    "households",
    "residents",
    "care",
    "medicines",
    "ladder",
    "rota",
    "holidays",
)
"""What a file may hold, in the order in which it is written."""

MAY_ANSWER = LEADING
"""Roles of which a person on the ladder must hold one."""

CHATS: Mapping[str, tuple[str, str]] = {
    "telegram": (r"-?[0-9]{1,20}", 'the numeric id of a Telegram group, such as "-100123"'),
    "matrix": (r"![^\s]+", 'a Matrix room id such as "!abc:example.org"'),
}
"""Platforms of rooms: a pattern of what they are called there, and what it stands for."""

_SHORTEST, _LONGEST = SHORTEST_RECHECK // MINUTE, LONGEST_RECHECK // MINUTE
"""Minutes of a committee's own recheck: what the file of a playbook may say."""

_FILE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def parse(
    file: str,
    data: Mapping[str, object],
    calendar: Calendar | None = None,
    kinds: Collection[str] | None = None,
) -> RegisterFile:
    """The register of a file's contents. Raises `BadFileError` for the first thing that is wrong.

    `file` is only named in errors. Without a `calendar` the rules of a rota and of care plans are not tried,
    and without `kinds` care plans may be of any kind of job.
    Positions stay in the system that was declared for them.
    """
    top = Table(file, "", data)
    top.only(*TABLES)
    committee_table = top.table("committee")
    committee = _committee(committee_table)
    plan = _plan(top.table("plan")) if top.has("plan") else None
    size = None if plan is None else (plan["width"], plan["height"])
    buildings = buildings_file.buildings(top, committee_table, committee["coordinates"], size)
    committee["scale"] = buildings_file.scale(committee_table, size, buildings)
    keys = frozenset(building["key"] for building in buildings)
    walls = walls_file.walls(top, committee_table, committee["coordinates"], buildings)
    people = people_file.people(top, committee["language"], keys)
    households = residents_file.households(top, keys)
    residents = residents_file.residents(top, keys, households)
    return RegisterFile(
        committee=committee,
        buildings=buildings,
        walls=walls,
        gates=walls_file.gates(top, committee_table, committee["coordinates"], walls),
        people=people,
        groups=people_file.groups(top, [person["key"] for person in people]),
        rooms=_rooms(top),
        households=households,
        residents=residents,
        care=care_file.plans(top, residents, keys, people, kinds, calendar),
        medicines=supply_file.medicines(top, residents),
        ladder=_ladder(top.table("ladder"), people) if top.has("ladder") else None,
        plan=plan,
        rota=rota_file.slots(top, leading(people), calendar) if top.has("rota") else None,
        holidays=rota_file.holidays(top, leading(people)),
    )


def _committee(table: Table) -> CommitteeEntry:
    table.only(*CommitteeEntry.__annotations__)
    emergency = table.table("emergency")
    emergency.only("ambulance", "police")
    return {
        "key": fields.key(table),
        "name": fields.name(table),
        "language": table.choice("language", LANGUAGES, "zh_CN"),
        "timezone": _timezone(table),
        "joining": table.choice("joining", [rule.value for rule in JoinRule], JoinRule.APPROVE.value),
        "coordinates": table.choice("coordinates", COORDINATES) if table.has("coordinates") else None,
        "emergency": {
            name: emergency.text(name, pattern=fields.PHONE, expected=fields.PHONE_SAID)
            for name in ("ambulance", "police")
        },
        "recheck": table.whole("recheck", low=_SHORTEST, high=_LONGEST) if table.has("recheck") else None,
        "scale": None,  # of the plan, which is not read yet
    }


def _plan(table: Table) -> PlanEntry:
    table.only("image", "buildings", "width", "height")
    images = "the name of a picture beside this file, such as plan.svg (svg, png, jpg or webp)"
    outlines = "the name of a GeoJSON file beside this file, such as plan.geojson"
    return {
        "image": table.text("image", pattern=rf"{_FILE}\.(svg|png|jpe?g|webp)", expected=images),
        "buildings": table.text("buildings", pattern=rf"{_FILE}\.(geojson|json)", expected=outlines),
        "width": table.whole("width", low=1, high=WIDEST),
        "height": table.whole("height", low=1, high=WIDEST),
    }


def _timezone(table: Table) -> str:
    zone = table.text("timezone", expected="a time zone such as Asia/Shanghai")
    if zone not in available_timezones():
        table.fail("timezone", "a time zone of the IANA list, such as Asia/Shanghai")
    return zone


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
        "chat": people_file.on(table, "chat", platform, CHATS),
        "topic": topic,
        "audience": table.choice("audience", [audience.value for audience in Audience]),
        "language": table.choice("language", LANGUAGES) if table.has("language") else None,
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

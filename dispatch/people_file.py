"""The people of a committee's file and the groups that they form, checked.

Their phones are private: a mistake is named by table, number and field, and by what was expected.
"""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from dispatch import ages, fields, ways_file
from dispatch.entries import GroupEntry, PersonEntry
from dispatch.people import LEADING, Role
from dispatch.tables import Table, nearest, refuse_twice

LANGUAGES = ("zh_CN", "en")
"""What the program speaks: nobody can be given another language."""

VEHICLES = ("bike", "ebike", "car", "van", "lorry", "handcart")
"""What the field notes carried rice and patients with."""

ADDRESSES: Mapping[str, tuple[str, str]] = {
    "telegram": (r"[0-9]{1,20}", 'the numeric id of a Telegram account, such as "1001"'),
    "matrix": (r"@[^:\s]+:\S+", 'a Matrix id such as "@wang:example.org"'),
}
"""Platforms on which the file may give a person's address: a pattern, and what it stands for."""

OWN = frozenset({"speaks", "hours", "daily", "gear", "born"})
"""What people tell of themselves: a file that says nothing of it leaves it as it is."""

MOST_DAILY = 100
"""Offers a day: more than anybody was ever asked."""

_WORD = r"[a-z][a-z0-9_]{0,31}"
_WORDS_SAID = "a list of names of small letters, digits and _"


def people(top: Table, language: str, buildings: Collection[str]) -> Sequence[PersonEntry]:
    """All of them; whoever has no language reads `language`. Raises `BadFileError`."""
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
    known = frozenset(PersonEntry.__annotations__) - {"left"}
    table.only(*(name for name in PersonEntry.__annotations__ if name in known))
    roles = table.words("roles", known=[role.value for role in Role])
    if not roles:
        table.fail("roles", f"at least one of: {', '.join(role.value for role in Role)}")
    return {
        "key": fields.key(table),
        "name": fields.name(table),
        "language": table.choice("language", LANGUAGES, language),
        "roles": roles,
        "trusted": table.flag("trusted", default=False),
        "building": fields.building(table, buildings),
        "skills": table.words("skills", pattern=_WORD, expected=_WORDS_SAID),
        "vehicle": table.choice("vehicle", VEHICLES) if table.has("vehicle") else None,
        "phone": fields.phone(table),
        "addresses": _addresses(table.table("addresses")) if table.has("addresses") else {},
        "ways": ways_file.ways(table, leads=not LEADING.isdisjoint(roles)),
        "speaks": table.words("speaks", pattern=_WORD, expected=_WORDS_SAID),
        "hours": ways_file.hours(table, ""),
        "daily": _daily(table),
        "gear": table.flag("gear", default=False),
        "born": ages.born(table),
        "left": frozenset(field for field in OWN if not table.has(field)),
    }


def _daily(table: Table) -> int | None:
    """No number of their own is 0: a file cannot say None, and must be able to take one back."""
    return table.whole("daily", 0, low=0, high=MOST_DAILY) or None


def _addresses(table: Table) -> Mapping[str, str]:
    if table.has("web"):
        table.fail("web", "no web address here: use suidao invite")
    table.only(*ADDRESSES)
    return {name: on(table, name, name, ADDRESSES) for name in table.fields()}


def on(table: Table, field: str, platform: str, known: Mapping[str, tuple[str, str]]) -> str:
    """What somebody, or a room, is called on a platform."""
    pattern, expected = known[platform]
    return table.text(field, pattern=pattern, expected=expected)


def groups(top: Table, people: Collection[str]) -> Sequence[GroupEntry]:
    """The groups, whose leaders and members are of `people`. Raises `BadFileError`, also where whoever leads
    is led, by however many steps, by those whom they lead."""
    tables = top.tables("groups", label="key")
    found = [_group(table, people) for table in tables]
    keys = [group["key"] for group in found]
    refuse_twice(tables, "key", keys, "key")
    for table, group in zip(tables, found, strict=True):
        parent = group["parent"]
        if parent is not None and parent not in keys:
            table.fail("parent", f"the key of another group of this file{nearest(parent, keys)}")
    _in_a_circle(tables, found)
    return found


def _group(table: Table, people: Collection[str]) -> GroupEntry:
    table.only(*GroupEntry.__annotations__)
    leader = table.text("leader", "", expected="the key of a person")
    if leader and leader not in people:
        table.fail("leader", f"the key of a person of this file{nearest(leader, people)}")
    return {
        "key": fields.key(table),
        "name": fields.name(table),
        "leader": leader or None,
        "parent": table.text("parent", "", expected="the key of another group") or None,
        "members": table.words("members", known=people, expected="a list of keys of people of this file"),
    }


def _in_a_circle(tables: Sequence[Table], found: Sequence[GroupEntry]) -> None:
    at = {group["key"]: table for table, group in zip(tables, found, strict=True)}
    parts = {group["key"]: {group["parent"]} - {None} for group in found}
    if circle := _circle(parts):
        at[str(circle[0])].fail("parent", f"a group that is no part of this one: {' → '.join(circle)}")
    leaders = {group["key"]: group["leader"] for group in found}
    above: dict[str | None, set[str | None]] = {}
    for group in found:
        leader, over = group["leader"], leaders.get(group["parent"] or "")
        for member in group["members"]:
            above.setdefault(member, set()).add(leader)
        above.setdefault(leader, set()).add(over)
    led = {who: {each for each in over if each not in {None, who}} for who, over in above.items() if who}
    if circle := _circle(led):
        table = next(at[group["key"]] for group in found if group["leader"] == circle[0])
        table.fail("leader", f"somebody who is not led by those they lead: {' → '.join(circle)}")


def _circle(above: Mapping[str, Collection[str | None]]) -> Sequence[str]:
    """The keys along a circle, the first of them at its end again; empty where there is none."""
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        circle: Sequence[str] = error.args[1]
        return circle
    return ()

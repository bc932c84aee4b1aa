"""Groups of people as rows: who leads them, who belongs to them, and which group they are part of."""

from collections.abc import Collection, Mapping, Sequence

from dispatch.entries import GroupEntry
from dispatch.errors import BadFileError
from dispatch.people import Group
from store.engine import Params, Row, Rows, Save, SaveMany
from store.register_rows import Wanted

TABLES = ("groups_of", "group_members_of")
"""What a roster reads of them."""


def read(rows: Rows, people: Collection[int]) -> Mapping[int, Group]:
    """The groups of `TABLES` that were not given up, with those of `people` who are in them."""
    members = members_of(rows)
    return {
        row["id"]: Group(
            id=row["id"],
            key=row["key"],
            name=row["name"],
            leader_id=row["leader_id"] if row["leader_id"] in people else None,
            parent_id=row["parent_id"],
            members=members.get(row["id"], frozenset()).intersection(people),
        )
        for row in rows["groups_of"]
        if row["active"]
    }


def members_of(rows: Rows) -> Mapping[int, frozenset[int]]:
    """Group id to ids of people, whether they are active or not."""
    found: dict[int, set[int]] = {}
    for row in rows["group_members_of"]:
        found.setdefault(row["group_id"], set()).add(row["person_id"])
    return {group: frozenset(people) for group, people in found.items()}


def wanted(entry: GroupEntry, people: Mapping[str, int]) -> Wanted:
    """The group's own row. Raises `BadFileError` for a leader who is not of the committee."""
    key = entry["leader"]
    leader = None if key is None else _person(key, "leader", people)
    return Wanted(open={"key": entry["key"], "name": entry["name"], "leader_id": leader, "active": 1})


def differing(
    entry: GroupEntry,
    row: Row,
    keys: Mapping[int, str],
    kept: Mapping[int, frozenset[int]],
    people: Mapping[str, int],
) -> Sequence[str]:
    """Which of its fields that are no columns differ: `keys` are those of all groups, `kept` their people."""
    found = []
    if keys.get(row["parent_id"]) != entry["parent"]:
        found.append("parent")
    if kept.get(row["id"], frozenset()) != members(entry, people):
        found.append("members")
    return found


def members(entry: GroupEntry, people: Mapping[str, int]) -> frozenset[int]:
    """Who is in the group. Raises `BadFileError` as `wanted` does."""
    return frozenset(_person(key, "members", people) for key in entry["members"])


def parent(entry: GroupEntry, groups: Mapping[str, int]) -> int | None:
    """The group that it is part of. Raises `BadFileError` for one that nobody knows."""
    key = entry["parent"]
    if key is not None and key not in groups:
        raise BadFileError(table="groups", field="parent", expected="the key of a group of this committee")
    return None if key is None else groups[key]


def joined(
    where: Mapping[str, int], parent_id: int | None, people: Collection[int]
) -> Sequence[Save | SaveMany]:
    """Make these the people of a group and that the group that it is part of; `where` names committee and
    group."""
    rows: list[Params] = [{**where, "person_id": person} for person in sorted(people)]
    saves: list[Save | SaveMany] = [
        Save("set_group_parent", {**where, "parent_id": parent_id}),
        Save("clear_group_members", where),
    ]
    return [*saves, SaveMany("insert_group_member", rows)] if rows else saves


def _person(key: str, field: str, people: Mapping[str, int]) -> int:
    if key not in people:
        expected = f"keys of people of this committee; {key} is none"
        raise BadFileError(table="groups", field=field, expected=expected)
    return people[key]


def by_key(rows: Sequence[Row]) -> Mapping[str, Row]:
    """Rows of groups by key, given up or not."""
    return {row["key"]: row for row in rows}

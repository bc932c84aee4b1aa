"""Who may stand in the register twice: said of one name at one building, and of nothing less."""

from dataclasses import replace

import pytest

from dispatch.namesakes import namesakes
from tests.rules import builders

ONE: dict[str, object] = {"name": "Li Ming", "building_id": 1}


@pytest.mark.parametrize(
    ("other", "perhaps"),
    [
        ({"name": "Li Ming", "building_id": 1}, True),
        ({"name": "ｌｉ　ＭＩＮＧ", "building_id": 1}, True),
        ({"name": "Li Ming", "building_id": 2}, False),
        ({"name": "Li Ming", "building_id": None}, False),
        ({"name": "Li Min", "building_id": 1}, False),
        ({"name": "Li Ming", "building_id": 1, "active": False}, False),
        ({"name": "Li Ming", "building_id": 1, "guest": True}, False),
    ],
)
def test_one_name_at_one_building_may_be_one_person(other: dict[str, object], perhaps: bool) -> None:
    roster = builders.roster()
    changed = {
        1: replace(roster.people[1], **ONE),  # type: ignore[arg-type]  # fields by name
        2: replace(roster.people[2], **other),  # type: ignore[arg-type]  # the same
    }
    found = namesakes(replace(roster, people={**roster.people, **changed}))
    assert [[each.id for each in group] for group in found] == ([[1, 2]] if perhaps else [])

"""Rounds of a committee's file: whom they go to, and every mistake named by table and field."""

from collections.abc import Mapping

import pytest

from dispatch import register
from dispatch.doors import MOST_DOORS
from dispatch.entries import CareEntry
from dispatch.errors import BadFileError
from store.calendar import RuleCalendar
from tests.rules.registers import GOOD

ROUND = {"key": "morning", "kind": "daily_round", "at": "09:00", "carers": ["wang"]}
ALONE = {"key": "li", "name": "李伯", "building": "3", "unit": "101", "alone": True}
COUPLE = {"key": "sun", "name": "孙家", "building": "7", "unit": "201"}
DOORLESS = {"key": "he", "name": "何伯", "building": "7", "alone": True}
KINDS = ("daily_round", "general")


def parsed(plan: Mapping[str, object], *residents: Mapping[str, object], **tables: object) -> CareEntry:
    contents = {
        **GOOD,
        "residents": list(residents or (ALONE, COUPLE)),
        "care": [{**ROUND, **plan}],
        **tables,
    }
    (found,) = register.parse("committee.toml", contents, RuleCalendar(), KINDS).care
    return found  # type: ignore[return-value]  # entries are plain mappings there


@pytest.mark.parametrize(
    "said",
    [
        {"alone": True},
        {"alone": True, "buildings": ["3"]},
        {"alone": True, "buildings": ["3"], "residents": ["sun"]},
        {"buildings": ["7"]},
        {"residents": ["li", "sun"], "relay": True},
    ],
)
def test_a_round_goes_by_who_lives_alone_by_building_or_by_name(said: Mapping[str, object]) -> None:
    found = parsed(said)
    assert found["resident"] == ""
    assert (found["alone"], found["relay"]) == (said.get("alone", False), said.get("relay", False))
    assert (list(found["buildings"]), list(found["residents"])) == (
        said.get("buildings", []),
        said.get("residents", []),
    )


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("resident", {}),  # neither one nor several
        ("resident", {"resident": "li", "alone": True}),
        ("relay", {"resident": "li", "relay": True}),
        ("relay", {"relay": True}),
        ("alone", {"alone": "yes"}),
        ("alone", {"alone": True, "buildings": ["7"]}),  # nobody there lives alone
        ("buildings", {"buildings": ["12"]}),
        ("buildings", {"buildings": "3"}),
        ("residents", {"residents": ["gone"]}),  # who has left stands in no file
        ("residents", {"residents": ["li", "li"]}),
        ("kind", {"alone": True, "kind": "rounds"}),
        ("rrule", {"alone": True, "rrule": "FREQ=SECONDLY"}),
        ("rrule", {"alone": True, "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "anchor": "2026-01-01"}),
        ("within", {"alone": True, "at": "09:00, 09:30"}),  # the next begins before the first is over
        ("carers", {"alone": True, "carers": ["nobody"]}),
    ],
)
def test_a_mistake_is_named_and_nobody_is(field: str, said: Mapping[str, object]) -> None:
    with pytest.raises(BadFileError) as refused:
        parsed(said)
    params = refused.value.params
    assert (params["table"], params["field"]) == ("care #1", field)
    assert not any(private in str(params["expected"]) for private in ("李伯", "li ", "sun", "101"))


def test_a_round_to_somebody_whose_door_is_not_known_is_refused() -> None:
    with pytest.raises(BadFileError) as refused:
        parsed({"alone": True}, ALONE, DOORLESS)
    assert refused.value.params["field"] == "alone"
    assert "door" in str(refused.value.params["expected"])


def test_a_round_that_nobody_could_walk_is_refused_with_how_many_doors_it_has() -> None:
    crowd = [{**ALONE, "key": f"r{number}", "unit": str(number)} for number in range(1, MOST_DOORS + 2)]
    with pytest.raises(BadFileError) as refused:
        parsed({"buildings": ["3"]}, *crowd)
    assert f"this would be {MOST_DOORS + 1}" in str(refused.value.params["expected"])
    assert parsed({"buildings": ["3"]}, *crowd[:-1])["buildings"]


def test_a_relay_household_tells_a_building_so_it_has_one() -> None:
    home = {"key": "home", "unit": "102", "relay": True}
    with pytest.raises(BadFileError) as refused:
        parsed({"alone": True}, households=[home])
    assert (refused.value.params["table"], refused.value.params["field"]) == ("households #1", "relay")
    assert parsed({"alone": True}, households=[{**home, "building": "3"}])["alone"]

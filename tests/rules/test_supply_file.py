"""The medicines of a committee's file: every mistake named by table, field and what was expected."""

from collections.abc import Mapping
from datetime import date

import pytest

from dispatch import register, spreadsheet
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.headings import Kind
from dispatch.need_sheets import MEDICINES
from dispatch.overlay import overlaid
from dispatch.running_out import AHEAD
from dispatch.spreadsheet import Raw
from tests.rules.registers import GOOD

INSULIN = {
    "key": "chen-insulin",
    "resident": "chen",
    "medicine": "胰岛素",
    "hospital": "中山医院",
    "doctor": "李医生",
    "until": date(2026, 11, 30),
    "box": 28,
    "ahead": 7,
    "brings": ["card", "cash"],
}
DOORLESS = {"key": "li", "name": "李伯", "building": "3"}


def parsed(*medicines: Mapping[str, object]) -> RegisterFile:
    residents = [*GOOD["residents"], DOORLESS]
    return register.parse("committee.toml", {**GOOD, "residents": residents, "medicines": list(medicines)})


def test_a_medicine_is_read_with_what_it_does_not_say_filled_in() -> None:
    short = {"key": "b", "resident": "chen", "medicine": "降压药", "until": "2026-12-01"}
    full, filled = parsed(INSULIN, short).medicines
    assert full == {**INSULIN, "brings": ("card", "cash")}
    assert filled["until"] == date(2026, 12, 1)
    assert (filled["box"], filled["ahead"], filled["hospital"], filled["brings"]) == (0, AHEAD, "", ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("until", "soon"),
        ("until", 30),
        ("box", 0),
        ("box", 367),
        ("ahead", 0),
        ("ahead", 31),
        ("brings", ["teapot"]),
        ("brings", "card"),
        ("resident", "nobody"),
        ("resident", "li"),  # no door
        ("medicine", ""),
        ("medicine", "药" * 61),
        ("hospital", "院" * 61),
        ("dose", "two"),
    ],
)
def test_a_mistake_is_named_by_field_and_never_by_what_stood_there(field: str, value: object) -> None:
    with pytest.raises(BadFileError) as caught:
        parsed({**INSULIN, field: value})
    params = caught.value.params
    assert (str(params["table"])[:9], str(params["field"]).rpartition(".")[2]) == ("medicines", field)
    assert not any("teapot" in str(said) or "药药" in str(said) for said in params.values())


def test_two_medicines_have_two_keys_and_a_day_is_needed() -> None:
    with pytest.raises(BadFileError):
        parsed(INSULIN, INSULIN)
    with pytest.raises(BadFileError):
        parsed({name: value for name, value in INSULIN.items() if name != "until"})


def test_a_workbook_says_the_same() -> None:
    before = parsed(INSULIN)
    whole = {**GOOD, "medicines": [INSULIN]}
    rows = [[column.heading for column in MEDICINES.columns], *spreadsheet.rows_of(whole, MEDICINES)]
    assert any(column.kind is Kind.DAY for column in MEDICINES.columns)
    read = spreadsheet.read("r.xlsx", [Raw(name=MEDICINES.name, rows=rows)])
    again = register.parse("r.xlsx", overlaid(GOOD, read.tables, prune=False).contents)
    assert again.medicines == before.medicines

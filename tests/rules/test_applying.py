"""What somebody says who wants to join: name, building and phone, however they write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.joining import Said, clean, understood
from tests.rules.builders import roster

ROSTER = roster()  # buildings 1 to 12, called 1号楼 to 12号楼

CASES = [
    ("王小明 3号楼", Said(name="王小明", building_id=3)),
    ("3号楼 王小明", Said(name="王小明", building_id=3)),
    ("王小明3号楼", Said(name="王小明", building_id=3)),
    ("王小明，十二号楼", Said(name="王小明", building_id=12)),
    ("王小明 3", Said(name="王小明", building_id=3)),
    ("3", Said(building_id=3)),
    ("3号楼", Said(building_id=3)),
    ("王小明", Said(name="王小明")),
    ("Wang Xiaoming", Said(name="Wang Xiaoming")),
    ("Wang Xiaoming, building 3", Said(name="Wang Xiaoming", building_id=3)),
    ("王小明 3号楼502室", Said(name="王小明", building_id=3)),
    ("王小明 3号楼 13800138000", Said(name="王小明", building_id=3, phone="13800138000")),
    ("王小明 13800138000", Said(name="王小明", phone="13800138000")),
    ("王小明 +8613800138000", Said(name="王小明", phone="13800138000")),
    ("+86 138 0013 8000", Said(phone="13800138000")),
    ("0086-13800138000", Said(phone="13800138000")),
    ("王小明 3号楼 1956年生", Said(name="王小明", building_id=3, born="1956")),
    ("Wang Xiaoming, building 3, born 1956", Said(name="Wang Xiaoming", building_id=3, born="1956")),
    ("1956年出生，王小明", Said(name="王小明", born="1956")),
    ("Born in 1956", Said(born="1956")),
    ("王小明 3号楼1956室", Said(name="王小明", building_id=3)),
    ("王小明 99号楼", Said(name="王小明", unknown="99")),
    ("王小明 99", Said(name="王小明 99")),
    ("", Said()),
    ("  ，。 ", Said()),
]


@pytest.mark.parametrize(("text", "said"), CASES)
def test_an_application_is_understood(text: str, said: Said) -> None:
    assert understood(text, ROSTER) == said


@pytest.mark.parametrize("text", [text for text, said in CASES if "502" in text])
def test_a_door_is_not_kept(text: str) -> None:
    assert "502" not in repr(understood(text, ROSTER))


@given(st.text(max_size=400))
def test_nothing_that_somebody_writes_makes_an_application_fail(text: str) -> None:
    said = understood(text, ROSTER)
    assert len(said.name) <= 40
    assert said.building_id is None or said.building_id in ROSTER.buildings


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("  王 \n 小明 ", "王 小明"),
        ("王\u202e小明\u200b", "王小明"),
        ("<b>王</b>", "<b>王</b>"),
        ("x" * 500, "x" * 40),
        ("🌸小可爱🌸", "🌸小可爱🌸"),
        ("\x00", ""),
    ],
)
def test_a_name_is_one_short_line_without_hidden_marks(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned

"""A spreadsheet as a register: what is understood, how what is wrong is named, and what is written back."""

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dispatch import register, spreadsheet
from dispatch.cells import AS_TEXT
from dispatch.errors import BadFileError
from dispatch.overlay import overlaid
from dispatch.sheets import SHEETS, sheet
from dispatch.spreadsheet import Raw, Reading
from tests.rules.mistakes import Contents
from tests.rules.registers import GOOD

SECRETS = ("13800138000", "老年痴呆", "18-1801", "陈美丽")
RESIDENTS = ("编号", "姓名", "楼栋", "门牌", "电话", "备注", "联系人")


def read(name: str, *rows: tuple[object, ...], formulas: tuple[tuple[int, int], ...] = ()) -> Reading:
    return spreadsheet.read("r.xlsx", [Raw(name=name, rows=rows, formulas=frozenset(formulas))])


def checked(reading: Reading, base: Contents = GOOD) -> Any:
    whole = overlaid(base, reading.tables, prune=False)
    try:
        return whole.part(register.parse("r.xlsx", whole.contents))
    except BadFileError as error:
        reading.fail(error, whole.before)


def refused(reading_of: Any) -> dict[str, str | int]:
    with pytest.raises(BadFileError) as error:
        reading_of()
    assert not any(secret in str(error.value) for secret in SECRETS)
    return error.value.params


def test_chinese_headings_are_understood() -> None:
    file = checked(
        read(
            "居民",
            RESIDENTS,
            (
                "sun",
                "孙阿婆",
                3.0,
                502.0,
                1990000003.0,
                "独居",
                "女儿 199-0000-004；王阿姨（钥匙）：199-0000-005",
            ),
        )
    )
    assert file.residents == [
        {
            "key": "sun",
            "name": "孙阿婆",
            "household": None,
            "building": "3",
            "unit": "502",
            "phone": "1990000003",
            "notes": "独居",
            "contacts": [
                {"name": "女儿", "phone": "199-0000-004", "kind": "family"},
                {"name": "王阿姨", "phone": "199-0000-005", "kind": "keyholder"},
            ],
            "alone": False,
        }
    ]


def test_family_without_a_number_is_a_name_and_a_colon_and_reads_back_so() -> None:
    row = ("sun", "孙", "3", "502", "", "", "女儿：\n儿子: 199-0000-004")
    (entry,) = checked(read("居民", RESIDENTS, row)).residents
    assert [(each["name"], each["phone"]) for each in entry["contacts"]] == [
        ("女儿", ""),
        ("儿子", "199-0000-004"),
    ]
    known = next(each for each in SHEETS if each.table == "residents")
    (told,) = spreadsheet.rows_of({"residents": [entry]}, known)
    assert "女儿:\n儿子: 199-0000-004" in told


def test_people_are_understood_in_both_languages_at_once() -> None:
    headings = (
        "编号\nkey",
        "姓名 name",
        "身份",
        "会说",
        "可询问时段",
        "每日上限",
        "防护装备",
        "交通工具",
        "telegram",
    )
    row = (
        "sun",
        "孙叔",
        "志愿者、楼组长",
        "普通话，shanghainese",
        "07:00-23:00",
        5.0,
        "是",
        "电动车 ebike",
        2002.0,
    )
    (person,) = checked(read("people", headings, row)).people
    assert person["roles"] == ("volunteer", "leader")
    assert person["speaks"] == ("mandarin", "shanghainese")
    assert (person["hours"], person["daily"], person["gear"]) == ("07:00-23:00", 5, True)
    assert (person["vehicle"], person["addresses"]) == ("ebike", {"telegram": "2002"})
    assert person["left"] == {"born"}


def test_a_column_that_is_not_there_leaves_what_is_kept_and_an_empty_cell_takes_it_away() -> None:
    (person,) = checked(read("people", ("key", "vehicle"), ("wang", None))).people
    assert (person["name"], person["vehicle"], person["skills"]) == ("王阿姨", None, ("medicine",))
    assert person["left"] == {"speaks", "hours", "daily", "gear", "born"}
    (person,) = checked(read("people", ("key", "hours", "daily"), ("wang", " ", None))).people
    assert (person["hours"], person["daily"]) == ("", None)
    assert person["left"] == {"speaks", "gear", "born"}


def test_a_title_and_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    said = refused(
        lambda: checked(
            read("居民", ("梧桐里 2026", None), (None, None), ("编号", "姓名"), (" ", None), ("a b", "孙"))
        )
    )
    assert (said["table"], said["field"]) == ("sheet 居民, row 5", "column A (编号 key)")


def test_an_empty_sheet_says_nothing() -> None:
    reading = spreadsheet.read(
        "r.xlsx",
        [
            Raw(name="Sheet9", rows=((None, " "),)),
            Raw(name="ladder", rows=(("rung", "people"),)),
            Raw(name="people", rows=(("key", "name"), ("wang", "王"))),
        ],
    )
    file = checked(reading)
    assert (file.ladder, file.said) == (None, {"people"})


BAD: list[tuple[str, tuple[object, ...], str, str]] = [
    (
        "a phone that lost digits",
        ("x", "孙", "3", "502", 1.38e17, "", ""),
        "E (电话 phone)",
        "format the column as text",
    ),
    (
        "a phone as a power of ten",
        ("x", "孙", "3", "502", "1.38E+10", "", ""),
        "E (电话 phone)",
        "power of ten",
    ),
    (
        "a phone with words",
        ("x", "孙", "3", "502", f"{SECRETS[0]} 家", "", ""),
        "E (电话 phone)",
        "a phone number",
    ),
    ("a phone with half a digit", ("x", "孙", "3", "502", 138.5, "", ""), "E (电话 phone)", AS_TEXT),
    (
        "a door that became a date",
        ("x", "孙", "3", datetime(2026, 5, 2, tzinfo=UTC), "", "", ""),
        "D (门牌 unit)",
        AS_TEXT,
    ),
    ("a door that is a truth", ("x", "孙", "3", True, "", "", ""), "D (门牌 unit)", AS_TEXT),
    (
        "an unknown building",
        ("x", "孙", SECRETS[2], "502", "", "", ""),
        "C (楼栋 building)",
        "the key of a building",
    ),
    ("no name", ("x", "", "3", "502", "", "", ""), "B (姓名 name)", "missing"),
    ("no key", (None, "孙", "3", "502", "", "", ""), "A (编号 key)", "missing"),
    ("a key of Chinese", (SECRETS[3], "孙", "3", "502", "", "", ""), "A (编号 key)", "letters, digits"),
    (
        "a contact without phone",
        ("x", "孙", "3", "502", "", "", SECRETS[3]),
        "G (联系人 contacts)",
        "name: phone",
    ),
    (
        "a key holder without phone",
        ("x", "孙", "3", "502", "", "", "王阿姨（钥匙）:"),
        "G (联系人 contacts)",
        "name: phone",
    ),
    (
        "a contact with a wrong phone",
        ("x", "孙", "3", "502", "", "", "儿子: 没有"),
        "G (联系人 contacts)",
        "a phone",
    ),
    ("endless notes", ("x", "孙", "3", "502", "", SECRETS[1] * 600, ""), "F (备注 notes)", "at most 2000"),
]


@pytest.mark.parametrize(
    ("row", "column", "expected"), [each[1:] for each in BAD], ids=[each[0] for each in BAD]
)
def test_a_bad_cell_is_named_by_sheet_row_and_column(
    row: tuple[object, ...], column: str, expected: str
) -> None:
    said = refused(lambda: checked(read("居民", RESIDENTS, ("ok", "李", "3", "1", "", "", ""), row)))
    assert (said["table"], said["field"]) == ("sheet 居民, row 3", f"column {column}")
    assert expected in str(said["expected"])
    assert "quotes" not in str(said["expected"])


def test_a_scale_is_said_in_the_committees_own_sheet_and_named_there() -> None:
    headings = ("编号", "平面图比例")
    assert checked(read("居委会", headings, ("wutongli", "0.35"))).committee["scale"] == 0.35
    said = refused(lambda: checked(read("居委会", headings, ("wutongli", 350))))
    assert (said["table"], said["field"]) == ("sheet 居委会, row 2", "column B (平面图比例 scale)")
    assert said["expected"] == "metres that one unit of the plan is, from 0.001 to 100"


def test_a_formula_is_refused_in_a_column_that_is_read() -> None:
    said = refused(lambda: read("居民", RESIDENTS[:2], ("x", "孙"), formulas=((1, 1),)))
    assert (said["field"], said["expected"]) == (
        "column B (姓名 name)",
        "a value and no formula: copy the column and paste it as values",
    )


def test_the_same_key_twice_names_both_rows() -> None:
    said = refused(lambda: checked(read("residents", ("key", "name"), ("sun", "孙"), ("sun", "李"))))
    assert said["table"] == "sheet residents, row 3"
    assert "row 2 has the same" in str(said["expected"])


def test_two_people_with_one_account_are_named_even_where_one_is_in_the_register_already() -> None:
    said = refused(
        lambda: checked(read("people", ("key", "name", "roles", "telegram"), ("x", "孙", "staff", 1001)))
    )
    assert (said["table"], said["field"]) == ("sheet people, row 2", "column D (telegram编号 telegram)")
    assert "an entry has the same" in str(said["expected"])


@pytest.mark.parametrize(
    ("headings", "place", "expected"),
    [
        (("key", "nmae"), "row 1, column B (nmae)", "did you mean name?"),
        (("key", "姓名", "name"), "row 1, column C (name)", "one of"),
        (("key", None), "row 1, column B", "a heading"),
        (("x", "y"), "", "headings in one of its first"),
    ],
)
def test_headings_that_are_not_understood_are_named(
    headings: tuple[object, ...], place: str, expected: str
) -> None:
    said = refused(lambda: read("people", headings, ("a", "b", "c")))
    assert (said["table"], said["field"]) == ("sheet people", place)
    assert expected in str(said["expected"])


def test_a_sheet_with_another_name_is_refused_unless_it_is_empty() -> None:
    said = refused(lambda: read("Sheet1", ("key",), ("a",)))
    assert "人员 people" in str(said["expected"])
    twice = [Raw(name=name, rows=(("key",), ("a",))) for name in ("people", "人员")]
    said = refused(lambda: spreadsheet.read("r.xlsx", twice))
    assert said["expected"] == "no second sheet of 人员 people"


def test_positions_of_which_nobody_said_how_they_are_given_are_refused() -> None:
    kept = copy.deepcopy(GOOD)
    kept["buildings"][0]["coordinates"] = kept["committee"].pop("coordinates")
    rows = (("编号", "纬度", "经度"), ("8", None, None), ("9", 31.2, 121.47))
    said = refused(lambda: checked(read("楼栋", *rows), kept))
    assert (said["table"], said["field"]) == ("sheet 楼栋, row 3", "a column 坐标系 coordinates")
    assert "never guessed" in str(said["expected"])


def test_a_rung_is_there_once_and_its_people_are_checked() -> None:
    said = refused(lambda: read("ladder", ("rung", "people"), ("值班", "lin"), ("duty", "lin")))
    assert said["table"] == "sheet ladder, row 3"
    said = refused(lambda: checked(read("ladder", ("rung", "people"), ("值班", "lin"), ("副职", "wang"))))
    assert (said["table"], said["field"]) == ("sheet ladder, row 3", "column B (人员编号 people)")


def test_a_register_that_is_written_reads_back_the_same() -> None:
    whole: Contents = copy.deepcopy(GOOD) | {
        "committee": GOOD["committee"] | {"scale": 0.35},
        "buildings": [
            {
                "key": "3",
                "name": "3号楼",
                "lat": 31.2031234,
                "lon": 121.4789012,
                "coordinates": "wgs84",
                "outline": [[31.203, 121.4788], [31.2032, 121.4788], [31.2032, 121.4790]],
                "spot": [120.5, 40.0],
            },
            {"key": "7"},
        ],
        "walls": [
            {
                "key": "outer",
                "name": "围墙",
                "line": [[31.2025, 121.478], [31.2025, 121.48], [31.204, 121.48]],
                "coordinates": "wgs84",
            }
        ],
        "gates": [
            {
                "key": "south",
                "name": "南门",
                "lat": 31.2025,
                "lon": 121.4790123,
                "coordinates": "wgs84",
                "closed": True,
            }
        ],
        "groups": [{"key": "east", "name": "东组", "leader": "lin", "members": ["wang", "lin"]}],
        "households": [
            {"key": "3-502", "building": "3", "unit": "0502", "people": 2, "phone": "021-5550000"}
        ],
        "rota": [
            {
                "name": "夜班",
                "rrule": "FREQ=DAILY;BYHOUR=20",
                "anchor": date(2026, 11, 2),
                "hours": 12,
                "people": ["lin"],
            }
        ],
    }
    whole["people"][1] |= {
        "ways": [{"to": "ntfys://n/T", "hours": "22:00-07:00"}, {"to": "chat"}],
        "daily": 3,
        "born": 1956,
    }
    whole["residents"][0] |= {
        "notes": "=1+1\n两行",
        "household": "3-502",
        "contacts": [{"name": "Lee; 2", "phone": "199-0000-002"}],
    }
    before = register.parse("r.toml", whole)
    raws = [
        Raw(
            name=known.name,
            rows=[[column.heading for column in known.columns], *spreadsheet.rows_of(whole, known)],
        )
        for known in SHEETS
    ]
    again = register.parse(
        "r.xlsx", overlaid({}, spreadsheet.read("r.xlsx", raws).tables, prune=False).contents
    )
    for table in SHEETS:
        if table.table != "people":
            assert getattr(again, table.table) == getattr(before, table.table), table.name
    for one, other in zip(again.people, before.people, strict=True):
        assert {**one, "left": None} == {**other, "left": None}


def test_every_table_and_field_of_a_file_has_a_column() -> None:
    for known in SHEETS:
        headings = [column.heading for column in known.columns]
        assert [known.column(heading) for heading in headings] == list(known.columns)
        assert sheet(known.name) is known

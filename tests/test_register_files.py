"""`suidao load` and `suidao export` with workbooks and tables: what goes in, out, and neither way."""

import io
import re
import stat
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from bot import cli, csv_table, workbook, workbook_writing
from bot.committee import DEMO
from bot.progress import Bar
from dispatch.errors import BadFileError
from dispatch.spreadsheet import Raw

PRIVATE = ("199-0000-909", "老年痴呆", "孙阿婆", "sun-secret")
ROWS = (
    ("编号", "姓名", "楼栋", "门牌", "电话", "备注"),
    (PRIVATE[3], PRIVATE[2], "3", 502, PRIVATE[0], PRIVATE[1]),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the demo's committee loaded; commands run in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    assert cli.main(["load", str(DEMO)]) == 0
    return tmp_path


def made(write: Callable[[Worksheet], object], sheet: str = "residents") -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        write(book.add_worksheet(sheet))
    return out.getvalue()


def rows(sheet: Worksheet) -> None:
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)


def moved(sheet: Worksheet) -> None:
    rows(sheet)
    sheet.write(1, 4, "199-0000-910")


def gives(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    capsys.readouterr()
    assert cli.main(command) == code
    told = capsys.readouterr()
    said = told.out + told.err
    assert not any(word in said for word in PRIVATE)
    return said


def test_what_was_exported_and_is_loaded_again_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gives(capsys, "export", "register.xlsx")
    assert stat.S_IMODE(Path("register.xlsx").stat().st_mode) == 0o600
    for more in ([], ["--preview"], ["--prune"]):
        said = gives(capsys, "load", "register.xlsx", *more)
        assert said.startswith("wutongli: 0 added, 0 changed, 91 unchanged, 0 deactivated")
    assert "is there already" in gives(capsys, "export", "register.xlsx", code=2)
    assert "ends so" in gives(capsys, "export", "register.pdf", code=2)


def test_cells_of_an_export_are_text_and_never_formulas() -> None:
    entry = {
        "key": "x",
        "name": "=HYPERLINK(1)",
        "unit": "0502",
        "phone": "02155500000",
        "notes": "http://x.example",
    }
    data = workbook_writing.write({"residents": [entry]})
    raws = {each.name: each for each in workbook.read("r.xlsx", data)}
    assert [len(raw.rows) for raw in raws.values()] == [1] * 8 + [2] + [1] * 5
    told = dict(zip(raws["居民 residents"].rows[0], raws["居民 residents"].rows[1], strict=True))
    assert (told["姓名\nname"], told["门牌\nunit"], told["电话\nphone"]) == (
        "=HYPERLINK(1)",
        "0502",
        "02155500000",
    )
    assert raws["居民 residents"].formulas == frozenset()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = b"".join(book.read(name) for name in book.namelist() if "worksheets/sheet" in name)
    assert b"dataValidation " in parts
    assert b"<f>" not in parts
    assert b"hyperlink" not in parts


def test_an_empty_template_can_be_filled_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gives(capsys, "export", "--empty", "t.xlsx")
    assert "at least one row below" in gives(capsys, "load", "t.xlsx", code=2)


def test_a_preview_counts_and_lists_without_what_is_private(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("r.xlsx").write_bytes(made(rows))
    people = "key,name,vehicle\nsecretary-a,新名字,\nfresh,新来的,car\n"
    Path("people.csv").write_text(people, encoding="gb18030")
    said = gives(capsys, "load", "people.csv", code=2)
    assert "people.csv: sheet people, row 3: a column 身份 roles: expected at least one of" in said
    people = "key,name,roles\nsecretary-a,新名字,书记\nfresh,新来的,志愿者\n"
    Path("people.csv").write_text(people, encoding="gb18030")
    before = gives(capsys, "load", "people.csv", "--preview")
    assert "nothing was changed" in before
    assert "people: 1 changed\n    secretary-a: name\n  people: 1 added\n    fresh\n" in before
    assert gives(capsys, "load", "people.csv", "--preview") == before
    assert "1 added, 1 changed" in gives(capsys, "load", "people.csv")  # it is in GB18030
    Path("people.csv").write_text(people, encoding="utf-8")
    assert "0 added, 0 changed, 3 unchanged" in gives(capsys, "load", "people.csv")
    said = gives(capsys, "load", "r.xlsx", "--preview")
    assert "1 added, 0 changed" in said
    assert "residents: 1 added" in said
    assert "1 added, 0 changed" in gives(capsys, "load", "r.xlsx")
    Path("r.xlsx").write_bytes(made(moved))
    assert "residents: 1 changed\n    #1: phone\n" in gives(capsys, "load", "r.xlsx", "--preview")


def test_a_volunteers_own_number_as_that_of_family_is_named_by_its_cell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("people.csv").write_text("key,name,roles,phone\nfresh,新来的,志愿者,199-0000-909\n")
    assert "1 added" in gives(capsys, "load", "people.csv")
    Path("residents.csv").write_text("key,name,contacts\na,李,女儿:\nb,孙,女儿: +86 199-0000-909\n")
    said = gives(capsys, "load", "residents.csv", "--preview", code=2)
    assert (
        "sheet residents, row 3: column C (联系人 contacts): expected a number of family that is no" in said
    )
    again = gives(capsys, "load", "residents.csv", code=2)
    assert again.splitlines()[-1] == said.splitlines()[-1]  # before it stands what the log has of it
    Path("residents.csv").write_text("key,name,contacts\na,李,女儿:\nb,孙,女儿:\n")
    assert "2 added" in gives(capsys, "load", "residents.csv")


def test_a_plan_that_does_not_fit_is_told_once_a_building_is_in_want_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "buildings.csv").write_text("key,spot\n13,800 900\n", encoding="utf-8")
    assert "on the plan alone" not in gives(capsys, "load", "buildings.csv"), "the demo's plan is to scale"
    (folder / "buildings.csv").write_text("key,spot\n5,800 100\n", encoding="utf-8")
    said = gives(capsys, "load", "buildings.csv")
    assert "on the plan alone is not known: by it and the others 5号楼 is" in said


def test_somebody_who_may_be_there_twice_is_told_by_their_keys_and_stays_two(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, people = "key,name,roles,building\n", "one,孙 某,志愿者,3\nother,孙某,志愿者,3\n"
    Path("people.csv").write_text(header + people)
    said = gives(capsys, "load", "people.csv")
    assert "2 added" in said
    assert "One name at one building, perhaps one person: one, other\n" in said
    Path("people.csv").write_text(header + people.replace("other,孙某,志愿者,3", "other,孙某,志愿者,5"))
    assert "perhaps one person" not in gives(capsys, "load", "people.csv")
    Path("people.csv").write_text(header + people.replace("other", "one"))
    said = gives(capsys, "load", "people.csv", code=2)
    assert "row 3: column A (编号 key): expected a key of its own; row 2 has the same" in said


def test_a_csv_file_needs_its_tables_name_from_somewhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("liste.csv").write_bytes("\ufeffkey;name;lat;lon\n9;9号楼;31.2031;121.4789\n".encode())
    assert "--table" in gives(capsys, "load", "liste.csv", code=2)
    assert "never guessed" in gives(capsys, "load", "liste.csv", "--table", "buildings", code=2)
    said = gives(capsys, "load", "liste.csv", "--table", "楼栋", "--coordinates", "gcj02", "--preview")
    assert "buildings: 1 changed\n    9: lat, lon, outline\n" in said
    assert "no committee nobody" in gives(
        capsys, "load", "liste.csv", "--table", "buildings", "--committee", "nobody", code=2
    )


def test_a_formula_is_found_where_it_stands() -> None:
    def write(sheet: Worksheet) -> None:
        rows(sheet)
        sheet.write_formula("C2", "=1+2", None, "3")
        sheet.write_array_formula("E2:E2", "{=SUM(1)}")

    (raw,) = workbook.read("r.xlsx", made(write, "居民 & 老人"))
    assert (raw.name, raw.formulas) == ("居民 & 老人", frozenset({(1, 2), (1, 4)}))


def test_a_building_merged_over_its_doors_is_every_doors() -> None:
    def write(sheet: Worksheet) -> None:
        sheet.merge_range("A1:B1", "title")
        sheet.merge_range("A2:A4", "3")
        sheet.write("B4", "502")

    (raw,) = workbook.read("r.xlsx", made(write))
    assert [list(row) for row in raw.rows] == [["title", ""], ["3", ""], ["3", ""], ["3", "502"]]


def bomb(size: int) -> bytes:
    """A zip of so many bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\0" * (workbook.LARGEST + 1), "at most 10 MB"),
        (bomb(workbook.LARGEST_UNFOLDED + 1), "unpacks to at most 50 MB"),
        (bomb(10), "an .xlsx workbook"),
        (b"PK\x03\x04 and no more", "an .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0 an old one", "an .xlsx workbook"),
        (made(rows)[:-200], "an .xlsx workbook"),
        (made(lambda sheet: sheet.write("A30000", 1)), "at most 20000 rows and 100 columns"),
        (made(lambda sheet: sheet.write("XFD1", 1)), "at most 20000 rows and 100 columns"),
    ],
    ids=[
        "too large",
        "a bomb",
        "empty inside",
        "cut off",
        "an old one",
        "a broken one",
        "too long",
        "too wide",
    ],
)
def test_what_is_no_workbook_of_ours_is_refused_before_it_is_read(data: bytes, expected: str) -> None:
    with pytest.raises(BadFileError) as refused:
        workbook.read("r.xlsx", data)
    assert expected in str(refused.value.params["expected"])


def same(part: bytes) -> bytes:
    return part


def altered(**parts: Callable[[bytes], bytes]) -> bytes:
    """A good workbook with parts changed; a name's dots and slashes are written `_`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(rows))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            change = parts.get(name.replace("/", "_").replace(".", "_"), same)
            bad.writestr(name, change(good.read(name)))
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.replace(b'r="A2"', b'r="ABCDEF2"'),
        lambda part: part.replace(b'r="A2"', b"r = 'A99999999'"),
        lambda part: part.replace(b'r="A2"', b'r="&#65;2"'),
        lambda part: part.decode().encode("utf-16"),
        lambda part: part.replace(b"<worksheet", b"<!DOCTYPE x><worksheet"),
        lambda part: part[: len(part) // 2],
    ],
    ids=["a wide column", "a long row", "in other letters", "in other bytes", "with entities", "cut off"],
)
def test_a_sheet_that_hides_how_large_it_is_is_refused(change: Callable[[bytes], bytes]) -> None:
    data = altered(xl_worksheets_sheet1_xml=change)
    with pytest.raises(BadFileError):
        workbook.read("r.xlsx", data)


def test_a_reader_that_ends_ends_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(workbook, "CHILD", child)
    with pytest.raises(BadFileError, match="can be read"):
        workbook.read("r.xlsx", made(rows))


def test_a_zip_that_lies_about_its_size_unpacks_no_further() -> None:
    whole = made(rows)
    name = b"xl/worksheets/sheet1.xml"
    at = whole.rindex(name) - 46  # its entry in the list at the end
    lying = whole[: at + 24] + (5).to_bytes(4, "little") + whole[at + 28 :]
    with pytest.raises(BadFileError):
        workbook.read("r.xlsx", lying)


def test_csv_is_read_in_both_encodings_and_with_any_separator() -> None:
    for text, encoding in (
        ("键,值\n一,=2\n", "gb18030"),
        ("键;值\n一;=2\n", "utf-8-sig"),
        ("键\t值\n一\t=2\n", "utf-8"),
    ):
        raw = csv_table.read("a/people.csv", text.encode(encoding))
        assert raw == Raw(name="people", rows=[["键", "值"], ["一", "=2"]], formulas=frozenset({(1, 1)}))
    for data in (b"\xff\xfe\0k\0e", b'a,b\n"x"y,1\n'):
        with pytest.raises(BadFileError):
            csv_table.read("people.csv", data)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_on_a_terminal_alone() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        bar = Bar(out, "r.xlsx")
        for done in range(6001):
            bar(done, 6000)
        bar.end()
    assert pipe.getvalue() == ""
    assert terminal.getvalue().count("\r") == 52
    assert "[###############...............] 3000/6000" in terminal.getvalue()


def test_a_load_draws_its_bar_on_a_terminal_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("residents.csv").write_text("key,name,building\n" + "".join(f"r{n},某{n},3\n" for n in range(60)))
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", Terminal())
        assert cli.main(["load", "residents.csv"]) == 0
        drawn = cast("Terminal", sys.stderr).getvalue()
    assert drawn.startswith("\rresidents.csv [")
    assert re.search(r"\[#+\.+\] [0-9]+/[0-9]+\r", drawn)
    assert drawn.endswith("\r\x1b[K")
    Path("residents.csv").write_text("key,name,building\nr1,某人,3\n")
    assert cli.main(["load", "residents.csv"]) == 0
    assert capsys.readouterr().err == ""


def test_a_formula_stops_a_load_and_is_named_by_its_cell(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def written(sheet: Worksheet) -> None:
        rows(sheet)
        sheet.write_formula("D2", "=500+2", None, "502")

    Path("r.xlsx").write_bytes(made(written))
    said = gives(capsys, "load", "r.xlsx", code=2)
    assert "sheet residents, row 2: column D (门牌 unit): expected a value and no formula" in said
    logged = [each.getMessage() for each in caplog.records if each.name == "bot.loading"]
    assert logged == ["refused (bad_file): a file at the console, table residents, field unit"]
    assert "0 added, 0 changed, 91 unchanged" in again(capsys)
    assert len([each for each in caplog.records if each.name == "bot.loading"]) == 1


def test_a_phone_that_a_sheet_took_for_a_number_keeps_its_digits_or_is_refused_by_its_cell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(phone: float | str) -> None:
        row = (*ROWS[1][:3], 502.0, phone, PRIVATE[1])
        Path("r.xlsx").write_bytes(
            made(lambda sheet: (sheet.write_row(0, 0, ROWS[0]), sheet.write_row(1, 0, row)))
        )

    typed(19900009090.0)
    assert "1 added" in gives(capsys, "load", "r.xlsx")
    typed("1.99E+10")
    said = gives(capsys, "load", "r.xlsx", code=2)
    assert "sheet residents, row 2: column E (电话 phone): expected" in said
    assert "power of ten" in said
    Path("residents.csv").write_text(f"key,phone,unit\n{PRIVATE[3]},19900009090,502\n")
    assert "0 added, 0 changed" in gives(capsys, "load", "residents.csv")


def test_leaders_in_a_circle_stop_a_load_and_are_named_by_their_cell(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ring = ("secretary-a", "secretary-b", "deputy-a")
    groups = [f"{n},{n},{who},{ring[n - 2]}" for n, who in enumerate(ring)]
    Path("groups.csv").write_text("\n".join(["key,name,leader,members", *groups]))
    said = gives(capsys, "load", "groups.csv", code=2)
    assert re.search(r"sheet groups, row \d: column C \(组长 leader\): expected", said)
    assert all(who in said for who in ring)
    logged = [each.getMessage() for each in caplog.records if each.name == "bot.loading"]
    assert logged == ["refused (bad_file): a file at the console, table groups, field leader"]
    assert "0 added, 0 changed, 91 unchanged" in again(capsys)


def again(capsys: pytest.CaptureFixture[str]) -> str:
    """What loading the demo once more would change."""
    return gives(capsys, "load", str(DEMO), "--preview")

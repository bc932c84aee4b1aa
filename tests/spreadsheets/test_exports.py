"""What was exported opens in programs by others: Microsoft's Open XML SDK finds nothing wrong with it, and
LibreOffice saves it anew without changing anything."""

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.register import RESIDENTS, contents
from bot import cli, workbook_writing
from bot.committee import DEMO
from tests.spreadsheets.others import CSV, converted, findings, require_office, require_sdk

VERSIONS = ("Office2007", "Microsoft365")
"""The oldest and the newest that there are rules for."""

AWKWARD = (
    ("key", "name", "building", "unit", "phone", "notes", "contacts"),
    (
        "0017",
        "3-12",
        "3",
        "0502",
        "019900009090",
        '\'A1 “引号”, "逗号"',
        "儿子: 019900009091\n邻居 (key): 199-0000-9092",
    ),
    ("1e5", "+王", "3", "3-2", "+8619900009093", "http://x.example <b>&amp;\t-1", "女儿:"),
)
"""What a spreadsheet likes to take for a number, a day or an address. Words that begin as a formula does are
not among it, for a CSV file cannot say that they are words."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's committee with two awkward residents is loaded; commands run here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    assert cli.main(["load", str(DEMO)]) == 0
    with Path("residents.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(AWKWARD)
    assert cli.main(["load", "residents.csv"]) == 0
    return tmp_path


@pytest.fixture
def exported(folder: Path) -> Path:
    """The register of the folder as a workbook."""
    assert cli.main(["export", "register.xlsx"]) == 0
    return folder / "register.xlsx"


@pytest.mark.parametrize("version", VERSIONS)
def test_microsofts_sdk_finds_nothing_wrong_with_a_register(exported: Path, version: str) -> None:
    require_sdk()
    assert findings(exported, version) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_nor_with_the_empty_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    require_sdk()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", "--empty", "template.xlsx"]) == 0
    assert findings(tmp_path / "template.xlsx", version) == []


def test_nor_with_a_register_of_six_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_sdk()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    Path("loaded.xlsx").write_bytes(workbook_writing.write(contents()))
    assert cli.main(["load", "loaded.xlsx"]) == 0
    assert cli.main(["export", "register.xlsx"]) == 0
    with zipfile.ZipFile("register.xlsx") as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if "worksheets/sheet" in name)
    assert sheets.count(b"<row ") > RESIDENTS
    assert [findings(tmp_path / "register.xlsx", version) for version in VERSIONS] == [[], []]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_does_find_what_is_broken(exported: Path, version: str) -> None:
    """A column that is as wide as a word, and an element that Excel would have to repair."""
    require_sdk()
    broken = exported.with_name("broken.xlsx")
    with zipfile.ZipFile(exported) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            part = good.read(name)
            if name == "xl/worksheets/sheet2.xml":
                assert part.count(b"<sheetData>") == 1
                part = part.replace(b"<sheetData>", b'<wide/><sheetData><row r="wide"/>')
            bad.writestr(name, part)
    found = "\n".join(findings(broken, version))
    assert "wide" in found
    assert "/xl/worksheets/sheet2.xml" in found


def test_saved_again_by_libreoffice_it_changes_nothing(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = require_office()
    converted(office, exported, "xlsx", exported.parent / "again")
    again = exported.parent / "again" / "register.xlsx"
    with zipfile.ZipFile(again) as book:
        assert b"LibreOffice" in book.read("docProps/app.xml")
    for more in (["--preview"], ["--prune"]):
        capsys.readouterr()
        assert cli.main(["load", str(again), *more]) == 0
        assert capsys.readouterr().out.startswith(
            f"wutongli: 0 added, 0 changed, {91 + 2} unchanged, 0 deactivated"
        )


def test_saved_by_libreoffice_as_csv_no_table_changes_anything(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    converted(require_office(), exported, CSV, exported.parent / "tables")
    told = {}
    for table, file in _tables(exported.parent / "tables"):
        capsys.readouterr()
        assert cli.main(["load", str(file), "--table", table, "--preview"]) == 0, table
        told[table] = capsys.readouterr().out.partition("\n")[0]
    assert {"buildings", "people", "groups", "residents", "care", "ladder"} <= told.keys()
    assert [table for table, said in told.items() if ": 0 added, 0 changed, " not in said] == []


def _tables(folder: Path) -> Iterator[tuple[str, Path]]:
    """Those that hold something; a sheet is called in both languages."""
    for file in sorted(folder.iterdir()):
        with file.open(encoding="utf-8", newline="") as rows:
            if len(list(csv.reader(rows))) > 1:
                yield file.stem.rpartition(" ")[2], file

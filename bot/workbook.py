"""An XLSX file as sheets of cells. Nothing in it is trusted: neither its size nor what it says of its size.

A workbook is a zip of XML, so it is weighed and measured before anything reads it as a workbook: a few
kilobytes can unfold into gigabytes, and a cell at the far end of a sheet makes one of seventeen billion.
Formulas are found there as well, since a reader gives only what they came to when somebody last saved the
file.
"""

import html
import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NoReturn

from dispatch.errors import BadFileError
from dispatch.spreadsheet import Raw

LARGEST = 10 * 2**20
"""Bytes of a file: twenty thousand residents with long notes have four million."""

LARGEST_UNFOLDED = 50 * 2**20
"""Bytes of what is in it, unpacked: the same have thirty million."""

CHILD = Path(__file__).with_name("workbook_child.py")

PATIENCE_S = 20.0
"""Seconds for the largest file on a slow machine; it takes one."""

MOST_ROWS = 20_000
"""Of a sheet: three of the largest compounds of the field notes."""

MOST_COLUMNS = 100
"""Of a sheet: ours have sixteen."""

_PIECE = 2**20
_WITHIN = 4_096  # bytes from where a cell begins to its formula: a place, a style, a type
_PLACE = re.compile(rb"""(?<![\w:])r\s*=\s*["']([^"']*)""")
_IN_SHEET = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_OPENING = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_TOLD = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_CELLS = tuple("sheetData".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_OTHERS = frozenset({"xl/workbook.bin", "content.xml", "mimetype"})
_SAVE_ANEW = "an .xlsx workbook: open it in WPS or Excel and save it as .xlsx (not .xls, no password)"
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError)
"""What reading something broken raises somewhere between the zip and its parts."""


def read(name: str, data: bytes) -> Sequence[Raw]:
    """The sheets of a workbook, hidden ones too. Raises `BadFileError`; `name` is only named there."""
    check_size(name, len(data))
    formulas = _formulas(name, _unfolded(name, data))
    return [
        Raw(name=each["name"], rows=_rows(each), formulas=formulas.get(each["name"], frozenset()))
        for each in _read_apart(name, data)
    ]


def _read_apart(name: str, data: bytes) -> Sequence[Mapping[str, Any]]:
    """The sheets as the process beside this one reads them (`bot.workbook_child`)."""
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE_S, check=True)  # noqa: S603 - our own script
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        _fail(name, "a workbook that can be read: open it in WPS or Excel and save it as .xlsx")
    found: Sequence[Mapping[str, Any]] = json.loads(done.stdout)
    return found


def check_size(name: str, size: int) -> None:
    """Raise `BadFileError` for a file that is larger than any register."""
    if size > LARGEST:
        _fail(name, f"a file of at most {LARGEST // 2**20} MB")


def _rows(sheet: Mapping[str, Any]) -> Sequence[Sequence[object]]:
    rows = [[_cell(cell) for cell in row] for row in sheet["rows"]]
    for top, left, bottom, right in sheet["merged"]:
        # A building written once for all its doors; wider ones are titles.
        if left == right and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return rows


def _cell(told: object) -> object:
    if not isinstance(told, dict):
        return told
    return date.fromisoformat(told["day"]) if "day" in told else timedelta()


def _unfolded(name: str, data: bytes) -> Mapping[str, bytes]:
    """The XML that tells of sheets, by its place; all else is only weighed."""
    kept: dict[str, bytes] = {}
    weight = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > LARGEST_UNFOLDED:
                _too_much(name)
            for each in archive.infolist():
                whole = b"".join(_pieces(archive, each))
                weight += len(whole)
                if weight > LARGEST_UNFOLDED:
                    _too_much(name)
                if each.filename in _TOLD or any(word in whole for word in _CELLS):
                    kept[each.filename] = whole
            if not _is_workbook(data, archive.namelist(), kept):
                _fail(name, _SAVE_ANEW)
    except _BROKEN:
        _fail(name, _SAVE_ANEW)
    return kept


def _is_workbook(data: bytes, names: Sequence[str], kept: Mapping[str, bytes]) -> bool:
    """Of that kind, and of no other that the reader might take it for; each part once, in plain bytes."""
    others = not _OTHERS.isdisjoint(names)
    odd = any(b"\0" in part or b"<!DOCTYPE" in part for part in kept.values())
    return (
        data.startswith(b"PK\x03\x04")
        and len(set(names)) == len(names)
        and set(_TOLD) <= kept.keys()
        and not others
        and not odd
    )


def _pieces(archive: zipfile.ZipFile, each: zipfile.ZipInfo) -> Iterator[bytes]:
    """Never more than the size that was declared for it: the module stops there, and finds the sum wrong."""
    with archive.open(each) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _too_much(name: str) -> NoReturn:
    _fail(name, f"a workbook that unpacks to at most {LARGEST_UNFOLDED // 2**20} MB")


def _formulas(name: str, parts: Mapping[str, bytes]) -> Mapping[str, frozenset[tuple[int, int]]]:
    """The cells with formulas by sheet; on the way every sheet is measured."""
    found: dict[str, frozenset[tuple[int, int]]] = {}
    places = _places(parts)
    for place, part in parts.items():
        if place in _TOLD:
            continue
        called = places.get(place, "")
        for match in _PLACE.finditer(part):
            cell = _IN_SHEET.fullmatch(match[1])
            if cell is None or int(cell[2]) > MOST_ROWS or _index(cell[1]) >= MOST_COLUMNS:
                said = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns: delete empty ones at its end"
                _fail(name, said, f"sheet {called}" if called else "")
        found[called] = frozenset(_with_formula(part))
    return found


def _with_formula(part: bytes) -> Iterator[tuple[int, int]]:
    for match in _FORMULA.finditer(part):
        # The cell that it stands in is the last one that was opened.
        cells = _OPENING.findall(part, max(match.start() - _WITHIN, 0), match.start())
        if cells:
            column, row = cells[-1]
            yield int(row) - 1, _index(column)


def _places(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """Where each sheet's XML is, and what the sheet is called."""
    relations = {
        each.get("Id", ""): _absolute(each.get("Target", ""))
        for each in _attributes(_RELATION, parts.get("xl/_rels/workbook.xml.rels", b""))
    }
    sheets = _attributes(_SHEET, parts.get("xl/workbook.xml", b""))
    return {
        relations.get(next((value for key, value in each.items() if key.endswith(":id")), ""), ""): each[
            "name"
        ]
        for each in sheets
        if "name" in each
    }


def _attributes(tag: "re.Pattern[str]", part: bytes) -> Iterator[Mapping[str, str]]:
    for match in tag.finditer(part.decode("utf-8", "replace")):
        yield {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(match[0])}


def _absolute(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _index(column: bytes) -> int:
    """A column's letters, counted from 0; none is the first."""
    found = 0
    for letter in column:
        found = found * 26 + letter - ord("A") + 1
    return max(found - 1, 0)


def _fail(name: str, expected: str, table: str = "") -> NoReturn:
    raise BadFileError(file=name, table=table, field="", expected=expected)

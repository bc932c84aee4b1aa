"""A CSV file as one sheet of cells: in UTF-8 or in GB18030, with commas, semicolons or tabs.

Every cell is text; a spreadsheet that wrote it may have shown a number as a power of ten, which is refused
where it matters. What begins with an equals sign would be a formula wherever it is opened, and counts as one.
"""

import csv
import io
from typing import NoReturn

from bot.workbook import MOST_COLUMNS, MOST_ROWS, check_size
from dispatch.errors import BadFileError
from dispatch.spreadsheet import Raw

ENCODINGS = ("utf-8-sig", "gb18030")
"""In this order: text in GB18030 is hardly ever valid UTF-8, while the other way round nearly all is."""

_BETWEEN = ",;\t，"


def read(name: str, data: bytes) -> Raw:
    """The table of the file, named as the file is. Raises `BadFileError`; `name` is only named there."""
    check_size(name, len(data))
    text = _decoded(name, data)
    first = text.split("\n", 1)[0]
    between = max(_BETWEEN, key=first.count)
    try:
        rows = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
        ]
    except csv.Error:
        _fail(name, "a table of commas and quotes; a quote is not closed, or stands within a cell")
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        _fail(name, f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns")
    formulas = frozenset(
        (at, column)
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
        if value.lstrip().startswith("=")
    )
    return Raw(name=name.rpartition("/")[2].rpartition(".")[0], rows=rows, formulas=formulas)


def _decoded(name: str, data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # UTF-16, or no text at all
            return text
    return _fail(name, "text in UTF-8 or GB18030: save it as CSV UTF-8")


def _fail(name: str, expected: str) -> NoReturn:
    raise BadFileError(file=name, table="", field="", expected=expected)

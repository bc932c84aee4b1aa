"""A register as an XLSX file that WPS and Excel open, and that read again changes nothing.

Every cell but numbers and days is text, so that phones and doors keep their digits, and nothing that somebody
typed is ever a formula. Headings are in both languages, with a remark on what belongs below; where only some
words may stand they can be chosen from a list.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dispatch import cells
from dispatch.headings import Column, Kind, Sheet
from dispatch.sheets import SHEETS
from dispatch.spreadsheet import rows_of

SPARE = 1_000
"""Rows below the entries that are formatted and offer lists too: for whoever goes on typing."""

HEADING_HEIGHT = 32  # points: two lines

_LISTED = frozenset({Kind.CHOICE, Kind.FLAG})
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def write(contents: Mapping[str, object], progress: Callable[[int], None] = lambda _: None) -> bytes:
    """The workbook of a register's contents (`Registers.contents`), every sheet there, also the empty ones.
    `progress` is told how many rows were written since."""
    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as workbook:
        text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        days = workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        head = workbook.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF7", "bottom": 1})
        for known in SHEETS:
            sheet = workbook.add_worksheet(known.name)
            _headings(sheet, known, head, text, days)
            count = 0
            for count, row in enumerate(rows_of(contents, known), 1):
                _row(sheet, count, row, known, days)
                progress(1)
            _lists(sheet, known, count + SPARE)
    return out.getvalue()


def _headings(sheet: Worksheet, known: Sheet, head: Format, text: Format, days: Format) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, HEADING_HEIGHT)
    _on_paper(sheet)
    for index, column in enumerate(known.columns):
        below = {Kind.DAY: days, Kind.NUMBER: None, Kind.WHOLE: None}.get(column.kind, text)
        sheet.set_column(index, index, column.width, below)
        sheet.write_string(0, index, column.heading, head)
        sheet.write_comment(0, index, _said(column))


def _on_paper(sheet: Worksheet) -> None:
    """As wide as one sheet across, with its headings on every page: for a committee whose network is down."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _said(column: Column) -> str:
    words = "、".join(cells.named(each, column) for each in column.choices or ())
    english, chinese = column.notes
    return f"{chinese}\n{english}" + (f"\n{words}" if words else "")


def _row(sheet: Worksheet, at: int, row: Sequence[object], known: Sheet, days: Format) -> None:
    for index, (column, value) in enumerate(zip(known.columns, row, strict=True)):
        match value:
            case None:
                pass
            case date():
                sheet.write_datetime(at, index, value, days)
            case bool():
                sheet.write_string(at, index, cells.YES if value else cells.NO)
            case int() | float() if column.kind in {Kind.NUMBER, Kind.WHOLE}:
                sheet.write_number(at, index, value)
            case _:
                sheet.write_string(at, index, str(value))


def _lists(sheet: Worksheet, known: Sheet, last: int) -> None:
    for index, column in enumerate(known.columns):
        if column.kind not in _LISTED:
            continue
        words = [cells.YES, cells.NO] if column.kind is Kind.FLAG else _choices(column)
        english, chinese = column.notes
        told = {"input_title": column.chinese[0], "input_message": f"{chinese}\n{english}"[:255]}
        offered = {"validate": "list", "source": words, "error_type": "warning"}
        sheet.data_validation(1, index, last, index, {**offered, **told})


def _choices(column: Column) -> list[str]:
    return [cells.named(each, column) for each in column.choices or ()]

"""Reads a workbook in a process of its own: bytes in, sheets of cells as JSON out, and nothing else.

The reader is a library in Rust: a file that was made to hurt, or merely broken in a rare way, may have it ask
for more memory than there is, and that ends a process. This one may end. It knows nothing of ours.
"""

import io
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime

from python_calamine import CalamineWorkbook

MEMORY = 1024 * 2**20
"""Bytes of address space: reading the largest file that is let in takes a third of it."""


def main() -> None:
    """Read stdin, write stdout. Whatever goes wrong ends the process with another code than 0."""
    _limit()
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        rows = [[_told(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        sheets.append({"name": name, "rows": rows, "merged": _merged(sheet.merged_cell_ranges)})
    json.dump(sheets, sys.stdout)


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _merged(ranges: "Sequence[tuple[tuple[int, int], tuple[int, int]]] | None") -> "list[list[int]]":
    return [[top, left, bottom, right] for (top, left), (bottom, right) in ranges or ()]


def _told(cell: object) -> object:
    """Text, numbers and truths as they are; a day as one; what else there is, hours for one, as no value."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return cell if isinstance(cell, str | int | float | bool) else {"other": str(type(cell))}


if __name__ == "__main__":
    main()

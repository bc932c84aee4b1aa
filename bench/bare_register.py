"""`python -m bench.bare_register FILE DATABASE`: a workbook's cells in SQLite, and nothing else is done."""

import sqlite3
import sys
from contextlib import closing

from python_calamine import CalamineWorkbook


def main(file: str, database: str) -> None:
    """Write every row of every sheet, in one transaction."""
    workbook = CalamineWorkbook.from_path(file)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE cells (sheet TEXT, row INTEGER, a, b, c, d, e, f, g, h)")
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            told = [
                (name, number, *([str(cell) for cell in row] + [""] * 8)[:8])
                for number, row in enumerate(rows)
            ]
            connection.executemany("INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told)


if __name__ == "__main__":
    main(*sys.argv[1:])

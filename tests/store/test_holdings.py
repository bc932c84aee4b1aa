"""Every column of the databases stands in the list of what they hold: none is forgotten when people ask."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import disclosing, schema, statements
from store.holdings import HOLDINGS


@pytest.fixture(scope="module")
def tables(template: Path) -> dict[str, dict[str, int]]:
    """Tables of a new database: columns, and their places in the primary key (0: not in it)."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    with closing(sqlite3.connect(template / schema.DATABASE)) as connection:
        found = {
            name: dict(connection.execute("SELECT name, pk FROM pragma_table_info(?)", (name,)).fetchall())
            for (name,) in connection.execute(named).fetchall()
        }
    del found["alembic_version"]
    return found


def test_every_table_stands_in_the_list(tables: dict[str, dict[str, int]]) -> None:
    assert set(HOLDINGS) == set(tables)


@pytest.mark.parametrize("table", HOLDINGS)
def test_every_column_of_a_table_is_in_one_class(table: str, tables: dict[str, dict[str, int]]) -> None:
    holding = HOLDINGS[table]
    assert sorted(holding.columns) == sorted(tables[table])
    ordered = sorted(tables[table].items(), key=lambda item: item[1])
    assert sorted(holding.key) == sorted(name for name, place in ordered if place)


@pytest.mark.parametrize("table", disclosing.tables())
def test_where_something_of_a_person_can_be_it_is_found(table: str) -> None:
    assert f"{disclosing.STATEMENT}{table}" in statements.load()

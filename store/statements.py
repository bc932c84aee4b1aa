"""The SQL that this project uses, by name, as it stands in `sql/*.sql`.

aiosql reads the files and checks their parameters once; what is used afterwards is the text itself, so
that a claim costs its statements and no signature checks. Where PostgreSQL must be told something else, a
statement of the same name stands in `sql/postgres/`.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter

T = TypeVar("T")

HOLD = "hold_"
"""How the names of statements begin that only make others wait."""

_FILES = Path(__file__).parent / "sql"
_FOR_POSTGRES = _FILES / "postgres"


class Numbered(NamedTuple):
    """A statement whose parameters are numbered, and their names in that order."""

    text: str
    parameters: tuple[str, ...]


@cache
def load() -> Mapping[str, str]:
    """Every statement's text by its name, parameters named. A name that stands in two files raises. Read
    once, since it takes longer than opening a database."""
    files = (_texts(aiosql.from_path(file, "sqlite3")) for file in _sorted(_FILES))
    return MappingProxyType(_merged(files))


@cache
def load_numbered() -> Mapping[str, Numbered]:
    """The same for PostgreSQL, and what it needs to hold something (`Work.holds`). Any other statement that
    has nothing to override raises."""
    common = _merged(map(_numbered, _sorted(_FILES)))
    own = _merged(map(_numbered, _sorted(_FOR_POSTGRES)))
    if strangers := [name for name in own.keys() - common.keys() if not name.startswith(HOLD)]:
        raise LookupError(f"nothing to override: {', '.join(sorted(strangers))}")
    return MappingProxyType({**common, **own})


def _numbered(file: Path) -> Mapping[str, Numbered]:
    adapter: Any = AsyncPGAdapter()  # type: ignore[no-untyped-call]  # aiosql has no types here
    texts = _texts(aiosql.from_path(file, lambda: adapter))
    return {name: Numbered(text, tuple(adapter.var_sorted[name])) for name, text in texts.items()}


def _sorted(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.sql"))


def _texts(queries: Any) -> Mapping[str, str]:
    names = [name for name in queries.available_queries if not name.endswith("_cursor")]
    return {name: getattr(queries, name).sql for name in names}


def _merged(files: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for statements in files:
        if twice := found.keys() & statements.keys():
            raise LookupError(f"in two files: {', '.join(sorted(twice))}")
        found.update(statements)
    return found

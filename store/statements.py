"""The SQL that this project uses, by name, as it stands in `sql/*.sql`.

aiosql reads the files and checks their parameters once; what is used afterwards is the text itself, so
that a claim costs its statements and no signature checks.
"""

from collections.abc import Mapping
from pathlib import Path

import aiosql

_FILES = Path(__file__).parent / "sql"


def load() -> Mapping[str, str]:
    """Every statement's text by its name. A name that stands in two files raises at once."""
    queries = aiosql.from_path(_FILES, "sqlite3")
    names = [name for name in queries.available_queries if not name.endswith("_cursor")]
    return {name: getattr(queries, name).sql for name in names}

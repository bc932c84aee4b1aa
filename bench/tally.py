"""What a program that is being measured has in its database: who holds what, who waits, what is owed.

Reads the SQLite file beside the program, which goes on writing.
"""

import sqlite3
from contextlib import closing
from pathlib import Path


class Tally:
    """Counts rows. Every count is one look, as things stand then."""

    def __init__(self, database: Path) -> None:
        self._where = f"{database.as_uri()}?mode=ro"

    def holders(self, job: int) -> int:
        """Places of a job that somebody took."""
        return self._count("SELECT count(*) FROM claims WHERE job_id = ? AND status = 'claimed'", job)

    def claimed(self) -> int:
        """Jobs in which exactly one place is taken."""
        one = "SELECT job_id FROM claims WHERE status = 'claimed' GROUP BY job_id HAVING count(*) = 1"
        return self._count(f"SELECT count(*) FROM ({one})")  # noqa: S608 - both texts stand here

    def answered(self) -> int:
        """Taps that had an effect: places taken, and places on the waitlists."""
        places = "SELECT count(*) FROM claims WHERE status = 'claimed'"
        return self._count(places) + self._count("SELECT count(*) FROM waiting")

    def owed(self) -> int:
        """Cards that are not delivered yet."""
        return self._count("SELECT count(*) FROM outbox WHERE status = 'owed'")

    def _count(self, query: str, *values: int) -> int:
        with closing(sqlite3.connect(self._where, uri=True)) as connection:
            (count,) = connection.execute(query, values).fetchone()
        return int(count)

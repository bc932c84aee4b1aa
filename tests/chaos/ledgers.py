"""What a program has kept, read from its database: all of it, or one job's ledger as the steps it took."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

_KEPT = ("jobs", "job_private", "claims", "waiting", "asks", "ledger")
_CALLS = ("asked", "called", "repeated", "exhausted", "called_again")


class Run(Protocol):
    """What runs, of one process or several."""

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What is kept."""


class Entry(NamedTuple):
    """One entry of a ledger."""

    version: int
    kind: str
    loop: int | None
    step: int | None
    data: Mapping[str, Any]


def kept(run: Run) -> Mapping[str, Sequence[tuple[Any, ...]]]:
    """Every job, private text, claim, waitlist, question and ledger entry, with all its columns."""
    return {table: sorted(run.rows(f"SELECT * FROM {table}"), key=repr) for table in _KEPT}  # noqa: S608 - our own names


def entries(run: Run, job: int) -> list[Entry]:
    """The ledger of a job, oldest first."""
    sql = "SELECT version, kind, loop, step, data FROM ledger WHERE job_id = ? ORDER BY version"
    return [
        Entry(version=version, kind=kind, loop=loop, step=step, data=json.loads(data))
        for version, kind, loop, step, data in run.rows(sql, job)
    ]


def steps(run: Run, job: int) -> list[str]:
    """Whom the job has asked and called so far, such as `called duty`, in the order of the ledger."""
    return [_step(entry) for entry in entries(run, job) if entry.kind in _CALLS]


def assert_whole(run: Run, job: int) -> None:
    """The ledger has no gap and no duplicate, and the job is at the version of its last entry."""
    found = entries(run, job)
    assert [entry.version for entry in found] == list(range(1, len(found) + 1))
    # In one read: the program may be writing the next step.
    both = "SELECT version, (SELECT count(*) FROM ledger WHERE job_id = jobs.id) FROM jobs WHERE id = ?"
    [(version, entered)] = run.rows(both, job)
    assert version == entered
    numbered = [(entry.loop, entry.step) for entry in found if entry.step is not None]
    for _, of_loop in groupby(numbered, key=lambda pair: pair[0]):
        counted = [step for _, step in of_loop]
        assert counted == list(range(counted[0], counted[0] + len(counted)))
        assert counted[0] in (0, 1)


def owed(run: Run) -> int:
    """How many messages nobody has tried to deliver."""
    return int(run.rows("SELECT count(*) FROM outbox WHERE status = 'owed'")[0][0])


def _step(entry: Entry) -> str:
    whom = entry.data.get("to") or entry.data.get("rung") or ""
    return f"{entry.kind} {whom}".strip()

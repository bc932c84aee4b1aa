"""A unit of work as data, and what a database engine must do with it.

An engine knows statements by name, transactions and rows; it knows no job and no rule. What is to be
kept is said by the aggregates beside this module, so that a second database is a second engine and not a
second store.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from dispatch.errors import ConflictError

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Params: TypeAlias = Mapping[str, object]


NO_PARAMS: Params = {}


class Row(Protocol):
    """One row of a result: its columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """The value of a column."""


Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""Statement name to the rows that it gave; a statement that ran twice has both results, in order."""


class Query(NamedTuple):
    """A named statement and its parameters. A tuple, because a dozen are made for every claim."""

    name: str
    params: Params = NO_PARAMS


class Save(NamedTuple):
    """A statement that writes, or looks once more at what was written. Unless it returns exactly `expect`
    rows (where that is given), somebody else was first: the whole work is undone and raises `ConflictError`.

    One that is `last` follows what others of a shared transaction write: what it holds is not held longer
    than needed. Where the work is undone after it was decided, `otherwise` may hear of it, with the rows of
    the statement as far as it came to it, and whether it had its `locks` from the beginning: the next attempt
    can know better.
    """

    name: str
    params: Params = NO_PARAMS
    expect: int | None = None
    last: bool = False
    otherwise: Callable[[Sequence[Row], bool], None] | None = None

    def is_met(self, rows: Sequence[Row]) -> bool:
        """As many came as are expected."""
        return self.expect is None or len(rows) == self.expect


class SaveMany(NamedTuple):
    """One statement for many rows of parameters. It returns nothing: no driver gives rows back here."""

    name: str
    rows: Sequence[Params]


@dataclass(frozen=True, slots=True)
class More:
    """Run these as well, in the same transaction, and ask again."""

    queries: Sequence[Query]


@dataclass(frozen=True, slots=True)
class Plan(Generic[R_co]):
    """What to write, in order, and what the work then amounts to.

    `result` gets the rows of every save, in order, once all of them went through; what it returns is
    handed out only after the commit. `meanwhile` is applied to that before anybody gets it, on the event
    loop's thread: work that needs no database, done while the disk is waited for where an engine can.
    """

    saves: Sequence[Save | SaveMany]
    result: Callable[[Sequence[Sequence[Row]]], R_co]
    meanwhile: Callable[[Any], R_co] | None = None


@dataclass(frozen=True, slots=True)
class Work(Generic[R_co]):
    """One transaction: load, decide, save. `decide` is synchronous, awaits nothing and touches no
    database; what it raises undoes the work and reaches the caller.

    `holds` names what is decided about: before anything is read, an engine makes sure, in this order, that no
    other work that holds the same changes it until this one is done. What may be held together is named in
    one order everywhere. An engine with a single writer need not do anything.
    `alone` says that it came to nothing before: an engine that has works share a transaction has it go by
    itself, so that no other is undone by what is wrong with it, nor it by another.
    `locks` is what another had when this one came to its end: it is taken before anything is read, so
    that what is looked at last has not changed since.
    """

    load: Sequence[Query]
    decide: Callable[[Rows], "Plan[R_co] | More"]
    holds: Sequence[Query] = ()
    alone: bool = False
    locks: Sequence[Query] = ()


class LastLookLostError(ConflictError):
    """Somebody else was first with what is looked at last, which `locks` keep others from."""

    def __init__(self, locks: Sequence[Query] = ()) -> None:
        super().__init__()
        self.locks = locks


class Engine(Protocol):
    """A database."""

    async def run(self, work: Work[R]) -> R:
        """Commit the work, or raise and change nothing: whatever `decide` raised; `ConflictError` when it is
        to be made anew (somebody else was first, or the connection broke before the commit);
        `StoreUnavailableError` when the database could not keep it.

        Only after `OutcomeUnknownError` it may have been kept all the same."""

    async def look(self, work: Work[R]) -> R:
        """The same for a work that saves and holds nothing: one consistent view, beside the writers."""

    async def read(self, query: Query) -> Sequence[Row]:
        """The rows of a single statement that writes nothing."""

    async def glance(self, query: Query) -> Sequence[Row]:
        """The same for one that finds a row or two and is asked with every tap: those of many taps may be
        answered together."""

    async def close(self) -> None:
        """Finish what was handed in, then let go. Repeating is safe."""


def nothing(_rows: Sequence[Sequence[Row]]) -> None:
    """The result of a plan whose rows nobody needs."""


def saved(*saves: Save | SaveMany) -> Work[None]:
    """A work that loads nothing and keeps these."""
    return Work((), lambda _rows: Plan(saves, nothing))


def stepwise(steps: Generator[Sequence[Query], Rows, Plan[R]], *holds: Query) -> Work[R]:
    """A work written as one generator: it yields queries, is sent all rows so far, returns its plan.

    The work can run once; to repeat it, make it again.
    """

    def decide(rows: Rows) -> "Plan[R] | More":  # text: as a type it would be made anew at every call
        try:
            return More(steps.send(rows))
        except StopIteration as end:
            plan: Plan[R] = end.value
            return plan

    return Work(next(steps), decide, holds)

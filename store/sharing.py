"""The works of one batch in one transaction, on a session of PostgreSQL: each statement once for all of them.

What one of them may not do is told to it alone, as long as it has written nothing; whatever else goes wrong
undoes all of them, and each is made anew by itself (`store.attempts`).
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple, TypeVar

from dispatch.errors import ConflictError
from store import fetching
from store.batches import Errand
from store.engine import LastLookLostError, More, Params, Plan, Query, Row, Save, SaveMany, nothing
from store.fetching import Statements
from store.sessions import Session

S = TypeVar("S", Query, Save | SaveMany)

_UNDECIDED: Plan[None] = Plan((), nothing)


@dataclass(slots=True, eq=False)
class Sharer:
    """One work within the transaction: what it has read and wants to read now, and what it has come to."""

    errand: Errand
    queries: Sequence[Query]
    rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    plan: Plan[Any] = _UNDECIDED
    saved: list[Sequence[Row]] = field(default_factory=list)
    wrote: bool = False


class Sharing:
    """One transaction for one work or several. `hold`, `lock`, `decide` and `save`, in that order,
    between a BEGIN and a COMMIT that are somebody else's; then `tell`, or `failed`."""

    def __init__(self, statements: Statements, session: Session, errands: Sequence[Errand]) -> None:
        self._statements = statements
        self._session = session
        self._alone = errands[0].alone
        self._sharers = [Sharer(errand, errand.work.load) for errand in errands]
        """Those that are still in it."""
        self.count = len(errands)
        self.left: list[Errand] = []
        """What they want is held elsewhere: they are to go alone."""
        self._lost_last = False
        """Somebody else was first with what was looked at last."""

    async def hold(self) -> None:
        """Hold what they decide about. One that is alone waits for it; of others those are left that must."""
        wanted: dict[str, list[tuple[Sharer, Params]]] = {}
        for sharer in self._sharers:
            for hold in sharer.errand.work.holds:
                wanted.setdefault(hold.name, []).append((sharer, hold.params))
        for name, holds in wanted.items():
            params = [each for _, each in holds]
            held = await fetching.held(self._statements, self._session, name, params, wait=self._alone)
            if self._alone:
                continue
            taken = [sharer for (sharer, _), mine in zip(holds, held, strict=True) if not mine]
            self.left += [sharer.errand for sharer in taken if sharer in self._sharers]
            self._sharers = [sharer for sharer in self._sharers if sharer not in taken]

    async def lock(self) -> None:
        """Take what is to be taken before anything is read, each once and in one order everywhere."""
        locks = {str(lock): lock for sharer in self._sharers for lock in sharer.errand.work.locks}
        for _, lock in sorted(locks.items()):
            await fetching.fetched(self._statements, self._session, lock.name, [lock.params])

    async def decide(self) -> None:
        """Read what they want, until each knows what to write. One that raises is told, and out of it; the
        error of one that had written something is raised."""
        while reading := [sharer for sharer in self._sharers if sharer.plan is _UNDECIDED]:
            await self._read(reading)
            for sharer in reading:
                self._step(sharer)

    async def save(self) -> None:
        """Write all of it. Raises `ConflictError` where somebody else was first with any of it."""
        for alike in together([list(sharer.plan.saves) for sharer in self._sharers]):
            steps = [step for _, step in alike]
            name = steps[0].name
            if isinstance(steps[0], SaveMany):
                rows = [row for step in steps if isinstance(step, SaveMany) for row in step.rows]
                await fetching.executed(self._statements, self._session, name, rows)
                found: Sequence[Sequence[Row]] = [()] * len(alike)
            else:
                params = [step.params for step in steps if isinstance(step, Save)]
                found = await fetching.fetched(self._statements, self._session, name, params)
            for (number, step), rows_of in zip(alike, found, strict=True):
                self._sharers[number].saved.append(rows_of)
                if isinstance(step, Save) and not step.is_met(rows_of):
                    self._lost_last = step.last
                    raise ConflictError

    def undone(self) -> None:
        """Nothing of it is kept: those that were decided may want to know."""
        for sharer in self._sharers:
            for step, rows in zip_longest(sharer.plan.saves, sharer.saved, fillvalue=()):
                if isinstance(step, Save) and step.otherwise is not None:
                    step.otherwise(rows, bool(sharer.errand.work.locks))

    def failed(self, error: Exception) -> None:
        """All of it came to nothing: tell those that are not told yet."""
        lost = self._lost_last and isinstance(error, ConflictError)
        for sharer in self._sharers:
            sharer.errand.failed(LastLookLostError(_locks(sharer.plan)) if lost else error)

    def tell(self) -> None:
        """It is kept: hand out what each comes to."""
        for sharer in self._sharers:
            plan = sharer.plan
            try:
                result = plan.result(sharer.saved)
                sharer.errand.done(result if plan.meanwhile is None else plan.meanwhile(result))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever handed the work in
                sharer.errand.failed(error)

    async def _read(self, sharers: Sequence[Sharer]) -> None:
        for alike in together([list(sharer.queries) for sharer in sharers]):
            name = alike[0][1].name
            params = [query.params for _, query in alike]
            found = await fetching.fetched(self._statements, self._session, name, params)
            writes = fetching.writes(self._statements[name])
            for (number, _), rows in zip(alike, found, strict=True):
                sharer = sharers[number]
                sharer.wrote |= writes
                known = sharer.rows.get(name)
                sharer.rows[name] = rows if known is None else [*known, *rows]

    def _step(self, sharer: Sharer) -> None:
        try:
            step = sharer.errand.work.decide(sharer.rows)
        except Exception as error:
            sharer.errand.failed(error)
            if sharer.wrote:
                raise
            self._sharers.remove(sharer)
            return
        if isinstance(step, More):
            sharer.queries = step.queries
        else:
            sharer.plan = step


def _locks(plan: Plan[Any]) -> list[Query]:
    """What it takes before it looks for the last time."""
    last = (step for step in plan.saves if isinstance(step, Save) and step.last)
    return [Query(step.name, step.params) for step in last if step.expect is None]


def together(wanted: Sequence[Sequence[S]]) -> Iterator[Sequence[tuple[int, S]]]:
    """The steps of several works in as few groups as comes easily, each with the number of its work. All of a
    group are of one name and kind; those of one work keep their order. What is to be last is, in the order of
    its parameters: what it holds is then taken in one order everywhere."""
    heads = [deque(steps) for steps in wanted]
    while counts := Counter(_alike(steps[0]) for steps in heads if steps):
        kind = min(counts, key=lambda kind: (kind.last, -counts[kind]))
        group: list[tuple[int, S]] = []
        for number, steps in enumerate(heads):
            while steps and _alike(steps[0]) == kind:
                group.append((number, steps.popleft()))
        yield sorted(group, key=_params) if kind.last else group


class _Kind(NamedTuple):
    name: str
    many: bool
    last: bool


def _params(numbered: tuple[int, Query | Save | SaveMany]) -> str:
    """Any order will do."""
    step = numbered[1]
    return "" if isinstance(step, SaveMany) else str(step.params)


def _alike(step: Query | Save | SaveMany) -> _Kind:
    return _Kind(step.name, isinstance(step, SaveMany), isinstance(step, Save) and step.last)

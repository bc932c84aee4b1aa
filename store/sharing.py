"""The works of one batch in one transaction, on a session of PostgreSQL: each statement once for all of them.

What one of them may not do is told to it alone, as long as it has written nothing; whatever else goes wrong
undoes all of them, and each is made anew by itself (`store.attempts`).
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dispatch.errors import ConflictError
from store import fetching
from store.batches import Errand
from store.engine import More, Plan, Query, Row, Save, SaveMany, nothing
from store.fetching import Statements
from store.sessions import Session

S = TypeVar("S", Query, Save | SaveMany)

_UNDECIDED: Plan[None] = Plan((), nothing)


@dataclass(slots=True, eq=False)
class Part:
    """One work within the transaction: what it wants to read now, and what it has come to."""

    errand: Errand
    queries: Sequence[Query]
    plan: Plan[Any] = _UNDECIDED
    saved: list[Sequence[Row]] = field(default_factory=list)
    wrote: bool = False


class Sharing:
    """One transaction for several works. `hold`, `decide` and `save`, in that order, between a BEGIN and a
    COMMIT that are somebody else's."""

    def __init__(self, statements: Statements, session: Session, errands: Sequence[Errand]) -> None:
        self._statements = statements
        self._session = session
        self.parts = [Part(errand, errand.work.load) for errand in errands]
        """Those that are still in it."""
        self.left: list[Errand] = []
        """What they want is held elsewhere: they are to go alone."""

    async def hold(self) -> None:
        """Hold what they decide about. Those that would have to wait are left out."""
        wanted: dict[str, list[Part]] = {}
        for part in self.parts:
            if part.errand.work.hold is not None:
                wanted.setdefault(part.errand.work.hold.name, []).append(part)
        for name, parts in wanted.items():
            holds = [part.errand.work.hold for part in parts]
            params = [hold.params for hold in holds if hold is not None]
            free = await fetching.held(self._statements, self._session, name, params)
            taken = [part for part, mine in zip(parts, free, strict=True) if not mine]
            self.left += [part.errand for part in taken]
            self.parts = [part for part in self.parts if part not in taken]

    async def decide(self) -> None:
        """Read what they want, until each knows what to write. One that raises is told, and out of it; the
        error of one that had written something is raised."""
        while reading := [part for part in self.parts if part.plan is _UNDECIDED]:
            await self._read(reading)
            for part in reading:
                self._step(part)

    async def save(self) -> None:
        """Write all of it. Raises `ConflictError` where somebody else was first with any of it."""
        for alike in together([list(part.plan.saves) for part in self.parts]):
            steps = [step for _, step in alike]
            name = steps[0].name
            if isinstance(steps[0], SaveMany):
                rows = [row for step in steps if isinstance(step, SaveMany) for row in step.rows]
                await fetching.executed(self._statements, self._session, name, rows)
                found: Sequence[Sequence[Row]] = [()] * len(alike)
            else:
                params = [step.params for step in steps if isinstance(step, Save)]
                found = await fetching.fetched_apart(self._statements, self._session, name, params)
            for (number, step), rows_of in zip(alike, found, strict=True):
                if isinstance(step, Save) and step.expect is not None and len(rows_of) != step.expect:
                    raise ConflictError
                self.parts[number].saved.append(rows_of)

    def tell(self) -> None:
        """It is kept: hand out what each comes to."""
        for part in self.parts:
            plan = part.plan
            try:
                result = plan.result(part.saved)
                part.errand.done(result if plan.meanwhile is None else plan.meanwhile(result))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever handed the work in
                part.errand.failed(error)

    async def _read(self, parts: Sequence[Part]) -> None:
        for alike in together([list(part.queries) for part in parts]):
            name = alike[0][1].name
            params = [query.params for _, query in alike]
            found = await fetching.fetched_apart(self._statements, self._session, name, params)
            writes = fetching.writes(self._statements[name])
            for (number, _), rows in zip(alike, found, strict=True):
                part = parts[number]
                part.wrote |= writes
                known = part.errand.rows.get(name)
                part.errand.rows[name] = rows if known is None else [*known, *rows]

    def _step(self, part: Part) -> None:
        try:
            step = part.errand.work.decide(part.errand.rows)
        except Exception as error:
            part.errand.failed(error)
            if part.wrote:
                raise
            self.parts.remove(part)
            return
        if isinstance(step, More):
            part.queries = step.queries
        else:
            part.plan = step


def together(wanted: Sequence[Sequence[S]]) -> Iterator[Sequence[tuple[int, S]]]:
    """The steps of several works in as few groups as comes easily, each with the number of its work. All of a
    group are of one name and kind; those of one work keep their order."""
    heads = [deque(steps) for steps in wanted]
    while counts := Counter(_alike(steps[0]) for steps in heads if steps):
        kind = counts.most_common(1)[0][0]
        group: list[tuple[int, S]] = []
        for number, steps in enumerate(heads):
            while steps and _alike(steps[0]) == kind:
                group.append((number, steps.popleft()))
        yield group


def _alike(step: Query | Save | SaveMany) -> tuple[str, bool]:
    return step.name, isinstance(step, SaveMany)

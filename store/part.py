"""What every part of the store stands on: a database, what seals private fields, and how works are run."""

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from store.attempts import insist
from store.bucket import Bucket
from store.crypto import Vault
from store.engine import Engine, Plan, Query, Row, Rows, Save, SaveMany, saved, stepwise

R = TypeVar("R")


class Part:
    """Some of what `dispatch.ports.Store` promises; `SqlStore` is all parts together."""

    def __init__(self, engine: Engine, vault: Vault, bucket: Bucket | None = None) -> None:
        self._engine = engine
        self._vault = vault
        self._bucket = bucket

    async def _read(self, name: str, **params: str | int) -> Sequence[Row]:
        return await self._engine.read(Query(name, params))

    async def _glance(self, name: str, **params: str | int) -> Sequence[Row]:
        return await self._engine.glance(Query(name, params))

    async def _write(self, *saves: Save | SaveMany) -> None:
        await insist(self._engine.run, lambda: saved(*saves))

    async def _insist(
        self,
        make: Callable[[], Generator[Sequence[Query], Rows, Plan[R]]],
        *,
        hold: Query | None = None,
        before: Query | None = None,
        repeatable: bool = True,
    ) -> R:
        holds = [each for each in (before, hold) if each is not None]
        return await insist(self._engine.run, lambda: stepwise(make(), *holds), repeatable=repeatable)

"""The store's part about the register as a whole: looked at before it is loaded, loaded, told, and logged."""

import asyncio
from collections.abc import Collection, Generator, Mapping
from typing import Any

from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError, UnknownPersonError
from dispatch.importing import Logged, Preview, Progress, Upload
from dispatch.moments import Micros
from dispatch.register import TABLES
from store import paths, people, register_contents, register_log
from store.attempts import insist
from store.engine import Plan, Query, Rows, Save, saved, stepwise
from store.part import Part
from store.register import Loading, Looked, Terms
from store.register_private import ROWS, Prepared

MANY = 200
"""Residents from which on a file is prepared: fewer hold the writer for some milliseconds only."""


class Registers(Part):
    """What `dispatch.importing.Registers` promises."""

    async def preview(self, file: RegisterFile, *, prune: bool, demo: bool | None = None) -> Preview:
        """See `Registers.preview`."""
        try:
            return await self._load(file, prune=prune, terms=Terms(now=0, demo=demo, look=True))
        except Looked as looked:
            return looked.preview

    async def load_shown(
        self,
        file: RegisterFile,
        *,
        prune: bool,
        now: Micros,
        by: int | None = None,
        shown: str | None = None,
        demo: bool | None = None,
        progress: Progress | None = None,
    ) -> Preview:
        """See `Registers.load_shown`."""
        terms = Terms(now=now, demo=demo, by=by, shown=shown, progress=progress)
        return await self._load(file, prune=prune, terms=terms)

    async def _load(self, file: RegisterFile, *, prune: bool, terms: Terms) -> Preview:
        pruned = file.said or frozenset(TABLES) if prune else frozenset()
        prepared = await self._prepared(file)
        reckoned = None if terms.look else await self._reckoned(file, pruned)
        try:
            return await self._insist(
                lambda: Loading(
                    file=file,
                    vault=self._vault,
                    prune=pruned,
                    terms=terms,
                    prepared=prepared,
                    reckoned=reckoned,
                ).work(),
                hold=people.hold_by_key(str(file.committee["key"])),
            )
        except BadFileError as error:
            file.fail(error)

    async def _prepared(self, file: RegisterFile) -> Prepared:
        """What of a large file can be made before it is written. A committee that is not there yet has nobody
        who would have to wait."""
        committees = await self._engine.read(Query("committee_by_key", {"key": file.committee["key"]}))
        if len(file.residents) < MANY or not committees:
            return Prepared()
        where = {"committee_id": committees[0]["id"]}
        rows = {name: await self._engine.read(Query(name, where)) for name in ROWS}
        return await asyncio.to_thread(Prepared.of, file, rows, self._vault)

    async def _reckoned(self, file: RegisterFile, prune: frozenset[str]) -> paths.Reckoned | None:
        """The paths on another ground than before, in a thread: it takes seconds, in which others write."""
        committees = await self._engine.read(Query("committee_by_key", {"key": file.committee["key"]}))
        where = {"committee_id": committees[0]["id"] if committees else 0}
        rows = {name: await self._engine.read(Query(name, where)) for name in paths.ROWS}
        ground = paths.ground(file, rows, prune)
        if not paths.stale(ground, rows[paths.TABLE]):
            return None
        return await asyncio.to_thread(paths.reckon, ground)

    async def contents(
        self,
        committee_id: int,
        tables: Collection[str],
        keys: Mapping[str, Collection[str]] | None = None,
        building: str | None = None,
    ) -> Mapping[str, object]:
        """See `Registers.contents`. Raises `UnknownPersonError` when there is no such committee."""

        def steps() -> Generator[Any, Rows, Plan[Rows]]:
            rows = yield register_contents.queries(committee_id, tables)
            return Plan((), lambda _rows: rows)

        rows = await insist(self._engine.look, lambda: stepwise(steps()))
        if not rows["committee_by_id"]:
            raise UnknownPersonError
        asked = register_contents.Asked(tables=tables, keys=keys or {}, building=building)
        # In a thread: thousands of fields are opened, and taps go on meanwhile.
        return await asyncio.to_thread(register_contents.contents, rows, asked, self._vault)

    async def register_log(self, committee_id: int, limit: int) -> tuple[Logged, ...]:
        """See `Registers.register_log`."""
        where = {"committee_id": committee_id, "limit": limit}
        rows = await self._engine.read(Query("register_log_of", where))
        return tuple(register_log.read(row, self._vault) for row in rows)

    async def log_export(self, committee_id: int, by: int, now: Micros) -> None:
        """See `Registers.log_export`."""
        save = register_log.exported(committee_id, by, now, self._vault)
        await self._write(save)

    async def keep_upload(self, committee_id: int, person_id: int, upload: Upload) -> None:
        """See `Registers.keep_upload`."""
        columns = {"person_id": person_id, "committee_id": committee_id, "at": upload.at}
        body = self._vault.seal_bytes(upload.body)
        work = saved(Save("keep_upload", {**columns, "name": upload.name, "body": body}))
        await insist(self._engine.run, lambda: work)

    async def upload(self, committee_id: int, person_id: int) -> Upload | None:
        """See `Registers.upload`."""
        where = {"committee_id": committee_id, "person_id": person_id}
        rows = await self._engine.read(Query("upload_of", where))
        if not rows:
            return None
        body = self._vault.unseal_bytes(rows[0]["body"])
        return Upload(at=rows[0]["at"], name=rows[0]["name"], body=body)

    async def drop_uploads(self, before: Micros, person_id: int | None = None) -> None:
        """See `Registers.drop_uploads`."""
        saves = [Save("drop_old_uploads", {"before": before})]
        if person_id is not None:
            saves.append(Save("drop_upload", {"person_id": person_id}))
        await self._write(*saves)

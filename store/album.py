"""The store's part about pictures: reading one, sending one, fetching one, and forgetting them.

A picture comes to a job by `Store.change`, like everything else that happens to it.
"""

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import replace

from dispatch.errors import OutcomeUnknownError, PicturesUnavailableError, UnknownPictureError
from dispatch.kept import OutboxRow
from dispatch.moments import Micros
from dispatch.pictures import Picture, Wanted
from store import bucket, pictures
from store.attempts import insist
from store.bucket import Bucket
from store.engine import Plan, Query, Row, Save, Work
from store.part import Part


class Album(Part):
    """What `dispatch.ports.Store` promises of pictures."""

    async def picture(self, committee_id: int, job_id: int, number: int) -> Picture:
        """See `Store.picture`."""
        return await self._seen(pictures.by_number(committee_id, job_id, number))

    async def shelve(
        self, committee_id: int, pictures: tuple[Picture, ...], now: Micros
    ) -> tuple[Picture, ...]:
        """See `Store.shelve`."""
        if self._bucket is None:
            return pictures
        return tuple([await self._shelve(committee_id, picture, now) for picture in pictures])

    async def sweep_objects(self, before: Micros, limit: int) -> int:
        """Let go of objects in the bucket that no picture has, and that nobody touched since then, `limit` at
        most; how many there were. Raises `PicturesUnavailableError`: what is left then goes the next time."""
        if self._bucket is None:
            return 0
        await self._keep(bucket.doomed(before, limit))
        rows = await self._engine.read(bucket.all_doomed(limit))
        for row in rows:
            await self._let_go(row["name"], row["committee_id"])
        return len(rows)

    async def _seen(self, query: Query) -> Picture:
        """The picture that a query finds, opened. Raises `UnknownPictureError` where it finds none."""
        row, found = await self._found(query)
        if row["object"] and found is None:  # moved out of the bucket since the row was read (`moving`)
            row, found = await self._found(query)
        return await to_thread(pictures.read, row, found, self._vault)

    async def _found(self, query: Query) -> tuple[Row, bytes | None]:
        """The row, and what lies in the bucket where it says so."""
        rows = await self._engine.read(query)
        if not rows:
            raise UnknownPictureError
        name = rows[0]["object"]
        return rows[0], await self._shelf().get(name) if name else None

    async def _let_go(self, name: str, committee_id: int) -> None:
        """Delete an object that is marked, and then what says that it is there."""
        await self._shelf().delete(name)
        await self._keep(bucket.gone(name, committee_id))

    def _shelf(self) -> Bucket:
        if self._bucket is None:
            raise PicturesUnavailableError(reason="bucket", what="unset")
        return self._bucket

    async def _shelve(self, committee_id: int, picture: Picture, now: Micros) -> Picture:
        name = bucket.new_name()
        await self._keep(bucket.announced(name, committee_id, now))
        await self._shelf().put(name, await to_thread(bucket.sealed, name, picture.data, self._vault))
        return replace(picture, object=name)

    async def begin_sends(self, rows: Sequence[OutboxRow], now: Micros, until: Micros) -> frozenset[int]:
        """See `Store.begin_sends`."""
        try:
            begun = await self._keep(*(pictures.begun(row, now, until) for row in rows), repeatable=False)
        except OutcomeUnknownError:
            begun = await self._keep(*(pictures.begun(row, now, until, again=True) for row in rows))
        return frozenset(row["id"] for found in begun for row in found)

    async def hold_send(self, row: OutboxRow, now: Micros, until: Micros) -> bool:
        """See `Store.hold_send`."""
        where = {"id": row.id, "committee_id": row.committee_id}
        return bool((await self._keep(Save("take_row", {**where, "now": now, "due_at": until})))[0])

    async def picture_under_way(self, row: OutboxRow) -> bool:
        """See `Store.picture_under_way`."""
        return bool(await self._engine.read(pictures.under_way(row)))

    async def want_picture(self, wanted: Wanted, due_at: Micros) -> None:
        """See `Store.want_picture`."""
        await self._keep(pictures.want(wanted, due_at, self._vault))

    async def wanted_pictures(self, platform: str, now: Micros, limit: int) -> tuple[Wanted, ...]:
        """See `Store.wanted_pictures`."""
        where = {"platform": platform, "now": now, "limit": limit}
        rows = await self._engine.read(Query("wanted_pictures", where))
        return tuple(pictures.read_wanted(row, self._vault) for row in rows)

    async def postpone_picture(self, wanted: Wanted, due_at: Micros) -> None:
        """See `Store.postpone_picture`."""
        await self._keep(pictures.postponed(wanted, due_at))

    async def settle_picture(self, wanted: Wanted, now: Micros) -> None:
        """See `Store.settle_picture`."""
        await self._keep(pictures.settled(wanted, now))

    async def album_job(self, committee_id: int, album: str) -> int | None:
        """See `Store.album_job`."""
        rows = await self._engine.read(Query("album_job", {"committee_id": committee_id, "album": album}))
        return rows[0]["job_id"] if rows else None

    async def posted_by(self, committee_id: int, nonce: str) -> int | None:
        """See `Store.posted_by`."""
        rows = await self._engine.read(Query("job_by_nonce", {"committee_id": committee_id, "nonce": nonce}))
        return rows[0]["id"] if rows else None

    async def forget_pictures(self, before: Micros, limit: int) -> int:
        """Let go of pictures of jobs that ended before then, `limit` at most; how many there were."""
        return len((await self._keep(Save("forget_pictures", {"before": before, "limit": limit})))[0])

    async def forget_wanted_pictures(self, before: Micros, limit: int) -> int:
        """The same for what was noted about fetching pictures that were sent before then."""
        return len((await self._keep(Save("forget_wanted_pictures", {"before": before, "limit": limit})))[0])

    async def _keep(self, *saves: Save, repeatable: bool = True) -> Sequence[Sequence[Row]]:
        work = Work((), lambda _rows: Plan(saves, lambda given: given))
        return await insist(self._engine.run, lambda: work, repeatable=repeatable)

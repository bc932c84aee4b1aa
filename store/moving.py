"""Pictures that change their place: out of the database into the bucket, or back. A few at a time, beside the
running program, and again from the beginning if anything dies.

Into the bucket it goes as with a new picture: first a row says that an object may be there, then it is put,
then the picture's row takes it and lets go of its own bytes. Back, the row gets the bytes and marks the
object in one transaction, and the object is deleted after that. So at every moment a row says where its bytes
are, and they are there.
"""

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.errors import ConflictError, PicturesUnavailableError, UnknownPictureError
from dispatch.moments import Micros
from dispatch.pictures import Picture
from store import bucket, pictures
from store.album import Album
from store.engine import Row, Save

Place = tuple[int, int]
"""A job and the number of its picture, which is how they are gone through."""

START: Place = (0, 0)
"""Before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of some pictures: how many `moved`, and how many were `left` where they are: nobody can
    read them, or they were let go of in this moment. `last` is the last of them; None: there were no more."""

    moved: int = 0
    left: int = 0
    last: Place | None = None


class Moving(Album):
    """Moves pictures. Every method may be repeated, and be broken off anywhere."""

    async def pictures_to_bucket(self, after: Place, limit: int, now: Micros) -> Batch:
        """Bring pictures behind `after` into the bucket, `limit` at most. Raises
        `PicturesUnavailableError`."""
        rows = await self._read("pictures_in_database", **_behind(after, limit))
        return _batch(rows, [await self._put(row, now) for row in rows])

    async def pictures_to_database(self, after: Place, limit: int) -> Batch:
        """The same back into the database; the objects are deleted. Raises `PicturesUnavailableError`."""
        rows = await self._read("pictures_in_bucket", **_behind(after, limit))
        return _batch(rows, [await self._fetch(row) for row in rows])

    async def objects_left(self) -> int:
        """How many objects may be in the bucket still, whether a picture has them or not."""
        (row,) = await self._read("count_objects")
        return int(row["objects"])

    async def _put(self, row: Row, now: Micros) -> bool:
        picture = await to_thread(pictures.read, row, None, self._vault)
        (shelved,) = await self.shelve(row["committee_id"], (picture,), now)
        if not shelved.object:
            raise PicturesUnavailableError(reason="bucket", what="unset")
        where = {**_place(row), "object": shelved.object, "data": b""}
        return await self._changed(
            bucket.taken(shelved.object, row["committee_id"], now), Save("move_to_bucket", where, expect=1)
        )

    async def _fetch(self, row: Row) -> bool:
        name = row["object"]
        found = await self._shelf().get(name)
        try:
            picture: Picture = await to_thread(pictures.read, row, found, self._vault)
        except UnknownPictureError:
            return False
        data = await to_thread(self._vault.seal_bytes, picture.data)
        of = {"name": name, "committee_id": row["committee_id"]}
        moved = await self._changed(
            Save("move_to_database", {**_place(row), "object": name, "data": data}, expect=1),
            Save("doom_object", of, expect=1),
        )
        if moved:
            await self._let_go(name, row["committee_id"])
        return moved

    async def _changed(self, *saves: Save) -> bool:
        """All of it was written; False where somebody else was first, and nothing was."""
        try:
            await self._write(*saves)
        except ConflictError:
            return False
        return True


def _behind(after: Place, limit: int) -> dict[str, int]:
    return {"job_id": after[0], "number": after[1], "limit": limit}


def _place(row: Row) -> dict[str, int]:
    return {"job_id": row["job_id"], "number": row["number"], "committee_id": row["committee_id"]}


def _batch(rows: Sequence[Row], moved: Sequence[bool]) -> Batch:
    last = (rows[-1]["job_id"], rows[-1]["number"]) if rows else None
    return Batch(moved=sum(moved), left=len(moved) - sum(moved), last=last)

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
from store.engine import Query, Row, Save
from store.errors import KeyWrongError

Place = tuple[int | str, ...]
"""By which picture it was gone on last, in the order of their key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A table that holds pictures: its key, before the first of it, and the statements that go through it and
    move one of its rows."""

    key: tuple[str, ...]
    start: Place
    inside: str
    outside: str
    out: str
    back: str


OF_JOBS = Shelf(
    key=("job_id", "number"),
    start=(0, 0),
    inside="pictures_in_database",
    outside="pictures_in_bucket",
    out="move_to_bucket",
    back="move_to_database",
)
OF_CARE = Shelf(
    key=("name",),
    start=("",),
    inside="care_pictures_in_database",
    outside="care_pictures_in_bucket",
    out="care_to_bucket",
    back="care_to_database",
)
SHELVES = (OF_JOBS, OF_CARE)
"""All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of some pictures: how many `moved`, and how many were `left` where they are: nobody can
    read them, or they were let go of in this moment. `last` is the last of them; None: there were no more."""

    moved: int = 0
    left: int = 0
    last: Place | None = None


class Moving(Album):
    """Moves pictures. Every method may be repeated, and be broken off anywhere."""

    async def pictures_to_bucket(self, shelf: Shelf, after: Place, limit: int, now: Micros) -> Batch:
        """Bring pictures behind `after` into the bucket, `limit` at most. Raises
        `PicturesUnavailableError`."""
        rows = await self._engine.read(_behind(shelf.inside, shelf, after, limit))
        return _batch(shelf, rows, [await self._put(shelf, row, now) for row in rows])

    async def pictures_to_database(self, shelf: Shelf, after: Place, limit: int) -> Batch:
        """The same back into the database; the objects are deleted. Raises `PicturesUnavailableError`."""
        rows = await self._engine.read(_behind(shelf.outside, shelf, after, limit))
        return _batch(shelf, rows, [await self._fetch(shelf, row) for row in rows])

    async def objects_left(self) -> int:
        """How many objects may be in the bucket still, whether a picture has them or not."""
        (row,) = await self._read("count_objects")
        return int(row["objects"])

    async def _put(self, shelf: Shelf, row: Row, now: Micros) -> bool:
        try:
            picture = await to_thread(pictures.read, row, None, self._vault)
        except KeyWrongError:  # its bytes are broken: the database was opened by this very key
            return False
        (shelved,) = await self.shelve(row["committee_id"], (picture,), now)
        if not shelved.object:
            raise PicturesUnavailableError(reason="bucket", what="unset")
        where = {**_place(shelf, row), "object": shelved.object, "data": b""}
        return await self._changed(
            bucket.taken(shelved.object, row["committee_id"], now), Save(shelf.out, where, expect=1)
        )

    async def _fetch(self, shelf: Shelf, row: Row) -> bool:
        name = row["object"]
        found = await self._shelf().get(name)
        try:
            picture: Picture = await to_thread(pictures.read, row, found, self._vault)
        except UnknownPictureError:
            return False
        data = await to_thread(self._vault.seal_bytes, picture.data)
        of = {"name": name, "committee_id": row["committee_id"]}
        moved = await self._changed(
            Save(shelf.back, {**_place(shelf, row), "object": name, "data": data}, expect=1),
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


def _behind(statement: str, shelf: Shelf, after: Place, limit: int) -> Query:
    return Query(statement, {**dict(zip(shelf.key, after, strict=True)), "limit": limit})


def _place(shelf: Shelf, row: Row) -> dict[str, int | str]:
    return {name: row[name] for name in (*shelf.key, "committee_id")}


def _batch(shelf: Shelf, rows: Sequence[Row], moved: Sequence[bool]) -> Batch:
    last = tuple(rows[-1][name] for name in shelf.key) if rows else None
    return Batch(moved=sum(moved), left=len(moved) - sum(moved), last=last)

"""The command that moves pictures into the bucket or back, a few at a time, also beside the running program.

Killed anywhere it is run again: what was moved stays moved, and every picture can be opened throughout.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TextIO

from bot import bucket
from bot.commands import opened
from bot.complaints import ComplaintError
from config.settings import Settings
from store import SqlStore
from store.bucket import BucketMissingError
from store.clock import WallClock
from store.moving import SHELVES, Batch, Place, Shelf
from workers.nightly import PAUSE_S, PICTURES_AT_MOST, UNDER_WAY

LEFT = 1
"""Exit code where something could not be moved, or is still in the bucket."""

UNSET = "no bucket is set: SUIDAO_STORAGE__S3__BUCKET and the rest (docs/settings.md)"

Step = Callable[[Shelf, Place], Awaitable[Batch]]


async def move(settings: Settings, out: TextIO, *, into_bucket: bool) -> int:
    """Move what is elsewhere; the exit code. Raises `ComplaintError`, `BucketMissingError` and
    `PicturesUnavailableError`: what was moved until then stays moved."""
    async with opened(settings) as (store, _):
        if bucket.chosen(settings) is None:
            await _without_bucket(store, into_bucket=into_bucket)
            out.write("No picture lies in a bucket.\n")
            return 0
        if into_bucket:
            left = await _all(partial(_into_bucket, store), out)
        else:
            left = await _all(partial(_into_database, store), out)
            left = await _emptied(store, out) or left
    return LEFT if left else 0


async def _without_bucket(store: SqlStore, *, into_bucket: bool) -> None:
    if into_bucket:
        raise ComplaintError(UNSET)
    if objects := await store.objects_left():
        raise BucketMissingError(objects=objects)


async def _into_bucket(store: SqlStore, shelf: Shelf, after: Place) -> Batch:
    return await store.pictures_to_bucket(shelf, after, PICTURES_AT_MOST, WallClock().now())


async def _into_database(store: SqlStore, shelf: Shelf, after: Place) -> Batch:
    return await store.pictures_to_database(shelf, after, PICTURES_AT_MOST)


async def _all(step: Step, out: TextIO) -> int:
    """Until there are no more, with a breath in between for whoever taps; how many could not be moved."""
    moved, left = 0, 0
    for shelf in SHELVES:
        after = shelf.start
        while (batch := await step(shelf, after)).last is not None:
            moved, left, after = moved + batch.moved, left + batch.left, batch.last
            out.write(f"  {moved}\n")
            out.flush()
            await _breath()
    out.write(f"Moved: {moved} pictures.\n")
    if left:
        out.write(f"  {left} are where they were: they cannot be read, or were let go of just now.\n")
    return left


async def _emptied(store: SqlStore, out: TextIO) -> int:
    """Delete what no picture has; how many objects may be there still."""
    before = WallClock().now() - UNDER_WAY
    while await store.sweep_objects(before, PICTURES_AT_MOST) == PICTURES_AT_MOST:
        await _breath()
    left = await store.objects_left()
    if left:
        out.write(
            f"  {left} objects are in the bucket still: of pictures that came meanwhile, or cannot be read.\n"
            "  Keep the settings of the bucket, and run this again in an hour.\n"
        )
    else:
        out.write("Nothing of ours is in the bucket: its settings can be removed.\n")
    return left


async def _breath() -> None:
    """Whoever taps has the writer meanwhile."""
    await asyncio.sleep(PAUSE_S)

"""Pictures are moved between database and bucket: each can be opened throughout, whatever dies."""

import asyncio
import logging
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from bot import cli
from dispatch.errors import PicturesUnavailableError
from dispatch.moments import HOUR
from dispatch.pictures import Picture
from store import SqlStore
from store.crypto import Vault
from store.engine import Save
from store.moving import OF_JOBS, Batch
from tests.buckets.server import Shelf, nowhere
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock
from tests.store.test_bucket import objects
from tests.store.test_pictures import PICTURE, add
from tests.test_backup_commands import Console

JOBS, EACH = 3, 2


def picture(job: int, number: int) -> Picture:
    return replace(PICTURE, data=f"picture {number} of job {job}".encode() * 500)


async def filled(store: SqlStore) -> Place:
    """Some jobs with pictures, wherever the store keeps them."""
    place = await settle(store)
    for job in range(1, JOBS + 1):
        job_id = (await place.post(nonce=f"job {job}")).job_id
        assert job_id == job
        for number in range(1, EACH + 1):
            (shelved,) = await store.shelve(place.committee_id, (picture(job, number),), NOW)
            await store.change(place.committee_id, job_id, add(place.people["li"], shelved))
    return place


async def check_all_open(store: SqlStore, place: Place) -> None:
    for job in range(1, JOBS + 1):
        for number in range(1, EACH + 1):
            found = await store.picture(place.committee_id, job, number)
            assert (found.data, found.width) == (picture(job, number).data, PICTURE.width)


async def test_all_go_into_the_bucket_and_all_come_back(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(None, vault, clock) as before:
        place = await filled(before)
    async with base.beside(shelf.opened(), vault, clock) as store:
        first = await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 4, NOW)
        assert first == Batch(moved=4, last=(2, 2))
        await check_all_open(store, place)
        assert await store.pictures_to_bucket(OF_JOBS, (2, 2), 4, NOW) == Batch(moved=2, last=(3, 2))
        assert await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 4, NOW) == Batch()
        assert len(shelf.objects()) == await store.objects_left() == JOBS * EACH
        assert {bytes(row["data"]) for row in await base.rows("SELECT data FROM pictures")} == {b""}
        assert await store.sweep_objects(NOW + HOUR, 10) == 0, "each is a picture's"
        await check_all_open(store, place)

        assert await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 5) == Batch(moved=5, last=(3, 1))
        await check_all_open(store, place)
        assert await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 5) == Batch(moved=1, last=(3, 2))
        assert (shelf.objects(), await objects(base), await store.objects_left()) == ({}, [], 0)
    async with base.beside(None, vault, clock) as after:
        await check_all_open(after, place)
        assert b"picture 1 of job" not in await base.kept()


async def test_while_the_bucket_is_away_nothing_is_moved_and_nothing_lost(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(None, vault, clock) as store:
        place = await filled(store)
        store._bucket = nowhere()
        with pytest.raises(PicturesUnavailableError):
            await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 4, NOW)
        await check_all_open(store, place)
        store._bucket = shelf.opened()
        await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 100, NOW)
        store._bucket = nowhere()
        with pytest.raises(PicturesUnavailableError):
            await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 4)
        store._bucket = shelf.opened()
        await check_all_open(store, place)


async def test_what_nobody_can_read_stays_where_it_is_and_stops_no_other(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await filled(store)
        lost = (await store.picture(place.committee_id, 1, 2)).object
        await shelf.opened().put(lost, b"somebody else's")
        batch = await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 100)
        assert (batch.moved, batch.left) == (JOBS * EACH - 1, 1)
        assert await objects(base) == [lost]


async def test_nor_does_what_is_broken_in_the_database(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(None, vault, clock) as before:
        place = await filled(before)
        broken = {
            "job_id": 1,
            "number": 2,
            "committee_id": place.committee_id,
            "object": "",
            "data": b"no more",
        }
        await before._write(Save("move_to_database", broken, expect=1))
    async with base.beside(shelf.opened(), vault, clock) as store:
        batch = await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 100, NOW)
        assert (batch.moved, batch.left) == (JOBS * EACH - 1, 1)
        assert len(shelf.objects()) == await store.objects_left() == JOBS * EACH - 1


async def test_whoever_looks_while_a_picture_is_moved_out_of_the_bucket_sees_it(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await filled(store)

        class Slow:
            """The bucket, which is asked for an object in the moment before that is moved away."""

            async def get(self, name: str) -> bytes | None:
                store._bucket = shelf.opened()
                await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 100)
                return await shelf.opened().get(name)

        store._bucket = Slow()  # type: ignore[assignment]  # nothing else of it is asked
        assert (await store.picture(place.committee_id, 1, 1)).data == picture(1, 1).data


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from store import open_store
from store.crypto import Vault
from store.moving import OF_JOBS
from store.s3 import Place, S3Bucket

class Killer(S3Bucket):
    calls = int(sys.argv[5])

    async def put(self, name, data):
        await super().put(name, data)
        self.counts()

    async def delete(self, name):
        self.counts()
        await super().delete(name)

    def counts(self):
        Killer.calls -= 1
        if not Killer.calls:
            os.kill(os.getpid(), signal.SIGKILL)

async def main(data, url, endpoint, name):
    place = Place(bucket=name, access_key="key", secret_key="secret", endpoint=endpoint, prefix="pictures")
    store = await open_store(data, Vault.open(data, None), database_url=url or None, bucket=Killer(place))
    if sys.argv[6] == "bucket":
        await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 100, 1)
    else:
        await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 100)

asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:5]))
"""
"""Moves pictures, and is killed when the bucket was asked so often: after an object was put and before any
row says that it is a picture's; or after a row has its bytes back and before the object is deleted."""


@pytest.mark.parametrize(("base", "to"), [("sqlite", "bucket"), ("postgres", "database")], indirect=["base"])
async def test_a_process_that_is_killed_while_it_moves_them_loses_none(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf, to: str
) -> None:
    async with base.beside(None if to == "bucket" else shelf.opened(), vault, clock) as store:
        place = await filled(store)
    where = [str(base.data), base.url or "", f"http://127.0.0.1:{shelf.port}", shelf.name]
    for calls in ("1", "3"):
        run = subprocess.run([sys.executable, "-c", KILLED, *where, calls, to], check=False)  # noqa: S603, ASYNC221 - our own code, and nothing else goes on
        assert run.returncode == -signal.SIGKILL
        async with base.beside(shelf.opened(), vault, clock) as store:
            await check_all_open(store, place)
    async with base.beside(shelf.opened(), vault, clock) as store:
        if to == "bucket":
            assert (await store.pictures_to_bucket(OF_JOBS, OF_JOBS.start, 100, NOW)).moved == JOBS * EACH - 2
            assert len(shelf.objects()) == JOBS * EACH + 2, "two were put and are nobody's"
        else:
            assert (await store.pictures_to_database(OF_JOBS, OF_JOBS.start, 100)).moved == JOBS * EACH - 4
        await store.sweep_objects(NOW + HOUR, 100)
        left = JOBS * EACH if to == "bucket" else 0
        assert len(shelf.objects()) == len(await objects(base)) == left
        await check_all_open(store, place)


async def _fill(base: Base, vault: Vault, clock: OurClock) -> Place:
    async with base.beside(None, vault, clock) as store:
        return await filled(store)


async def _look(base: Base, vault: Vault, clock: OurClock, place: Place) -> None:
    async with base.beside(None, vault, clock) as store:
        await check_all_open(store, place)


@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
def test_the_command_moves_them_both_ways_and_says_what_is_left(
    base: Base,
    vault: Vault,
    clock: OurClock,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = asyncio.run(_fill(base, vault, clock))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    console = Console(monkeypatch, capsys)
    console.on(base.data)
    assert "no bucket is set" in console.says("move-pictures", "--to", "bucket", code=cli.WRONG)
    assert "No picture lies in a bucket" in console.says("move-pictures", "--to", "database")
    for name, value in (
        ("BUCKET", shelf.name),
        ("ENDPOINT", f"http://127.0.0.1:{shelf.port}"),
        ("ACCESS_KEY", "key"),
        ("SECRET_KEY", "secret"),
        ("PREFIX", "pictures"),
    ):
        monkeypatch.setenv(f"SUIDAO_STORAGE__S3__{name}", value)
    assert f"Moved: {JOBS * EACH} pictures" in console.says("move-pictures", "--to", "bucket")
    assert "Moved: 0 pictures" in console.says("move-pictures", "--to", "bucket")
    assert len(shelf.objects()) == JOBS * EACH
    monkeypatch.delenv("SUIDAO_STORAGE__S3__BUCKET")
    assert f"{JOBS * EACH} pictures lie in a bucket" in console.says(
        "move-pictures", "--to", "database", code=cli.WRONG
    )
    monkeypatch.setenv("SUIDAO_STORAGE__S3__BUCKET", shelf.name)
    assert "its settings can be removed" in console.says("move-pictures", "--to", "database")
    assert shelf.objects() == {}
    asyncio.run(_look(base, vault, clock, place))

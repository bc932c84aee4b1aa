"""Pictures in a bucket: sealed before they leave, known by a row whatever dies, and deleted in the end."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from dispatch.errors import ConflictError, PicturesUnavailableError, UnknownPictureError
from dispatch.moments import HOUR
from dispatch.pictures import Picture
from store import SqlStore, rotation
from store.bucket import BucketMissingError, try_out
from store.crypto import Vault
from store.s3 import S3Bucket
from tests.buckets.server import Shelf, nowhere
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock
from tests.store.test_pictures import BYTES, PICTURE, add

SECOND = replace(PICTURE, data=b"\xff\xd8\xff another door " * 900)


async def pictured(store: SqlStore, place: Place, picture: Picture = PICTURE) -> int:
    """A new job with a picture, as the handlers add it."""
    job_id = (await place.post(nonce=f"n{len(picture.data)}")).job_id
    (shelved,) = await store.shelve(place.committee_id, (picture,), NOW)
    await store.change(place.committee_id, job_id, add(place.people["li"], shelved))
    return job_id


async def objects(base: Base) -> list[str]:
    return [row["name"] for row in await base.rows("SELECT name FROM objects ORDER BY name")]


async def test_a_picture_lies_in_the_bucket_sealed_under_a_name_that_says_nothing(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await settle(store)
        job_id = await pictured(store, place)
        found = await store.picture(place.committee_id, job_id, 1)
        assert (found.data, found.width, found.height) == (BYTES, 1600, 1200)
        ((name, kept),) = shelf.objects().items()
        assert name == f"pictures/{found.object}"
        assert name.removeprefix("pictures/").isalnum()
        assert b"somebody's door" not in kept
        assert b"somebody's door" not in await base.kept()
        (row,) = await base.rows("SELECT data FROM pictures")
        assert bytes(row["data"]) == b""


async def test_rows_remember_where_their_bytes_are_so_both_are_read(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(None, vault, clock) as before:
        place = await settle(before)
        old = await pictured(before, place)
    async with base.beside(shelf.opened(), vault, clock) as store:
        new = await pictured(store, replace(place, store=store), SECOND)
        assert (await store.picture(place.committee_id, old, 1)).data == BYTES
        assert (await store.picture(place.committee_id, new, 1)).data == SECOND.data
    async with base.beside(None, vault, clock) as after:
        assert (await after.picture(place.committee_id, old, 1)).data == BYTES
        with pytest.raises(PicturesUnavailableError):
            await after.picture(place.committee_id, new, 1)


async def test_an_object_whose_picture_never_came_is_deleted_once_nobody_can_be_at_it(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await settle(store)
        kept = await pictured(store, place)
        await store.shelve(place.committee_id, (SECOND, SECOND), NOW)  # and the process dies
        assert len(shelf.objects()) == 3
        assert await store.sweep_objects(NOW, 10) == 0
        assert [await store.sweep_objects(NOW + 1, 1) for _ in range(3)] == [1, 1, 0]
        assert len(shelf.objects()) == len(await objects(base)) == 1
        assert (await store.picture(place.committee_id, kept, 1)).data == BYTES


async def test_a_picture_is_not_said_to_be_kept_where_the_bucket_did_not_take_it(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(nowhere(), vault, clock) as store:
        place = await settle(store)
        with pytest.raises(PicturesUnavailableError):
            await pictured(store, place)
        (job,) = await store.open_jobs(place.committee_id)
        assert job.pictures == 0
        assert len(await objects(base)) == 1, "it may have been put all the same"
    async with base.beside(shelf.opened(), vault, clock) as later:
        assert await later.sweep_objects(NOW + 1, 10) == 1
        assert await objects(base) == []


async def test_what_was_let_go_of_while_the_bucket_was_away_is_deleted_when_it_is_back(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await settle(store)
        job_id = await pictured(store, place)
        await store.change(place.committee_id, job_id, samples.closed)
        assert await store.forget_pictures(NOW + HOUR, 10) == 1
    async with base.beside(nowhere(), vault, clock) as away:
        with pytest.raises(PicturesUnavailableError):
            await away.sweep_objects(NOW + HOUR, 10)
    assert len(shelf.objects()) == len(await objects(base)) == 1
    async with base.beside(shelf.opened(), vault, clock) as back:
        assert await back.sweep_objects(NOW + HOUR, 10) == 1
        assert (shelf.objects(), await objects(base)) == ({}, [])


async def test_an_object_that_the_night_has_marked_is_taken_by_no_picture(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await settle(store)
        job_id = (await place.post()).job_id
        (shelved,) = await store.shelve(place.committee_id, (PICTURE,), NOW)
        assert await store.sweep_objects(NOW + 1, 10) == 1
        with pytest.raises(ConflictError):
            await store.change(place.committee_id, job_id, add(place.people["li"], shelved))
        assert (await place.situation(job_id)).job.pictures == 0


async def test_whoever_exchanges_objects_shows_nobody_anothers_picture(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    bucket = shelf.opened()
    async with base.beside(bucket, vault, clock) as store:
        place = await settle(store)
        mine, other = await pictured(store, place), await pictured(store, place, SECOND)
        names = [(await store.picture(place.committee_id, each, 1)).object for each in (mine, other)]
        taken = await bucket.get(names[1])
        assert taken is not None
        for spoilt in (taken, b"", b"noise"):
            await bucket.put(names[0], spoilt)
            with pytest.raises(UnknownPictureError):
                await store.picture(place.committee_id, mine, 1)
        await bucket.delete(names[0])
        await bucket.delete(names[0])
        with pytest.raises(UnknownPictureError):
            await store.picture(place.committee_id, mine, 1)


async def test_a_new_key_seals_what_lies_in_the_bucket_too(base: Base, clock: OurClock, shelf: Shelf) -> None:
    old, new = (base.data / "secret.key").read_text().strip(), Fernet.generate_key().decode()
    async with base.beside(shelf.opened(), Vault.open(base.data, old), clock) as store:
        place = await settle(store)
        job_id = await pictured(store, place)
    both = Vault.open(base.data, f"{new},{old}")
    async with rotation.opened(base.data, base.url) as there:
        with pytest.raises(BucketMissingError, match="1 pictures"):
            await rotation.rotate(there, both, ignored, links=False)
        with pytest.raises(PicturesUnavailableError):
            await rotation.rotate(there, both, ignored, links=False, bucket=nowhere())
        told: dict[str, int] = {}
        await rotation.rotate(there, both, told.__setitem__, links=False, bucket=shelf.opened())
        assert told["objects"] == 1
    async with base.beside(shelf.opened(), Vault.open(base.data, new), clock) as alone:
        assert (await alone.picture(place.committee_id, job_id, 1)).data == BYTES


async def test_a_bucket_is_tried_out_and_left_as_it_was(shelf: Shelf) -> None:
    assert await try_out(shelf.opened()) == ""
    assert shelf.objects() == {}
    with pytest.raises(PicturesUnavailableError) as refused:
        await try_out(S3Bucket(shelf.place(name="another")))
    assert refused.value.params["what"] in {"FileNotFoundError", "NotFoundError"}
    with pytest.raises(PicturesUnavailableError):
        await try_out(nowhere())


def test_where_a_bucket_is_says_nothing_of_its_keys(shelf: Shelf) -> None:
    assert "secret" not in repr(shelf.place())


def ignored(_table: str, _rows: int) -> None:
    """Nobody reads how far it is."""

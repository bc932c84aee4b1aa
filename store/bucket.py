"""Pictures whose bytes lie in a bucket and not in the database: what is asked of it, and in which order.

First a row says that an object may be there, then it is put, then a picture takes it in the transaction that
keeps the picture. So whatever dies, an object that no picture has is known by its row, and the night deletes
it. Which bucket it is is not known here.
"""

import secrets
from typing import Protocol

from dispatch.errors import UnknownPictureError
from dispatch.moments import Micros
from store.crypto import Vault
from store.engine import Query, Save
from store.errors import KeyWrongError, StartError

NAME_BYTES = 24
"""Of chance in an object's name: it tells nothing, and nobody guesses one."""


class BucketMissingError(StartError):
    """Pictures lie in a bucket, and none is set."""

    key = "bucket_missing"
    sentence = (
        "{objects} pictures lie in a bucket, and none is set: set SUIDAO_STORAGE__S3__BUCKET and the rest as "
        "before, then try again (nothing was lost)."
    )


class Bucket(Protocol):
    """A place for objects. Each of these raises `PicturesUnavailableError` where it does not answer."""

    async def put(self, name: str, data: bytes) -> None:
        """Keep an object; one of the same name is replaced whole."""

    async def get(self, name: str) -> bytes | None:
        """An object; None where there is none."""

    async def delete(self, name: str) -> None:
        """Let go of an object. Repeating is safe."""


async def try_out(bucket: Bucket) -> str:
    """Write, read and delete an object of chance; which of them went wrong, empty if nothing did. Raises
    `PicturesUnavailableError`."""
    name, data = f"probe-{new_name()}", secrets.token_bytes(NAME_BYTES)
    await bucket.put(name, data)
    read = await bucket.get(name)
    await bucket.delete(name)
    if read != data:
        return "read"
    return "delete" if await bucket.get(name) is not None else ""


def new_name() -> str:
    """A name that no other object has."""
    return secrets.token_hex(NAME_BYTES)


def sealed(name: str, data: bytes, vault: Vault) -> bytes:
    """What is put into the bucket. The name is sealed with it: whoever can write there could else exchange
    two objects, and show one committee's picture to another."""
    return vault.seal_bytes(name.encode() + data)


def unsealed(name: str, found: bytes | None, vault: Vault) -> bytes:
    """The bytes of a picture. Raises `UnknownPictureError` where there are none, or another's."""
    try:
        whole = b"" if found is None else vault.unseal_bytes(found)
    except KeyWrongError as error:  # somebody else's bytes: the database was opened by this very key
        raise UnknownPictureError from error
    if not whole.startswith(name.encode()):
        raise UnknownPictureError
    return whole[len(name) :]


def announced(name: str, committee_id: int, now: Micros) -> Save:
    """What to write before an object is put."""
    return Save("announce_object", {"name": name, "committee_id": committee_id, "at": now})


def taken(name: str, committee_id: int, now: Micros) -> Save:
    """What to write with the picture that has the object; it fails where the night was first."""
    return Save("take_object", {"name": name, "committee_id": committee_id, "at": now}, expect=1)


def doomed(before: Micros, limit: int) -> Save:
    """What marks objects that no picture has and that nobody touched since then."""
    return Save("doom_objects", {"before": before, "limit": limit})


def all_doomed(limit: int) -> Query:
    """Objects that are to be deleted."""
    return Query("doomed_objects", {"limit": limit})


def gone(name: str, committee_id: int) -> Save:
    """What to write once an object is deleted."""
    return Save("forget_object", {"name": name, "committee_id": committee_id})

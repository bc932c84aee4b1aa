"""Files on the homeserver: fetched and opened, sealed and put there.

What is put there is always encrypted, in plain rooms too: an ordinary account cannot delete a file, but the
key goes with the message that holds it (decision 0014). What a file is, is not known here.
"""

import asyncio

from mautrix.api import ClientPath, MediaPath, Method
from mautrix.crypto.attachments import decrypt_attachment, encrypt_attachment
from mautrix.errors import DecryptionError, MatrixResponseError
from mautrix.types import EncryptedFile

from bot.matrix.account import Account
from bot.matrix.contents import Json
from bot.matrix.enclosures import Lock, place
from dispatch.errors import NotAPictureError

DOWNLOAD_S = 60.0
"""Seconds for ten megabytes on a slow line, perhaps from another server."""

UPLOAD_S = 30.0
"""Seconds for a picture of ours, some 300 kB; half of what a deliverer waits for everything."""

PIECES_FROM = 2**19
"""Bytes from which a file is sent in pieces: at once, it would hold up everybody else's taps."""

_BYTES = "application/octet-stream"


class Media:
    """One account's files."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def fetch(self, url: str, lock: Lock | None, most: int) -> bytes:
        """The file; of one with more than `most` bytes more than these, and not all.

        Raises `NotAPictureError` for an address of none and for what its key does not open; else what a
        request raises, and what the network's library does."""
        found = place(url)
        if found is None:
            raise NotAPictureError
        server, name = found
        async with asyncio.timeout(DOWNLOAD_S):
            data = await self._account.wire.download(ClientPath.v1.media.download[server][name], most)
        if lock is None or len(data) > most:
            return data
        return await asyncio.to_thread(_opened, data, lock)

    async def put(self, data: bytes) -> Json:
        """Encrypt the bytes and put them on the server; what opens them, as an event's `file`.

        Repeating makes a second file, which nobody can open without the answer of its own. Raises what a
        request raises."""
        sealed, file = await asyncio.to_thread(encrypt_attachment, data)
        async with asyncio.timeout(UPLOAD_S):
            answer = await self._account.wire.request(
                Method.POST,
                MediaPath.v3.upload,
                sealed,
                {"Content-Type": _BYTES},
                min_iter_size=PIECES_FROM,
            )
        return _described(file, answer)


def _opened(data: bytes, lock: Lock) -> bytes:
    try:
        return decrypt_attachment(data, lock.key, lock.digest, lock.iv)
    except (DecryptionError, ValueError, TypeError) as error:
        raise NotAPictureError from error


def _described(file: EncryptedFile, answer: object) -> Json:
    url = answer.get("content_uri") if isinstance(answer, dict) else None
    if not isinstance(url, str):
        raise MatrixResponseError("the upload was answered without an address")
    found: Json = file.serialize()
    return found | {"url": url}

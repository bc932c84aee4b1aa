"""Photos and documents taken or chosen on a page: they join those from the chats, through the same checks, in
one store.

It knows bytes and forms. What a picture is, `bot.pictures` says, and whose it may be, the handlers.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from aiohttp import BodyPartReader, web

from bot.pictures import Darkroom
from bot.web import uploads
from bot.web.forms import DIGITS
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.pages import Pages, by_script
from bot.web.security import RefusedError
from bot.web.session import Visitor
from dispatch.errors import (
    DispatchError,
    NotAPictureError,
    PicturesUnavailableError,
    PictureTooLargeError,
    StoreUnavailableError,
)
from dispatch.people import Address
from dispatch.pictures import LARGEST, Picture
from handlers import sentences
from handlers.messages import Reply

DRAINED = 48 * 1024 * 1024
"""Bytes of a file too large that are still read, and thrown away (`uploads`). No phone's photo is larger."""
AT_ONCE = 4
"""Uploads held at the same moment: 40 MB at the most."""
MOST_PARTS = 4
"""Our form has two."""


class Hands:
    """How many uploads are held at this moment, whatever they are for."""

    def __init__(self) -> None:
        self._held = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold one more. Raises `RefusedError` where that is too many."""
        if self._held >= AT_ONCE:
            raise RefusedError(429)
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1


class Album(Protocol):
    """What is asked about pictures (`handlers.album.Album`)."""

    async def add(self, address: Address, job_id: int, added: tuple[Picture, ...], receipt: str) -> Reply:
        """Add it; raises `StoreUnavailableError` and nothing else of the kind."""


class Photos:
    """Answers POST /photo."""

    def __init__(
        self, *, album: Album, pages: Pages, links: Links, gateway: WebGateway, darkroom: Darkroom
    ) -> None:
        self._album = album
        self._pages = pages
        self._links = links
        self._renderer = gateway.renderer
        self._darkroom = darkroom
        self.hands = Hands()
        """Shared with whoever else takes uploads."""

    async def add(self, request: web.Request) -> web.StreamResponse:
        """Add a photo to a job. The same photo sent twice is one."""
        visitor = await self._pages.sender(request)
        with self.hands.hold():
            reply = await self._reply(visitor, request)
        return self._pages.fragment(visitor, reply) if by_script(request) else self._pages.flashed(reply)

    async def _reply(self, visitor: Visitor, request: web.Request) -> Reply:
        texts = self._renderer.texts(visitor.person.language)
        try:
            job, data = await read(request, "job")
            pictures = await self._darkroom.develop(data)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            return Reply(text=sentences.refusal(error, texts), ok=False)
        # Of the bytes as they came: what goes out of the darkroom is made anew each time.
        said = hashlib.sha256(data).hexdigest()
        receipt = self._links.fingerprint(visitor.address.value, str(job), said)
        try:
            reply = await self._album.add(visitor.address, job, pictures, receipt)
        except PicturesUnavailableError as error:  # everything else goes on, so it is no outage of the page
            return Reply(text=sentences.refusal(error, texts), ok=False)
        return reply if reply.text else Reply(text=texts.say("It is with the job already."))


async def read(request: web.Request, about: str) -> tuple[int, bytes]:
    """The number of what it is `about`, and the file. Raises `RefusedError` for what is no form of ours,
    `NotAPictureError` without a file, and `PictureTooLargeError`."""
    if request.content_type != "multipart/form-data":
        raise RefusedError(400)
    number, data = "", b""
    try:
        form = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await form.next()
            if part is None:
                break
            if isinstance(part, BodyPartReader) and part.name == about:
                number = (await _file(part, DIGITS)).decode("ascii")
            elif isinstance(part, BodyPartReader) and part.name == "photo":
                data = await _file(part, LARGEST)
    except ValueError as error:  # a broken form; includes UnicodeDecodeError
        raise RefusedError(400) from error
    if not (number.isdigit() and len(number) <= DIGITS):
        raise RefusedError(400)
    if not data:
        raise NotAPictureError
    return int(number), data


async def _file(part: BodyPartReader, most: int) -> bytes:
    """The whole part. Raises `PictureTooLargeError` when it was read to its end and is larger than `most`."""
    found = await uploads.whole(part, most, DRAINED)
    if found is None:
        raise PictureTooLargeError(limit=LARGEST // 2**20)
    return found

"""A picture or document as somebody sent it becomes pictures that may be kept: checked by opening it, and
made anew; of a document each page.

What comes out was drawn by us: upright, at most `SIDE` pixels, a JPEG without place, camera, name or anything
else that hung on the one that came in. It knows bytes, and neither jobs nor where the bytes come from.
"""

import asyncio
import io
import warnings

from PIL import Image, ImageOps

from bot import documents
from bot.documents import Sheet
from dispatch.errors import (
    DispatchError,
    NotAPictureError,
    PictureMovesError,
    PictureTooLargeError,
    PictureTooNarrowError,
    PictureTooWideError,
)
from dispatch.pictures import LARGEST, SIDE, Picture

KINDS = ("JPEG", "PNG", "WEBP")
"""What phones and browsers make. Anything else is not even tried: each reader is one more way in."""

PIXELS = 50_000_000
"""Of a JPEG: what the largest cameras of phones make (8,160 × 6,120). It is read at a fraction of that."""

PIXELS_WHOLE = 16_000_000
"""Of the others, which must be opened whole: 64 MB of memory. A phone's screen has 5 million at most."""

NARROWEST = 20
"""Times as long as wide: Telegram takes no photo beyond that."""

QUALITY = 82
"""Of the JPEG: text stays legible, and a step up makes the file larger by a third."""

SMALL = 480
"""Pixels of the longer side of a thumbnail: it fills half a phone at two points a pixel, in some 30 kB."""

_ALBUM_IN_ONE = "MPO"
"""A JPEG behind which a phone has put more (a depth map, a second exposure). The first one is the photo."""


class Darkroom:
    """Develops pictures beside the event loop, one at a time: two cores have taps to answer as well."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def develop(self, data: bytes) -> tuple[Picture, ...]:
        """The picture made anew, or all pages of a document. Raises what `developed` and `printed` raise."""
        make = printed if documents.is_document(data) else _alone
        async with self._turn:
            return await asyncio.to_thread(make, data)

    async def thumbnail(self, picture: Picture) -> bytes:
        """The picture at the size of a card's thumbnail."""
        async with self._turn:
            return await asyncio.to_thread(thumbnail, picture)


def thumbnail(picture: Picture) -> bytes:
    """A JPEG of at most `SMALL` pixels. The picture is one of ours; takes some 20 ms."""
    image = Image.open(io.BytesIO(picture.data), formats=("JPEG",))
    image.draft("RGB", (SMALL, SMALL))
    image.thumbnail((SMALL, SMALL))
    made = io.BytesIO()
    image.convert("RGB").save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def developed(data: bytes) -> Picture:
    """Open the picture and draw it anew; takes up to a second.

    Raises `PictureTooLargeError`, `PictureTooWideError`, `PictureTooNarrowError`, `PictureMovesError`, and
    `NotAPictureError` for everything else that is no whole picture of `KINDS`."""
    if len(data) > LARGEST:
        raise PictureTooLargeError(limit=LARGEST // 2**20)
    try:
        return _drawn(_opened(data))
    except DispatchError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise PictureTooWideError(limit=PIXELS // 10**6) from error
    except Exception as error:
        # Each reader fails in its own ways with bytes that somebody bent; what they say may quote them.
        raise NotAPictureError from error


def _alone(data: bytes) -> tuple[Picture, ...]:
    return (developed(data),)


def printed(data: bytes) -> tuple[Picture, ...]:
    """The pages of a document, each drawn anew; takes up to some seconds.

    Raises `PictureTooLargeError`, `PictureTooNarrowError` for a page, and what `documents.sheets` raises."""
    if len(data) > LARGEST:
        raise PictureTooLargeError(limit=LARGEST // 2**20)
    return tuple(map(_page, documents.sheets(data)))


def _page(sheet: Sheet) -> Picture:
    if max(sheet.width, sheet.height) > NARROWEST * min(sheet.width, sheet.height):
        raise PictureTooNarrowError(limit=NARROWEST)
    size = (sheet.width, sheet.height)
    return _kept(Image.frombuffer("RGB", size, sheet.pixels, "raw", "RGB", sheet.stride, 1))


def _opened(data: bytes) -> Image.Image:
    """The picture, of which only the measures were read so far."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(data), formats=KINDS)
    limit = PIXELS if image.format in ("JPEG", _ALBUM_IN_ONE) else PIXELS_WHOLE
    if image.width * image.height > limit:
        raise PictureTooWideError(limit=limit // 10**6)
    if max(image.size) > NARROWEST * min(image.size):
        raise PictureTooNarrowError(limit=NARROWEST)
    if image.format != _ALBUM_IN_ONE and getattr(image, "n_frames", 1) > 1:
        raise PictureMovesError
    return image


def _drawn(image: Image.Image) -> Picture:
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is read at half, a quarter or an eighth, if that is enough
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    shown = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    # On a sheet of our own: whatever hung on the picture stays behind with it.
    sheet = Image.new("RGB", shown.size, "white")
    sheet.paste(shown, mask=shown if shown.mode == "RGBA" else None)
    return _kept(sheet)


def _kept(image: Image.Image) -> Picture:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(data=made.getvalue(), width=image.width, height=image.height)

"""Pictures as phones send them, and things that only pretend to be one. All drawn here."""

import io
import struct
import zlib

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

RED, GREEN = (200, 30, 30), (30, 160, 60)


def photo(
    width: int = 640, height: int = 480, kind: str = "JPEG", mark: str = "", orientation: int | None = None
) -> bytes:
    """A picture, red on the left and green on the right, with a place, a camera and an owner in it."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height), fill=GREEN)
    draw.text((5, 5), mark, fill="white")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Artist] = "Camera of a volunteer", "Invented Name"
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (31.0, 12.0, 11.0)})
    if orientation is not None:
        exif[Base.Orientation] = orientation
    made = io.BytesIO()
    if kind == "JPEG":
        image.save(made, kind, exif=exif, comment=b"a remark that somebody left", quality=90)
    else:
        image.save(made, kind, exif=exif)
    return made.getvalue()


def moving(kind: str) -> bytes:
    """A picture of several frames."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN)]
    made = io.BytesIO()
    frames[0].save(made, kind, save_all=True, append_images=frames[1:], duration=100)
    return made.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is as wide and high as this."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def opened(data: bytes) -> Image.Image:
    """What somebody sees who opens it."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def looks_left_and_right(data: bytes) -> tuple[str, str]:
    """The colours of its left and its right side, by name."""
    image = opened(data).convert("RGB")
    y = image.height // 2
    return _named(image.getpixel((image.width // 8, y))), _named(image.getpixel((image.width * 7 // 8, y)))


def _named(colour: object) -> str:
    assert isinstance(colour, tuple)
    return "red" if colour[0] > colour[1] else "green"

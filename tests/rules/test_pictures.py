"""What may be kept of a picture: any that phones make, drawn anew; nothing that hangs on it, nothing else."""

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import PIXELS, PIXELS_WHOLE, Darkroom, developed
from dispatch.errors import (
    DispatchError,
    NotAPictureError,
    PictureMovesError,
    PictureTooLargeError,
    PictureTooNarrowError,
    PictureTooWideError,
)
from dispatch.pictures import LARGEST, SIDE
from tests.photos import bomb, looks_left_and_right, moving, opened, photo

HTML = b"<!doctype html><script>alert(1)</script>" * 10
PROGRAM = b"MZ\x90\x00" + bytes(500)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_comes_out_is_a_jpeg_of_the_same_picture(kind: str) -> None:
    made = developed(photo(640, 480, kind))
    seen = opened(made.data)
    assert (seen.format, seen.size) == ("JPEG", (640, 480))
    assert (made.width, made.height) == (640, 480)
    assert looks_left_and_right(made.data) == ("red", "green")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_hung_on_it_is_kept(kind: str) -> None:
    sent = photo(kind=kind)
    assert b"Invented Name" in sent, "the picture that is sent tells who took it"
    made = developed(sent)
    seen = opened(made.data)
    assert dict(seen.getexif()) == {}
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(seen.info)
    for word in (b"Invented Name", b"Camera of a volunteer", b"a remark", b"Exif", b"GPS"):
        assert word not in made.data


@pytest.mark.parametrize(("orientation", "sides"), [(3, ("green", "red")), (1, ("red", "green"))])
def test_it_stands_upright_without_being_told(orientation: int, sides: tuple[str, str]) -> None:
    assert looks_left_and_right(developed(photo(orientation=orientation)).data) == sides


def test_a_picture_taken_sideways_is_turned() -> None:
    made = developed(photo(640, 480, orientation=6))
    assert (made.width, made.height) == (480, 640)


@pytest.mark.parametrize(("size", "kept"), [((4000, 3000), (1600, 1200)), ((300, 200), (300, 200))])
def test_it_is_as_large_as_is_of_use_and_never_larger_than_it_was(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    made = developed(photo(*size))
    assert (made.width, made.height) == kept
    assert max(kept) <= SIDE
    assert len(made.data) < 600_000


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("RGBA", "WEBP")],
)
def test_pictures_in_every_way_of_writing_colours_are_read(mode: str, kind: str) -> None:
    sent = io.BytesIO()
    Image.new(mode, (90, 60)).save(sent, kind)
    assert opened(developed(sent.getvalue()).data).mode == "RGB"


def test_what_can_be_seen_through_lies_on_white() -> None:
    sent = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(sent, "PNG")
    assert opened(developed(sent.getvalue()).data).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"", NotAPictureError),
        (HTML, NotAPictureError),
        (PROGRAM, NotAPictureError),
        (DRAWING, NotAPictureError),
        (b"\xff\xd8\xff" + PROGRAM, NotAPictureError),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), NotAPictureError),
        (photo()[:2000], NotAPictureError),
        (photo(kind="PNG")[:-40], NotAPictureError),
        (photo(kind="GIF"), NotAPictureError),
        (photo(kind="TIFF"), NotAPictureError),
        (moving("WEBP"), PictureMovesError),
        (moving("PNG"), PictureMovesError),
        (bomb(), PictureTooWideError),
        (bomb(10_000), PictureTooWideError),
        (bomb(4_001), PictureTooWideError),
        (photo(2_100, 100), PictureTooNarrowError),
        (photo() + bytes(LARGEST), PictureTooLargeError),
    ],
    ids=range(17),
)
def test_what_is_no_picture_that_may_be_kept_is_refused(sent: bytes, refusal: type[DispatchError]) -> None:
    with pytest.raises(refusal) as refused:
        developed(sent)
    assert type(refused.value) is refusal


def test_the_largest_camera_of_a_phone_is_not_refused() -> None:
    sent = io.BytesIO()
    Image.new("L", (8160, 6120)).save(sent, "JPEG")
    assert PIXELS >= 8160 * 6120
    assert developed(sent.getvalue()).width == SIDE
    assert PIXELS_WHOLE < PIXELS


def test_a_photo_with_a_second_one_behind_it_is_the_first_one() -> None:
    """Phones put a depth map or another exposure behind a JPEG."""
    sent = io.BytesIO()
    first, second = opened(photo()), Image.new("RGB", (64, 48))
    first.save(sent, "MPO", save_all=True, append_images=[second])
    assert looks_left_and_right(developed(sent.getvalue()).data) == ("red", "green")


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_bytes_that_somebody_bent_are_a_picture_or_a_plain_refusal(seed: int, kind: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    sent = bytearray(photo(64, 48, kind))
    for _ in range(chance.randint(1, 40)):
        sent[chance.randrange(len(sent))] = chance.randrange(256)
    try:
        made = developed(bytes(sent))
    except DispatchError:
        return
    assert opened(made.data).format == "JPEG"


async def test_pictures_are_developed_beside_the_event_loop() -> None:
    (made,) = await Darkroom().develop(photo())
    assert made.width == 640


def test_a_picture_tells_nothing_of_itself_where_it_is_printed() -> None:
    made = developed(photo())
    assert "data" not in repr(made)

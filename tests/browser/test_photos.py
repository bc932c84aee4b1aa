"""A photo as a phone's camera makes it, sent from the page: made small where scripts run, else as it is."""

import io
from collections.abc import Mapping

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, expect

from dispatch.pictures import LARGEST
from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.photos import looks_left_and_right, opened, photo
from tests.platforms.house import House
from tests.platforms.scenery import posts

KNOCK = "3号楼502 敲门无应答"
ON_ITS_SIDE = 6
"""The orientation that phones write when they are held upright."""
HELD = """async (field) => {
  const [file] = field.files;
  const image = await createImageBitmap(file);
  return { size: file.size, width: image.width, height: image.height };
}"""


def camera() -> bytes:
    """Twelve megapixels and more than the server takes: red on the left, green on the right, grainy."""
    plain = opened(photo(4000, 3000)).convert("RGB")
    grain = Image.effect_noise(plain.size, 120).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = ON_ITS_SIDE
    made = io.BytesIO()
    Image.blend(plain, grain, 0.45).save(made, "JPEG", quality=98, exif=exif)
    return made.getvalue()


async def choose(phone: Phone, data: bytes) -> Locator:
    """Choose it in the fold of the first card; the field that holds it."""
    fold = phone.page.locator("#job-1 details.photo")
    await fold.locator("summary").click()
    field = fold.locator("input[type=file]")
    await field.set_input_files(FilePayload(name="DCIM0001.jpg", mimeType="image/jpeg", buffer=data))
    await expect(fold.locator("button")).to_be_enabled()
    return field


async def test_twelve_megapixels_are_made_small_before_they_are_sent(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    staff, data = await hand("zhao"), camera()
    assert len(data) > 10 * 2**20
    field = await choose(staff, data)
    held: Mapping[str, int] = await field.evaluate(HELD)
    assert (held["width"], held["height"]) == (1536, 2048)  # upright
    assert held["size"] < 2 * 2**20
    async with staff.page.expect_response("**/photo"):
        await staff.page.locator("#job-1 details.photo button").click()
    await expect(staff.page.locator("#job-1 .pictures img")).to_have_count(1)
    await expect(staff.page.locator("#toast .said.good")).to_be_visible()
    kept = await home.router.album.picture(await home.address("zhao"), 1, 1)
    image = opened(kept.data)
    assert image.height > image.width
    turned = io.BytesIO()
    image.rotate(90, expand=True).save(turned, "JPEG")
    assert looks_left_and_right(turned.getvalue()) == ("red", "green")


async def test_whoever_took_the_job_adds_what_they_found(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    phone = await hand("li")
    await phone.tap("claim")
    await expect(phone.page.locator("#job-1.mine")).to_be_visible()
    await choose(phone, photo())
    async with phone.page.expect_response("**/photo"):
        await phone.page.locator("#job-1 details.photo button").click()
    await expect(phone.page.locator("#job-1.mine .pictures img")).to_have_count(1)


async def test_a_small_photo_goes_as_it_is(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    staff, data = await hand("zhao"), photo()
    field = await choose(staff, data)
    held: Mapping[str, int] = await field.evaluate(HELD)
    assert held["size"] == len(data)


async def test_a_file_that_is_no_photo_is_refused_in_words(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    staff = await hand("zhao")
    await choose(staff, b"MZ\x90\x00" + b"\0" * 400_000)
    async with staff.page.expect_response("**/photo"):
        await staff.page.locator("#job-1 details.photo button").click()
    await expect(staff.page.locator("#toast .said.bad")).to_contain_text("不是")
    await expect(staff.page.locator("#job-1 .pictures")).to_have_count(0)


@pytest.mark.parametrize("megabytes", [1, 20])
async def test_without_scripts_the_form_sends_it_as_it_is(home: House, hand: Hand, megabytes: int) -> None:
    await posts(home, KNOCK)
    staff = await hand("zhao", scripts=False)
    data = photo(mark="as it is")
    await choose(staff, data + b"\0" * (megabytes * 2**20 - len(data)))
    await staff.page.locator("#job-1 details.photo button").click()
    if megabytes * 2**20 <= LARGEST:
        await expect(staff.page.locator("#toast .said.good")).to_be_visible()
        await expect(staff.page.locator("#job-1 .pictures img")).to_have_count(1)
    else:
        await expect(staff.page.locator("#toast .said.bad")).to_contain_text("10")
        await expect(staff.page.locator("#job-1 .pictures")).to_have_count(0)

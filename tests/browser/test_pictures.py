"""A picture on the card, in a real browser: it is drawn, fits a phone, and appears by itself."""

from playwright.async_api import Locator, expect

from bot.pictures import developed
from dispatch.geography import Point
from dispatch.jobs import Correction
from dispatch.verbs import Command, Verb
from tests.browser.conftest import Hand
from tests.photos import photo
from tests.platforms.house import House

KNOCK = "3号楼502 敲门无应答"


async def drawn(picture: Locator) -> tuple[int, int]:
    """How wide the browser found it, and how wide it shows it."""
    await expect(picture).to_be_visible()
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("each => each.decode()")
    natural: int = await picture.evaluate("each => each.naturalWidth")
    shown: int = await picture.evaluate("each => each.clientWidth")
    return natural, shown


async def test_a_picture_appears_on_the_cards_of_those_who_may_see_it(home: House, hand: Hand) -> None:
    staff, winner, other = [await hand(key) for key in ("zhao", "wang", "li")]
    await staff.page.fill("#message", KNOCK)
    await staff.page.click("#post > form > button")
    await expect(staff.page.locator("#job-1")).to_be_visible()
    await home.settle()
    zhao = await home.person("zhao")
    pin = Correction(place=Point(lat=31.2077, lon=121.4788))
    await home.service.act(zhao, 1, Command(verb=Verb.CORRECT, actor=zhao.id, correction=pin))
    await winner.tap("claim")
    await home.settle()
    for number in (1, 2):
        picture = developed(photo(1600, 1200, mark=str(number)))
        await home.router.album.add(await home.address("zhao"), 1, (picture,), f"receipt-{number}")
    await home.settle()
    for phone in (staff, winner):
        await expect(phone.page.locator("#job-1 .pictures img")).to_have_count(2)
        natural, shown = await drawn(phone.page.locator("#job-1 .pictures img").first)
        assert natural == 480
        assert 120 < shown <= 360
        wide: int = await phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
    await expect(winner.page.locator('#job-1 a[href^="geo:31.2077,121.4788"]')).to_be_visible()
    await expect(other.page.locator("#job-1 .pictures")).to_have_count(0)
    await expect(other.page.locator('#job-1 a[href^="geo:"]')).to_have_count(0)

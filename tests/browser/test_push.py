"""A phone that rings, in a real browser: what the page says about it, and what its service worker shows."""

import json
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, CDPSession, expect

from tests.browser.chromium import Phone, chromium
from tests.browser.conftest import Hand
from tests.browser.test_phone_offline import installed
from tests.browser.test_story import post
from tests.platforms.house import PRIVATE, House
from tests.platforms.push_service import push_service

SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    const shown = await worker.getNotifications();
    return shown.map(({ title, body, tag, silent, data }) => ({ title, body, tag, silent, path: data.path }));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """One that shows notifications."""
    async with chromium(whole=True) as browser:
        yield browser


class Tools:
    """Chromium's developer tools on a phone, and the number of its service worker's registration."""

    def __init__(self, phone: Phone, session: CDPSession, registration: str) -> None:
        self._phone = phone
        self._session = session
        self._registration = registration

    @classmethod
    async def take(cls, phone: Phone) -> "Tools":
        window = await phone.context.new_page()  # of no site: it is not the page that is rung
        session = await phone.context.new_cdp_session(window)
        found: list[str] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
        )
        await session.send("ServiceWorker.enable")
        while not found:
            await window.evaluate("new Promise(requestAnimationFrame)")
        return cls(phone, session, found[-1])

    async def deliver(self, told: object) -> None:
        """What a push service hands to the browser."""
        message = {
            "origin": self._phone.origin,
            "registrationId": self._registration,
            "data": json.dumps(told),
        }
        await self._session.send("ServiceWorker.deliverPushMessage", message)

    async def shown(self) -> list[dict[str, object]]:
        """The notifications on the phone, once there are some."""
        page = await self._phone.context.new_page()
        await page.goto(self._phone.origin + "/")
        shown: list[dict[str, object]] = []
        while not shown:
            shown = await page.evaluate(SHOWN)
        return shown


async def test_what_a_closed_page_was_sent_is_shown_by_its_service_worker(home: House, hand: Hand) -> None:
    staff, phone = await hand("zhao"), await installed(await hand("li"))
    await phone.context.grant_permissions(["notifications"])
    async with push_service() as service:
        await home.ringing.keep(await home.address("li"), service.subscription)
        tools = await Tools.take(phone)
        await phone.page.close()
        await post(staff.page)
        await home.settle()
        (message,) = service.messages
    await tools.deliver(message.told)
    (shown,) = await tools.shown()
    assert shown == {
        "title": "🚪 Welfare check · 3号楼",
        "body": "Life-threatening",
        "tag": "job-1",
        "silent": False,
        "path": "#job-1",
    }
    assert not any(secret in str(shown) for secret in (*PRIVATE, "502"))


async def test_a_newer_ring_about_a_job_takes_the_place_of_the_older(hand: Hand) -> None:
    phone = await installed(await hand("li"))
    await phone.context.grant_permissions(["notifications"])
    tools = await Tools.take(phone)
    await phone.page.close()
    for body in ("Normal", "Urgent"):
        await tools.deliver({"title": "A job", "body": body, "tag": "job-1", "loud": True})
    assert [each["body"] for each in await tools.shown()] == ["Urgent"]


async def test_the_page_says_that_nothing_rings_until_somebody_wants_it(hand: Hand) -> None:
    phone = await hand("li")
    ring = phone.page.locator("#ring")
    await expect(ring).to_be_visible()
    await expect(ring.locator("p:visible")).to_have_count(1)
    await expect(ring).to_contain_text("you cannot be reached")


async def test_where_the_push_service_cannot_be_reached_the_page_says_so(home: House, hand: Hand) -> None:
    phone = await installed(await hand("li"))
    await phone.context.grant_permissions(["notifications"])
    await phone.page.evaluate(
        "() => { PushManager.prototype.subscribe = () => Promise.reject(new DOMException('away')); }"
    )
    await phone.page.locator("#ring button[data-act=start]").click()
    await expect(phone.page.locator("#ring[data-state=failed]")).to_contain_text(
        "cannot be reached from here"
    )
    assert not home.ringing.rings(await home.address("li"))


async def test_one_tap_makes_the_phone_ring_and_one_makes_it_stop(home: House, hand: Hand) -> None:
    phone = await installed(await hand("li"))
    await phone.context.grant_permissions(["notifications"])
    async with push_service() as service:
        told = service.subscription
        # Headless Chromium knows no push service: this one stands in for the browser's own.
        await phone.page.evaluate(
            """([endpoint, p256dh, auth]) => {
                let mine = null;
                const made = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
                               unsubscribe: async () => { mine = null; return true; } };
                PushManager.prototype.subscribe = async () => (mine = made);
                PushManager.prototype.getSubscription = async () => mine;
            }""",
            [told.endpoint, told.p256dh, told.auth],
        )
        await phone.page.locator("#ring button[data-act=start]").click()
        await expect(phone.page.locator("#ring[data-state=on]")).to_contain_text("This phone rings for you")
        assert await home.store.devices(await home.address("li")) == (told,)
        await phone.page.locator("#ring button[data-act=stop]").click()
        await expect(phone.page.locator("#ring[data-state=off]")).to_be_visible()
        assert await home.store.devices(await home.address("li")) == ()

"""Phones that ring although the page is closed: who is rung, what the service in between and the lock screen
are told, and what happens when a phone is gone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from bot.web.ringing import ASKING_TTL_S, PRESSING_TTL_S, SIGNED_FOR_S, outside
from dispatch.events import NoticeKind
from dispatch.moments import SECOND
from handlers.gateways import Delivery
from handlers.messages import Fact
from tests.platforms.house import PRIVATE, House, browser
from tests.platforms.push_service import PushService, push_service
from tests.platforms.samples import ALARM, MINE, OFFERED

KNOCK = {"text": "3号楼502 敲门无应答 80岁独居", "nonce": "a-nonce"}


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as made:
        yield made


async def subscribe(home: House, service: PushService, key: str = "li") -> None:
    """The person's browser offers to ring."""
    told = service.subscription
    form = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}
    async with browser(home, key) as client:
        answer = await client.post("/push", form)
        assert answer.status == 204, await answer.text()


async def test_a_closed_page_rings_and_its_owner_counts_as_reached(home: House, service: PushService) -> None:
    await subscribe(home, service)
    assert home.gateway.reaches(await home.address("li"))
    assert not home.gateway.reaches(await home.address("wang"))
    async with browser(home, "zhao") as staff:
        await staff.post("/post", KNOCK)
    await home.settle()
    (message,) = service.messages
    assert message.told == {
        "title": "🚪 Welfare check · 3号楼",
        "body": "Life-threatening",
        "tag": "job-1",
        "loud": True,
    }
    assert (message.topic, message.urgency, message.ttl) == ("job-1", "high", ASKING_TTL_S)
    sends = await home.store.sends(home.committee_id, 1)
    li = await home.person("li")
    assert [send.status for send in sends if send.person_id == li.id] == ["delivered"]


async def test_the_service_knows_who_sends_and_for_whom(home: House, service: PushService) -> None:
    await subscribe(home, service)
    await home.gateway.send(await home.address("li"), OFFERED, NoticeKind.ASK, None)
    (message,) = service.messages
    assert message.key == home.ringing.key
    assert message.claims["aud"] == service.origin
    assert message.claims["exp"] == home.clock.now() // SECOND + SIGNED_FOR_S
    assert str(message.claims["sub"]).startswith("mailto:")


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind.wakes])
async def test_nothing_private_is_told(home: House, service: PushService, kind: NoticeKind) -> None:
    await subscribe(home, service)
    facts = tuple(Fact(label="x", value=value, private=True) for value in (*PRIVATE, "502"))
    card = replace(MINE, facts=facts, state="陈阿姨 502", notes=("13800138000",), log=("80岁",))
    await home.gateway.send(await home.address("li"), card, kind, None)
    (message,) = service.messages
    assert set(message.told) == {"title", "body", "tag", "loud"}
    assert (message.told["title"], message.told["body"]) == (card.title, card.badge)
    assert message.ttl == (PRESSING_TTL_S if kind.presses else ASKING_TTL_S)


async def test_who_applies_is_not_named_on_a_lock_screen(home: House, service: PushService) -> None:
    await subscribe(home, service, "zhao")
    card = replace(OFFERED, application=True, title="孙师傅", badge="3号楼")
    await home.gateway.send(await home.address("zhao"), card, NoticeKind.APPLIED, None)
    (message,) = service.messages
    assert "孙师傅" not in str(message.told)
    assert message.topic == "application-42"


async def test_who_is_out_is_not_named_on_a_lock_screen(home: House, service: PushService) -> None:
    await subscribe(home, service, "zhao")
    card = replace(ALARM, relay=True, title="🔁 钱书记请假", badge="交接")
    await home.gateway.send(await home.address("zhao"), card, NoticeKind.ALERT, None)
    (message,) = service.messages
    assert (message.told["title"], message.told["body"]) == ("交接", "")


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if not kind.wakes])
async def test_what_wakes_nobody_rings_nobody(home: House, service: PushService, kind: NoticeKind) -> None:
    await subscribe(home, service)
    sent = await home.gateway.send(await home.address("li"), OFFERED, kind, None)
    assert sent.delivery is Delivery.NOT_REACHED
    assert service.asked == 0


async def test_an_ordinary_job_at_night_makes_no_sound(home: House, service: PushService) -> None:
    await subscribe(home, service)
    await home.gateway.send(await home.address("li"), replace(OFFERED, silent=True), NoticeKind.ASK, None)
    (message,) = service.messages
    assert (message.told["loud"], message.urgency) == (False, "normal")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_phone_that_is_gone_is_let_go_of_and_the_staff_see_it(
    home: House, service: PushService, status: int
) -> None:
    await subscribe(home, service)
    service.status = status
    address, staff, li = await home.address("li"), await home.person("zhao"), await home.person("li")
    assert li.id not in {each.person_id for each in await home.service.unreached(staff)}
    sent = await home.gateway.send(address, OFFERED, NoticeKind.ASK, None)
    assert sent.delivery is Delivery.NOT_REACHED
    assert await home.store.devices(address) == ()
    assert not home.gateway.reaches(address)
    assert li.id in {each.person_id for each in await home.service.unreached(staff)}


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_a_service_in_trouble_is_tried_again(home: House, service: PushService, status: int) -> None:
    await subscribe(home, service)
    service.status, service.retry_after = status, "7"
    sent = await home.gateway.send(await home.address("li"), OFFERED, NoticeKind.ASK, None)
    assert (sent.delivery, sent.retry_after) == (Delivery.RETRY, 7)
    assert home.gateway.reaches(await home.address("li"))


async def test_a_service_that_is_away_is_tried_again(home: House) -> None:
    async with push_service() as service:
        await subscribe(home, service)
    sent = await home.gateway.send(await home.address("li"), OFFERED, NoticeKind.ASK, None)
    assert sent.delivery is Delivery.RETRY


async def test_a_phone_that_is_told_to_stop_rings_no_more(home: House, service: PushService) -> None:
    await subscribe(home, service)
    async with browser(home, "li") as client:
        answer = await client.post("/push/stop", {"endpoint": service.subscription.endpoint})
        assert answer.status == 204
    assert not home.gateway.reaches(await home.address("li"))


async def test_devices_are_known_again_after_a_restart(home: House, service: PushService) -> None:
    await subscribe(home, service)
    home.ringing._known.clear()
    await home.ringing.load()
    assert home.gateway.reaches(await home.address("li"))


@pytest.mark.parametrize("field", ["endpoint", "p256dh", "auth"])
async def test_what_is_no_subscription_is_refused(home: House, service: PushService, field: str) -> None:
    told = service.subscription
    form = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth, field: "ftp://no"}
    async with browser(home, "li") as client:
        answer = await client.post("/push", form)
        assert answer.status == 400
    assert await home.store.devices(await home.address("li")) == ()


async def test_nobody_subscribes_without_being_known_or_from_another_site(
    home: House, service: PushService
) -> None:
    async with browser(home) as stranger:
        assert (await stranger.post("/push", {"endpoint": "x"})).status == 401
    async with browser(home, "li") as client:
        assert (
            await client.post("/push", {"endpoint": "x"}, {"Origin": "https://evil.example"})
        ).status == 403


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://updates.push.example.com/wpush/v2/abc", True),
        ("http://updates.push.example.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1]/abc", False),
        ("https://192.168.0.1/abc", False),
        ("https://localhost/abc", False),
        ("https://router.lan/abc", False),
        ("https://user@push.example.com/abc", False),
        ("https://push.example.com/" + "a" * 1000, False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_services_out_in_the_world_are_called(endpoint: str, *, expected: bool) -> None:
    assert outside(endpoint) is expected, urlsplit(endpoint)

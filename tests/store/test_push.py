"""Devices that ring although their page is closed: whose they are, and what nobody can read of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from dispatch.devices import Subscription
from dispatch.people import Address
from handlers.messages import Incoming
from store import schema
from store.push import MOST_DEVICES
from tests.platforms.house import House, house

PHONE = Subscription(endpoint="https://push.example.com/one", p256dh="key of one", auth="word of one")


async def test_a_device_is_kept_sealed(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        await home.store.keep_device(await home.address("li"), PHONE, home.clock.now())
        assert await home.store.devices(await home.address("li")) == (PHONE,)
    with closing(sqlite3.connect(tmp_path / schema.DATABASE)) as connection:
        rows = connection.execute("SELECT mark, subscription FROM devices").fetchall()
    assert len(rows) == 1
    assert not any(word in str(rows) for word in ("push.example.com", PHONE.p256dh, PHONE.auth))


async def test_a_browser_rings_for_whoever_opened_their_page_on_it_last(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        for key in ("li", "wang", "wang"):
            await home.store.keep_device(await home.address(key), PHONE, home.clock.now())
        assert await home.store.devices(await home.address("li")) == ()
        assert await home.store.devices(await home.address("wang")) == (PHONE,)


async def test_nobody_can_silence_somebody_elses_device(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        await home.store.keep_device(await home.address("li"), PHONE, home.clock.now())
        await home.store.drop_device(await home.address("wang"), PHONE.endpoint)
        assert await rung(home, "li")
        await home.store.drop_device(await home.address("li"), PHONE.endpoint)
        assert not await rung(home, "li")


async def test_the_oldest_device_gives_way(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        address = await home.address("li")
        for number in range(MOST_DEVICES + 1):
            home.clock.forward(1)
            await home.store.keep_device(address, _phone(number), home.clock.now())
        assert [each.endpoint for each in await home.store.devices(address)] == [
            _phone(number).endpoint for number in range(1, MOST_DEVICES + 1)
        ]


async def test_revoking_a_link_silences_the_phones_on_which_it_was_opened(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        for number, key in enumerate(("li", "wang")):
            await home.store.keep_device(await home.address(key), _phone(number), home.clock.now())
        await home.store.invite(home.committee_id, (await home.person("li")).id, revoke=True)
        assert not await rung(home, "li")
        assert await rung(home, "wang")


async def test_whoever_has_such_a_device_counts_as_reached_and_as_there(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        staff, li = await home.person("zhao"), await home.person("li")
        before = {each.person_id for each in await home.service.unreached(staff)}
        await home.store.keep_device(await home.address("li"), PHONE, home.clock.now())
        after = {each.person_id for each in await home.service.unreached(staff)}
        assert before - after == {li.id}
        await home.router.handle(_knock(await home.address("zhao")))
        situation = await home.store.situation(home.committee_id, 1)
        assert situation.present == frozenset({li.id})


async def rung(home: House, key: str) -> bool:
    address = await home.address(key)
    ringing = address.id in await home.store.ringing(home.committee_id)
    assert ringing == bool(await home.store.devices(address))
    return ringing


def _phone(number: int) -> Subscription:
    return Subscription(endpoint=f"https://push.example.com/{number}", p256dh="key", auth="word")


def _knock(address: Address) -> Incoming:
    return Incoming(address=address, text="3号楼502 敲门无应答", nonce="one")

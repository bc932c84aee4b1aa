"""The morning's digest: owed once a day at a civil hour, and a chart that never costs its words anything."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import charts
from dispatch import register
from dispatch.moments import MINUTE, Micros, from_datetime
from handlers.gateways import Delivery, Sent
from handlers.messages import MessageRef, Shown
from handlers.router import Router
from handlers.texts import Catalogs
from tests.stories.committee import table
from tests.stories.world import LostBell
from tests.workers.office import Office, addressed
from tests.workers.radio import Radio
from workers import digests
from workers.deliver import Deliverer
from workers.digests import Daily
from workers.sweep import PATIENCE, Sweep

SHANGHAI = "Asia/Shanghai"


def at(text: str, zone: str = SHANGHAI) -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-11-25T07:59:59", None),
        ("2026-11-25T08:00:00", "digest 2026-11-25"),
        ("2026-11-25T11:59:59", "digest 2026-11-25"),  # made up for, if nobody sent it
        ("2026-11-25T12:00:00", None),
        ("2026-11-26T08:00:00", "digest 2026-11-26"),
    ],
)
def test_a_digest_belongs_to_its_morning_where_the_committee_is(moment: str, name: str | None) -> None:
    assert digests.morning(at(moment), SHANGHAI) == name
    assert digests.morning(at(moment, "America/New_York"), "America/New_York") == name


class Screen(Radio):
    """A radio that shows pictures; answers to them are announced in `answers`, else they arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[tuple[str, Shown]] = []
        self.answers: list[Sent | None] = []

    async def show_picture(self, address: Any, shown: Shown, card: MessageRef | None) -> Sent:
        answer = self.answers.pop(0) if self.answers else Sent(delivery=Delivery.DELIVERED)
        if answer is None:
            raise RuntimeError
        if answer.delivery is Delivery.DELIVERED:
            self.pictures.append((address.value, shown))
        return answer

    async def take_back(self, address: Any, ref: MessageRef) -> Sent:
        raise AssertionError


@pytest.fixture
def radio() -> Screen:
    return Screen()


def drawing(office: Office, radio: Screen) -> None:
    """From now on there are charts."""
    office.router = Router(office.service, Catalogs.load(), draw=charts.draw)
    office.deliverer = Deliverer(office.store, office.router, {radio.platform: radio}, office.clock)
    office.sweep = Sweep(office.service, office.deliverer, office.clock)


def daily(office: Office) -> Daily:
    return Daily(office.store, LostBell(), office.clock)


async def settles(office: Office) -> None:
    """Let everything that is owed be tried, twice."""
    for _ in range(2):
        office.clock.set(office.clock.now() + MINUTE + PATIENCE)
        await office.sweep.once()


def told(office: Office, radio: Radio) -> list[str]:
    """Who got a digest."""
    who = {number: key for key, number in office.numbers.items()}
    return sorted(who[message.to] for message in radio.sent if message.card.digest)


async def test_everybody_who_may_see_it_gets_it_once_whoever_looks(office: Office, radio: Screen) -> None:
    drawing(office, radio)
    office.clock.set(at("2026-11-25T08:01:00"))
    await asyncio.gather(*(daily(office).once() for _ in range(3)))
    await settles(office)
    assert told(office, radio) == ["desk", "lin", "qian", "sun", "zhao"]
    assert {message.card.title[:4] for message in radio.sent} == {"负荷 ·", "Load"}
    assert all(message.card.silent for message in radio.sent)
    assert radio.pictures == []  # nothing happened: there is nothing to draw
    await daily(office).once()  # another life of the program
    await settles(office)
    assert len(radio.sent) == 5
    await office.says("zhao", text="/out 4d")
    office.clock.set(at("2026-11-26T08:01:00"))
    await daily(office).once()
    await settles(office)
    assert told(office, radio).count("zhao") == 1
    assert len(told(office, radio)) == 9


async def test_the_chart_follows_the_words_when_its_turn_comes_and_what_fails_sends_nothing_twice(
    office: Office, radio: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    drawing(office, radio)
    office.clock.set(at("2026-11-25T07:50:00"))
    await office.posted()
    radio.sent.clear()
    office.clock.set(at("2026-11-25T08:01:00"))
    radio.answers = [
        Sent(delivery=Delivery.RETRY, retry_after=0.1),
        None,
        Sent(delivery=Delivery.UNREACHABLE),
    ]
    await daily(office).once()
    await settles(office)
    assert len(told(office, radio)) == 5
    assert len(radio.pictures) == 3  # five, but for one that broke and one that was refused
    assert "the chart of outbox row" in caplog.text
    (_, shown) = radio.pictures[0]
    assert (shown.kind, shown.data[:4], shown.silent) == ("image/png", b"\x89PNG", True)
    words = (each for each in radio.sent if each.card.digest and each.to == radio.pictures[0][0])
    assert shown.title == next(words).card.title  # the job's card may have moved before
    await settles(office)
    assert (len(told(office, radio)), len(radio.pictures)) == (5, 3)


async def test_a_demonstration_gets_none_and_each_committee_its_own(office: Office, radio: Screen) -> None:
    file = addressed()
    other = {**file, "committee": {**table(file, "committee"), "key": "zzz", "timezone": "Europe/Berlin"}}
    await office.store.load(register.parse("other.toml", other), prune=False, demo=False)
    demo = {**file, "committee": {**table(file, "committee"), "key": "aaa"}}
    await office.store.load(register.parse("demo.toml", demo), prune=False, demo=True)
    office.clock.set(at("2026-11-25T08:01:00"))
    await daily(office).once()
    begun = {
        committee.key: await office.store.digest_begun(committee.id, "digest 2026-11-25")
        for committee in await office.store.committees()
    }
    assert begun == {"aaa": False, "wutong": True, "zzz": False}
    office.clock.set(at("2026-11-25T08:01:00", "Europe/Berlin"))
    await daily(office).once()
    (berlin,) = [each for each in await office.store.committees() if each.key == "zzz"]
    assert await office.store.digest_begun(berlin.id, "digest 2026-11-25")

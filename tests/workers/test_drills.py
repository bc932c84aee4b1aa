"""The week's drill: held by itself at a civil hour, once, through every listed way; what fails is shown."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch import drills, register
from dispatch.moments import MINUTE, SECOND, Micros, from_datetime
from dispatch.people import RING
from handlers.gateways import Delivery, Gateway, Sent
from handlers.texts import Catalogs
from store import SqlStore
from tests.platforms.clocks import LivingClock
from tests.stories.committee import tables
from tests.stories.world import LostBell
from tests.workers.office import Office, addressed
from tests.workers.phones import Phones, ringing_phones
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.drills import LOOK_EVERY_S, Weekly
from workers.patience import TRIES_SOON
from workers.ring import RingGateway
from workers.sweep import PATIENCE, Sweep

SHANGHAI = "Asia/Shanghai"

STUCK = (
    "CREATE TRIGGER stuck BEFORE INSERT ON drills WHEN NEW.committee_id = {} "
    "BEGIN SELECT RAISE(FAIL, 'stuck'); END"
)
"""No drill of one committee can be begun."""


def at(text: str, zone: str = SHANGHAI) -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        ("2026-11-25T09:59:59", None),  # Wednesday
        ("2026-11-25T10:00:00", "week 2026-11-25"),
        ("2026-11-25T17:59:59", "week 2026-11-25"),
        ("2026-11-25T18:00:00", None),
        ("2026-11-26T03:00:00", None),
        ("2026-11-26T10:00:00", "week 2026-11-25"),  # made up for on Thursday, if nobody held it
        ("2026-12-01T12:00:00", "week 2026-11-25"),
        ("2026-12-02T12:00:00", "week 2026-12-02"),
    ],
)
def test_a_drill_belongs_to_its_week_and_to_civil_hours(moment: str, week: str | None) -> None:
    assert drills.week(at(moment), SHANGHAI) == week


def test_the_hours_are_those_of_the_committee() -> None:
    assert drills.week(at("2026-11-25T10:30:00", "Europe/Berlin"), "Europe/Berlin") is not None
    assert drills.week(at("2026-11-25T10:30:00", "Europe/Berlin"), "America/New_York") is None


@pytest.fixture
def phones() -> Iterator[Phones]:
    with ringing_phones() as found:
        yield found


async def listed(office: Office, ways: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    file = addressed()
    people = [{**each, "ways": ways.get(str(each["key"]), [])} for each in tables(file, "people")]
    await office.store.load(register.parse("ways.toml", {**file, "people": people}), prune=False, demo=False)
    gateways: dict[str, Gateway] = {
        office.radio.platform: office.radio,
        RING: RingGateway(office.store, Catalogs.load(), "https://suidao.example.org/"),
    }
    office.deliverer = Deliverer(office.store, office.router, gateways, office.clock)
    office.sweep = Sweep(office.service, office.deliverer, office.clock)


class Breaking:
    """The store, which a fault of ours keeps from answering about one committee's drill."""

    def __init__(self, kept: SqlStore, committee_id: int) -> None:
        self._kept = kept
        self._committee_id = committee_id

    def __getattr__(self, name: str) -> object:
        return getattr(self._kept, name)

    async def drill_begun(self, committee_id: int, week: str) -> bool:
        if committee_id == self._committee_id:
            raise RuntimeError
        return await self._kept.drill_begun(committee_id, week)


def elsewhere() -> Mapping[str, object]:
    """Another committee with the same people, behind the first one in every list."""
    file = addressed()
    (sun,) = [{**each, "ways": [{"to": "chat"}]} for each in tables(file, "people") if each["key"] == "sun"]
    others = [each for each in tables(file, "people") if each["key"] != "sun"]
    committee = file["committee"]
    assert isinstance(committee, Mapping)
    return {**file, "committee": {**committee, "key": "zzz"}, "people": [*others, sun]}


def weekly(office: Office) -> Weekly:
    return Weekly(office.store, LostBell(), office.clock)


async def settles(office: Office) -> None:
    """Let everything that is owed be tried until it is over."""
    for _ in range(TRIES_SOON + 1):
        office.clock.set(office.clock.now() + MINUTE + PATIENCE)
        await office.sweep.once()


async def test_every_listed_way_is_tried_once_a_week_whoever_looks(
    office: Office, radio: Radio, phones: Phones
) -> None:
    await listed(office, {"zhao": [{"to": "chat"}, {"to": phones.address("zhao")}], "sun": [{"to": "chat"}]})
    office.clock.set(at("2026-11-25T10:01:00"))
    await asyncio.gather(*(weekly(office).once() for _ in range(3)))
    await settles(office)
    assert sorted(message.to for message in radio.sent) == sorted(
        [office.numbers["zhao"], office.numbers["sun"]]
    )
    assert {message.card.title for message in radio.sent} == {"测试 · 梧桐里居民区"}
    assert all(not message.card.actions for message in radio.sent)
    (rung,) = phones.of("zhao")
    assert "测试" in rung.title
    office.clock.set(at("2026-11-27T12:00:00"))
    await weekly(office).once()  # another life of the program
    await settles(office)
    assert (len(radio.sent), len(phones.rung)) == (2, 1)
    office.clock.set(at("2026-12-02T10:01:00"))
    await weekly(office).once()
    await settles(office)
    assert (len(radio.sent), len(phones.rung)) == (4, 2)


async def test_by_itself_a_drill_is_held_on_each_wednesday_at_ten_and_at_no_other_time(
    office: Office,
) -> None:
    await listed(office, {"zhao": [{"to": "chat"}], "sun": [{"to": "chat"}]})
    clock = LivingClock(at("2026-11-24T18:00:00"), at("2026-12-05T18:00:00"))  # a Tuesday evening
    with pytest.raises(asyncio.CancelledError):
        await Weekly(office.store, LostBell(), clock).forever()
    found = office.rows("SELECT name, begun_at FROM drills ORDER BY begun_at")
    assert [name for name, _ in found] == ["week 2026-11-25", "week 2026-12-02"]
    for (_, begun), day in zip(found, ("2026-11-25", "2026-12-02"), strict=True):
        assert 0 <= begun - at(f"{day}T10:00:00") < LOOK_EVERY_S * SECOND
    assert office.rows("SELECT count(*), count(DISTINCT address_id) FROM outbox") == [(4, 2)]


async def test_a_program_that_was_away_on_wednesday_holds_the_drill_on_the_day_after_once(
    office: Office,
) -> None:
    await listed(office, {"sun": [{"to": "chat"}]})
    clock = LivingClock(at("2026-11-25T18:00:00"), at("2026-11-27T18:00:00"))
    with pytest.raises(asyncio.CancelledError):
        await Weekly(office.store, LostBell(), clock).forever()
    ((name, begun),) = office.rows("SELECT name, begun_at FROM drills")
    assert name == "week 2026-11-25"
    assert 0 <= begun - at("2026-11-26T10:00:00") < LOOK_EVERY_S * SECOND


async def test_what_failed_stands_on_the_desks_page_and_in_the_log_by_number_until_it_works(
    office: Office, radio: Radio, phones: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    phones.answers |= {"hunter2": 401}
    await listed(office, {"zhao": [{"to": phones.address("hunter2")}], "sun": [{"to": "chat"}]})
    radio.will(office.numbers["sun"], *[Sent(delivery=Delivery.RETRY)] * TRIES_SOON)
    office.clock.set(at("2026-11-25T10:01:00"))
    await weekly(office).once()
    await settles(office)
    lin = await office.address("lin")
    lines = "\n".join((await office.router.unreached(lin)).lines)
    assert "赵书记 · Bark：上次尝试时被拒绝" in lines.replace(": ", "：")
    assert "孙主任 · Telegram" in lines
    warned = [each.getMessage() for each in caplog.records if each.name == "workers.onward"]
    assert {each.levelno for each in caplog.records if each.name == "workers.onward"} == {logging.WARNING}
    assert [line.partition(" did ")[2] for line in warned] == [
        "not take what was sent there (declines)",
        "not take what was sent there (no_answer)",
    ]
    assert "hunter2" not in caplog.text + lines
    # Nobody is left out of a call because of it, and the next drill that arrives takes the lines away.
    roster = await office.store.roster(office.committee)
    assert {roster.people[who].key for who in roster.waking} == {"zhao", "sun"}
    phones.answers.clear()
    office.clock.set(at("2026-12-02T10:01:00"))
    await weekly(office).once()
    await settles(office)
    assert not any("Bark" in line or "孙主任" in line for line in (await office.router.unreached(lin)).lines)


async def test_where_nobody_listed_a_way_nothing_is_sent_and_the_week_is_not_used_up(
    office: Office, radio: Radio, phones: Phones
) -> None:
    await listed(office, {})
    office.clock.set(at("2026-11-25T10:01:00"))
    await weekly(office).once()
    await settles(office)
    assert radio.sent == []
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    await weekly(office).once()
    await settles(office)
    assert len(phones.of("zhao")) == 1


@pytest.mark.parametrize("broken", ["SELECT {}", STUCK], ids=["a fault of ours", "the store's"])
async def test_a_committee_whose_drill_fails_keeps_no_other_one_from_being_held(
    office: Office, radio: Radio, phones: Phones, broken: str
) -> None:
    await listed(office, {"sun": [{"to": "chat"}]})
    await office.store.load(register.parse("other.toml", elsewhere()), prune=False, demo=False)
    first, second = await office.store.committees()
    office.rows(broken.format(first.id))
    office.clock.set(at("2026-11-25T10:01:00"))
    broken_store: Any = Breaking(office.store, first.id if broken.startswith("SELECT") else 0)
    await Weekly(broken_store, LostBell(), office.clock).once()
    week = "week 2026-11-25"
    assert await office.store.drill_begun(second.id, week)
    assert not await office.store.drill_begun(first.id, week)

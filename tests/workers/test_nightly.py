"""What the night lets go of: old receipts, a few at a time, once a night, and at a start what was missed."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import store
from config.sections import KEEP, Keep
from dispatch import register
from dispatch.errors import StoreUnavailableError
from dispatch.moments import HOUR, MINUTE, SECOND, Micros, from_datetime
from dispatch.people import Committee
from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE
from tests.platforms.clocks import SetClock
from tests.stories.committee import COMMITTEE
from workers.nightly import AT_MOST, DAY, LOOK_EVERY_S, PICTURES_AT_MOST, Nightly, last_night

NOON: Micros = from_datetime(datetime(2026, 5, 25, 4, tzinfo=UTC))
"""Twelve o'clock in Shanghai."""

FOUR: Micros = NOON - 8 * HOUR
"""The last time that it was four there."""

KEPT: Micros = KEEP.receipts_days * DAY
"""How long a receipt is kept where nothing is set."""


@dataclass(kw_only=True)
class House:
    """A data folder with a committee in Shanghai, and the night's work over it."""

    data: Path
    store: store.SqlStore
    clock: SetClock

    def received(self, *moments: Micros, each: int = 1) -> None:
        """Updates came in at these moments."""
        rows = [(f"telegram:1:{at}-{number}", 1, at) for at in moments for number in range(each)]
        with closing(sqlite3.connect(self.data / DATABASE)) as connection, connection:
            connection.executemany("INSERT INTO receipts (receipt, committee_id, at) VALUES (?, ?, ?)", rows)

    def left(self) -> list[Micros]:
        """When those came that are still known."""
        with closing(sqlite3.connect(self.data / DATABASE)) as connection:
            return [at for (at,) in connection.execute("SELECT at FROM receipts ORDER BY at")]


@pytest.fixture
async def house(empty: Path, tmp_path: Path) -> AsyncIterator[House]:
    for name in (KEY_FILE, DATABASE):
        shutil.copy2(empty / name, tmp_path / name)
    clock = SetClock(NOON)
    kept = await store.open_store(tmp_path, Vault.open(tmp_path, None), clock)
    await kept.load(register.parse("night.toml", COMMITTEE), prune=False, demo=False)
    yield House(data=tmp_path, store=kept, clock=clock)
    await kept.close()


async def test_a_start_makes_up_for_the_night_that_it_missed(house: House) -> None:
    house.received(FOUR - KEPT - SECOND, FOUR - KEPT, FOUR - MINUTE, NOON)
    await Nightly(house.store, house.clock).once()
    assert house.left() == [FOUR - KEPT, FOUR - MINUTE, NOON]


async def test_what_telegram_may_still_deliver_again_is_never_let_go_of(house: House) -> None:
    yesterday = [NOON - hour * HOUR for hour in range(1, 25)]
    house.received(*yesterday)
    await Nightly(house.store, house.clock).once()
    assert house.left() == sorted(yesterday)


async def test_it_is_done_once_a_night_and_not_before_four(house: House) -> None:
    nightly = Nightly(house.store, house.clock)
    await nightly.once()
    late = FOUR + 24 * HOUR - KEPT - SECOND
    house.received(late)
    for hour in range(1, 16):  # until three in the morning
        house.clock.set(NOON + hour * HOUR)
        await nightly.once()
        assert house.left() == [late]
    house.clock.set(FOUR + 24 * HOUR)
    await nightly.once()
    assert house.left() == []


@pytest.mark.parametrize(
    ("keep", "days"),
    [
        (
            KEEP,
            {"said": 30, "notes": 180, "pictures": 0, "reveals": 365, "applications": 90, "register": 365},
        ),
        (
            KEEP.model_copy(
                update={
                    "private_days": 1,
                    "notes_days": 2,
                    "pictures_days": 3,
                    "reveals_days": 4,
                    "applications_days": 31,
                }
            ),
            {"said": 1, "notes": 2, "pictures": 3, "reveals": 4, "applications": 31, "register": 365},
        ),
    ],
    ids=["as usual", "as set"],
)
async def test_each_kind_is_kept_for_its_own_days(house: House, keep: Keep, days: dict[str, int]) -> None:
    watched = Watched(house.store)
    await Nightly(watched, house.clock, keep).once()
    kept = {name: FOUR - since * DAY for name, since in days.items()}
    kept |= dict.fromkeys(("reports", "relays"), FOUR - 90 * DAY)
    kept |= {"own jobs": FOUR - DAY, "objects": FOUR - HOUR}
    now = house.clock.now()
    assert watched.old == {**kept, "uploads": now - HOUR, "whereabouts": now}


async def test_a_flood_goes_in_small_parts_with_a_pause_between_them(house: House) -> None:
    house.received(FOUR - KEPT - HOUR, each=2 * AT_MOST + 1)
    house.received(NOON)
    watched = Watched(house.store)
    await Nightly(watched, house.clock).once()
    assert watched.gone == [AT_MOST, AT_MOST, 1]
    assert house.left() == [NOON]
    assert NOON < house.clock.now() < NOON + SECOND


async def test_a_tap_between_two_parts_does_not_wait_for_the_rest(house: House) -> None:
    house.received(FOUR - KEPT - HOUR, each=5 * AT_MOST)
    (committee,) = await house.store.committees()
    person = await house.store.person(committee.id, "v3")
    watched = Watched(house.store)
    work = asyncio.create_task(Nightly(watched, house.clock).once())
    await watched.begun.wait()
    await house.store.set_language(committee.id, person.id, "en")
    written = len(watched.gone)
    await work
    assert written < len(watched.gone)


async def test_a_store_that_cannot_write_now_is_asked_again_at_the_next_look(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.received(FOUR - KEPT - SECOND)
    nightly = Nightly(Watched(house.store, full=1), house.clock)
    await nightly.once()
    assert "disk_full" in caplog.text
    assert len(house.left()) == 1
    await nightly.once()
    assert house.left() == []


async def test_pictures_of_jobs_that_are_over_are_let_go_of_and_no_others(house: House) -> None:
    job_of = (
        "INSERT INTO jobs (id, committee_id, nonce, version, kind, playbook, priority, status, posted_at,"
        " places, headline, hides, missing, closed_at, call_cause, call_since_version, call_loop, call_step,"
        " call_position, call_repeats, pictures)"
        " VALUES (?, 1, ?, 1, '', '', 'normal', ?, 0, 1, '', '', '', ?, '', 0, 0, 0, 0, 0, 30)"
    )
    picture_of = (
        "INSERT INTO pictures (job_id, number, committee_id, added_by, added_at, width, height, data)"
        " VALUES (?, ?, 1, NULL, ?, 1, 1, x'00')"
    )
    jobs = {1: ("closed", FOUR - HOUR), 2: ("closed", FOUR + HOUR), 3: ("open", None)}
    with closing(sqlite3.connect(house.data / DATABASE)) as connection, connection:
        for job, (status, closed_at) in jobs.items():
            connection.execute(job_of, (job, f"n{job}", status, closed_at))
            rows = [(job, number, FOUR - 2 * HOUR) for number in range(1, PICTURES_AT_MOST + 2)]
            connection.executemany(picture_of, rows)
    await Nightly(house.store, house.clock).once()
    with closing(sqlite3.connect(house.data / DATABASE)) as connection:
        left = connection.execute("SELECT job_id, count(*) FROM pictures GROUP BY job_id").fetchall()
    assert left == [(2, PICTURES_AT_MOST + 1), (3, PICTURES_AT_MOST + 1)]


async def test_it_looks_again_and_again_while_the_program_runs(house: House) -> None:
    house.received(FOUR + 24 * HOUR - KEPT - SECOND)
    clock = Halting(house.clock, until=FOUR + 24 * HOUR + round(LOOK_EVERY_S) * SECOND)
    with pytest.raises(asyncio.CancelledError):
        await Nightly(house.store, clock).forever()
    assert house.left() == []


@pytest.mark.parametrize(
    ("zone", "now", "four"),
    [
        ("Asia/Shanghai", datetime(2026, 5, 24, 20, 0, tzinfo=UTC), datetime(2026, 5, 24, 20, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 5, 24, 19, 59, tzinfo=UTC), datetime(2026, 5, 23, 20, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),
        (None, datetime(2026, 5, 25, 12, 0, tzinfo=UTC), datetime(2026, 5, 25, 4, tzinfo=UTC)),
    ],
    ids=["at four", "before four", "clocks forward", "clocks back", "no committee yet"],
)
async def test_four_is_four_where_the_committee_is(
    house: House, zone: str | None, now: datetime, four: datetime
) -> None:
    (known,) = await house.store.committees()
    there = Committee(id=1, key="x", name="x", language="en", timezone=zone or "", emergency=known.emergency)
    committees: Sequence[Committee] = () if zone is None else (there, known)
    assert last_night(from_datetime(now), committees) == from_datetime(four)


class Watched:
    """The real store, with a look at each part; `full` times its disk is full."""

    def __init__(self, kept: store.SqlStore, *, full: int = 0) -> None:
        self._kept = kept
        self._full = full
        self.gone: list[int] = []
        self.old: dict[str, Micros] = {}
        self.begun = asyncio.Event()

    async def committees(self) -> tuple[Committee, ...]:
        return await self._kept.committees()

    async def forget_receipts(self, before: Micros, limit: int) -> int:
        if self._full:
            self._full -= 1
            raise StoreUnavailableError(reason="disk_full")
        self.gone.append(await self._kept.forget_receipts(before, limit))
        self.begun.set()
        return self.gone[-1]

    async def forget_pictures(self, before: Micros, limit: int) -> int:
        self.old["pictures"] = before
        return await self._kept.forget_pictures(before, limit)

    async def forget_wanted_pictures(self, before: Micros, limit: int) -> int:
        return await self._kept.forget_wanted_pictures(before, limit)

    async def sweep_objects(self, before: Micros, limit: int) -> int:
        self.old["objects"] = before
        return await self._kept.sweep_objects(before, limit)

    async def forget_reports(self, before: Micros, limit: int) -> int:
        self.old["reports"] = before
        return await self._kept.forget_reports(before, limit)

    async def forget_relays(self, before: Micros, limit: int) -> int:
        self.old["relays"] = before
        return await self._kept.forget_relays(before, limit)

    async def forget_own_jobs(self, before: Micros, limit: int) -> int:
        self.old["own jobs"] = before
        return await self._kept.forget_own_jobs(before, limit)

    async def forget_said(self, before: Micros, limit: int) -> int:
        self.old["said"] = before
        return await self._kept.forget_said(before, limit)

    async def forget_notes(self, before: Micros, limit: int) -> int:
        self.old["notes"] = before
        return await self._kept.forget_notes(before, limit)

    async def forget_reveals(self, before: Micros, limit: int) -> int:
        self.old["reveals"] = before
        return await self._kept.forget_reveals(before, limit)

    async def forget_applications(self, before: Micros, limit: int) -> int:
        self.old["applications"] = before
        return await self._kept.forget_applications(before, limit)

    async def forget_register_log(self, before: Micros, limit: int) -> int:
        self.old["register"] = before
        return await self._kept.forget_register_log(before, limit)

    async def drop_uploads(self, before: Micros) -> None:
        self.old["uploads"] = before
        await self._kept.drop_uploads(before)

    async def drop_whereabouts(self, now: Micros) -> None:
        self.old["whereabouts"] = now
        await self._kept.drop_whereabouts(now)


class Halting:
    """A clock on which the program is told to leave at a moment."""

    def __init__(self, clock: SetClock, until: Micros) -> None:
        self._clock = clock
        self._until = until

    def now(self) -> Micros:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        if self._clock.now() >= self._until:
            raise asyncio.CancelledError

"""The synthetic job through the real queue, the real store and real workers (CONFORMANCE.md 30); and that
nobody ever meets it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import pytest

from dispatch import register
from dispatch.errors import BadFileError
from dispatch.moments import HOUR, SECOND, Micros
from dispatch.service import Service
from handlers.gateways import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store.clock import WallClock
from store.maps import Geodesic
from tests.platforms.clocks import NOON, LivingClock
from tests.stories.world import LostBell
from tests.workers.office import Office
from tests.workers.radio import Radio
from workers import settings
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.sweep import Sweep
from workers.watch import place
from workers.watch.health import Health, Wrong
from workers.watch.synthetic import AGAIN_S, FIRST_S, LOOK_S, WITHIN_S, Schedule, Synthetic

HOURLY_S = 3600


@dataclass
class Loop:
    """The synthetic job in an office whose clock is the wall's, since it goes through the real queue."""

    synthetic: Synthetic
    service: Service
    deliverer: Deliverer
    health: Health
    figures: Figures
    office: Office

    async def once(self) -> bool:
        """One round, while the workers work."""
        tasks = [
            asyncio.create_task(
                settings.keep_running(lambda: settings.escalation(self.office.redis, self.service))
            ),
            asyncio.create_task(settings.deliveries(self.office.redis, self.deliverer)),
        ]
        try:
            return await self.synthetic.once()
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def events(self) -> list[str]:
        """What happened to synthetic jobs, oldest first."""
        sql = "SELECT kind FROM ledger WHERE committee_id <> ? ORDER BY job_id, version"
        return [kind for (kind,) in self.office.rows(sql, self.office.committee)]


def looping(office: Office, radio: Radio, within_s: float) -> Loop:
    clock, health, figures = WallClock(), Health(time.monotonic, 1e9), Figures()
    health.audited(well=True)
    service = Service(
        office.store, office.service.bell, clock, Geodesic(), office.service.playbooks, figures.decision
    )
    schedule = Schedule(every_s=HOURLY_S, steady=time.monotonic, within_s=within_s)
    synthetic = Synthetic(service, Geodesic(), health, figures, schedule)
    gateways: Mapping[str, Gateway] = {
        radio.platform: radio,
        synthetic.volunteer.platform: synthetic.volunteer,
    }
    deliverer = Deliverer(office.store, Router(service, Catalogs.load()), gateways, clock, figures)
    return Loop(synthetic, service, deliverer, health, figures, office)


@pytest.fixture
async def loop(office: Office, radio: Radio) -> AsyncIterator[Loop]:
    one = looping(office, radio, 20.0)
    yield one
    await one.deliverer.drain()


async def test_conformance_30_a_synthetic_job_runs_the_full_loop_and_nobody_meets_it(
    loop: Loop, office: Office, radio: Radio
) -> None:
    job = await office.posted()  # a person's: theirs is all that anybody sees
    assert await loop.once()
    assert loop.events() == ["posted", "asked", "claimed", "finished", "closed"]
    assert loop.health.wrong() == ()
    text = loop.figures.text().decode()
    assert 'suidao_synthetic_jobs_total{result="closed"} 1.0' in text
    assert 'suidao_decisions_total{kind="claimed"} 0.0' in text
    assert "suidao_decision_lateness_seconds_count 0.0" not in text
    assert [each.key for each in await office.store.committees()] == ["wutong"]
    assert [each.id for each in await office.store.open_jobs(office.committee)] == [job]
    assert await office.store.claims_since(office.committee, 0) == ()
    assert not [message for message in radio.sent if message.card.job_id != job]
    other = looping(office, radio, 1.0)  # another process, in the same hour: the same job, which is over
    assert await other.synthetic.once()
    assert loop.events() == ["posted", "asked", "claimed", "finished", "closed"]


async def test_conformance_30_a_synthetic_job_that_is_missed_alarms_until_one_goes_round_again(
    office: Office, radio: Radio, caplog: pytest.LogCaptureFixture
) -> None:
    loop = looping(office, radio, 0.1)  # and no worker works
    caplog.set_level(logging.ERROR)
    assert not await loop.synthetic.once()
    missed = [record.getMessage() for record in caplog.records if "synthetic" in record.getMessage()]
    assert missed == ["the synthetic job was missed: job 1 came as far as posted in 0 s"]
    assert loop.health.wrong() == (Wrong.SYNTHETIC,)
    assert 'suidao_synthetic_jobs_total{result="missed"} 1.0' in loop.figures.text().decode()
    assert loop.events() == ["posted", "closed"]
    again = looping(office, radio, 20.0)  # the same hour, once the worker is there
    again.health.set(Wrong.SYNTHETIC, holds=True)
    again.synthetic._tried = loop.synthetic._tried
    assert await again.once()
    assert again.health.wrong() == ()
    assert again.events() == ["posted", "closed", "posted", "asked", "claimed", "finished", "closed"]


def living(office: Office, start: Micros, *, works: bool) -> tuple[Synthetic, Health, Figures]:
    """The synthetic job by itself, for two and a half hours of it, whose clock passes as fast as it waits."""
    clock = LivingClock(start, start + round(2.5 * HOURLY_S * SECOND))
    health, figures = Health(lambda: clock.now() / SECOND, 1e9), Figures()
    health.audited(well=True)
    service = Service(office.store, LostBell(), clock, Geodesic(), office.service.playbooks, figures.decision)
    schedule = Schedule(every_s=HOURLY_S, steady=lambda: clock.now() / SECOND)
    synthetic = Synthetic(service, Geodesic(), health, figures, schedule)
    gateways: Mapping[str, Gateway] = {synthetic.volunteer.platform: synthetic.volunteer}
    deliverer = Deliverer(office.store, Router(service, Catalogs.load()), gateways, clock, figures)
    sweep = Sweep(service, deliverer, clock)

    async def meanwhile() -> None:
        await sweep.once()
        await deliverer.drain()
        await synthetic.volunteer._beside.drain()  # their answer takes none of the minute

    clock.meanwhile = meanwhile if works else None
    return synthetic, health, figures


def posted(office: Office) -> list[Micros]:
    """When each synthetic job was posted."""
    sql = "SELECT at FROM ledger WHERE committee_id <> ? AND kind = 'posted' ORDER BY at"
    return [moment for (moment,) in office.rows(sql, office.committee)]


HOUR_BEGINS: Micros = NOON - NOON % HOUR


async def test_conformance_30_by_itself_one_goes_round_in_each_hour(office: Office) -> None:
    start = HOUR_BEGINS + HOUR - 90 * SECOND  # so that the first one, two minutes later, is the next hour's
    synthetic, health, figures = living(office, start, works=True)
    with pytest.raises(asyncio.CancelledError):
        await synthetic.forever()
    moments = posted(office)
    assert moments[0] == start + round(FIRST_S * SECOND)
    assert [moment // HOUR for moment in moments] == [HOUR_BEGINS // HOUR + number for number in (1, 2, 3)]
    assert all(moment % HOUR <= (LOOK_S + 10) * SECOND for moment in moments)
    assert health.wrong() == ()
    text = figures.text().decode()
    assert 'suidao_synthetic_jobs_total{result="closed"} 3.0' in text
    assert 'suidao_synthetic_jobs_total{result="missed"} 0.0' in text


async def test_conformance_30_by_itself_a_missed_one_is_tried_again_five_minutes_later(
    office: Office,
) -> None:
    start = HOUR_BEGINS + HOUR // 2
    synthetic, health, figures = living(office, start, works=False)
    with pytest.raises(asyncio.CancelledError):
        await synthetic.forever()
    moments = posted(office)
    assert moments[0] == start + round(FIRST_S * SECOND)
    apart = [later - moment for moment, later in pairwise(moments)]
    shortest = round((WITHIN_S + AGAIN_S) * SECOND)
    assert all(shortest <= each <= shortest + round((LOOK_S + 1) * SECOND) for each in apart)
    assert len(moments) > 20
    assert health.wrong() == (Wrong.SYNTHETIC,)
    assert 'suidao_synthetic_jobs_total{result="closed"} 0.0' in figures.text().decode()


def test_no_file_can_name_the_committee_of_the_synthetic_job() -> None:
    table = {
        "committee": {
            "key": place.KEY,
            "name": "x",
            "timezone": "UTC",
            "emergency": {"ambulance": "120", "police": "110"},
        }
    }
    with pytest.raises(BadFileError) as refused:
        register.parse("committee.toml", table)
    assert refused.value.params["field"] == "key"

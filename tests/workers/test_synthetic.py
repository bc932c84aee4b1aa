"""The synthetic job through the real queue, the real store and real workers (CONFORMANCE.md 30); and that
nobody ever meets it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest

from dispatch import register
from dispatch.errors import BadFileError
from dispatch.service import Service
from handlers.gateways import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store.clock import WallClock
from store.maps import Geodesic
from tests.workers.office import Office
from tests.workers.radio import Radio
from workers import settings
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.watch import place
from workers.watch.health import Health, Wrong
from workers.watch.synthetic import Schedule, Synthetic

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

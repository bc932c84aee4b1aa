"""Phones rung by several workers that share a database: each once, however slow it is, and none never."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from dispatch.moments import SECOND
from dispatch.people import RING
from handlers.gateways import Gateway
from handlers.texts import Catalogs
from tests.workers.office import Office, until
from tests.workers.phones import Phones, ringing_phones
from tests.workers.test_waking import PAGE, listed
from workers.begun import HELD
from workers.deliver import Deliverer
from workers.ring import RingGateway
from workers.share import Share
from workers.sweep import PATIENCE, Sweep


@pytest.fixture
def phones() -> Iterator[Phones]:
    with ringing_phones() as found:
        yield found


def a_worker(office: Office) -> Deliverer:
    """As one of several: it knows nothing of what another one is at."""
    gateway = RingGateway(office.store, Catalogs.load(), PAGE)
    gateways: dict[str, Gateway] = {office.radio.platform: office.radio, RING: gateway}
    share = Share(named=frozenset({"web"}), others=True)
    return Deliverer(office.store, office.router, gateways, office.clock, share=share)


async def swept(office: Office, worker: Deliverer) -> None:
    await Sweep(office.service, worker, office.clock, looks=False).once()


async def owed(office: Office) -> list[int]:
    return [number for (number,) in office.rows("SELECT id FROM outbox WHERE status = 'owed'")]


async def rung_by_two(office: Office, phones: Phones) -> None:
    """One worker rings what is owed; while the phone thinks, the other one sweeps."""
    slow = phones.slow["zhao"] = threading.Event()
    before = phones.tried.count("zhao")
    first, second = a_worker(office), a_worker(office)
    ringing = asyncio.create_task(first.deliver(await owed(office)))
    await until(lambda: phones.tried.count("zhao") > before, "the phone is being rung")
    office.clock.set(office.clock.now() + PATIENCE + SECOND)
    await swept(office, second)
    slow.set()
    await ringing
    assert phones.tried.count("zhao") == before + 1
    assert await owed(office) == []


async def test_a_phone_that_is_slow_is_rung_by_one_of_two_workers(office: Office, phones: Phones) -> None:
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    job = await office.posted()
    await office.climbs(job)
    await rung_by_two(office, phones)


async def test_a_drill_rings_a_slow_phone_once(office: Office, phones: Phones) -> None:
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    (secret,) = await office.store.secrets(office.committee)
    await office.store.begin_drill(office.committee, [secret.address_id], office.clock.now(), "drill 1")
    await rung_by_two(office, phones)


async def test_a_phone_whose_worker_died_while_ringing_is_rung_by_another(
    office: Office, phones: Phones
) -> None:
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    await office.climbs(await office.posted())
    rows = await office.store.outbox(await owed(office))
    (row,) = [row for row in rows if row.address.platform == RING]
    now = office.clock.now()
    assert await office.store.hold_send(row, now, now + HELD)  # and here it died
    office.clock.set(now + HELD)
    await swept(office, a_worker(office))
    assert phones.tried == []
    office.clock.set(now + HELD + PATIENCE + SECOND)
    await swept(office, a_worker(office))
    assert phones.tried == ["zhao"]
    assert await owed(office) == []


async def test_a_phone_that_refuses_for_now_is_tried_again_by_whoever_comes(
    office: Office, phones: Phones
) -> None:
    phones.answers["zhao"] = 503
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    await office.climbs(await office.posted())
    await a_worker(office).deliver(await owed(office))
    assert phones.tried == ["zhao"]
    phones.answers.clear()
    office.clock.set(office.clock.now() + 10 * SECOND)
    await swept(office, a_worker(office))
    assert len(phones.of("zhao")) == 1

"""What becomes of an SMS to family: real store, real library, a phone on loopback; the clock is ours."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dispatch import register
from dispatch.events import NoticeKind
from dispatch.moments import HOUR
from dispatch.people import SMS, Address
from dispatch.reach import Reason
from dispatch.telling import DAY, Told, WantedLink, by_sms
from handlers.gateways import Delivery, Gateway, Sent
from handlers.messages import Card, Tone
from tests.store.test_families import closed
from tests.stories.committee import tables
from tests.workers.office import MINUTE, Office, addressed, until
from tests.workers.phones import CLOSES, HANGS, Phones, ringing_phones
from workers import services
from workers.deliver import Deliverer
from workers.sms import LATER_S, SmsGateway

NUMBER = "+8619900005678"
CARD = Card(
    job_id=1,
    version=1,
    tone=Tone.DONE,
    title="梧桐里居民区的消息",
    badge="",
    state="18:52 制氧机的水已经加好了。",
    notes=("想多了解，请给居委会打电话。",),
    told=1,
)


@pytest.fixture
def phones() -> Iterator[Phones]:
    services.warm()  # the library takes a second to load, which is no part of what is tried here
    with ringing_phones() as found:
        yield found


async def contact(office: Office, phone: str = "19900005678") -> Address:
    """Where the son of a resident is told by SMS."""
    file = addressed()
    (resident, *_) = tables(file, "residents")
    changed = {**file, "residents": [{**resident, "contacts": [{"name": "儿子", "phone": phone}]}]}
    await office.store.load(register.parse("sms.toml", changed), prune=False, demo=False)
    (committee,) = await office.store.committees()
    wanted = WantedLink(
        committee_id=committee.id, resident=str(resident["key"]), name="儿子", language="zh_CN", mark=7
    )
    made = await office.store.make_family_link(wanted, office.clock.now())
    tied = await office.store.tie_family(made.ticket, by_sms(made), office.clock.now())
    assert tied.address is not None
    return tied.address


async def sent(
    office: Office, phones: Phones, address: Address, card: Card = CARD, within_s: float = 10
) -> Sent:
    url = phones.address("{phone}", "json")
    gateway = SmsGateway(office.store, office.clock, url, within_s=within_s)
    return await gateway.send(address, card, NoticeKind.TOLD, None)


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        (200, Delivery.DELIVERED),
        (401, Delivery.UNREACHABLE),
        (503, Delivery.UNKNOWN),  # it says no, and some that say so have sent it
        (CLOSES, Delivery.UNKNOWN),
        (HANGS, Delivery.UNKNOWN),
    ],
)
async def test_it_is_tried_once_and_what_nobody_knows_is_unknown(
    office: Office, phones: Phones, answer: int, delivery: Delivery
) -> None:
    phones.answers[NUMBER] = answer
    found = await sent(office, phones, await contact(office), within_s=1 if answer == HANGS else 10)
    assert found.delivery is delivery
    assert phones.tried == [NUMBER]
    if answer == 200:
        assert [each.body for each in phones.rung] == ["\n".join((CARD.title, CARD.state, *CARD.notes))]


async def test_at_night_it_waits(office: Office, phones: Phones) -> None:
    found = await sent(office, phones, await contact(office), replace(CARD, silent=True))
    assert (found.delivery, found.retry_after) == (Delivery.RETRY, LATER_S)
    assert phones.tried == []


async def test_what_is_no_number_is_said_to_be_none(office: Office, phones: Phones) -> None:
    found = await sent(office, phones, await contact(office, "302"))
    assert (found.delivery, found.reason) == (Delivery.UNREACHABLE, Reason.UNUSABLE)
    assert phones.tried == []


async def test_a_corrected_number_is_right_at_once(office: Office, phones: Phones) -> None:
    address = await contact(office, "19900000001")
    await contact(office)
    await sent(office, phones, address)
    assert phones.tried == [NUMBER]


async def test_what_a_program_that_died_was_texting_is_unknown_and_somebody_is_to_ring(
    office: Office, phones: Phones
) -> None:
    now = office.clock.now()
    office.clock.set(now + (28 * HOUR - now % DAY) % DAY)  # noon there: nothing waits for the morning
    family = await contact(office)
    job = await office.posted("3号楼502 敲门无应答")
    await texting(office, phones).deliver([row for (row,) in office.rows("SELECT id FROM outbox")])
    await office.store.change(office.committee, job, closed)
    sql = "SELECT id, status FROM outbox WHERE address_id = ?"
    ((row, _),) = office.rows(sql, family.id)
    phones.answers[NUMBER] = HANGS
    dying = asyncio.create_task(texting(office, phones).deliver([row]))
    await until(lambda: phones.tried == [NUMBER], "the service has it")
    dying.cancel()
    await asyncio.wait((dying,))

    office.clock.set(office.clock.now() + MINUTE)
    office.radio.sent.clear()
    await texting(office, phones).deliver([row])
    assert phones.tried == [NUMBER]
    assert office.rows(sql, family.id) == [(row, "unknown")]
    assert await office.store.told_family(office.committee, job) is Told.FAILED
    assert office.numbers["lin"] in {told.to for told in office.radio.sent}  # the desk, on the job's card


def texting(office: Office, phones: Phones) -> Deliverer:
    """The program after a start, alone."""
    gateway = SmsGateway(office.store, office.clock, phones.address("{phone}", "json"))
    gateways: dict[str, Gateway] = {office.radio.platform: office.radio, SMS: gateway}
    return Deliverer(office.store, office.router, gateways, office.clock)

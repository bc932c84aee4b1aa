"""An address turns out not to work while a job is on its way there: the reason is kept, and the desk reads
it on the job's own card."""

from dispatch.reach import Reason
from handlers.gateways import Delivery, Sent
from store import queue
from tests.workers.office import MINUTE, Office
from tests.workers.radio import Message, Radio

GONE = Sent(delivery=Delivery.UNREACHABLE, reason=Reason.ACCOUNT_GONE)


async def first_asked(office: Office, job: int) -> str:
    """Key of the volunteer who was asked first."""
    situation = await office.state(job)
    return next(situation.roster.people[ask.person_id].key for ask in situation.asks if not ask.leader)


async def reasons(office: Office) -> dict[str, str]:
    """Why addresses do not work, by what the platform calls them."""
    ways = await office.store.ways(office.committee)
    return {each.address.value: each.failed for each in ways if each.failed is not None}


def newest(radio: Radio, to: str) -> Message:
    return radio.to(to)[-1]


async def test_the_reason_that_the_platform_gave_is_kept(office: Office, radio: Radio) -> None:
    job = await office.posted()
    number = office.numbers[await first_asked(office, job)]
    radio.will(number, GONE)
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert await reasons(office) == {number: "account_gone"}


async def test_a_platform_that_gives_no_reason_is_a_refusal(office: Office, radio: Radio) -> None:
    job = await office.posted()
    number = office.numbers[await first_asked(office, job)]
    radio.will(number, Sent(delivery=Delivery.UNREACHABLE))
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert await reasons(office) == {number: "unreachable"}


async def test_the_desk_reads_it_on_the_jobs_card_at_once_and_once(office: Office, radio: Radio) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    name = next(each.name for each in (await office.state(job)).roster.people.values() if each.key == key)
    radio.will(office.numbers[key], GONE)
    await office.rung(queue.DELIVERY)
    await office.delivers()
    for staff in ("lin", "zhao"):
        card = newest(radio, office.numbers[staff]).card
        assert any(name in note and "没联系上" in note for note in card.notes), card.notes
    sent = len(radio.sent)
    office.clock.set(office.clock.now() + MINUTE // 2)
    await office.sweep.once()
    assert len(radio.sent) == sent


async def test_somebody_of_the_desk_who_is_gone_too_holds_up_nobody(office: Office, radio: Radio) -> None:
    job = await office.posted()
    radio.will(office.numbers[await first_asked(office, job)], GONE)
    radio.will(office.numbers["lin"], GONE, GONE)
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert office.numbers["lin"] in await reasons(office)
    assert any("没联系上" in note for note in newest(radio, office.numbers["zhao"]).card.notes)
    assert office.rows("SELECT count(*) FROM outbox WHERE status = 'owed'") == [(0,)]

"""Where somebody is told when a chat refuses (CONFORMANCE.md 24 and 25): the next one at once where it is for
ever, after a few tries where it may pass; and nothing goes to a chat that was taken away meanwhile."""

import logging
from collections.abc import Sequence

import pytest

from dispatch import register
from dispatch.moments import SECOND
from handlers.gateways import Delivery, Sent
from store import queue
from tests.stories.committee import tables
from tests.workers.office import PATIENCE, Office, addressed
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.patience import TRIES_AT_MOST, TRIES_BEFORE_NEXT
from workers.sweep import Sweep

GONE = Sent(delivery=Delivery.UNREACHABLE)
LATER = Sent(delivery=Delivery.RETRY)


def second(key: str) -> str:
    """Somebody's second chat."""
    return f"@{key}:example.org"


class OtherRadio(Radio):
    """The second chat of those who have two."""

    @property
    def platform(self) -> str:
        return "matrix"


@pytest.fixture
async def other(office: Office, radio: Radio) -> OtherRadio:
    """The same office, and everybody has a second chat."""
    made, file = OtherRadio(), addressed()
    people = [
        {**each, "addresses": {**_addresses(each), "matrix": second(str(each["key"]))}}
        for each in _people(file)
    ]
    await office.store.load(register.parse("two.toml", {**file, "people": people}), prune=False, demo=False)
    chats = {each.platform: each for each in (radio, made)}
    office.deliverer = Deliverer(office.store, office.router, chats, office.clock)
    office.sweep = Sweep(office.service, office.deliverer, office.clock)
    return made


def _people(file: object) -> Sequence[dict[str, object]]:
    assert isinstance(file, dict)
    return [dict(each) for each in tables(file, "people")]


def _addresses(person: dict[str, object]) -> dict[str, str]:
    found = person["addresses"]
    assert isinstance(found, dict)
    return found


async def first_asked(office: Office, job: int) -> str:
    """Key of the volunteer who was asked first."""
    situation = await office.state(job)
    return next(situation.roster.people[ask.person_id].key for ask in situation.asks if not ask.leader)


def owed(office: Office, key: str) -> list[tuple[str, int, int]]:
    """Status, tries and next moment of what a person's first chat is or was owed, oldest first."""
    sql = "SELECT o.status, o.tries, o.due_at FROM outbox o JOIN addresses a ON a.id = o.address_id"
    return office.rows(f"{sql} WHERE a.value = ? ORDER BY o.id", office.numbers[key])


async def tried_again(office: Office, key: str) -> None:
    """The next try of what a person's first chat is owed."""
    ((_, _, due),) = owed(office, key)
    office.clock.set(due + PATIENCE + 1)
    await office.sweep.once()


async def test_conformance_24_a_chat_that_is_gone_for_ever_is_left_for_the_next_one_at_once(
    office: Office, radio: Radio, other: OtherRadio
) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    radio.will(office.numbers[key], GONE)
    await office.rung(queue.DELIVERY)
    began = office.clock.now()
    await office.delivers()
    assert [message.card.job_id for message in other.to(second(key))] == [job]
    assert office.clock.now() == began
    assert {message.to for message in other.sent} == {second(key)}  # everybody else's first chat works
    again = await office.posted()
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert again in [message.card.job_id for message in other.to(second(key))]
    assert radio.to(office.numbers[key]) == []


async def test_a_chat_that_is_not_switched_on_is_passed_by_for_the_next_one_at_once(
    office: Office, other: OtherRadio
) -> None:
    office.deliverer = Deliverer(office.store, office.router, {other.platform: other}, office.clock)
    job = await office.posted()
    key = await first_asked(office, job)
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert [message.card.job_id for message in other.to(second(key))] == [job]
    assert [status for status, _, _ in owed(office, key)] == ["not_reached"]
    person = await office.store.person(office.committee, key)
    first, *_ = (await office.state(job)).roster.addresses_of[person.id]
    assert first.value == office.numbers[key]  # it counts again when it is switched on


async def test_a_chat_that_refuses_for_now_is_tried_a_few_times_before_the_next_one_has_it_too(
    office: Office, radio: Radio, other: OtherRadio
) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    radio.will(office.numbers[key], *[LATER] * TRIES_BEFORE_NEXT)
    await office.rung(queue.DELIVERY)
    began = office.clock.now()
    await office.delivers()
    for _ in range(TRIES_BEFORE_NEXT - 1):
        assert other.sent == []
        await tried_again(office, key)
    assert [message.card.job_id for message in other.to(second(key))] == [job]
    assert office.clock.now() - began <= 30 * SECOND
    await tried_again(office, key)
    assert [message.card.job_id for message in radio.to(office.numbers[key])] == [job]
    assert len(other.to(second(key))) == 1


async def test_nothing_is_tried_for_ever(office: Office, radio: Radio, other: OtherRadio) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    radio.will(office.numbers[key], *[LATER] * (2 * TRIES_AT_MOST))
    await office.rung(queue.DELIVERY)
    await office.delivers()
    sql = "SELECT id FROM outbox WHERE job_id = ? AND status = 'owed'"
    ((row,),) = office.rows(sql, job)
    while office.rows(sql, job):
        office.clock.set(owed(office, key)[0][2] + 1)
        await office.deliverer.deliver([row])
    assert [(status, tries) for status, tries, _ in owed(office, key)] == [("unreachable", TRIES_AT_MOST)]
    assert len(other.to(second(key))) == 1


async def test_conformance_25_what_is_owed_to_a_chat_that_is_taken_away_meanwhile_fails_and_is_sent_nowhere(
    office: Office, radio: Radio, caplog: pytest.LogCaptureFixture
) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    person = await office.store.person(office.committee, key)
    sql = "SELECT o.id, a.id FROM outbox o JOIN addresses a ON a.id = o.address_id WHERE a.value = ?"
    ((row, address),) = office.rows(sql, office.numbers[key])
    await office.rung(queue.DELIVERY)
    await office.store.invite(office.committee, person.id, revoke=True)
    assert [(each.levelno, each.message) for each in caplog.records] == [
        (logging.WARNING, f"outbox row {row} is not sent: address {address} was switched off meanwhile")
    ]
    await office.delivers()
    assert radio.to(office.numbers[key]) == []
    assert [(status, tries) for status, tries, _ in owed(office, key)] == [("unreachable", 0)]
    assert radio.sent  # everybody else has it


async def test_a_person_whom_the_file_names_no_more_is_owed_nothing_and_it_is_told(
    office: Office, radio: Radio, caplog: pytest.LogCaptureFixture
) -> None:
    job = await office.posted()
    key = await first_asked(office, job)
    file = addressed()
    rest = [each for each in _people(file) if each["key"] != key]
    await office.rung(queue.DELIVERY)
    await office.store.load(register.parse("less.toml", {**file, "people": rest}), prune=True, demo=False)
    (told,) = [each.message for each in caplog.records if "switched off" in each.message]
    ((row,),) = office.rows("SELECT id FROM outbox WHERE status = 'unreachable'")
    assert f"outbox row {row} " in told
    await office.delivers()
    assert radio.to(office.numbers[key]) == []

"""Waking a leader, from the rung that fires to the phone that rings (CONFORMANCE.md 24 and 26): real
store, real handlers, real library, phones on loopback; the clock is ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from dispatch import register
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import RING, Address, Audience
from dispatch.verbs import Verb
from handlers.gateways import Delivery, Gateway, Sent
from handlers.messages import Card, MessageRef
from handlers.texts import Catalogs
from tests.stories.committee import tables
from tests.workers.office import PATIENCE, PRIVATE, Office, addressed
from tests.workers.phones import Phones, ringing_phones
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.patience import TRIES_SOON
from workers.ring import RingGateway
from workers.sweep import Sweep

PAGE = "https://suidao.example.org/"
Listed = Mapping[str, Sequence[Mapping[str, str]]]


class Fickle(Radio):
    """A platform that is down for as long as somebody says so."""

    down = False

    async def send(self, address: Address, card: Card, kind: Any, ref: MessageRef | None) -> Sent:
        if self.down:
            self.tried += 1
            return Sent(delivery=Delivery.RETRY)
        return await super().send(address, card, kind, ref)


@pytest.fixture
def radio() -> Fickle:
    return Fickle()


@pytest.fixture
def phones() -> Iterator[Phones]:
    with ringing_phones() as found:
        yield found


async def listed(office: Office, ways: Listed, *, chatless: Sequence[str] = ()) -> None:
    """These people list these ways; who is `chatless` has no chat."""
    file = addressed()
    people = [{**each, "ways": ways.get(str(each["key"]), [])} for each in tables(file, "people")]
    for each in people:
        if each["key"] in chatless:
            each["addresses"] = {}
    parsed = register.parse("ways.toml", {**file, "people": people})
    await office.store.load(parsed, prune=False, demo=False)
    gateway = RingGateway(office.store, Catalogs.load(), PAGE)
    gateways: dict[str, Gateway] = {office.radio.platform: office.radio, RING: gateway}
    office.deliverer = Deliverer(office.store, office.router, gateways, office.clock)
    office.sweep = Sweep(office.service, office.deliverer, office.clock)


async def passes(office: Office, length: Micros) -> None:
    """Let time pass with everything running: each due moment is swept, a second late."""
    end = office.clock.now() + length
    while (due := await next_due(office)) is not None and due + PATIENCE <= end:
        office.clock.set(max(due, office.clock.now()) + PATIENCE)
        await office.sweep.once()
    office.clock.set(end)


async def next_due(office: Office) -> Micros | None:
    jobs = await office.store.due(office.clock.now() + 1000 * HOUR, 1)
    ((owed,),) = office.rows("SELECT min(due_at) FROM outbox WHERE status = 'owed'")
    moments = [each.look_at for each in jobs] + ([] if owed is None else [owed + 1])
    return min(moments, default=None)


async def called(office: Office) -> int:
    """A job of which nobody takes care, at the moment at which the secretary on duty was called."""
    job = await office.posted()
    while "called" not in await office.events(job):
        await passes(office, MINUTE)
    return job


async def test_a_called_leaders_phone_rings_with_public_words_in_their_language(
    office: Office, phones: Phones, radio: Fickle
) -> None:
    await listed(office, {"zhao": [{"to": phones.address("zhao")}], "qian": [{"to": phones.address("qian")}]})
    job = await called(office)
    (rung,) = phones.of("zhao")
    assert "7号楼" in rung.title
    assert "紧急" in rung.title
    assert rung.body == f"正在找您，请现在答复。\n您的页面：{PAGE}"
    assert not any(word in f"{rung.title}{rung.body}" for word in PRIVATE)
    assert [message.card.job_id for message in radio.to(office.numbers["zhao"])][-1] == job
    await passes(office, 11 * MINUTE)  # silence: the deputy, who reads English
    (second,) = phones.of("qian")
    assert "You are called. Please answer now." in second.body
    assert len(phones.of("zhao")) == 1


async def test_whose_chat_comes_first_is_rung_only_when_it_refuses(
    office: Office, phones: Phones, radio: Fickle
) -> None:
    await listed(office, {"zhao": [{"to": "chat"}, {"to": phones.address("zhao")}]})
    await called(office)
    assert phones.tried == []
    radio.will(office.numbers["zhao"], Sent(delivery=Delivery.UNREACHABLE))
    await called(office)
    assert len(phones.of("zhao")) == 1


async def test_a_refusal_goes_to_the_next_way_at_once_and_the_desk_reads_of_it(
    office: Office, phones: Phones
) -> None:
    phones.answers["first"] = 404
    ways = [{"to": phones.address("first")}, {"to": phones.address("second", "ntfy")}]
    await listed(office, {"zhao": ways})
    await called(office)
    assert phones.tried == ["first", "second"]
    ((first, second),) = office.rows(
        "SELECT min(created_at), max(created_at) FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " WHERE a.platform = 'ring'"
    )
    assert second - first <= 2 * SECOND
    unreached = (await office.router.unreached(await office.address("lin"))).lines
    assert any("赵书记 · Bark" in line for line in unreached), unreached
    # It is tried again whenever somebody is called, and once it works nothing is said of it any more.
    phones.answers.clear()
    await called(office)
    assert phones.tried.count("first") == 2
    unreached = (await office.router.unreached(await office.address("lin"))).lines
    assert not any("Bark" in line for line in unreached)


async def test_a_service_that_does_not_answer_is_tried_a_few_times_while_the_next_way_rings(
    office: Office, phones: Phones
) -> None:
    phones.answers["slow"] = 503
    await listed(office, {"zhao": [{"to": phones.address("slow")}, {"to": phones.address("other")}]})
    await called(office)
    await passes(office, 2 * MINUTE)
    assert phones.tried[:2] == ["slow", "other"]
    assert phones.tried.count("slow") == TRIES_SOON
    assert phones.tried.count("other") == 1
    assert office.rows("SELECT count(*) FROM outbox WHERE status = 'owed'") == [(0,)]


async def test_whoever_answered_before_the_phone_could_ring_is_not_woken(
    office: Office, phones: Phones
) -> None:
    phones.answers["zhao"] = 500
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]})
    job = await called(office)
    tried = phones.tried.count("zhao")
    await office.says("zhao", verb=Verb.ACKNOWLEDGE, job_id=job, version=await office.version(job))
    phones.answers.clear()
    await passes(office, MINUTE)
    assert phones.tried.count("zhao") == tried
    assert phones.rung == []


async def test_a_leader_with_neither_page_nor_chat_is_called_all_the_same(
    office: Office, phones: Phones
) -> None:
    await listed(office, {"zhao": [{"to": phones.address("zhao")}]}, chatless=["zhao"])
    zhao = (await office.store.person(office.committee, "zhao")).id
    await office.store.invite(office.committee, zhao, revoke=True)  # and their old chat is let go of
    job = await called(office)
    situation = await office.state(job)
    assert situation.roster.addresses_of[zhao][0].platform == "web"
    assert len(phones.of("zhao")) == 1


async def test_a_platform_down_for_20_minutes_is_passed_by_the_same_rung_and_floods_nobody_afterwards(
    office: Office, phones: Phones, radio: Fickle
) -> None:
    ways = {
        key: [{"to": "chat"}, {"to": phones.address(key, "ntfy")}] for key in ("zhao", "qian", "sun", "desk")
    }
    await listed(office, ways)
    radio.down, began = True, office.clock.now()
    stays, closed = await office.posted(), await office.posted("3-401 敲门无应答")
    while not any("7号楼" in rung.title for rung in phones.of("zhao")):
        await passes(office, 10 * SECOND)
    situation = await office.state(stays)
    rung_at = next(ask.at for ask in situation.asks if ask.leader)
    assert (
        office.clock.now() - rung_at <= 20 * SECOND
    )  # the same rung, in time: nobody waits for the platform
    await office.says("lin", verb=Verb.COMPLETE, job_id=closed, version=await office.version(closed))
    await passes(office, began + 23 * MINUTE - office.clock.now())  # the next rung is seven minutes away
    assert radio.sent == []
    called_so_far = len(phones.rung)
    radio.down = False
    await passes(office, 2 * MINUTE)
    got = [(message.to, message.card.job_id) for message in radio.sent if message.edits is None]
    assert len(got) == len(set(got))  # one card each, as it is now, and not one for every time it was owed
    assert len(radio.sent) - len(got) <= 1  # who was owed a quiet change and the call has it edited once
    assert {job for _, job in got} == {stays}  # what is over by now is news to nobody
    assert (office.numbers["zhao"], stays) in got
    assert len(phones.rung) == called_so_far
    assert office.rows("SELECT count(*) FROM outbox WHERE status = 'owed'") == [(0,)]


async def test_nothing_of_a_services_address_lies_open_or_is_logged(
    office: Office, phones: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "kT9xQpDeviceKeyOfZhao"  # noqa: S105 - invented
    phones.answers[secret] = 401
    await listed(office, {"zhao": [{"to": phones.address(secret)}]})
    await called(office)
    assert phones.tried[0] == secret
    assert secret not in caplog.text
    files = office.data.glob("suidao.db*")
    assert not any(secret.encode() in file.read_bytes() for file in files)
    roster = await office.store.roster(office.committee)
    assert secret not in repr(roster)
    assert not any(address.audience is Audience.STAFF for address in roster.addresses)

"""Services that ring phones, through the real library and a server on loopback: what they are told, what they
answer, and that nothing of an address is ever said."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dispatch.drills import Secret
from dispatch.jobs import Priority
from dispatch.ways import masked, service_of
from tests.workers.phones import ADDRESSES, CLOSES, Phones, ringing_phones
from workers import services
from workers.begun import ElsewhereError
from workers.ring import AT_ONCE, OF_ONE
from workers.services import Refusal, Slip
from workers.threads import Threads

SECRET = some.text("abcdefghijkmnpqrstuvwxyzABCDEFGH23456789", min_size=8, max_size=30).map("93{}".format)
"""With digits in front: no word of our own is one."""


@pytest.fixture(scope="module")
def phones() -> Iterator[Phones]:
    with ringing_phones() as found:
        yield found


@pytest.mark.parametrize("service", sorted(ADDRESSES))
def test_every_kind_of_service_rings(phones: Phones, service: str) -> None:
    address = phones.address(f"leader-{service}", service)
    assert services.slip(address) is None
    assert services.send(address, "上门探望 · 3号楼", "Please answer now.", Priority.LIFE) is None
    (rung,) = phones.of(f"leader-{service}")
    assert (rung.service, rung.title, rung.body) == (service, "上门探望 · 3号楼", "Please answer now.")


def test_how_loud_a_phone_is_stands_in_the_address(phones: Phones) -> None:
    for service in ("bark", "ntfy"):
        services.send(phones.address(f"loud-{service}", service), "t", "b", Priority.NORMAL)
    (bark,), (ntfy,) = phones.of("loud-bark"), phones.of("loud-ntfy")
    assert (bark.fields["level"], bark.fields["call"]) == ("critical", 1)
    assert ntfy.fields["priority"] == "max"
    assert "icon" not in bark.fields  # nothing is to be fetched from anywhere


@pytest.mark.parametrize(("priority", "kind"), [(Priority.LIFE, "failure"), (Priority.URGENT, "warning")])
def test_a_service_that_was_told_nothing_learns_how_urgent_it_is(
    phones: Phones, priority: Priority, kind: str
) -> None:
    services.send(phones.address(f"plain-{kind}", "json"), "t", "b", priority)
    assert phones.of(f"plain-{kind}")[0].fields["type"] == kind


def test_two_calls_in_a_row_wait_for_nothing(phones: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    def slept(seconds: float) -> None:
        raise AssertionError(seconds)

    monkeypatch.setattr("apprise.url.time.sleep", slept)
    for _ in range(2):
        assert services.send(phones.address("twice"), "t", "b", None) is None
    assert len(phones.of("twice")) == 2


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (400, Refusal.DECLINES),
        (401, Refusal.DECLINES),
        (404, Refusal.DECLINES),
        (408, Refusal.NO_ANSWER),
        (429, Refusal.NO_ANSWER),
        (500, Refusal.NO_ANSWER),
        (503, Refusal.NO_ANSWER),
        (CLOSES, Refusal.NO_ANSWER),
    ],
)
@pytest.mark.parametrize("service", ["bark", "ntfy"])
def test_a_refusal_for_good_is_told_from_one_for_now(
    phones: Phones, service: str, answer: int, refusal: Refusal
) -> None:
    name = f"{service}{answer}"
    phones.answers[name] = answer
    assert services.send(phones.address(name, service), "t", "b", None) is refusal
    assert phones.tried.count(name) == 1


def test_a_service_that_is_away_does_not_answer() -> None:
    with ringing_phones() as gone:
        address = gone.address("x")
    assert services.send(address, "t", "b", None) is Refusal.NO_ANSWER


@pytest.mark.parametrize(
    ("address", "slip"),
    [
        ("brak://key@example.org", Slip.UNKNOWN),
        ("bark://", Slip.MALFORMED),
        ("tgram://only-a-token", Slip.MALFORMED),
        ("nothing at all", Slip.UNKNOWN),
        ("bark://example.org/key", None),
        ("pover://user@token?priority=emergency&retry=60&expire=3600", None),
        ("pover://user@token?priority=emergency&interval=10", Slip.MALFORMED),
        ("bark://key@example.org?level=critical", Slip.NOBODY),
        ("twilio://AC0123:0123@+10000000000/12?method=call", Slip.NOBODY),
    ],
)
def test_a_typo_is_found_without_calling_anybody(address: str, slip: Slip | None) -> None:
    assert services.slip(address) is slip


def test_an_address_that_names_nobody_is_unusable_and_calls_nobody(phones: Phones) -> None:
    address = phones.address("x").replace("127.0.0.1", "key@127.0.0.1").replace("/x", "")
    assert services.slip(address) is Slip.NOBODY
    before = len(phones.tried)
    assert services.send(address, "t", "b", Priority.LIFE) is Refusal.UNUSABLE
    assert len(phones.tried) == before


@given(service=some.sampled_from(["brak", "bark", "pover", "tgram", "json", "mailto"]), secret=SECRET)
def test_nothing_of_an_address_is_shown_logged_or_raised(service: str, secret: str) -> None:
    address = f"{service}://{secret}@127.0.0.1:9/{secret}?token={secret}"
    heard: list[str] = []
    ear = logging.Handler()
    ear.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]  # the shortest way
    root = logging.getLogger()
    root.addHandler(ear)
    try:
        said = [str(services.slip(address)), masked(service_of(address))]
    finally:
        root.removeHandler(ear)
    kept = Secret(person_id=1, position=1, address_id=1, value=address)
    assert secret not in "\n".join([*said, *heard, repr(kept), str(kept)])


async def test_what_hangs_keeps_its_thread_but_nobody_waits_longer_than_agreed() -> None:
    end, threads = threading.Event(), Threads(1, 1)

    def hangs() -> str:
        end.wait(30)
        return "late"

    for _ in range(2):  # the second one waits in vain for the only thread
        with pytest.raises(TimeoutError):
            await threads.run(hangs, 0.02)
    end.set()
    assert await threads.run(lambda: "free again", 10) == "free again"


async def test_as_many_phones_ring_side_by_side_as_there_are_threads() -> None:
    barrier = threading.Barrier(4, timeout=10)
    threads = Threads(4, 4)
    found = await asyncio.gather(*(threads.run(barrier.wait, 10) for _ in range(4)))
    assert sorted(found) == [0, 1, 2, 3]


async def test_a_service_that_hangs_leaves_places_to_those_that_work() -> None:
    end, threads = threading.Event(), Threads(AT_ONCE, OF_ONE)

    def hangs() -> None:
        end.wait(30)

    hung = [asyncio.create_task(threads.run(hangs, 10, "bark away.example.org")) for _ in range(3 * AT_ONCE)]
    assert await threads.run(lambda: "rung", 10, "ntfy well.example.org") == "rung"
    end.set()
    await asyncio.gather(*hung)


async def test_nothing_is_begun_before_there_is_a_place_for_it() -> None:
    end, threads, steps = threading.Event(), Threads(2, 1), []

    def hangs() -> None:
        end.wait(30)

    async def begins() -> None:
        steps.append("begun")

    first = asyncio.create_task(threads.run(hangs, 10, "a"))
    second = asyncio.create_task(threads.run(lambda: "rung", 10, "a", begins))
    assert await threads.run(lambda: "other", 10, "b") == "other"
    assert steps == []  # nothing is said of what still waits for its place
    end.set()
    assert await second == "rung"
    assert steps == ["begun"]
    await first


async def test_a_place_is_free_again_where_nothing_could_be_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads(1, 1)

    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def elsewhere() -> None:
        raise ElsewhereError(row=1)

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuses)
        with pytest.raises(TimeoutError):
            await threads.run(lambda: "never", 10)
    with pytest.raises(ElsewhereError):
        await threads.run(lambda: "never", 10, begin=elsewhere)
    assert await threads.run(lambda: "rung", 10) == "rung"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("bark://bark.example.org/key1?level=critical", "bark://Bark.example.org/key2", True),
        ("bark://bark.example.org/key", "bark://other.example.org/key", False),
        ("bark://bark.example.org/key", "ntfy://bark.example.org/key", False),
        ("ntfy://user:word@ntfy.example.org:8080/a", "ntfy://ntfy.example.org:8080/b", True),
        ("pover://user1@token", "pover://user2@token2?priority=high", True),
        ("ntfy://topic1", "ntfy://topic2", True),
        ("tgram://123:abc/1", "tgram://124:abd/1", True),
    ],
)
def test_addresses_of_one_service_are_told_from_those_of_another(one: str, other: str, same: bool) -> None:
    assert (services.whose(one) == services.whose(other)) is same

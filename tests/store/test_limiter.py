"""The limiter on a real server, and what a process does without it: the same rules for both."""

import math
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.limits import BOT, GROUP, PRIVATE
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from store.broker import Broker
from store.gates import URGENT_SHARE, Gate
from store.limiter import ALONE, LONGEST_PAUSE, Limiter
from store.queue import client
from tests.store.sides import NOWHERE, START, Side, assert_keeps, fresh, to_many


@pytest.fixture(params=["shared", "alone"])
async def side(request: pytest.FixtureRequest, broker: Broker) -> AsyncIterator[Side]:
    shared = request.param == "shared"
    connected = client(broker.url if shared else NOWHERE)
    yield Side(Limiter(connected, fresh()), 1.0 if shared else 1 / ALONE)
    await connected.aclose()


# --- The rate -------------------------------------------------------------------------------------------

ASK = st.tuples(
    st.integers(0, 3 * SECOND),  # since the one before
    st.integers(0, 3),  # the chat
    st.booleans(),  # urgent
    st.sampled_from([math.inf, math.inf, 0.5]),  # patience
    st.sampled_from([0, 0, 0, 0, 2, 40]),  # a pause of its chat just before, in seconds
    st.sampled_from([1, -1]),  # the chat's gate named first, or the common one
)


@pytest.mark.parametrize("shared", [True, False])
@settings(max_examples=60)
@given(asks=st.lists(ASK, min_size=10, max_size=60))
async def test_whatever_is_asked_no_gate_lets_too_many_through_and_no_pause_is_broken(
    broker: Broker, *, shared: bool, asks: list[tuple[Micros, int, bool, float, int, int]]
) -> None:
    connected = client(broker.url if shared else NOWHERE)
    limiter, part = Limiter(connected, fresh()), 1.0 if shared else 1 / ALONE
    everybody = Gate(key="all", rate=2.0, burst=3)
    chats = [Gate(key=f"chat {n}", rate=rate, burst=n + 1) for n, rate in enumerate((0.3, 1.0, 0.7, 5.0))]
    granted: dict[str, list[Micros]] = {gate.key: [] for gate in (everybody, *chats)}
    free_from: dict[str, Micros] = {}
    now = START
    for passed, chat, urgent, patience, pause, order in asks:
        now, gates = now + passed, [chats[chat], everybody][::order]
        if pause:
            await limiter.pause(chats[chat].key, pause, at=now)
            free_from[chats[chat].key] = max(free_from.get(chats[chat].key, 0), now + pause * SECOND)
        wait = await limiter.reserve(gates, urgent=urgent, patience=patience, at=now)
        moment = now + round(wait * SECOND)
        assert moment >= max(now, free_from.get(chats[chat].key, 0))
        if wait <= patience:
            for gate in gates:
                granted[gate.key].append(moment)
    await connected.aclose()
    for gate in (everybody, *chats):
        assert_keeps(gate, granted[gate.key], part=part)


async def test_where_there_is_demand_nine_tenths_of_the_rate_are_used(side: Side) -> None:
    moments = await side.moments(to_many(300))
    assert_keeps(BOT(1), moments, part=side.part)
    assert 300 / ((max(moments) - START) / SECOND) >= 0.9 * BOT.rate * side.part


async def test_where_chats_are_full_the_rest_of_the_bot_s_rate_goes_to_the_others(side: Side) -> None:
    sends = to_many(200)
    for n in range(100):
        sends.insert(3 * n, [GROUP(1, n % 2), BOT(1)])
    moments = await side.moments(sends)
    assert_keeps(BOT(1), moments, part=side.part)
    to_people = [at for gates, at in zip(sends, moments, strict=True) if gates[0].rate == PRIVATE.rate]
    meanwhile = sum(at <= max(to_people) for at in moments)
    assert meanwhile < 220  # the groups had what they may have, and wait
    assert meanwhile / ((max(to_people) - START) / SECOND) >= 0.9 * BOT.rate * side.part


async def test_who_asked_first_in_a_chat_goes_first(side: Side) -> None:
    moments = await side.moments([[GROUP(1, 7), BOT(1)]] * 60)
    assert moments == sorted(moments)
    assert_keeps(GROUP(1, 7), moments, part=side.part)
    assert 60 / ((max(moments) - START) / SECOND) >= 0.9 * GROUP.rate * side.part


async def test_a_gate_that_was_left_alone_has_its_burst_again(side: Side) -> None:
    before = await side.moments(to_many(300))
    after = await side.moments(to_many(300), at=START + HOUR)
    assert [moment - HOUR for moment in after] == before


async def test_a_full_chat_delays_nobody_else(side: Side) -> None:
    alone = await side.moments(to_many(20), at=START)
    later = START + HOUR
    await side.moments([[GROUP(1, 7), BOT(1)]] * 300, at=later)
    beside = await side.moments(to_many(20), at=later)
    # Of the group's, the burst and what it is owed in these seconds pass the bot's gate as well.
    ahead = GROUP.burst + 2
    assert (
        max(beside) - later
        <= max(alone) - START + ahead / ((1 - URGENT_SHARE) * BOT.rate * side.part) * SECOND
    )
    assert max(beside) - later < 3 * SECOND


@pytest.mark.parametrize("order", [1, -1])
async def test_those_that_wait_for_chats_of_their_own_do_not_come_all_at_once(side: Side, order: int) -> None:
    names = [f"slow {n}" for n in range(40)]
    first = await side.moments([[Gate(key=name, rate=1.0, burst=1), BOT(1)][::order] for name in names])
    # Gates so slow that all of them let the next one through at the same moment.
    slow = [
        Gate(key=name, rate=SECOND / (START + 10 * SECOND - at) / side.part, burst=1)
        for name, at in zip(names, first, strict=True)
    ]
    second = await side.moments([[gate, BOT(1)][::order] for gate in slow])
    assert_keeps(BOT(1), [*first, *second], part=side.part)
    assert min(second) == pytest.approx(START + 10 * SECOND, abs=2)
    for gate, *both in zip(slow, first, second, strict=True):
        assert_keeps(gate, both, part=side.part)


async def test_who_comes_just_before_those_that_wait_does_not_make_them_too_many(side: Side) -> None:
    for n in range(3):
        await side.limiter.pause(PRIVATE(1, f"paused {n}").key, 10, at=START)
    waiting = await side.moments(to_many(3, "paused"))
    assert waiting == [START + 10 * SECOND] * 3  # all that go at once beside what is urgent
    others = await side.moments(to_many(30), at=START + 10 * SECOND - 20_000)
    assert_keeps(BOT(1), [*waiting, *others], part=side.part)
    assert_keeps(Gate(key="common lane", rate=BOT.rate, burst=3), [*waiting, *others])


# --- What is urgent -------------------------------------------------------------------------------------


async def test_one_urgent_send_passes_three_hundred_that_wait_for_other_chats(side: Side) -> None:
    waiting = await side.moments(to_many(300))
    (urgent,) = await side.moments([[PRIVATE(1, "on duty"), BOT(1)]], urgent=True)
    assert urgent == START
    assert max(waiting) > START + 12 * SECOND
    assert_keeps(BOT(1), [*waiting, urgent], part=side.part)


async def test_one_urgent_send_passes_three_hundred_that_wait_for_the_same_group(side: Side) -> None:
    waiting = await side.moments([[GROUP(1, 7), BOT(1)]] * 300)
    (urgent,) = await side.moments([[GROUP(1, 7), BOT(1)]], urgent=True)
    assert urgent == START
    assert max(waiting) > START + 20 * MINUTE
    assert_keeps(GROUP(1, 7), [*waiting, urgent], part=side.part)
    assert_keeps(BOT(1), [*waiting, urgent], part=side.part)


async def test_many_urgent_sends_keep_to_their_share_while_others_wait(side: Side) -> None:
    waiting = await side.moments(to_many(300))
    urgent = await side.moments(to_many(20, "leader"), urgent=True)
    share = BOT.rate * URGENT_SHARE * side.part
    assert urgent[:2] == [START, START]
    assert (max(urgent) - START) / SECOND == pytest.approx(18 / share, abs=0.001)
    assert_keeps(BOT(1), [*waiting, *urgent], part=side.part)


async def test_where_nobody_waits_urgent_sends_have_the_whole_gate(side: Side) -> None:
    urgent = await side.moments(to_many(300, "leader"), urgent=True)
    assert urgent[: BOT.burst] == [START] * BOT.burst
    assert 300 / ((max(urgent) - START) / SECOND) >= 0.98 * BOT.rate * side.part
    assert_keeps(BOT(1), urgent, part=side.part)


async def test_where_only_one_fits_through_urgent_sends_queue_like_all(side: Side) -> None:
    narrow = Gate(key="narrow", rate=1.0, burst=1)
    waiting = await side.moments([[narrow]] * 3)
    urgent = await side.moments([[narrow]], urgent=True)
    assert_keeps(narrow, [*waiting, *urgent], part=side.part)
    assert urgent[0] > max(waiting)


# --- Pauses ---------------------------------------------------------------------------------------------


async def test_a_pause_holds_every_process_at_once_and_only_its_own_gate(broker: Broker) -> None:
    prefix, connections = fresh(), [client(broker.url) for _ in range(3)]
    refused, *others = [Limiter(each, prefix) for each in connections]
    await refused.pause(GROUP(1, 7).key, 30, at=START)
    for limiter in (refused, *others):
        assert await limiter.paused([GROUP(1, 7), BOT(1)], at=START) == 30
        assert await limiter.reserve([GROUP(1, 7), BOT(1)], urgent=True, at=START) >= 30
        assert await limiter.reserve([GROUP(1, 8), BOT(1)], at=START) == 0
    await others[0].pause(GROUP(1, 7).key, 10, at=START)  # a later refusal with an earlier end
    assert await others[1].paused([GROUP(1, 7)], at=START) == 30
    assert await others[1].paused([GROUP(1, 7)], at=START + 30 * SECOND) == 0
    for connected in connections:
        await connected.aclose()


async def test_after_a_pause_nobody_goes_faster_than_before_it(side: Side) -> None:
    await side.limiter.pause(BOT(1).key, 7.5, at=START)
    moments = await side.moments(to_many(100))
    assert min(moments) == START + 7_500_000
    assert_keeps(BOT(1), moments, part=side.part)


async def test_of_two_pauses_the_later_end_holds(side: Side) -> None:
    for seconds in (5, 20, 10):
        await side.limiter.pause("chat", seconds, at=START)
    assert await side.limiter.paused([Gate(key="chat", rate=1, burst=2)], at=START) == 20


@pytest.mark.parametrize(("seconds", "held"), [(0, 0), (-3, 0), (math.nan, 0), (math.inf, LONGEST_PAUSE)])
async def test_what_is_no_time_is_no_pause_and_no_pause_is_for_ever(
    side: Side, seconds: float, held: float
) -> None:
    await side.limiter.pause("chat", seconds, at=START)
    assert await side.limiter.reserve([Gate(key="chat", rate=1, burst=2)], at=START) == held


# --- Patience -------------------------------------------------------------------------------------------


async def test_a_wait_beyond_the_patience_books_nothing(side: Side) -> None:
    group = [GROUP(1, 7), BOT(1)]
    await side.moments([group] * 3)
    told = [await side.limiter.reserve(group, patience=1.0, at=START) for _ in range(5)]
    assert told[0] > 1.0
    assert set(told) == {told[0]}
    assert await side.limiter.reserve(group, at=START) == told[0]
    assert await side.limiter.reserve(group, at=START) > told[0]


async def test_a_wait_within_the_patience_is_booked(side: Side) -> None:
    narrow = [Gate(key="narrow", rate=1.0, burst=1)]
    await side.limiter.reserve(narrow, at=START)
    first = await side.limiter.reserve(narrow, patience=1 / side.part, at=START)
    assert first == pytest.approx(1 / side.part)
    assert await side.limiter.reserve(narrow, at=START) == pytest.approx(2 / side.part)

"""Token buckets: who is let through, and that they forget in bounds."""

from bot.web.limits import TokenBuckets
from tests.platforms.clocks import SetClock


def test_a_burst_is_let_through_and_then_what_time_refills() -> None:
    clock = SetClock()
    buckets = TokenBuckets(clock, burst=3, per_second=0.5)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    clock.forward(2)
    assert [buckets.take("a"), buckets.take("a")] == [True, False]


def test_one_persons_haste_is_nobody_elses() -> None:
    buckets = TokenBuckets(SetClock(), burst=1, per_second=1)
    assert [buckets.take("a"), buckets.take("a"), buckets.take("b")] == [True, False, True]


def test_a_refusal_costs_nothing() -> None:
    clock = SetClock()
    buckets = TokenBuckets(clock, burst=1, per_second=1)
    buckets.take("a")
    for _ in range(50):
        assert not buckets.take("a")
    clock.forward(1)
    assert buckets.take("a")


def test_a_clock_that_steps_back_takes_nothing_away() -> None:
    clock = SetClock()
    buckets = TokenBuckets(clock, burst=2, per_second=1)
    buckets.take("a")
    clock.forward(-3600)
    assert [buckets.take("a"), buckets.take("a")] == [True, False]


def test_the_bucket_unused_longest_is_forgotten_first() -> None:
    buckets = TokenBuckets(SetClock(), burst=1, per_second=0.001, most_keys=2)
    buckets.take("a")
    buckets.take("b")
    buckets.take("c")
    assert not buckets.take("b")
    assert buckets.take("a")

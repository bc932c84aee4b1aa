"""How evenly the load lies: Gini, nights, watches and who is close to their number, as tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import duty, fairness
from dispatch.barriers import DAILY
from dispatch.fairness import DAY, PAUSE, WEEK, Count, Near, Posted, Sign, Tally
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime
from dispatch.people import Ladder, Roster, Rung
from tests.rules import builders
from tests.rules.builders import DEPUTY, DIRECTOR, SECRETARY_A, VOLUNTEERS

ZONE = "Asia/Shanghai"
NOBODY_ON_DUTY = replace(builders.roster(), ladder=Ladder())


def at(text: str, zone: str = ZONE) -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


NOW = at("2026-05-13T08:00:00")  # a Wednesday


def alone(count: int) -> Roster:
    """A committee with so many volunteers and nobody else."""
    people = {who: builders.person(who, *builders.roster().people[who].roles) for who in VOLUNTEERS[:count]}
    return replace(NOBODY_ON_DUTY, people=people)


@pytest.mark.parametrize(
    ("shares", "gini"),
    [
        ([], None),
        ([0], None),
        ([0, 0, 0], None),
        ([5], 0.0),
        ([3, 3, 3, 3], 0.0),
        ([0, 0, 0, 8], 0.75),  # (n - 1) / n
        ([0, 1], 0.5),
        ([1, 2, 3], 2 / 9),  # by the mean difference: (1 + 2 + 1) * 2 / (2 * 9 * 2)
        ([3, 1, 2], 2 / 9),
        ([10, 20, 30], 2 / 9),
    ],
)
def test_gini_is_0_where_all_have_the_same_and_nothing_where_there_is_nothing(
    shares: Sequence[int], gini: float | None
) -> None:
    assert fairness.gini(shares) == (None if gini is None else pytest.approx(gini))


def test_gini_is_half_the_relative_mean_difference() -> None:
    shares = [0, 2, 2, 7, 11, 1]
    differences = sum(abs(one - other) for one in shares for other in shares)
    assert fairness.gini(shares) == pytest.approx(differences / (2 * len(shares) * sum(shares)))


@pytest.mark.parametrize(
    ("people", "offers", "never", "mean", "highest", "gini"),
    [
        (0, {}, 0, None, 0, None),
        (1, {}, 1, 0.0, 0, None),
        (1, {1: 4}, 0, 4.0, 4, 0.0),
        (4, {1: 2, 2: 2, 3: 2, 4: 2}, 0, 2.0, 2, 0.0),
        (4, {1: 1, 3: 8}, 2, 2.25, 8, 0.6944),
        (4, {3: 9}, 3, 2.25, 9, 0.75),
        (4, {3: 9, 77: 30}, 3, 2.25, 9, 0.75),  # somebody who has left counts no more
    ],
)
def test_offers_are_shared_by_those_who_may_be_asked(
    people: int, offers: dict[int, int], never: int, mean: float | None, highest: int, gini: float | None
) -> None:
    tally = Tally(offers={who: Count(span=count) for who, count in offers.items()})
    found = fairness.load(tally, alone(people), NOW).offers
    assert (found.people, found.never, found.mean, found.highest) == (people, never, mean, highest)
    assert found.gini == (None if gini is None else pytest.approx(gini, abs=1e-4))


def test_whoever_carries_most_comes_first_and_nobody_is_left_out() -> None:
    tally = Tally(offers={2: Count(span=9, day=1), 3: Count(span=5)}, jobs={3: Count(span=2, day=2)})
    found = fairness.load(tally, alone(4), NOW)
    assert [each.person_id for each in found.people] == [3, 2, 1, 4]
    assert (found.jobs.total, found.jobs_day.total, found.offers_day.total) == (2, 2, 1)
    assert found.offers_day.never == 3


@pytest.mark.parametrize(
    ("posted", "judged", "quick", "half"),
    [
        ([], 0, 0, None),
        ([(10, None, None)], 1, 0, None),  # minutes ago posted; after how many taken, closed
        ([(4, None, None)], 0, 0, None),  # its five minutes are not over
        ([(4, 1, None)], 1, 1, 1),
        ([(60, 5, None), (60, 6, None)], 2, 1, 5),
        ([(60, None, 3)], 0, 0, None),  # cancelled before it could have been late
        ([(60, None, 30)], 1, 0, None),
        ([(60, 1, 40), (60, 2, None), (60, 9, None)], 3, 2, 2),
    ],
)
def test_a_job_is_judged_once_it_was_taken_or_had_its_five_minutes(
    posted: Sequence[tuple[int, int | None, int | None]], judged: int, quick: int, half: int | None
) -> None:
    jobs = [
        Posted(
            posted_at=NOW - ago * MINUTE,
            claimed_at=None if taken is None else NOW - (ago - taken) * MINUTE,
            closed_at=None if closed is None else NOW - (ago - closed) * MINUTE,
        )
        for ago, taken, closed in posted
    ]
    found = fairness.load(Tally(posted=tuple(jobs)), alone(2), NOW).answers
    assert (found.posted, found.judged, found.quick) == (len(posted), judged, quick)
    assert found.half == (None if half is None else half * MINUTE)


def test_an_alarm_belongs_to_the_night_of_the_clock_on_the_wall() -> None:
    rung = {
        "2026-05-12T22:59:59": None,
        "2026-05-12T23:00:00": "12",
        "2026-05-13T06:59:59": "12",
        "2026-05-13T07:00:00": None,
        "2026-05-12T02:00:00": "11",
    }
    alarms = tuple(Sign(person_id=SECRETARY_A, at=at(moment)) for moment in rung)
    found = fairness.load(Tally(alarms=alarms), builders.roster(), NOW).nights
    assert len(found) == 7
    assert [night.total for night in found[:3]] == [2, 1, 0]
    assert found[0].alarms == ((SECRETARY_A, 2),)


def test_a_night_that_runs_is_the_first_and_clocks_that_change_make_no_gap() -> None:
    berlin = "Europe/Berlin"
    now = at("2026-03-29T01:30:00", berlin)  # at two the clocks jump to three
    (first, second, *_) = fairness.nights(berlin, now - WEEK, now)
    assert first == (at("2026-03-28T23:00:00", berlin), at("2026-03-29T07:00:00", berlin))
    assert first[1] - first[0] == 7 * HOUR
    assert second[1] - second[0] == 8 * HOUR


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], None),
        ([5], None),  # one moment is no watch
        ([5, 5], None),
        ([20, 15, 10], (20, 10, 3)),
        ([20, 14, 9], (14, 9, 2)),  # six hours between two signs are a pause
        ([30, 25, 20, 10, 5, 0], (30, 20, 3)),  # of two equally long ones the earlier
        ([30, 25, 13, 9, 4, 0], (13, 0, 4)),
    ],
)
def test_a_watch_goes_on_until_there_is_a_pause(
    hours: Sequence[int], expected: tuple[int, int, int] | None
) -> None:
    signs = tuple(Sign(person_id=DEPUTY, at=NOW - ago * HOUR) for ago in hours)
    found = fairness.load(Tally(signs=signs), NOBODY_ON_DUTY, NOW).watch
    if expected is None:
        assert found is None
        return
    since, until, count = expected
    assert found is not None
    assert (found.person_id, found.since, found.until) == (DEPUTY, NOW - since * HOUR, NOW - until * HOUR)
    assert (found.signs, found.cut) == (count, False)


def test_duty_counts_as_a_watch_and_what_is_done_right_after_it_makes_it_longer() -> None:
    roster = replace(builders.roster(), ladder=Ladder(rungs={Rung.DUTY: (SECRETARY_A, DIRECTOR)}))
    monday = at("2026-05-11T08:00:00")
    before, after = (person.person_id for person in _held(roster, monday))
    late = Sign(person_id=before, at=monday + 5 * HOUR)
    found = fairness.longest_watch([late], roster, NOW - WEEK, NOW)
    assert found is not None
    assert (found.person_id, found.cut, found.length) == (before, True, 5 * DAY + 5 * HOUR)
    assert after != before
    too_late = Sign(person_id=before, at=monday + PAUSE)
    again = fairness.longest_watch([too_late], roster, NOW - WEEK, NOW)
    assert again is not None
    assert again.length == 5 * DAY


def _held(roster: Roster, monday: Micros) -> list[Sign]:
    """Who has the week before and the week after that moment."""
    people = [duty.on_duty(roster, monday + step) for step in (-1, 0)]
    return [Sign(person_id=who, at=monday) for who in people if who is not None]


def test_volunteers_have_no_watches() -> None:
    signs = tuple(Sign(person_id=1, at=NOW - ago * HOUR) for ago in range(9))
    assert fairness.longest_watch(signs, NOBODY_ON_DUTY, NOW - WEEK, NOW) is None


@pytest.mark.parametrize(
    ("daily", "offers", "near"),
    [
        (None, 5, False),
        (None, 6, True),
        (None, 8, True),
        (1, 1, True),
        (2, 1, False),
        (2, 2, True),
        (0, 0, False),
    ],
)
def test_somebody_is_close_to_their_number_from_three_quarters_on(
    daily: int | None, offers: int, *, near: bool
) -> None:
    roster = alone(1)
    roster = replace(roster, people={1: replace(roster.people[1], daily=daily)})
    found = fairness.load(Tally(offers={1: Count(span=offers, day=offers)}), roster, NOW).near
    expected = (Near(person_id=1, offers=offers, daily=DAILY if daily is None else daily),)
    assert found == (expected if near else ())

"""Who had their number of offers is counted on from what is newer, and the same a day later."""

from dataclasses import replace

from dispatch.barriers import DAILY
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from store.offers import DAY, LOOKS_BACK_S, SETTLED_S, TOLD, Offers
from tests.rules import builders
from tests.rules.builders import NOW

ONE = 1
JOB = 99
"""A job that has asked nobody yet."""


def asks(*jobs: int, at: Micros = NOW, first: int = 1, person: int = ONE) -> list[dict[str, int]]:
    """Rows as the store reads them."""
    return [
        {"id": number, "person_id": person, "job_id": job, "at": at} for number, job in enumerate(jobs, first)
    ]


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.passed = 5.0

    def __call__(self) -> float:
        return self.passed

    def look(self, offers: Offers, now: Micros) -> object:
        """Behind which ask is read, when it is time to look back."""
        self.passed += LOOKS_BACK_S
        return offers.newer(7, now).params["seen"]


def test_only_what_is_newer_than_what_was_seen_is_asked_for() -> None:
    ticks = Ticks()
    offers = Offers(ticks)
    assert offers.newer(7, NOW).params == {"committee_id": 7, "seen": 0, "since": NOW - DAY}
    offers.full(asks(1, 2, 3), builders.roster(), NOW, JOB)
    for moment in (NOW, NOW + 1, NOW - HOUR):  # the clock may be set
        assert offers.newer(7, moment).params["seen"] == 3
    assert ticks.look(offers, NOW + SECOND) == 0, "others may have come behind them"
    assert offers.newer(7, NOW + SECOND).params["seen"] == 3
    ticks.passed += SETTLED_S
    for _ in range(3):  # what a look back brings was read by the third after it
        assert ticks.look(offers, NOW) == 0
        offers.full((), builders.roster(), NOW, JOB)
    assert ticks.look(offers, NOW) == 3


def test_what_a_look_back_is_bringing_counts_though_another_wave_was_sooner() -> None:
    ticks = Ticks()
    offers, roster = Offers(ticks), builders.roster()
    late = asks(*range(1, DAILY + 1))
    offers.newer(7, NOW)
    offers.full(late[1:], roster, NOW, JOB)
    ticks.passed += 2 * SETTLED_S
    much_later = NOW + MINUTE
    assert ticks.look(offers, much_later) == 0
    assert offers.newer(7, much_later).params["seen"] == DAILY
    assert offers.full((), roster, much_later, JOB) == frozenset()
    assert offers.full(late, roster, much_later, JOB) == {ONE}


def test_an_ask_that_was_kept_behind_a_newer_one_counts_whatever_the_clocks_say() -> None:
    ticks = Ticks()
    offers, roster = Offers(ticks), builders.roster()
    late = asks(*range(1, DAILY + 1))
    offers.newer(7, NOW)
    ahead = NOW + 50 * MINUTE  # as another host's clock may be
    offers.full(late[1:], roster, ahead, JOB)
    ticks.passed += SETTLED_S - 1
    assert ticks.look(offers, ahead) == 0
    assert offers.full(late[:1], roster, ahead, JOB) == {ONE}
    assert offers.full(late, roster, ahead, JOB) == {ONE}
    assert offers.newer(7, ahead).params["seen"] == DAILY


def test_what_was_lost_under_the_lock_is_counted_anew_from_the_first_ask_of_the_day() -> None:
    offers, roster = Offers(), builders.roster()
    job = builders.situation().job
    offers.full(asks(*range(3, DAILY + 1), first=3, at=NOW - 2 * HOUR), roster, NOW, JOB)  # two stay unread
    offers.promised([ONE], job.id, NOW)
    (*_, look) = offers.within(job, NOW)
    assert look.otherwise is not None
    look.otherwise([{"person_id": ONE}], True)
    assert offers.newer(7, NOW).params["seen"] == 0
    assert offers.full(asks(*range(1, DAILY + 1)), roster, NOW, JOB) == {ONE}


def test_what_was_decided_counts_before_it_can_be_read_and_once() -> None:
    ticks = Ticks()
    offers, roster = Offers(ticks), builders.roster()
    for job in range(1, DAILY + 1):
        assert offers.full((), roster, NOW, DAILY + 1) == frozenset()
        offers.promised([ONE], job, NOW)
        offers.promised([ONE], job, NOW)
    assert offers.full((), roster, NOW, DAILY + 1) == {ONE}
    ticks.passed += SETTLED_S - 1
    assert offers.full(asks(*range(1, DAILY)), roster, NOW, DAILY + 1) == {ONE}
    ticks.passed += 1
    assert offers.full((), roster, NOW, DAILY + 1) == frozenset(), "the last one never came"


def test_a_decision_that_is_made_anew_does_not_stand_in_its_own_way() -> None:
    offers, roster = Offers(), builders.roster()
    offers.full(asks(*range(1, DAILY)), roster, NOW, JOB)
    offers.promised([ONE], DAILY, NOW)
    assert offers.full((), roster, NOW, DAILY) == frozenset()
    assert offers.full((), roster, NOW, DAILY + 1) == {ONE}


def test_each_job_counts_once_however_often_it_asked_and_each_row_once_however_often_it_was_read() -> None:
    offers, roster = Offers(), builders.roster()
    again = asks(*(1 for _ in range(2 * DAILY)))
    assert offers.full(again, roster, NOW, JOB) == frozenset()
    assert offers.full(again, roster, NOW, JOB) == frozenset()
    rest = asks(*range(2, DAILY + 1), first=2 * DAILY + 1)
    assert offers.full(rest, roster, NOW, JOB) == {ONE}
    assert offers.full((), roster, NOW + DAY - 1, JOB) == {ONE}
    assert offers.full((), roster, NOW + DAY, JOB) == frozenset()


def test_a_job_that_asked_again_counts_from_the_last_time() -> None:
    offers, roster = Offers(), builders.roster()
    offers.full(asks(*range(DAILY)), roster, NOW, JOB)
    offers.full(asks(*range(DAILY), at=NOW + HOUR, first=DAILY + 1), roster, NOW + HOUR, JOB)
    assert offers.full((), roster, NOW + DAY, JOB) == {ONE}
    assert offers.full((), roster, NOW + DAY + HOUR, JOB) == frozenset()


def test_their_own_number_counts_and_whoever_left_does_not() -> None:
    people = builders.roster()
    roster = replace(people, people={**people.people, ONE: replace(people.people[ONE], daily=1)})
    offers = Offers()
    assert offers.full([*asks(1), *asks(2, first=2, person=999)], roster, NOW, JOB) == {ONE}


def test_when_each_was_asked_last_is_the_newest_of_all_that_was_read() -> None:
    offers, roster = Offers(), builders.roster()
    month = {"committee_id": 7, "since": NOW - TOLD}
    assert offers.earlier(7, NOW).params == month
    offers.asked([{"person_id": ONE, "at": NOW - 3 * DAY}, {"person_id": 2, "at": NOW - DAY}], NOW)
    offers.full(asks(1, at=NOW - HOUR), roster, NOW, JOB)
    offers.asked([{"person_id": ONE, "at": NOW - 2 * HOUR}], NOW)
    assert offers.last == {ONE: NOW - HOUR, 2: NOW - DAY}
    assert offers.earlier(7, NOW + DAY).params["since"] == NOW - HOUR, "and not all of the month again"
    offers.full((), roster, NOW + 2 * DAY, JOB)
    assert offers.last[ONE] == NOW - HOUR, "it is told after the day in which it counts"

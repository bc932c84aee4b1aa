"""What is on record of people, and what follows from it."""

import pytest

from dispatch.policies.belief import BUCKETS, NEVER, bucket
from dispatch.policies.counts import Row
from dispatch.policies.delays import Delays
from dispatch.policies.pool import Prior
from dispatch.policies.record import UNTOLD, Record
from dispatch.policies.search import Reply


def chance(record: Record, person: int, *facets: str) -> float:
    return record.weigh(person, facets)[0]


def lived(
    prior: Prior = UNTOLD, *, people: int, jobs: int, every: int, facets: tuple[str, ...] = ()
) -> Record:
    """Everybody is asked for each job; each `every`th ask is accepted."""
    record = Record(prior)
    asks = 0
    for _ in range(jobs):
        for _ in range(40):  # whoever is asked has rested
            record.next_job()
        for person in range(people):
            asks += 1
            record.note(person, facets, Reply.ACCEPTED if asks % every == 0 else None)
    return record


def test_before_anybody_was_asked_the_prior_holds() -> None:
    assert chance(Record(Prior(accepts=0.3)), 7) == pytest.approx(0.3)


@pytest.mark.parametrize("every", [2, 5, 20])
def test_how_willing_people_are_is_learned_from_all_of_them(every: int) -> None:
    record = lived(people=41, jobs=20, every=every)
    assert chance(record, 999) == pytest.approx(1 / every, rel=0.25)


def test_ones_own_answers_count_against_everybody_elses() -> None:
    record = lived(people=21, jobs=10, every=5)
    for _ in range(12):
        record.next_job()
        record.note(100, (), Reply.ACCEPTED)
        record.note(101, (), None)
    for _ in range(300):
        record.next_job()
    assert chance(record, 100) > 1.15 * chance(record, 999)
    assert chance(record, 101) < 0.95 * chance(record, 999)


def test_one_answer_changes_little() -> None:
    record = lived(people=21, jobs=10, every=5)
    before = chance(record, 100)
    record.next_job()
    record.note(100, (), Reply.ACCEPTED)
    for _ in range(300):
        record.next_job()
    assert before < chance(record, 100) < 1.4 * before


def test_where_people_hardly_differ_somebodys_luck_is_not_believed() -> None:
    alike, mixed = Record(), Record()
    for job in range(40):
        for record in (alike, mixed):
            record.next_job()
        for person in range(20):
            even = Reply.ACCEPTED if (person + job) % 5 == 0 else None
            some = Reply.ACCEPTED if person < 4 else None
            alike.note(person, (), even)
            mixed.note(person, (), some)
    for record in (alike, mixed):
        for _ in range(4):
            record.next_job()
            record.note(500, (), Reply.ACCEPTED)
        for _ in range(300):
            record.next_job()
    assert chance(alike, 500) < chance(mixed, 500)


def test_facets_are_learned_beside_the_whole() -> None:
    record = Record()
    for _ in range(60):
        record.next_job()
        for person in range(5):
            record.note(person, ("day",), Reply.ACCEPTED if person < 3 else None)
            record.note(person + 10, ("night",), None)
    assert chance(record, 99, "night") < 0.3 * chance(record, 99, "day")
    assert chance(record, 99, "dusk") == pytest.approx(chance(record, 99))


def test_whoever_was_given_jobs_and_never_asked_is_left_to_rest_like_anybody_else() -> None:
    record = lived(people=9, jobs=9, every=4)
    given = Record(rests={100: 1})
    assert record.weigh(100, ()) == record.weigh(101, ()), "nobody had anything"
    assert given.weigh(100, ())[0] < given.weigh(101, ())[0]
    assert given.weigh(100, ())[1] < given.weigh(100, ())[0], "asking now costs what resting on would add"
    for _ in range(600):
        given.next_job()
    assert chance(given, 100) == pytest.approx(chance(given, 101), rel=0.01)
    assert given.count(100).asked == 0


def test_somebody_who_answers_only_after_long_rests_is_left_to_rest() -> None:
    record = Record()
    for job in range(400):
        record.next_job()
        if job % 40 == 0:
            record.note(1, (), Reply.ACCEPTED)
        elif job % 40 in {1, 3, 6}:
            record.note(1, (), None)
    record.note(1, (), None)
    record.next_job()
    soon, worth_soon = record.weigh(1, ())
    for _ in range(60):
        record.next_job()
    later, worth_later = record.weigh(1, ())
    assert soon < 0.6 * later
    assert worth_soon < soon, "asking now costs what resting on would add"
    assert worth_soon < worth_later


def test_reading_changes_nothing() -> None:
    record = lived(people=9, jobs=9, every=4, facets=("day",))
    first = [record.weigh(person, ("day",)) for person in range(12)]
    again = [record.weigh(person, ("day",)) for person in reversed(range(12))]
    assert first == again[::-1]


def test_a_record_is_built_again_from_the_counts_that_are_kept() -> None:
    record = Record()
    rows = []
    for job in range(30):
        record.next_job()
        for person in range(6):
            reply = Reply.ACCEPTED if (person * 7 + job) % 4 == 0 else None
            rows.append(
                Row(
                    person_id=person,
                    facet="",
                    bucket=bucket(record.rest(person)),
                    asked=1,
                    accepted=float(reply is not None),
                    refused=0,
                )
            )
            record.note(person, (), reply)
    record.next_job()
    again = Record(rows=rows, rests=dict.fromkeys(range(6), 1))
    for person in range(8):
        assert chance(again, person) == pytest.approx(chance(record, person), rel=0.05)
        assert again.rest(person) == record.rest(person)
        assert again.count(person) == record.count(person)


def test_what_is_known_of_today_has_a_limit() -> None:
    assert Record(Prior(steady=30)).sureness < 4
    assert 20 < lived(Prior(steady=30), people=20, jobs=60, every=3).sureness < 30


def test_somebody_stood_down_early_counts_for_less_than_one_who_stayed_silent() -> None:
    silent, early = Record(), Record()
    for record, weight in ((silent, 1.0), (early, 0.1)):
        for _ in range(20):
            record.next_job()
            record.note(1, (), None, weight=weight)
        for _ in range(300):
            record.next_job()
    assert chance(early, 1) > chance(silent, 1)


def test_half_of_the_answers_are_there_after_the_median() -> None:
    assert Delays(median=60).within(60) == pytest.approx(0.5)
    assert Delays(median=60).within(0) == 0
    assert Delays(median=60, sigma=1).within(300) == pytest.approx(0.946, abs=0.001)


def test_rests_are_counted_in_two_buckets_a_doubling() -> None:
    found = [bucket(rest) for rest in (0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 9999)]
    assert found == [0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11]
    assert bucket(None) == NEVER


@pytest.mark.parametrize("rest", [1, 2, 3, 5, 10, 30, 60])
def test_the_rest_that_stands_for_a_bucket_lies_in_it(rest: int) -> None:
    assert bucket(int(BUCKETS[bucket(rest)])) == bucket(rest)

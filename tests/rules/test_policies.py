"""Policies: whom they ask next, and when they look again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.policies import registry
from dispatch.policies.adaptive import LOOKED_AT, Adaptive
from dispatch.policies.candidate import Candidate
from dispatch.policies.everybody import Everybody
from dispatch.policies.fixed import Fixed
from dispatch.policies.likely import Likely
from dispatch.policies.one_at_a_time import OneAtATime
from dispatch.policies.pool import Prior
from dispatch.policies.record import Record
from dispatch.policies.refusals import Refusals
from dispatch.policies.rested import Rested
from dispatch.policies.search import Asked, Reply, Search
from dispatch.policies.wave import Policy, Wave
from dispatch.policies.waves import Waves

POSTED = 1_000 * MINUTE


def crowd(count: int, *, first: int = 1) -> list[Candidate]:
    """People a tenth of a minute apart, the nearest first."""
    return [Candidate(id=first + place, walk=6.0 * place) for place in range(count)]


def search(minutes: float = 5, *, asked: Sequence[Asked] = (), **fields: object) -> Search:
    made = Search(
        posted_at=POSTED, target_at=POSTED + int(minutes * MINUTE), chance=0.999, asked=tuple(asked)
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # fields by name


def asked(count: int, *, ago: Micros = 0, reply: Reply | None = None) -> list[Asked]:
    """The nearest, all at the posting or so long before it."""
    return [Asked(person_id=1 + place, at=POSTED - ago, reply=reply) for place in range(count)]


def wave(policy: Policy, looked: Search, people: Sequence[Candidate], after: Micros = 0) -> Wave:
    return policy.next_wave(looked, people, POSTED + after, Record())


def told(rate: float) -> Record:
    """A record that knows how many accept."""
    return Record(Prior(accepts=rate, refuses=0.1, strength=1e6, steady=1e6))


def test_everybody_asks_all_at_once_and_nobody_twice() -> None:
    assert wave(Everybody(), search(), crowd(30)).people == tuple(range(1, 31))
    assert wave(Everybody(), search(asked=asked(30)), []) == Wave()


def test_the_fixed_few_are_the_nearest_and_nobody_follows_them() -> None:
    assert wave(Fixed(count=5), search(), crowd(30)) == Wave(people=(1, 2, 3, 4, 5))
    assert wave(Fixed(count=5), search(asked=asked(5)), crowd(25, first=6), 10 * MINUTE) == Wave()


@pytest.mark.parametrize(
    ("reply", "after", "expected"),
    [
        (None, 59 * SECOND, Wave(look_at=POSTED + MINUTE)),
        (None, 60 * SECOND, Wave(people=(2,), look_at=POSTED + 2 * MINUTE)),
        (Reply.REFUSED, 5 * SECOND, Wave(people=(2,), look_at=POSTED + 65 * SECOND)),
    ],
)
def test_one_at_a_time_waits_for_silence_but_not_for_a_refusal(
    reply: Reply | None, after: Micros, expected: Wave
) -> None:
    assert wave(OneAtATime(), search(asked=asked(1, reply=reply)), crowd(9, first=2), after) == expected


def test_waves_go_by_the_clock_and_double() -> None:
    people, found, have = crowd(60), [], 0
    for minute in (0, 2, 4, 6):
        one = wave(Waves(), search(asked=asked(have)), people[have:], minute * MINUTE)
        have += len(one.people)
        found.append((len(one.people), one.look_at and (one.look_at - POSTED) // MINUTE))
    assert found == [(5, 2), (10, 4), (20, 6), (25, None)]


def test_a_wave_that_was_missed_is_made_good() -> None:
    assert len(wave(Waves(), search(asked=asked(5)), crowd(60, first=6), 5 * MINUTE).people) == 30


def test_whoever_refuses_is_replaced_and_silence_is_waited_out() -> None:
    some = [*asked(3), *(Asked(person_id=who, at=POSTED, reply=Reply.REFUSED) for who in (4, 5))]
    assert wave(Refusals(count=5), search(asked=some), crowd(9, first=6)).people == (6, 7)
    assert wave(Refusals(count=5), search(asked=asked(5)), crowd(9, first=6), 9 * MINUTE).people == ()


def test_the_longest_rested_are_asked_those_never_asked_first() -> None:
    record = Record(rests={1: 2, 2: 9, 4: 5})
    found = Rested(count=3).next_wave(search(), crowd(4), POSTED, record)
    assert found.people == (3, 2, 4)


def test_the_likeliest_are_asked_wherever_they_are() -> None:
    record = Record()
    for _ in range(8):
        record.next_job()
        record.note(20, (), Reply.ACCEPTED)
        record.note(1, (), None)
    for _ in range(200):  # long enough for everybody to have rested
        record.next_job()
    found = Likely(count=2).next_wave(search(), crowd(20), POSTED, record)
    assert found.people[0] == 20
    assert 1 not in found.people


def test_the_adaptive_wave_begins_small_and_with_the_nearest() -> None:
    first = wave(Adaptive(), search(), crowd(100))
    assert 3 <= len(first.people) <= 9
    assert first.people == tuple(range(1, len(first.people) + 1))
    assert first.look_at is not None
    assert POSTED < first.look_at <= POSTED + 20 * SECOND


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (search(2), search(5)),
        (search(5), search(30)),
        (search(5), search(5, chance=0.9)),
        (search(5, places=3), search(5)),
    ],
    ids=["less time", "less time by far", "surer", "more places"],
)
def test_the_adaptive_wave_is_larger_when_more_is_wanted(more: Search, less: Search) -> None:
    assert len(wave(Adaptive(), more, crowd(200)).people) > len(wave(Adaptive(), less, crowd(200)).people)


def test_the_adaptive_wave_is_larger_where_fewer_accept() -> None:
    sizes = [
        len(Adaptive().next_wave(search(), crowd(250), POSTED, told(rate)).people)
        for rate in (0.5, 0.23, 0.1, 0.05)
    ]
    assert sizes == sorted(sizes)
    # Twice as unlikely, about twice as many.
    assert 1.6 <= sizes[3] / sizes[2] <= 2.4


def test_those_who_were_asked_are_hoped_for_before_anybody_else_is_asked() -> None:
    first = len(wave(Adaptive(), search(), crowd(100)).people)
    again = wave(Adaptive(), search(asked=asked(first)), crowd(50, first=50), 1)
    assert again.people == ()
    assert again.look_at is not None


def test_a_refusal_is_replaced_at_once() -> None:
    first = len(wave(Adaptive(), search(), crowd(100)).people)
    some = asked(first)
    some[0] = replace(some[0], reply=Reply.REFUSED)
    some[1] = replace(some[1], reply=Reply.REFUSED)
    assert len(wave(Adaptive(), search(asked=some), crowd(50, first=50), 5 * SECOND).people) >= 1


def test_silence_says_that_people_are_less_willing_than_was_thought() -> None:
    # The same twenty silent people; one record is new, the other has seen thousands accept.
    looked = search(15, asked=asked(20, ago=5 * MINUTE))
    unsure = Adaptive().next_wave(looked, crowd(200, first=50), POSTED, Record())
    sure = Adaptive().next_wave(looked, crowd(200, first=50), POSTED, told(0.2))
    assert len(unsure.people) > len(sure.people)


def test_who_cannot_be_rung_is_asked_last() -> None:
    people = [replace(person, present=person.id > 90) for person in crowd(100)]
    assert min(wave(Adaptive(), search(), people).people) > 90


def test_an_old_hand_further_away_is_preferred_to_a_silent_neighbour() -> None:
    record = Record()
    for _ in range(12):
        record.next_job()
        record.note(1, (), None)
        record.note(3, (), Reply.ACCEPTED)
    for _ in range(200):
        record.next_job()
    people = Adaptive().next_wave(search(), crowd(40), POSTED, record).people
    assert people[0] == 3
    assert 1 not in people


def test_the_reasons_are_facts_about_those_who_are_asked() -> None:
    record = Record()
    for reply in (Reply.ACCEPTED, None, Reply.ACCEPTED):
        record.next_job()
        record.note(3, (), reply)
    for _ in range(40):
        record.next_job()
    found = Adaptive().next_wave(search(), crowd(4), POSTED, record)
    assert tuple(reason.person_id for reason in found.reasons) == found.people
    reason = next(reason for reason in found.reasons if reason.person_id == 3)
    assert (reason.walk, reason.accepted, reason.asked, reason.rest) == (12.0, 2, 3, 40)
    assert reason.chance is not None
    assert reason.chance > 0.2


def test_when_everybody_has_been_asked_there_is_nothing_to_look_for() -> None:
    assert wave(Adaptive(), search(asked=asked(9)), [], MINUTE) == Wave()


def test_the_search_goes_on_after_its_target_has_passed() -> None:
    late = wave(Adaptive(), search(asked=asked(9)), crowd(90, first=10), 20 * MINUTE)
    assert 0 < len(late.people) < 90, "and does not ask everybody all of a sudden"
    assert late.look_at is not None


class Counted(Sequence[Candidate]):
    """Says how far somebody has looked."""

    def __init__(self, people: list[Candidate]) -> None:
        self._people = people
        self.furthest = 0

    def __len__(self) -> int:
        return len(self._people)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> list[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | list[Candidate]:
        stop = place.stop if isinstance(place, slice) else place + 1
        self.furthest = max(self.furthest, len(self._people) if stop is None else stop)
        return self._people[place]


def test_of_a_hundred_thousand_only_the_nearest_are_looked_at() -> None:
    people = Counted(crowd(100_000))
    assert wave(Adaptive(), search(), people).people
    assert people.furthest <= LOOKED_AT


REPLIES = st.sampled_from([None, Reply.REFUSED, Reply.ACCEPTED])


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(registry.POLICIES)),
    replies=st.lists(REPLIES, max_size=12),
    pool=st.integers(0, 60),
    most=st.one_of(st.none(), st.integers(0, 20)),
    places=st.integers(1, 5),
    seconds=st.integers(0, 3_000),
)
def test_every_policy_asks_only_who_may_be_asked_and_looks_ahead(
    name: str, replies: list[Reply | None], pool: int, most: int | None, places: int, seconds: int
) -> None:
    before = [Asked(person_id=1_000 + n, at=POSTED, reply=reply) for n, reply in enumerate(replies)]
    looked, people = search(asked=before, most=most, places=places), crowd(pool)
    now = POSTED + seconds * SECOND
    policy, record = registry.named(name), Record()
    found = policy.next_wave(looked, people, now, record)
    assert set(found.people) <= {person.id for person in people}
    assert len(set(found.people)) == len(found.people)
    assert most is None or len(found.people) <= max(0, most - len(before))
    assert found.look_at is None or found.look_at > now
    assert policy.next_wave(looked, people, now, record) == found


def test_every_policy_has_a_name_and_an_unknown_name_is_an_error() -> None:
    assert {"all", "fixed", "one_at_a_time", "waves", "refusals", "adaptive"} <= set(registry.POLICIES)
    assert all(isinstance(make(), Policy) for make in registry.POLICIES.values())
    with pytest.raises(KeyError):
        registry.named("luck")


def test_somebody_who_all_but_surely_accepts_is_hoped_for_to_the_end() -> None:
    keen = Record(Prior(accepts=0.95, refuses=0.5, strength=1e6, steady=1e6))
    for passed in (0, 30, 300, 3_000):
        looked = search(60, asked=asked(1, ago=passed * SECOND))
        found = Adaptive().next_wave(looked, crowd(9, first=2), POSTED, keen)
        assert found.look_at is not None

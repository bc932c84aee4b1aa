"""What is learned of an hour is held to what is known of its part of the day, and never counts that twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.policies.counts import Row, nested, parent
from dispatch.policies.record import Record

NIGHT, DAY, KIND = "night", "day", "kind:general"
AT_3, AT_5 = nested(NIGHT, "3"), nested(NIGHT, "5")

OFTEN = 400
"""Times that somebody was asked of whom everything is known."""

Asked = list[tuple[int, int, int]]
"""By person: how often they were asked at three, said yes then, and said yes at five when asked as often."""


def counted(person: int, facet: str, asked: float, accepted: float) -> Row:
    return Row(person_id=person, facet=facet, bucket=12, asked=asked, accepted=accepted, refused=0)


def answers(person: int, hour: str, asked: float, accepted: float) -> list[Row]:
    """The rows that are kept of somebody who was asked so often at one hour."""
    facets = ("", parent(hour) or "", hour, KIND)
    return [counted(person, facet, asked, accepted) for facet in facets]


def everybody(at_3: float, at_5: float) -> list[Row]:
    """All of them said yes to such a share of what they were asked at each of the two hours, often enough."""
    return [
        row
        for person in range(4)
        for hour, share in ((AT_3, at_3), (AT_5, at_5))
        for row in answers(person, hour, OFTEN, share * OFTEN)
    ]


def chance(rows: list[Row], person: int, *facets: str) -> float:
    return Record(rows=rows).weigh(person, facets)[0]


people = st.lists(
    st.integers(min_value=1, max_value=30).flatmap(
        lambda asked: st.tuples(st.just(asked), *(st.integers(min_value=0, max_value=asked) for _ in "35"))
    ),
    min_size=1,
    max_size=8,
)


def kept(found: Asked) -> list[Row]:
    return [
        row
        for person, (asked, at_3, at_5) in enumerate(found)
        for hour, accepted in ((AT_3, at_3), (AT_5, at_5))
        for row in answers(person, hour, asked, accepted)
    ]


def test_an_hour_is_known_by_its_name() -> None:
    assert parent(nested("night", "3")) == "night"
    assert [parent(facet) for facet in ("night", "kind:general", "")] == [None, None, None]


@given(people)
def test_of_an_hour_at_which_nobody_was_asked_the_night_is_thought(found: Asked) -> None:
    rows, hour = kept(found), nested(NIGHT, "4")
    for person in (0, 99):  # one of those who were asked, and a stranger
        assert chance(rows, person, NIGHT, hour, KIND) == pytest.approx(chance(rows, person, NIGHT, KIND))


@given(people)
def test_counts_of_an_earlier_release_which_knew_no_hours_say_what_they_said(found: Asked) -> None:
    rows = [row for row in kept(found) if parent(row.facet) is None]
    for person in (0, 99):
        assert chance(rows, person, NIGHT, AT_3, KIND) == chance(rows, person, NIGHT, KIND)


@given(people, st.integers(min_value=1, max_value=30))
def test_an_hour_that_is_as_the_night_adds_nothing_to_it(found: Asked, times: int) -> None:
    rows = [
        row
        for person, (asked, at_3, _) in enumerate(found)
        for hour, many in ((AT_3, 1), (AT_5, times))
        for row in answers(person, hour, many * asked, many * at_3)
    ]
    assert chance(rows, 99, NIGHT, AT_3) == pytest.approx(chance(rows, 99, NIGHT))


@given(people)
def test_a_night_of_one_hour_is_not_counted_twice(found: Asked) -> None:
    rows = [row for who, (asked, yes, _) in enumerate(found) for row in answers(who, AT_3, asked, yes)]
    for person in (0, 99):
        assert chance(rows, person, NIGHT, AT_3) == pytest.approx(chance(rows, person, NIGHT))


@given(
    st.integers(min_value=1, max_value=40).flatmap(
        lambda asked: st.tuples(st.just(asked), st.integers(0, asked))
    )
)
def test_whoever_was_asked_at_one_hour_alone_has_that_hours_answers_counted_once(
    own: tuple[int, int],
) -> None:
    """Whatever is usual there: what they answered is held to that, and not to the night's other hours."""
    rest = everybody(0, 0.4)
    mine = answers(100, AT_5, *own)
    usual = chance(rest, 99, NIGHT, AT_5)
    found = chance([*rest, *mine], 100, NIGHT, AT_5)
    assert (found < usual) == (own[1] / own[0] < usual) or found == pytest.approx(usual, rel=0.05)


@given(
    st.integers(min_value=1, max_value=30).flatmap(
        lambda asked: st.tuples(st.just(asked), st.integers(0, asked - 1), st.integers(0, asked))
    )
)
def test_one_who_accepts_once_more_at_an_hour_is_never_thought_less_willing_there(
    own: tuple[int, int, int],
) -> None:
    asked, at_3, at_5 = own
    others = everybody(0.1, 0.45)
    before, after = (
        chance([*others, *answers(100, AT_3, asked, yes), *answers(100, AT_5, asked, at_5)], 100, NIGHT, AT_3)
        for yes in (at_3, at_3 + 1)
    )
    assert after > before


@given(people)
def test_where_the_hour_stands_among_the_facets_does_not_matter(found: Asked) -> None:
    record = Record(rows=kept(found))
    for person in (0, 99):
        weighed = {
            record.weigh(person, facets)
            for facets in ((NIGHT, AT_3, KIND), (AT_3, NIGHT, KIND), (NIGHT, KIND, AT_3))
        }
        assert len(weighed) == 1


@given(people, st.integers(min_value=1, max_value=5))
def test_more_who_accept_at_an_hour_never_lower_the_chance_of_a_stranger_there(
    found: Asked, more: int
) -> None:
    rows = [row for row in kept(found) if row.facet in {NIGHT, AT_3}]
    added = [counted(0, facet, more, more) for facet in (NIGHT, AT_3)]
    assert chance([*rows, *added], 99, NIGHT, AT_3) >= chance(rows, 99, NIGHT, AT_3) * (1 - 1e-9)


def test_an_hour_at_which_nobody_says_yes_is_told_from_the_rest_of_the_night() -> None:
    rows = everybody(0, 0.4)
    at_3, night, at_5 = (chance(rows, 99, NIGHT, *hour) for hour in ((AT_3,), (), (AT_5,)))
    assert at_3 < 0.1 * night
    assert at_5 == pytest.approx(2 * night, rel=0.05)
    assert chance(rows, 0, NIGHT, AT_3) < 0.2 * chance(rows, 0, NIGHT, AT_5)


def test_ones_own_hour_counts_against_ones_own_night() -> None:
    others = everybody(0.2, 0.2)
    early = [*answers(100, AT_3, 60, 0), *answers(100, AT_5, 60, 24)]
    at_3, night, at_5 = (chance([*others, *early], 100, NIGHT, *hour) for hour in ((AT_3,), (), (AT_5,)))
    assert at_3 < 0.5 * night
    assert at_5 > 1.2 * night


def test_one_answer_at_an_hour_moves_little() -> None:
    rows = everybody(0.2, 0.2)
    before = chance(rows, 100, NIGHT, AT_3)
    one = [*rows, *answers(100, AT_3, 1, 1)]
    assert (
        chance(one, 100, NIGHT, AT_5) < chance(one, 100, NIGHT, AT_3) < 1.25 * chance(one, 100, NIGHT, AT_5)
    )
    assert before < chance(one, 100, NIGHT, AT_3) < 2 * before


def test_a_night_that_nobody_answers_is_learned_at_every_hour_of_it() -> None:
    rows = [*everybody(0, 0), *answers(50, nested(DAY, "12"), 100, 50)]
    assert chance(rows, 99, NIGHT, nested(NIGHT, "4")) == pytest.approx(chance(rows, 99, NIGHT))
    assert chance(rows, 99, NIGHT, AT_3) == pytest.approx(chance(rows, 99, NIGHT))
    assert chance(rows, 99, NIGHT, AT_3) < 0.2 * chance(rows, 99, DAY)

"""Who is asked next: tables of one committee's duty at a moment, and what must hold however people answer."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import duty, passing, rollcall
from dispatch.errors import NotAllowedError, UnknownRelayError
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, MINUTE, SECOND, Micros, from_datetime
from dispatch.relays import Relay, RelayKind, RelayState
from dispatch.verbs import AnswerKey
from tests.rules.watches import LAST, NOON, A, B, C, after, asked, at, committee, leader, remembered, watched


def test_the_first_look_asks_nobody_about_a_shift_that_runs() -> None:
    assert asked(watched(committee(), NOON)) == ()


def test_at_the_start_of_a_shift_its_holder_is_asked_and_the_next_after_five_minutes_each() -> None:
    watch = watched(committee(), at(7))
    assert asked(watch) == ()
    first = duty.on_duty(committee(), at(8))
    line: list[int | None] = [first]
    watch = after(passing.looked(watch, at(8)))
    assert asked(watch) == (first,)
    for minutes in (4, 5, 9, 10, 15):
        watch = after(passing.looked(watch, at(8, minutes)))
        if minutes % 5 == 0:
            line.append(LAST if minutes == 15 else duty.next_in_line(committee(), asked(watch)[:-1], at(8)))
        assert list(asked(watch)) == line


def test_everybody_silent_is_loud_once_and_then_again_at_an_interval() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    for minutes in (5, 10):
        watch = after(passing.looked(watch, at(8, minutes)))
    passed = passing.looked(watch, at(8, 15))
    (told,) = passed.told.values()
    watch = after(passed)
    assert [who for who, kind in told.items() if kind is NoticeKind.ALERT] == [LAST]
    quiet = passing.looked(watch, at(8, 24))
    assert quiet.relays == ()
    (again,) = passing.looked(watch, at(8, 25)).told.values()
    assert {who for who, kind in again.items() if kind is NoticeKind.ALERT} == {A, B, C, LAST}


def test_a_demo_waits_a_part_of_it() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8), 10))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    assert relay.due_at == at(8) + 30_000_000


@pytest.mark.parametrize(
    ("zone", "before", "moment"),
    [
        # 29 March 2026, Berlin: 02:00 does not exist; a shift that begins at 8 does so by the wall clock.
        ("Europe/Berlin", datetime(2026, 3, 29, 5, 59, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        # 25 October 2026: 02:30 comes twice; eight is an hour later in UTC than the day before.
        ("Europe/Berlin", datetime(2026, 10, 25, 6, 59, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 20, 23, 59, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_a_shift_begins_by_the_wall_clock_whatever_clocks_do(
    zone: str, before: datetime, moment: datetime
) -> None:
    watch = watched(committee(zone=zone), from_datetime(before) - HOUR)
    watch = after(passing.looked(watch, from_datetime(before)))
    assert asked(watch) == ()
    passed = passing.looked(watch, from_datetime(moment))
    assert len(asked(after(passed))) == 1
    assert len(asked(after(passing.looked(after(passed), from_datetime(moment) + 1)))) == 1


@pytest.mark.parametrize(
    ("zone", "starts", "told"),
    [
        ("UTC", datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 21, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 6, tzinfo=UTC), datetime(2026, 3, 28, 19, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)),
    ],
)
def test_a_reminder_comes_at_eight_in_the_evening_before(zone: str, starts: datetime, told: datetime) -> None:
    assert rollcall.remind_at(from_datetime(starts), ZoneInfo(zone)) == from_datetime(told)


def test_whoever_goes_on_without_a_break_is_reminded_of_nothing() -> None:
    alone = committee(leader(A), leader(LAST))
    assert [each.person_id for each in rollcall.coming(alone, NOON)] == []
    assert {each.person_id for each in rollcall.coming(committee(), NOON)} <= {A, B, C}


def test_a_time_for_which_nobody_was_ever_planned_is_called_for_by_nobody() -> None:
    roster = committee()
    assert roster.rota is not None
    nights = replace(roster, rota=replace(roster.rota, slots=roster.rota.slots[1:]))
    watch = watched(nights, at(7))
    assert asked(after(passing.looked(watch, at(8)))) == ()


def test_a_shift_whose_people_have_all_left_is_asked_of_the_next_in_line_at_once() -> None:
    watch = watched(committee(leader(C), leader(LAST)), at(7))
    watch = after(passing.looked(watch, at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    assert (relay.about_id, relay.asked) == (None, (C,))


def test_whoever_answered_their_shifts_call_is_called_anew_each_time_an_absence_of_theirs_is_over() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    holder = relay.asked[0]
    causes = [relay.cause]
    watch = after(passing.accepted(watch, relay.id, holder, at(8, 1)))
    for hour in (9, 12):
        watch = after(
            passing.looked(after(passing.left(watch, holder, at(hour + 2), at(hour))), at(hour + 1))
        )
        watch = after(passing.looked(watch, at(hour + 2)))
        assert asked(watch) == (holder,)
        (relay,) = [each for each in watch.relays if each.asks]
        causes.append(relay.cause)
        watch = after(passing.accepted(watch, relay.id, holder, at(hour + 2, 1)))
    assert len(set(causes)) == 3


AROUND = (-61, -60, -31, -1, 0, 1, 6, 29, 59, 60, 61, 121)
"""Minutes from the start of the day's shift."""


@pytest.mark.parametrize("changes", AROUND)
@pytest.mark.parametrize("step", [HOUR, -HOUR])
@pytest.mark.parametrize("answered", [True, False])
def test_a_clock_that_is_moved_by_an_hour_loses_no_call_and_makes_none_twice(
    answered: bool, step: Micros, changes: int
) -> None:
    """CONFORMANCE 33."""
    starts = at(8, day=22)  # B has the day, and C the night before it
    looks, now = [starts + minute * MINUTE for minute in AROUND], starts + changes * MINUTE
    before = [moment for moment in looks if moment < now]
    since = [now + step, *(moment for moment in looks if moment > now + step)]
    known: dict[str, Relay] = {}
    watch = watched(committee(), at(5, day=22))
    for moment in (*before, now, *since):
        watch = remembered(passing.looked(watch, moment), known)
        for relay in [each for each in watch.relays if answered and each.asks]:
            watch = remembered(passing.accepted(watch, relay.id, relay.asked[0], moment), known)
    (call,) = [each for each in known.values() if each.kind is RelayKind.ROLLCALL]
    assert (call.starts_at, call.asked[:1]) == (starts, (B,))
    assert call.state is (RelayState.TAKEN if answered else RelayState.OPEN)


def test_whoever_was_not_asked_may_not_answer_and_nothing_is_no_relay() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    with pytest.raises(NotAllowedError):
        passing.accepted(watch, relay.id, LAST, at(8, 1))
    with pytest.raises(UnknownRelayError):
        passing.accepted(watch, 999, A, at(8, 1))


def test_a_look_follows_one_that_found_the_people_changed() -> None:
    """Whoever has left may have been called by what was being decided just then."""
    watch = watched(committee(), NOON)
    assert passing.looked(watch, NOON).look_at > NOON + MINUTE
    passed = passing.looked(replace(watch, changed=True), NOON)
    assert passed.look_at == NOON + 5 * SECOND
    again = passing.looked(replace(after(passed), changed=False), passed.look_at)
    assert again.look_at > NOON + MINUTE


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["wait", "here", "out", "back"]),
            st.sampled_from([A, B, C, LAST]),
            st.integers(min_value=1, max_value=400),
        ),
        max_size=20,
    )
)
@settings(max_examples=30)
def test_however_people_answer_nobody_is_asked_twice_and_one_alone_has_it(
    steps: list[tuple[str, int, int]],
) -> None:
    """Each place in a line is one person's, a relay is taken once and by somebody who was asked, and whoever
    takes a shift has it unless they go out, or another is called for it."""
    now, watch = at(7), watched(committee(), at(7))
    decided: dict[str, tuple[RelayState, int | None]] = {}
    for word, who, minutes in steps:
        now += minutes * MINUTE
        watch = after(passing.looked(watch, now))
        if word == "here":
            mine = [each for each in watch.relays if each.asks and who in each.asked]
            if mine:
                passed = passing.accepted(watch, mine[0].id, who, now)
                if passed.answer is not None and passed.answer.key is AnswerKey.PRESENT and mine[0].ends_at:
                    assert duty.on_duty(passed.watch.roster, now) == who
                watch = after(passed)
        elif word != "wait":
            watch = after(passing.left(watch, who, now + 3 * HOUR if word == "out" else None, now))
        for relay in watch.relays:
            assert len(set(relay.asked)) == len(relay.asked)
            if relay.state is RelayState.TAKEN:
                assert relay.taken_by in relay.asked
            if not relay.open:
                assert decided.setdefault(relay.cause, (relay.state, relay.taken_by)) == (
                    relay.state,
                    relay.taken_by,
                )
        again = passing.looked(watch, now)
        assert again.relays == ()
        assert again.swaps == ()

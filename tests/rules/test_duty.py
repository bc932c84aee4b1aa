"""Who is on duty: weekly, Mondays at eight local time, through clock changes and absences."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import duty
from dispatch.moments import HOUR, Micros, from_datetime, to_datetime
from dispatch.people import Ladder, Roster, Rung
from tests.rules import builders
from tests.rules.builders import DIRECTOR, OFFICE, SECRETARY_A, SECRETARY_B


def moment(text: str, zone: str = "Asia/Shanghai") -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def in_zone(zone: str) -> Roster:
    people = builders.roster()
    return replace(people, committee=replace(people.committee, timezone=zone))


@pytest.mark.parametrize(
    ("before", "after", "zone"),
    [
        ("2026-11-23T07:59:59.999999", "2026-11-23T08:00:00", "Asia/Shanghai"),
        ("2026-11-30T07:59:59.999999", "2026-11-30T08:00:00", "Asia/Shanghai"),
        # The Monday after clocks went forward, and the one after they went back.
        ("2026-03-30T07:59:59.999999", "2026-03-30T08:00:00", "Europe/Berlin"),
        ("2026-10-26T07:59:59.999999", "2026-10-26T08:00:00", "Europe/Berlin"),
    ],
)
def test_duty_passes_on_mondays_at_eight_local_time(before: str, after: str, zone: str) -> None:
    people = in_zone(zone)
    old = duty.on_duty(people, moment(before, zone))
    new = duty.on_duty(people, moment(after, zone))
    assert {old, new} == {SECRETARY_A, SECRETARY_B}


def test_duty_stays_within_a_week() -> None:
    people = builders.roster()
    week = {duty.on_duty(people, moment(f"2026-11-{day}T12:00:00")) for day in range(23, 30)}
    assert len(week) == 1


def test_duty_stays_through_an_hour_that_does_not_exist_and_one_that_exists_twice() -> None:
    people = in_zone("Europe/Berlin")
    for night in ("2026-03-29", "2026-10-25"):
        before = duty.on_duty(people, moment(f"{night}T01:30:00", "Europe/Berlin"))
        after = duty.on_duty(people, moment(f"{night}T04:30:00", "Europe/Berlin"))
        assert before == after


def test_somebody_who_left_is_passed_over() -> None:
    people = builders.roster()
    now = moment("2026-11-25T03:00:00")
    standing = duty.on_duty(people, now)
    other = {SECRETARY_A: SECRETARY_B, SECRETARY_B: SECRETARY_A}[standing or 0]
    left = replace(people, people={k: v for k, v in people.people.items() if k != standing})
    assert duty.on_duty(left, now) == other


def test_nobody_is_on_duty_where_nobody_is_named() -> None:
    assert duty.on_duty(replace(builders.roster(), ladder=Ladder()), builders.NOW) is None


def test_a_rung_without_an_address_is_empty() -> None:
    people = builders.roster()
    mute = replace(people, addresses=tuple(a for a in people.addresses if a.person_id != OFFICE))
    assert duty.standing_on(Rung.OFFICE, mute, builders.NOW) == ()


def test_the_last_resort_is_never_empty_while_anybody_leads() -> None:
    people = replace(builders.roster(), ladder=Ladder())
    assert duty.last_resort(people)
    assert duty.last_resort(builders.roster()) == (DIRECTOR, OFFICE)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_turns_begin_on_mondays_at_eight_and_name_who_is_on_duty_then(zone: str) -> None:
    """Four weeks around the change to winter time: the local hour stays the same."""
    people = in_zone(zone)
    now = moment("2026-10-14T03:00:00", zone)
    turns = duty.turns(people, now, 4)
    starts = [to_datetime(turn.since).astimezone(ZoneInfo(zone)) for turn in turns]
    assert [start.strftime("%a %H:%M %d") for start in starts] == [
        f"Mon 08:00 {day}" for day in ("12", "19", "26", "02")
    ]
    assert turns[0].person_id == duty.on_duty(people, now)
    assert [turn.person_id for turn in turns] == [duty.on_duty(people, turn.since + HOUR) for turn in turns]


def test_before_eight_on_monday_the_turn_of_last_week_still_runs() -> None:
    people = builders.roster()
    zone = people.committee.timezone
    early, late = moment("2026-11-23T07:59:00", zone), moment("2026-11-23T08:00:00", zone)
    assert duty.turns(people, early, 2)[1] == duty.turns(people, late, 1)[0]

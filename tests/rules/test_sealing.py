"""A building's status: what a scheme amounts to, what counts of several words, who may go, who is told."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dispatch import declaring, handing, passage, sealing
from dispatch.declaring import Mark, Ruling, Wanted
from dispatch.errors import GearNeededError, SealedInError, UnknownBuildingError
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, Micros, to_datetime
from dispatch.passage import Bar
from dispatch.people import Roster
from dispatch.playbook import Playbook, Seeking
from dispatch.policies.registry import POLICIES
from dispatch.rota import moment
from dispatch.sealing import Scheme, Sealing, Stage, Status
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import NOW, STAFF, Play

DAY: Micros = 24 * HOUR
SHANGHAI, BERLIN, ADELAIDE = "Asia/Shanghai", "Europe/Berlin", "Australia/Adelaide"
SEVEN: Scheme = (Stage(status=Status.SEALED, days=7), Stage(status=Status.CONTROLLED, days=7))
TWO: Scheme = (Stage(status=Status.SEALED, days=2), Stage(status=Status.CONTROLLED, days=12))
SHUT: Scheme = (Stage(status=Status.SEALED),)


def micros(local: str, zone: str) -> Micros:
    return moment(datetime.fromisoformat(local), ZoneInfo(zone))


def local(at: Micros | None, zone: str) -> str:
    if at is None:
        return ""
    return to_datetime(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def said(
    building: int = 3, scheme: Scheme = SEVEN, since: Micros = NOW, number: int = 1, by: int = STAFF
) -> Sealing:
    return Sealing(
        id=number,
        committee_id=1,
        building_id=building,
        since=since,
        scheme=scheme,
        by_id=by,
        set_at=since,
    )


def shut(*sealings: Sealing, gear: frozenset[int] = frozenset()) -> Roster:
    people = builders.roster()
    dressed = {who: replace(each, gear=who in gear) for who, each in people.people.items()}
    return replace(people, people=dressed, sealings=sealings)


SCHEMES = [
    # zone, since, scheme, until when each stage lasts
    (SHANGHAI, "2022-04-01 15:00", SEVEN, ["2022-04-08 15:00", "2022-04-15 15:00", ""]),
    (SHANGHAI, "2022-04-01 00:00", TWO, ["2022-04-03 00:00", "2022-04-15 00:00", ""]),
    (SHANGHAI, "2026-01-30 08:30", TWO, ["2026-02-01 08:30", "2026-02-13 08:30", ""]),
    (SHANGHAI, "2028-02-27 08:00", TWO, ["2028-02-29 08:00", "2028-03-12 08:00", ""]),
    (SHANGHAI, "2026-12-28 23:59", SEVEN, ["2027-01-04 23:59", "2027-01-11 23:59", ""]),
    (SHANGHAI, "2026-05-01 12:00", SHUT, [""]),
    (SHANGHAI, "2026-05-01 12:00", (), [""]),
    (BERLIN, "2026-03-25 09:00", SEVEN, ["2026-04-01 09:00", "2026-04-08 09:00", ""]),
    (BERLIN, "2026-10-20 09:00", SEVEN, ["2026-10-27 09:00", "2026-11-03 09:00", ""]),
    # half past two does not exist on that day: it ends when the clocks jump, and no later stage is shifted
    (BERLIN, "2026-03-22 02:30", SEVEN, ["2026-03-29 03:00", "2026-04-05 02:30", ""]),
    (ADELAIDE, "2026-04-01 02:30", TWO, ["2026-04-03 02:30", "2026-04-15 02:30", ""]),
]


@pytest.mark.parametrize(("zone", "since", "scheme", "ends"), SCHEMES)
def test_each_stage_ends_at_the_hour_at_which_it_began_so_many_days_later(
    zone: str, since: str, scheme: Scheme, ends: list[str]
) -> None:
    found = sealing.periods(said(scheme=scheme, since=micros(since, zone)), zone)
    assert [local(period.until, zone) for period in found] == ends
    assert [period.status for period in found][: len(scheme)] == [stage.status for stage in scheme]
    assert found[0].since == micros(since, zone)
    assert [period.since for period in found[1:]] == [period.until for period in found[:-1]]
    if ends[-1] == "" and scheme != SHUT:
        assert found[-1].status is Status.OPEN


def test_a_stage_is_as_long_as_days_are_where_clocks_are_changed() -> None:
    spring = sealing.periods(said(since=micros("2026-03-25 09:00", BERLIN)), BERLIN)
    autumn = sealing.periods(said(since=micros("2026-10-20 09:00", BERLIN)), BERLIN)
    assert (spring[0].until or 0) - spring[0].since == 7 * DAY - HOUR
    assert (autumn[0].until or 0) - autumn[0].since == 7 * DAY + HOUR


MOMENTS = [
    (-1, Status.OPEN),
    (0, Status.SEALED),
    (7 * DAY - 1, Status.SEALED),
    (7 * DAY, Status.CONTROLLED),
    (14 * DAY - 1, Status.CONTROLLED),
    (14 * DAY, Status.OPEN),
    (400 * DAY, Status.OPEN),
]


@pytest.mark.parametrize(("after", "status"), MOMENTS)
def test_a_status_is_a_question_of_the_clock_alone(after: Micros, status: Status) -> None:
    known = shut(said()).courses[3]
    assert sealing.status_at(known, NOW + after) is status
    assert sealing.status_at(known, NOW + after) is status


CORRECTED = [
    # what was said second, from when on, then the statuses at days 1, 4, 8 and 15
    ((), 3, ["sealed", "open", "open", "open"]),  # opened early
    (SHUT, 8, ["sealed", "sealed", "sealed", "sealed"]),  # shut again without an end
    (SEVEN, 3, ["sealed", "sealed", "sealed", "controlled"]),  # the days count anew
    (SEVEN, -3, ["sealed", "controlled", "controlled", "open"]),  # it had begun before
    (TWO, 20, ["sealed", "sealed", "controlled", "open"]),  # still to come
]


@pytest.mark.parametrize(("scheme", "day", "statuses"), CORRECTED)
def test_from_its_beginning_on_what_was_said_last_counts(
    scheme: Scheme, day: int, statuses: list[str]
) -> None:
    line = sealing.course([said(), said(scheme=scheme, since=NOW + day * DAY, number=2)], SHANGHAI)
    found = [sealing.status_at(line, NOW + each * DAY).value for each in (1, 4, 8, 15)]
    assert found == statuses
    spans = [(period.since, period.until) for period in line]
    assert all(until == since for (_, until), (since, _) in pairwise(spans))


@pytest.mark.parametrize(
    "scheme",
    [(), SEVEN, TWO, SHUT, (*SEVEN, Stage(status=Status.SEALED)), (Stage(status=Status.CONTROLLED),)],
)
def test_a_scheme_is_read_as_it_was_written(scheme: Scheme) -> None:
    assert sealing.valid(scheme)
    assert sealing.read(sealing.written(scheme)) == scheme


@pytest.mark.parametrize(
    "scheme",
    [
        (Stage(status=Status.SEALED), Stage(status=Status.CONTROLLED, days=7)),
        (Stage(status=Status.SEALED, days=0),),
        (Stage(status=Status.SEALED, days=91),),
        SEVEN * 4,
    ],
)
def test_a_scheme_that_never_comes_to_its_next_stage_or_lasts_a_season_is_none(scheme: Scheme) -> None:
    assert not sealing.valid(scheme)


WAYS = [
    # home, the job's building, gear, what bars them; 3 and 7 are sealed
    (1, 2, False, None),
    (3, 3, False, None),
    (3, 3, True, None),
    (3, 1, False, Bar.SEALED_IN),
    (3, 1, True, Bar.SEALED_IN),
    (3, 7, True, Bar.SEALED_IN),
    (3, None, True, Bar.SEALED_IN),
    (1, 3, False, Bar.NO_GEAR),
    (1, 3, True, None),
    (1, None, False, None),
    (None, 3, False, Bar.NO_GEAR),
    (None, 3, True, None),
    (None, None, False, None),
]


@pytest.mark.parametrize(("home", "job", "gear", "bar"), WAYS)
def test_who_may_go_where(home: int | None, job: int | None, gear: bool, bar: Bar | None) -> None:
    who = replace(builders.person(1, building=home), gear=gear)
    assert passage.may_go(who, job, {3, 7}) is bar
    assert passage.may_go(who, job, ()) is None


def test_a_controlled_building_bars_nobody() -> None:
    people = shut(said(since=NOW - 8 * DAY))
    assert passage.sealed(people, NOW) == frozenset()
    assert passage.barred(people.people[3], 1, people, NOW) is None
    assert passage.barred(people.people[1], 3, people, NOW) is None


@pytest.mark.parametrize("priority", list(Priority))
def test_whoever_is_sealed_in_is_asked_for_nothing_outside_whatever_is_at_stake(priority: Priority) -> None:
    play = Play(builders.situation(people=shut(said(2)), priority=priority, building_id=1))
    play.lives(30 * MINUTE)
    assert 2 not in play.asked()
    assert set(play.asked()) >= {1, 3}


def test_a_sealed_buildings_job_is_for_those_inside_and_those_with_gear() -> None:
    play = Play(builders.situation(people=shut(said(1), gear=frozenset({5, 9})), building_id=1))
    play.lives(30 * MINUTE)
    assert set(play.asked()) == {1, 5, 9}


WAYS_OF_ASKING = [
    (None, Priority.NORMAL),
    (None, Priority.LIFE),
    *((policy, Priority.URGENT) for policy in sorted(POLICIES)),
]


def by(policy: str | None) -> Playbook:
    if policy is None:
        return builders.playbook()
    seeking = Seeking(policy=policy, within=4 * MINUTE, chance=0.99, answers=MINUTE)
    return builders.playbook(seeking=seeking)


@pytest.mark.parametrize(("policy", "priority"), WAYS_OF_ASKING)
def test_staff_with_gear_are_asked_for_a_sealed_building_and_for_no_other(
    policy: str | None, priority: Priority
) -> None:
    people = shut(said(1), gear=frozenset({STAFF}))
    for place, asked in ((1, {1, STAFF}), (2, set(range(2, 13)))):
        play = Play(builders.situation(by(policy), people, priority=priority, building_id=place))
        play.lives(30 * MINUTE)
        assert set(play.asked()) == asked if place == 1 else set(play.asked()) <= asked


@pytest.mark.parametrize(("policy", "priority"), WAYS_OF_ASKING)
def test_where_staff_alone_may_enter_they_are_asked_at_once_whoever_vouched_for_them(
    policy: str | None, priority: Priority
) -> None:
    found = shut(said(1), gear=frozenset({STAFF}))
    people = {who: replace(each, trusted=who != STAFF) for who, each in found.people.items() if who != 1}
    addresses = tuple(each for each in found.addresses if each.person_id != 1)
    roster = replace(found, people=people, addresses=addresses)
    play = Play(builders.situation(by(policy), roster, priority=priority, building_id=1))
    assert play.asked() == [STAFF]
    play.does(STAFF, Verb.CLAIM)
    assert [claim.person_id for claim in play.state.claims] == [STAFF]


@pytest.mark.parametrize(
    ("home", "asked"),
    [(2, [STAFF, 4, 9]), (8, [4, STAFF, 9]), (None, [4, 9, STAFF])],
    ids=["next door", "further", "nobody knows"],
)
def test_staff_with_gear_are_asked_in_their_turn_by_nearness(home: int | None, asked: list[int]) -> None:
    found = shut(said(1), gear=frozenset({STAFF, 4, 9}))
    people = {**found.people, STAFF: replace(found.people[STAFF], building_id=home)}
    roster = replace(found, people={who: each for who, each in people.items() if who != 1})
    addresses = tuple(each for each in found.addresses if each.person_id != 1)
    play = Play(builders.situation(people=replace(roster, addresses=addresses), building_id=1))
    play.lives(30 * MINUTE)
    assert list(dict.fromkeys(play.asked())) == asked


@pytest.mark.parametrize("why", ["resting", "sealed in", "no way to reach them", "no gear"])
def test_what_keeps_volunteers_from_it_keeps_staff_with_gear(why: str) -> None:
    found = shut(said(1), said(2, number=2), gear=frozenset() if why == "no gear" else frozenset({STAFF}))
    staff = replace(
        found.people[STAFF],
        paused_until=NOW + HOUR if why == "resting" else None,
        building_id=2 if why == "sealed in" else None,
    )
    gone = STAFF if why == "no way to reach them" else None
    addresses = tuple(each for each in found.addresses if each.person_id != gone)
    roster = replace(found, people={**found.people, STAFF: staff}, addresses=addresses)
    play = Play(builders.situation(people=roster, building_id=1))
    play.lives(30 * MINUTE)
    assert set(play.asked()) == {1}


def test_a_building_that_nobody_may_enter_is_passed_on_at_once_and_no_room_is_rung() -> None:
    empty = shut(said(1))
    nobody = {who: each for who, each in empty.people.items() if who != 1}
    rooms = builders.roster(rooms=True).addresses
    people = replace(empty, people=nobody, addresses=tuple(each for each in rooms if each.person_id != 1))
    play = Play(builders.situation(people=people, building_id=1))
    assert play.asked() == []
    assert play.called() != []
    assert not [notice for each in play.decisions for notice in each.notices if "volunteers" in notice.rooms]


def test_the_next_wave_follows_what_holds_then() -> None:
    begun = NOW - 7 * DAY + MINUTE
    play = Play(builders.situation(people=shut(said(1, since=begun)), building_id=1))
    assert play.asked() == [1]
    play.passes(2 * MINUTE)
    assert play.asked() == [1, 2, 3, 4]


def test_a_tap_of_somebody_who_may_not_go_is_refused_and_changes_nothing() -> None:
    play = Play(builders.situation(people=shut(said(2), said(1, number=2)), building_id=1))
    for who, error in ((2, SealedInError), (3, GearNeededError)):
        before = play.state
        with pytest.raises(error):
            play.does(who, Verb.CLAIM)
        assert play.state == before
    assert play.does(1, Verb.CLAIM).answer is not None
    assert [claim.person_id for claim in play.state.claims] == [1]


def test_whoever_has_it_already_is_told_so_though_their_building_was_sealed_since() -> None:
    play = Play(builders.situation(building_id=1))
    play.does(2, Verb.CLAIM)
    play.state = replace(play.state, roster=shut(said(2)))
    answer = play.does(2, Verb.CLAIM).answer
    assert answer is not None
    assert answer.key is AnswerKey.ALREADY_YOURS


@pytest.mark.parametrize(
    ("who", "key"),
    [(1, AnswerKey.ASSIGNED), (2, AnswerKey.ASSIGNED_SEALED_IN), (3, AnswerKey.ASSIGNED_NO_GEAR)],
)
def test_staff_give_a_job_to_anybody_and_are_warned(who: int, key: AnswerKey) -> None:
    play = Play(builders.situation(people=shut(said(2), said(1, number=2)), building_id=1))
    answer = play.does(STAFF, Verb.ASSIGN, person=who).answer
    assert answer is not None
    assert answer.key is key
    assert [claim.person_id for claim in play.state.claims] == [who]


def test_a_freed_place_is_offered_to_nobody_who_may_not_go() -> None:
    play = Play(builders.situation(building_id=1))
    for who in (1, 2, 3):
        play.does(who, Verb.CLAIM)
    play.state = replace(play.state, roster=shut(said(2)))
    play.does(1, Verb.RELEASE)
    assert [each.person_id for each in play.state.waiting if each.offered_until] == [3]


def test_a_job_that_every_wave_has_passed_by_is_asked_for_again_when_its_building_opens() -> None:
    people = builders.roster()
    nobody = {who: each for who, each in people.people.items() if who != 1}
    empty = replace(people, people=nobody, addresses=tuple(a for a in people.addresses if a.person_id != 1))
    play = Play(builders.situation(people=replace(empty, sealings=(said(1, SHUT),)), building_id=1))
    play.lives(30 * MINUTE)
    assert play.asked() == []
    play.state = replace(play.state, roster=empty)
    again = handing.unsealed(play.state, play.now, builders.DISTANCES)
    assert [event.kind.value for event in again.events][:2] == ["reopened", "asked"]
    waiting = Play(builders.situation(building_id=1)).state
    assert not handing.unsealed(waiting, NOW, builders.DISTANCES).changed


def wanted(building: int = 3, scheme: Scheme = SEVEN, since: Micros = NOW, receipt: str = "") -> Wanted:
    return Wanted(building_id=building, since=since, scheme=scheme, by_id=STAFF, receipt=receipt)


def test_a_word_is_told_to_the_desk_and_those_who_live_there_but_not_to_whoever_said_it() -> None:
    ruling = declaring.declared(shut(), {}, wanted(), NOW)
    (notice,) = ruling.notices
    assert notice.asked == (3, *sorted(set(builders.roster().desk) - {STAFF}))
    assert ruling.marks == {0: Mark(told=0, look_at=NOW + 7 * DAY)}


def test_the_same_word_again_says_nothing() -> None:
    people = shut(said())
    assert declaring.declared(people, {1: Mark(told=0, look_at=None)}, wanted(), NOW + HOUR).empty
    assert declaring.declared(shut(), {}, wanted(scheme=()), NOW).empty
    assert not declaring.declared(people, {}, wanted(scheme=()), NOW).empty


def test_a_building_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownBuildingError):
        declaring.declared(shut(), {}, wanted(building=99), NOW)


def kept(people: Roster, ruling: Ruling, marks: dict[int, Mark]) -> tuple[Roster, dict[int, Mark]]:
    """What a store makes of it."""
    number = max(marks, default=0) + 1
    new = () if ruling.sealing is None else (replace(ruling.sealing, id=number),)
    marks |= {who or number: mark for who, mark in ruling.marks.items()}
    counting = tuple(each for each in people.sealings if each.id not in ruling.over)
    return replace(people, sealings=(*counting, *new)), marks


def test_each_step_is_told_once_and_the_newest_alone_after_a_long_darkness() -> None:
    people, marks = kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {})
    assert declaring.stepped(people, marks, NOW + 6 * DAY).empty
    first = declaring.stepped(people, marks, NOW + 7 * DAY)
    people, marks = kept(people, first, marks)
    assert [each.cause for each in first.notices] == ["building 3 sealing 1 stage 1"]
    assert marks[1] == Mark(told=1, look_at=NOW + 14 * DAY)
    assert declaring.stepped(people, marks, NOW + 7 * DAY).empty
    assert len(declaring.stepped(people, marks, NOW + 30 * DAY).notices) == 1
    late = declaring.stepped(*kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {}), NOW + 30 * DAY)
    assert [each.cause for each in late.notices] == ["building 3 sealing 1 stage 2"]
    assert late.marks[1].look_at is None


def test_what_is_still_to_come_is_told_when_it_is_said_and_when_it_begins() -> None:
    ahead = declaring.declared(shut(), {}, wanted(since=NOW + DAY), NOW)
    assert len(ahead.notices) == 1
    people, marks = kept(shut(), ahead, {})
    assert marks[1] == Mark(told=declaring.NEVER, look_at=NOW + DAY)
    assert declaring.stepped(people, marks, NOW + HOUR).empty
    assert len(declaring.stepped(people, marks, NOW + DAY).notices) == 1


def test_what_a_correction_replaces_wholly_counts_no_longer() -> None:
    people, marks = kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {})
    early = declaring.declared(people, marks, wanted(since=NOW - DAY), NOW + HOUR)
    assert early.over == (1,)
    ahead = declaring.declared(people, marks, wanted(scheme=(), since=NOW + 3 * DAY), NOW + HOUR)
    assert ahead.over == ()
    assert ahead.marks[1].look_at is None  # what would have followed does not

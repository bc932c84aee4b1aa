"""A building's status: what a scheme amounts to, and what counts of several words."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dispatch import sealing
from dispatch.moments import HOUR, Micros, to_datetime
from dispatch.rota import moment
from dispatch.sealing import Scheme, Stage, Status
from tests.rules.builders import NOW
from tests.rules.sealings import DAY, SEVEN, SHUT, TWO, said, shut

SHANGHAI, BERLIN, ADELAIDE = "Asia/Shanghai", "Europe/Berlin", "Australia/Adelaide"


def micros(local: str, zone: str) -> Micros:
    return moment(datetime.fromisoformat(local), ZoneInfo(zone))


def local(at: Micros | None, zone: str) -> str:
    if at is None:
        return ""
    return to_datetime(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


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

"""What makes no sound: an ordinary job at night, and nothing else (the committee's own night)."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.jobs import Priority
from dispatch.moments import SECOND, Micros
from dispatch.views import Relation
from handlers.cards import NIGHT, at_night, wakes_nobody
from tests.rules.builders import SECRETARY_A, STAFF, Play, playbook, roster, situation
from tests.rules.card_scenes import Scene, arrived, in_trouble, late, see, silent

HERE = roster().committee


def moment(clock: str, zone: str = HERE.timezone) -> Micros:
    """That hour of a day in June."""
    local = datetime.fromisoformat(f"2026-06-18T{clock}").replace(tzinfo=ZoneInfo(zone))
    return round(local.timestamp()) * SECOND


@pytest.mark.parametrize(
    ("clock", "night"),
    [
        ("21:59:59", False),
        ("22:00:00", True),
        ("23:30:00", True),
        ("00:00:00", True),
        ("03:10:00", True),
        ("06:59:59", True),
        ("07:00:00", False),
        ("12:00:00", False),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns"])
def test_the_night_is_the_committees_own_from_its_first_second_to_its_last(
    clock: str, zone: str, night: bool
) -> None:
    assert NIGHT == (22, 7)
    assert at_night(replace(HERE, timezone=zone), moment(clock, zone)) is night


def test_one_moment_is_night_in_one_place_and_day_in_another() -> None:
    now = moment("03:00:00", "Asia/Shanghai")
    assert at_night(replace(HERE, timezone="Asia/Shanghai"), now)
    assert not at_night(replace(HERE, timezone="America/New_York"), now)


@pytest.mark.parametrize(
    ("priority", "clock", "quiet"),
    [
        (Priority.NORMAL, "03:10:00", True),
        (Priority.NORMAL, "12:00:00", False),
        (Priority.URGENT, "03:10:00", False),
        (Priority.URGENT, "12:00:00", False),
        (Priority.LIFE, "03:10:00", False),
        (Priority.LIFE, "12:00:00", False),
    ],
)
def test_only_an_ordinary_job_at_night_makes_no_sound(priority: Priority, clock: str, quiet: bool) -> None:
    now = moment(clock)
    play = Play(situation(playbook(priority=priority)))
    assert wakes_nobody(play.job, HERE, now) is quiet
    for reader, relation in ((1, Relation.ASKED), (STAFF, Relation.DESK), (None, Relation.PUBLIC)):
        play.now = now
        assert see(play, reader, relation).silent is quiet


def test_the_alert_of_an_ordinary_job_at_night_makes_none_either() -> None:
    play = late()
    play.now = moment("03:10:00")
    assert see(play, SECRETARY_A, Relation.CALLED).silent


@pytest.mark.parametrize("trouble", [in_trouble, silent])
def test_somebody_at_work_in_trouble_is_heard_at_any_hour(trouble: Scene) -> None:
    play = trouble()
    play.now = moment("03:10:00")
    assert play.job.priority is Priority.NORMAL
    assert not see(play, SECRETARY_A, Relation.CALLED).silent


def test_somebody_at_work_without_trouble_is_not() -> None:
    play = arrived()
    play.now = moment("03:10:00")
    assert see(play, STAFF, Relation.DESK).silent

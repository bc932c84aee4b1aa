"""What the commands say of a rota: a mistake stops `load`, and hours without anybody are named."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from bot import committee, doctor, holes, overlaps
from bot.commands import opened
from bot.importing import Wish
from bot.loading import Order, load
from config import settings
from dispatch import duty
from dispatch.errors import BadFileError
from dispatch.leaving import StillNeededError
from dispatch.moments import HOUR
from store.clock import WallClock
from tests.rules.test_rota import DAY, NIGHT, at, override, planning

FILE = """
[committee]
key = "wutongli"
name = "梧桐里"
timezone = "Asia/Shanghai"
emergency = {{ ambulance = "120", police = "110" }}

[[people]]
key = "lin"
name = "林书记"
roles = ["secretary"]

[[rota]]
name = "day"
rrule = "{rule}"
anchor = 2026-01-01
hours = {hours}
people = ["lin"]
"""

ZHOU = '[[people]]\nkey = "zhou"\nname = "周主任"\nroles = ["secretary"]\n\n[[rota]]'
"""One more secretary, before the rota."""


def written(folder: Path, *, rule: str = "FREQ=DAILY;BYHOUR=8", hours: int = 24) -> Path:
    file = folder / "committee.toml"
    file.write_text(FILE.format(rule=rule, hours=hours), encoding="utf-8")
    return file


def here(folder: Path) -> settings.Settings:
    return settings.read({"SUIDAO_DATA_DIR": str(folder / "data")})


async def test_loading_a_rota_with_a_hole_says_when_nobody_is_on_duty(tmp_path: Path) -> None:
    out = io.StringIO()
    await load(
        settings.read({"SUIDAO_DATA_DIR": str(tmp_path / "data")}),
        written(tmp_path, hours=12),
        out,
    )
    said = out.getvalue()
    assert said.count("Nobody is on duty from ") == holes.MOST
    assert "20:00 to " in said
    assert "more times" in said


async def test_loading_a_rota_without_a_hole_says_nothing_of_one(tmp_path: Path) -> None:
    out = io.StringIO()
    await load(here(tmp_path), written(tmp_path), out)
    assert "on duty" not in out.getvalue()


async def test_slots_that_overlap_are_said_by_load_and_doctor_in_one_line(tmp_path: Path) -> None:
    out, file = io.StringIO(), written(tmp_path)
    second = FILE[FILE.index("[[rota]]") :].format(rule="FREQ=WEEKLY;BYDAY=SA;BYHOUR=9", hours=2)
    file.write_text(file.read_text() + second.replace("day", "market", 1), encoding="utf-8")
    await load(here(tmp_path), file, out)
    (line,) = [line for line in out.getvalue().splitlines() if "twice" in line]
    assert line.startswith("  Planned twice, and the first counts: day and market from Sat ")
    assert "09:00 to Sat " in line
    assert "3 more times" in line
    said = io.StringIO()
    await doctor.examine(here(tmp_path), said)
    assert said.getvalue().count("day and market from Sat ") == 1


def test_slots_that_only_follow_one_another_do_not_overlap() -> None:
    assert overlaps.told(planning(DAY, NIGHT), at("2026-01-01T09:00:00")) == ()


def test_a_rule_that_is_none_is_named_with_its_table(tmp_path: Path) -> None:
    with pytest.raises(BadFileError) as found:
        committee.read_committee(written(tmp_path, rule="FREQ=DAILY;BYHOUR=25"))
    assert (found.value.params["table"], found.value.params["field"]) == ("rota #1 (day)", "rrule")


def test_a_hole_that_somebody_took_over_is_none() -> None:
    now = at("2026-01-01T09:00:00")
    nights = tuple(
        override(night, now + (24 * night + 11) * HOUR, now + (24 * night + 23) * HOUR, NIGHT.people[0])
        for night in range(29)
    )
    people = planning(DAY)
    assert holes.told(people, now)
    assert holes.told(replace(people, overrides=nights), now) == ()
    assert holes.told(replace(people, rota=None), now) == ()


async def test_a_rota_goes_on_without_whoever_left_and_the_last_of_it_cannot_leave(tmp_path: Path) -> None:
    file, now = written(tmp_path), WallClock().now()
    both = file.read_text(encoding="utf-8").replace("[[rota]]", ZHOU)
    file.write_text(both.replace('people = ["lin"]', 'people = ["lin", "zhou"]'), encoding="utf-8")
    await load(here(tmp_path), file, io.StringIO())
    async with opened(here(tmp_path)) as (store, _):
        (known,) = await store.committees()
        roster = await store.roster(known.id)
        (gone,) = [each for each in roster.people.values() if each.id != duty.on_duty(roster, now)]
        await store.forget_person(known.id, gone.key, now)
        roster = await store.roster(known.id)
        assert roster.rota is not None
        assert gone.id in roster.rota.slots[0].people  # whom it still names, and nobody calls
        (left,) = roster.people.values()
        assert {shift.person_id for shift in duty.held(roster, now, now + 7 * 24 * HOUR)} == {left.id}
        with pytest.raises(StillNeededError):
            await store.forget_person(known.id, left.key, now)
    said = io.StringIO()
    await doctor.examine(here(tmp_path), said)
    assert "nobody on duty from" not in said.getvalue()


@pytest.mark.parametrize("leaves", ["the file", "a table of people"])
async def test_whoever_leaves_while_the_rota_still_names_them_stops_the_load_and_is_told_by_place(
    tmp_path: Path, leaves: str
) -> None:
    file = written(tmp_path)
    text = file.read_text(encoding="utf-8")
    if leaves == "the file":
        file.write_text(text.replace('people = ["lin"]', 'people = ["lin", "zhou"]'), encoding="utf-8")
    else:
        named = text.replace("[[rota]]", ZHOU).replace('people = ["lin"]', 'people = ["lin", "zhou"]')
        file.write_text(named, encoding="utf-8")
        await load(here(tmp_path), file, io.StringIO())
        file = tmp_path / "people.csv"
        file.write_text("key,name,roles\nlin,林书记,secretary", encoding="utf-8")
    with pytest.raises(BadFileError) as found:
        await load(here(tmp_path), file, io.StringIO(), Order(wish=Wish(prune=True), committee="wutongli"))
    assert found.value.params == {
        "file": file.name,
        "table": "rota #1 (day)",
        "field": "people",
        "expected": "a list of keys of people of this file, without whoever has left; "
        "number 2 is none of them",
    }

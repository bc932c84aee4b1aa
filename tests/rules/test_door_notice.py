"""The notice for a building's door: what holds, from when until when, and what follows, in both languages."""

from dataclasses import replace

import pytest

from dispatch import sealing
from dispatch.errors import UnknownBuildingError
from dispatch.people import Roster
from handlers import notices
from handlers.texts import Catalogs
from tests.rules import builders
from tests.rules.builders import NOW
from tests.rules.sealings import DAY, said, shut

CATALOGS = Catalogs.load()


def roster(scheme: str) -> Roster:
    return shut(said(scheme=sealing.read(scheme), since=NOW - DAY))


@pytest.mark.parametrize(
    ("scheme", "badges", "steps"),
    [
        ("sealed 7, controlled 7", ["封控", "Sealed"], 3),
        ("controlled 1", ["正常", "Open"], 1),
        ("controlled", ["管控", "Controlled"], 1),
        ("open", ["正常", "Open"], 1),
    ],
)
def test_it_says_what_holds_and_every_step_in_each_language(
    scheme: str, badges: list[str], steps: int
) -> None:
    sheet = notices.notice(3, roster(scheme), CATALOGS, NOW)
    assert sorted(each.badge for each in sheet.wordings) == sorted(badges)
    assert [len(each.steps) for each in sheet.wordings] == [steps, steps]
    assert all(each.since and each.means and each.ring and each.made for each in sheet.wordings)
    assert not sheet.long


def test_the_committees_own_language_comes_first() -> None:
    for language, first in (("zh_CN", "zh-CN"), ("en", "en")):
        base = roster("sealed")
        spoken = replace(base, committee=replace(base.committee, language=language))
        assert notices.notice(3, spoken, CATALOGS, NOW).wordings[0].tag == first


def test_of_a_building_of_which_nothing_was_said_there_is_no_beginning() -> None:
    sheet = notices.notice(3, builders.roster(), CATALOGS, NOW)
    assert {each.since for each in sheet.wordings} == {""}
    assert sheet.status == "open"


def test_a_long_scheme_is_set_smaller() -> None:
    longest = ", ".join(["sealed 2, controlled 2"] * (sealing.MOST_STAGES // 2))
    assert notices.notice(3, roster(longest), CATALOGS, NOW).long


def test_a_building_of_nobodys_has_none() -> None:
    with pytest.raises(UnknownBuildingError):
        notices.notice(99, builders.roster(), CATALOGS, NOW)

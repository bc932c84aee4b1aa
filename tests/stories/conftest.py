"""A fresh committee for every story, on every platform that the story can be told on.

world       on every platform
pages       on the web only: stories about pages, forms and cookies
chats       on every platform that people write to: stories about words, invitations and replies
everywhere  on Telegram, with everybody on Matrix and at their page as well: stories that mix them

Every story is told twice, with everything kept in SQLite and in PostgreSQL: what is told on every platform on
the web there, what is told in chats alone on Telegram, what mixes them wherever it mixes them. On the other
platforms SQLite keeps it: what is said, and what a platform shows, is the same wherever it was kept.

On Matrix a story costs five seconds, since the homeserver is a real one. So a file is told there if it is
about what a platform shows, hides and takes as a tap, or about coming in and staying away, and of some other
files a story alone (`ALSO_ON_MATRIX`). What is about words that the handlers understand for every chat alike
(`test_chat_commands`, and what `LEFT_OUT` names) is told on one chat; `tests/platforms` has what is Matrix's
own.

`make stories` tells every story on every platform on which it is true (`NEVER_ON_MATRIX` names those
that are not), which takes as long again as all other tests.
"""

import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from store.broker import Broker
from tests.platforms.matrix_server import Synapse
from tests.store.conftest import broker, data, rival, template
from tests.stories.world import WEB, World

__all__ = ["broker", "data", "rival", "template"]

EVERYWHERE = os.environ.get("SUIDAO_STORIES") == "everywhere"
"""Nothing is left out (`make stories`)."""

TELEGRAM, MATRIX = "telegram", "matrix"
SQLITE, POSTGRES = BASES = ("sqlite", "postgres")

ON_MATRIX = frozenset(
    {
        *("test_urgent_jobs", "test_race", "test_privacy", "test_mixed"),
        *("test_invitations", "test_joining", "test_declining", "test_unreached", "test_roll_call"),
    }
)
"""The files whose stories are told on Matrix, too: each costs the tests' homeserver some ten seconds, and
what a chat is told in words alone is the same on all of them."""

ALSO_ON_MATRIX = frozenset(
    {
        "test_ladder::test_deputy_director_and_office_are_called_one_after_the_other",
        "test_ladder::test_conformance_18_claimed_and_silent_is_nudged_once_and_reopened_without_that_person",
        "test_ladder::test_help_reaches_staff_and_duty_at_once",
        "test_bad_input::test_hostile_text_becomes_a_job_whose_words_reach_staff_and_run_nowhere",
        "test_transfers::test_it_stays_ours_with_our_clock_until_they_accept_and_is_theirs_from_then_on",
        "test_transfers::test_declined_it_stays_ours_and_the_desk_is_told",
        "test_drills::test_a_test_arrives_in_the_chat_asks_nothing_and_is_no_job",
        "test_acting::test_words_of_somebody_of_two_committees_are_never_posted_into_a_guessed_one",
        "test_family::test_r2_the_son_elsewhere_is_told_that_it_is_done_and_the_two_who_did_it_read_his_thanks",
        "test_welfare_check::test_r1_from_nobody_answering_to_the_family_told_with_every_time_in_the_log",
        "test_care::test_the_son_says_that_he_cannot_come_and_others_do_it_before_it_is_due",
        "test_medicine_runs::test_insulin_next_morning_goes_on_to_the_run_that_is_open_for_the_next_hospital",
        "test_medicine_runs::test_r3_in_english",
        "test_rounds::test_every_door_is_a_tick_or_a_check_that_opens_by_itself",
        "test_notices::test_r12_whoever_cares_for_somebody_there_is_told_once_a_change_and_nobody_else",
        "test_saying::test_whoever_goes_and_the_desk_write_to_each_other_and_nobody_sees_a_number",
        "test_reporting::test_by_the_rule_they_are_in_at_once_and_vouched_for_by_a_word",
        "test_reporting::test_the_posters_way_into_the_chat_asks_for_the_building_of_that_committee",
        "test_reporting::test_a_code_from_the_page_links_a_chat_and_one_from_the_chat_a_page",
        "test_load::test_the_digest_comes_every_morning_once_with_its_chart",
        "test_statuses::test_a_sealed_buildings_job_goes_to_those_inside_and_those_with_gear",
    }
)
"""Stories that are told there although the rest of their file is not: cards that come into being in another
committee's rooms, one that asks nothing, whose words are whose where there is no button to press, a chat with
somebody who is nobody of the committee, numbers below a card that mean something else at every step, the
committee's rule, a poster and a code that let somebody in, the digest's picture in a room, whom a sealed
building's job asks, and what a day is made of (R1 to R3, a round, words passed on), from end to end."""

_OF_WORDS = (
    "test_whatever_a_stranger_writes_changes_nothing_and_says_how_to_come_in",
    "test_somebody_without_a_name_is_asked_for_one",
    "test_a_building_that_is_not_there_is_said_and_asked_again",
    "test_a_phone_of_the_file_is_a_hint_for_staff_and_links_nobody",
    "test_jobs_tells_the_desk_who_waits",
    "test_only_those_who_follow_every_job_may_ask",
    "test_whoever_takes_looks_and_gives_back_is_shown_no_more_until_staff_vouch_again",
    "test_deciding_twice_tells_them_once",
    "test_nothing_else_goes_there",
    "test_an_invitation_that_does_not_count_is_refused_and_says_why",
    "test_a_link_without_a_code_is_no_refusal_but_a_beginning",
    "test_opening_ones_own_invitation_again_changes_nothing",
    "test_applying_again_puts_right_the_one_application",
    "test_an_applicant_who_gets_an_invitation_needs_no_decision",
    "test_whoever_declined_is_told_that_they_are_told",
    "test_nothing_that_is_told_holds_a_number",
)
_OF_PAGES = (
    "test_an_invitation_is_no_way_into_a_page",
    "test_an_application_appears_on_the_desks_open_page_by_itself",
    "test_the_staffs_page_has_a_fold_with_the_same_and_a_volunteers_has_none",
    "test_the_desk_decides_on_its_page_and_others_see_nothing_of_it",
)
_OF_REFUSALS = (
    "test_somebody_out_of_reach_is_told_of_with_the_reason_and_since_when",
    "test_the_jobs_card_names_whom_it_did_not_reach",
)
LEFT_OUT = frozenset((*_OF_WORDS, *_OF_PAGES, *_OF_REFUSALS))
"""Stories of these files that are not told on Matrix: what is said is the handlers'; the pages are the same
whatever chat there is; and a chat refuses there and then, where on Matrix
somebody is asked into a room first and counts as out of reach when they decline, or have not come after ten
minutes (`tests/platforms`)."""

NEVER_ON_MATRIX = frozenset(
    {
        "test_what_is_not_there_is_said_to_be_not_there",
        "test_the_jobs_card_names_whom_it_did_not_reach",
        "test_what_leads_to_another_committee_is_refused_by_a_committees_own_bot_in_its_chat",
        "test_brought_to_its_own_committees_bot_the_same_counts",
    }
)
"""Stories that are not true there: all committees share one account, so that nothing is foreign to it; a word
behind the sign for commands that is none is read as part of a message, since people shout with that sign;
and a card has been delivered once it lies in the room that somebody is asked into, come or not."""

MATRIX_TIMEOUT_S = 600
"""Seconds for a story there: the longest opens fifty private rooms, on a machine that others use as well."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story on the platforms of its fixture and of its file."""
    file, story = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
    on_matrix = (file in ON_MATRIX and story not in LEFT_OUT) or f"{file}::{story}" in ALSO_ON_MATRIX
    told_there = (EVERYWHERE or on_matrix) and story not in NEVER_ON_MATRIX
    matrix = [_place(SQLITE, MATRIX)] if told_there else []
    pages, telegram = ([_place(base, chat) for base in BASES] for chat in (WEB, TELEGRAM))
    world = [*pages, *(telegram if EVERYWHERE else telegram[:1]), *matrix]
    talks = [*telegram, *matrix]
    for fixture, places in (("world", world), ("chats", talks)):
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(("database", fixture), places, indirect=True)
            break
    else:
        if "database" in metafunc.fixturenames:
            metafunc.parametrize("database", BASES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of a PostgreSQL database; None where everything is kept in SQLite. Only whoever needs a
    server starts one."""
    if getattr(request, "param", SQLITE) == SQLITE:
        return None
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every record from now on that the program would log."""
    caplog.set_level(logging.INFO)
    return caplog


@pytest.fixture
async def world(
    data: Path, broker: Broker, database: str | None, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    async with _told(request, data, broker, database) as one:
        yield one


@pytest.fixture
async def chats(
    data: Path, broker: Broker, database: str | None, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    async with _told(request, data, broker, database) as one:
        yield one


@pytest.fixture
async def pages(data: Path, database: str | None) -> AsyncIterator[World]:
    async with World(data, database=database) as one:
        yield one


@pytest.fixture
async def everywhere(
    data: Path, broker: Broker, synapse: Synapse, database: str | None
) -> AsyncIterator[World]:
    async with World(
        data,
        platform=TELEGRAM,
        beside=[MATRIX],
        queue=broker.url,
        homeserver=synapse,
        database=database,
    ) as one:
        yield one


def _place(database: str, platform: str) -> ParameterSet:
    marks = [pytest.mark.timeout(MATRIX_TIMEOUT_S)] if platform == MATRIX else []
    name = platform if database == SQLITE else f"{platform}-{database}"
    return pytest.param(database, platform, id=name, marks=marks)


def _told(request: pytest.FixtureRequest, data: Path, broker: Broker, database: str | None = None) -> World:
    # Only whoever needs a homeserver starts one.
    homeserver = request.getfixturevalue("synapse") if request.param == MATRIX else None
    return World(data, platform=request.param, queue=broker.url, homeserver=homeserver, database=database)

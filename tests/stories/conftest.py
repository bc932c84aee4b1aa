"""A fresh committee for every story, on every platform that the story can be told on.

world       on every platform
pages       on the web only: stories about pages, forms and cookies
chats       on every platform that people write to: stories about words, invitations and replies
everywhere  on Telegram, with everybody on Matrix and at their page as well: stories that mix them

On Matrix a story costs five seconds, since the homeserver is a real one. So a file is told there if it is
about what a platform shows, hides and takes as a tap, or about coming in and staying away. What is about
words that the handlers understand for every chat alike (`test_chat_commands`, and what `LEFT_OUT` names) is
told on one chat; `tests/platforms` has what is Matrix's own.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.broker import Broker
from tests.platforms.matrix_server import Synapse
from tests.store.conftest import broker, data, template
from tests.stories.world import WEB, World

__all__ = ["broker", "data", "template"]

TELEGRAM, MATRIX = "telegram", "matrix"

ON_MATRIX = frozenset(
    {
        *("test_urgent_jobs", "test_race", "test_ladder", "test_privacy", "test_mixed", "test_bad_input"),
        *("test_joining", "test_declining", "test_unreached"),
    }
)
"""The files whose stories are told on Matrix, too."""

_OF_WORDS = (
    "test_whatever_a_stranger_writes_changes_nothing_and_says_how_to_come_in",
    "test_somebody_without_a_name_is_asked_for_one",
    "test_a_building_that_is_not_there_is_said_and_asked_again",
    "test_a_phone_of_the_file_is_a_hint_for_staff_and_links_nobody",
    "test_jobs_tells_the_desk_who_waits",
    "test_only_those_who_follow_every_job_may_ask",
    "test_deciding_twice_tells_them_once",
    "test_nothing_else_goes_there",
)
_OF_PAGES = (
    "test_an_invitation_is_no_way_into_a_page",
    "test_an_application_appears_on_the_desks_open_page_by_itself",
    "test_the_staffs_page_has_a_fold_with_the_same_and_a_volunteers_has_none",
)
_OF_REFUSALS = (
    "test_somebody_out_of_reach_is_told_of_with_the_reason_and_since_when",
    "test_the_jobs_card_names_whom_it_did_not_reach",
)
LEFT_OUT = frozenset((*_OF_WORDS, *_OF_PAGES, *_OF_REFUSALS))
"""Stories of these files that are not told on Matrix: what is said is the handlers'; the pages are the same
whatever chat there is; and a chat refuses there and then, where on Matrix somebody is asked into a room first
and counts as out of reach when they decline, or have not come after ten minutes (`tests/platforms`)."""

MATRIX_TIMEOUT_S = 600
"""280 people with a private room each are two minutes' work for the homeserver, alone on its processor."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story on the platforms of its fixture and of its file."""
    matrix = [pytest.param(MATRIX, marks=pytest.mark.timeout(MATRIX_TIMEOUT_S))]
    told = metafunc.module.__name__.rpartition(".")[2] in ON_MATRIX
    told = told and metafunc.function.__name__ not in LEFT_OUT
    chats = [TELEGRAM, *(matrix if told else [])]
    for fixture, platforms in (("world", [WEB, *chats]), ("chats", chats)):
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, platforms, indirect=True)


@pytest.fixture
async def world(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _told(request, data, broker) as one:
        yield one


@pytest.fixture
async def chats(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _told(request, data, broker) as one:
        yield one


@pytest.fixture
async def pages(data: Path) -> AsyncIterator[World]:
    async with World(data) as one:
        yield one


@pytest.fixture
async def everywhere(data: Path, broker: Broker, synapse: Synapse) -> AsyncIterator[World]:
    async with World(data, platform=TELEGRAM, beside=[MATRIX], queue=broker.url, homeserver=synapse) as one:
        yield one


def _told(request: pytest.FixtureRequest, data: Path, broker: Broker) -> World:
    # Only whoever needs a homeserver starts one.
    homeserver = request.getfixturevalue("synapse") if request.param == MATRIX else None
    return World(data, platform=request.param, queue=broker.url, homeserver=homeserver)

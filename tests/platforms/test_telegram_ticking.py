"""The link on a claimer's card in a chat, to the page where they tick: theirs, while they have it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from bot.ground import paged
from config import settings
from handlers.messages import Ticking
from store.clock import WallClock
from store.crypto import Vault
from tests.platforms.house import browser
from tests.platforms.photographing import claims, gives_back
from tests.platforms.samples import MINE
from tests.platforms.telegram_house import TelegramHouse, unhurried
from tests.platforms.telegram_server import Seen

REQUEST = "7号楼502 降压药 还剩2天 中山医院 医保卡"
OURS = "http://suidao.test"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


def links(seen: Seen) -> list[str]:
    """The paths of our pages that a message leads to."""
    return [unescape(each) for each in re.findall(rf'href="{OURS}([^"]*)"', seen.html)]


async def test_whoever_has_a_run_comes_from_their_card_to_its_page_and_nobody_after_it(
    town: TelegramHouse,
) -> None:
    await town.posts(REQUEST)
    assert links(town.card("wang")) == []
    await claims(town)
    (path,) = links(town.card("wang"))
    assert path.startswith("/runs/")
    others = [*town.phone("zhao").sees(town.account), *town.phone("li").sees(town.account)]
    rooms = [*town.phone("wang").sees(town.room), *town.phone("zhao").sees(town.desk_room)]
    assert not any(links(each) for each in (*others, *rooms))

    async with browser(town.home) as phone:
        answer = await phone.get(path, follow=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/runs#run-1")
        answer = await phone.get(path)
        assert (answer.status, answer.url.path) == (200, "/runs")
        assert "502" in await answer.text()
        assert (await phone.get(path)).status == 200, "as often as it is tapped"
    async with browser(town.home) as stranger:
        assert (await stranger.get("/runs")).status == 401
        assert (await stranger.get(path[:-1])).status == 404

    await gives_back(town)
    assert not any(links(each) for each in town.phone("wang").sees(town.account))
    async with browser(town.home) as phone:
        answer = await phone.get(path)
        assert (answer.status, 'data-problem="tick_ended"' in await answer.text()) == (410, True)
        assert (await phone.get("/")).status == 401, "it signs nobody in any more"
    await claims(town, "li")
    (other,) = links(town.card("li"))
    assert other != path


@pytest.mark.parametrize("ends", ["a day later", "all their links revoked"])
async def test_a_link_ends_with_the_day_and_with_the_other_links_of_its_reader(
    town: TelegramHouse, ends: str
) -> None:
    await town.posts(REQUEST)
    await claims(town)
    (path,) = links(town.card("wang"))
    if ends == "a day later":
        town.home.clock.forward(24 * 3600 + 1)
    else:
        wang = await town.person("wang")
        await town.home.store.invite(wang.committee_id, wang.id, revoke=True)
    assert await town.holders(1) == ["wang"], "the claim itself lives"
    async with browser(town.home) as phone:
        assert (await phone.get(path, follow=False)).status == 410


def test_only_an_address_that_opens_everywhere_stands_on_a_card(tmp_path: Path) -> None:
    vault, clock = Vault.open(tmp_path, None), WallClock()
    ticking = Ticking(ticket=(1, 2, 0), job_id=42, claim=1, until=clock.now(), label="…")
    assert paged(settings.read({"SUIDAO_WEB__HOST": "10.0.0.7"}), vault, clock) is None
    links = paged(settings.read({"SUIDAO_WEB__PUBLIC_URL": "https://suidao.example.org/sub"}), vault, clock)
    assert links is not None
    assert links(replace(MINE, ticking=ticking)).page.startswith("https://suidao.example.org/sub/runs/")
    assert links(MINE) == MINE

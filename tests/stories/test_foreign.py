"""What leads to one committee and is brought to another: a clear answer, nothing is changed, and one line in
the log that says nothing of anybody.

Foreign is what is brought to a committee's own bot on Telegram, or to its pages. Where committees share a bot
(always on Matrix) nothing is: an invitation says itself where it leads, and people may belong to several.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from dispatch import linking
from dispatch.kinship import Kinship
from dispatch.moments import HOUR
from dispatch.people import Committee
from tests.platforms.telegram_server import TgBot, TgUser
from tests.stories.committee import WITHOUT_PHONE
from tests.stories.drivers.telegram import TelegramDriver
from tests.stories.drivers.telegram_actor import TelegramActor
from tests.stories.test_joining import OTHER, OURS
from tests.stories.test_reporting import passing
from tests.stories.world import WEB, World

REFUSED = "这是另一个居委会的，什么都没有改动。请到那边的聊天里打开。"
GUEST = WITHOUT_PHONE
"""Somebody of the other committee who has no chat yet."""
THEIRS = {
    **OTHER,
    "people": [
        {"key": "lin2", "name": "外社工", "roles": ["staff"]},
        {"key": GUEST, "name": "孙叔叔", "roles": ["volunteer"], "building": "A"},
    ],
    "residents": [
        {
            "key": "he",
            "name": "何婆婆",
            "building": "A",
            "contacts": [{"name": "女儿", "phone": "13900139009"}],
        }
    ],
}
PRIVATE = ("孙叔叔", "何婆婆", "女儿", "小明", "志愿者3", "外社工")


@dataclass(kw_only=True)
class Two:
    """Two committees on one installation, each with a bot of its own."""

    world: World
    driver: TelegramDriver
    other: Committee
    ours: TgBot
    theirs: TgBot

    async def tells(self, phone: TgUser, bot: TgBot, words: str) -> str:
        """What somebody reads who writes this to the bot, or opens a link with it."""
        before = len(phone.sees(bot))
        await phone.writes(bot, words)
        await self.driver.settled()
        assert await self.driver.server.until(lambda: len(phone.sees(bot)) > before)
        return "\n".join(each.text for each in phone.sees(bot)[before:])

    async def words(self, brought: str) -> str:
        """What leads to the other committee."""
        world, until = self.world, self.world.clock.now() + HOUR
        if brought == "a family's link":
            lin = await world.store.person(self.other.id, "lin2")
            family = await Kinship(world.service).invite(lin, "he", "女儿", "zh_CN")
            return f"/start {self.driver.parts.codes.of_family(family.ticket, until)}"
        if brought == "a code of one's own":
            guest, code = await world.store.person(self.other.id, GUEST), linking.fresh()
            await world.store.keep_link_code(guest, code, world.clock.now())
            return f"/link {code}"
        invitation = await self.driver.code(self.other, GUEST)
        return {
            "an invitation's link": f"/start {invitation}",
            "an invitation, typed": f"/join {invitation}",
            "a poster's link": f"/start join-{self.other.id}",
        }[brought]


@asynccontextmanager
async def two(world: World) -> AsyncIterator[Two]:
    driver, other = world.chat, await world.founds(THEIRS)
    assert isinstance(driver, TelegramDriver)
    async with driver.own_bots(world.committee.key, other.key) as bots:
        yield Two(
            world=world, driver=driver, other=other, ours=bots[world.committee.key], theirs=bots[other.key]
        )


def lines(logged: pytest.LogCaptureFixture) -> list[str]:
    """What the program warned of."""
    ours = [each for each in logged.records if each.name.partition(".")[0] in OURS]
    return [each.getMessage() for each in ours if each.levelno >= logging.WARNING]


BROUGHT = (
    "an invitation's link",
    "an invitation, typed",
    "a poster's link",
    "a family's link",
    "a code of one's own",
)


@pytest.mark.parametrize("who", ["a stranger", "a volunteer there"])
async def test_what_leads_to_another_committee_is_refused_by_a_committees_own_bot_in_its_chat(
    chats: World, who: str, logged: pytest.LogCaptureFixture
) -> None:
    async with two(chats) as both:
        actor = chats.chat.account() if who == "a stranger" else await chats.member("v3")
        assert isinstance(actor, TelegramActor)
        await both.tells(actor.user, both.ours, "/start")
        for brought in BROUGHT:
            words = await both.words(brought)
            before, logged_before = await chats.kept(), len(lines(logged))
            assert await both.tells(actor.user, both.ours, words) == REFUSED, brought
            assert await chats.kept() == before, brought
            (line,) = lines(logged)[logged_before:]
            assert line.startswith("refused (link_foreign): ")
            secret = words.rpartition(" ")[2]
            assert not [word for word in (*PRIVATE, secret, actor.account) if word in line]


async def test_brought_to_its_own_committees_bot_the_same_counts(chats: World) -> None:
    """And a code that was refused elsewhere is not used up by that."""
    async with two(chats) as both:
        actor = chats.chat.account()
        assert isinstance(actor, TelegramActor)
        for brought in ("an invitation, typed", "a code of one's own"):
            words = await both.words(brought)
            assert await both.tells(actor.user, both.ours, words) == REFUSED
            assert "孙叔叔" in await both.tells(actor.user, both.theirs, words)
            assert await actor.owners() == [GUEST]


async def test_a_code_of_another_committee_on_somebodys_page_changes_nothing(
    pages: World, logged: pytest.LogCaptureFixture
) -> None:
    await pages.founds(OTHER)
    v3, lin = await pages.visitor("v3"), (await pages.store.addresses(WEB, "qingtong/lin2"))[0]
    code = await pages.router.joining.linking.code(lin)
    await v3.looks()
    before, logged_before = await pages.kept(), len(lines(logged))
    assert "已经有人用了" in await v3._does("/link", {"code": code})
    assert await pages.kept() == before
    assert "志愿者3" in (await v3.looks()).text
    (line,) = lines(logged)[logged_before:]
    assert "account_taken" in line
    assert not [word for word in (*PRIVATE, code) if word in line]


async def test_a_building_of_another_committee_is_none_on_the_posters_page(
    pages: World, logged: pytest.LogCaptureFixture
) -> None:
    other = await pages.founds(OTHER)
    (building,) = (await pages.store.roster(other.id)).buildings
    async with passing(pages) as ming:
        await ming.scans()
        before = await pages.kept()
        said = await ming.sends(name="小明", building=str(building))
        assert (ming.status, "什么都没有改动" in said) == (400, True)
    assert await pages.kept() == before
    assert not [word for word in PRIVATE if word in " ".join(lines(logged))]

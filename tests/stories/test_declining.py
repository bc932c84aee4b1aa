"""Somebody whom staff do not let in is told so at once, where they asked, and nothing else goes there."""

import pytest

from dispatch.moments import HOUR
from tests.stories.drivers.base import ChatActor
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"


async def declined(world: World, language: str = "zh_CN") -> tuple[int, ChatActor, list[str]]:
    """Somebody applies and is declined: the application's number, their phone, and what it was told then."""
    lin, ming = await world.member("lin"), world.chat.account("小明", language=language)
    await ming.writes("/join 王小明 3号楼")
    (application,) = await world.store.applications(world.committee.id)
    before = len(ming.received())
    await lin.taps("decline", application.id)
    return application.id, ming, ming.received()[before:]


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "没有通过"), ("en", "did not let you in")])
async def test_they_are_told_at_once_in_their_language(chats: World, language: str, words: str) -> None:
    """Where nobody knows theirs it is the committee's."""
    _, _, told = await declined(chats, language)
    said = "\n".join(told)
    assert said.count(words if chats.chat.tells_language else "没有通过") == 1
    assert "梧桐里居民区" in said
    assert "林社工" not in said


async def test_whoever_declined_is_told_that_they_are_told(chats: World) -> None:
    await declined(chats)
    assert "已告知" in (await chats.member("lin")).said


async def test_deciding_twice_tells_them_once(chats: World) -> None:
    number, *_ = await declined(chats)
    assert await chats.rows("SELECT status FROM outbox WHERE kind = 'declined'") == [("delivered",)]
    await (await chats.member("zhao")).forges("decline", number)
    assert len(await chats.rows("SELECT id FROM outbox WHERE kind = 'declined'")) == 1


async def test_nothing_else_goes_there(chats: World) -> None:
    await declined(chats)
    await (await chats.member("lin")).writes(KNOCK)
    await chats.fast_forward(minutes=30)
    kinds = await chats.rows(
        "SELECT DISTINCT o.kind FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " WHERE a.person_id IS NULL AND a.audience IS NULL"
    )
    assert kinds == [("declined",)]
    assert "王小明" not in await (await chats.member("lin")).writes("谁联系不上")


async def test_they_may_ask_again_the_next_day_and_be_let_in(chats: World) -> None:
    lin = await chats.member("lin")
    _, ming, _ = await declined(chats)
    chats.clock.set(chats.clock.now() + 25 * HOUR)
    await ming.writes("/join 王小明 3号楼")
    (application,) = await chats.store.applications(chats.committee.id)
    await lin.taps("approve", application.id)
    assert await ming.owners() == [f"joined-{application.id}"]

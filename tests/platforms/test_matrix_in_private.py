"""Whose a room is: what is private goes only where somebody meant to be alone with the bot, and is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from mautrix.api import HTTPAPI, Method

from bot.matrix.pacing import Rank
from handlers.messages import Incoming, Reply
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server.timeline import Message

DOOR = "3号楼502 敲门无应答 13800000001"
GREETING = "大家好，以后任务发在这里"
SEALED = {
    "algorithm": "m.megolm.v1.aes-sha2",
    "ciphertext": "AwgA",
    "session_id": "x" * 43,
    "sender_key": "y" * 43,
    "device_id": "Z",
}
"""Nobody has its key."""


async def kept(town: Hearing, key: str) -> str | None:
    return await town.home.store.matrix_room(town.phone(key).user_id)


async def reads(town: Hearing, key: str, room_id: str) -> str:
    """All that somebody who comes into a room reads there, edits too."""
    phone = town.phone(key)
    await phone.join(room_id)
    await phone.wait_for(lambda: phone.room(room_id), "the room")
    await town.settles()
    await phone.sync()
    return str([event["content"] for event in phone.room(room_id).events])


async def won(town: Hearing, key: str, holds: str) -> str:
    """The room in which somebody reads the card of the job that they took."""
    room, _ = await town.phone(key).wait_for_message(
        lambda each: holds in each.body and "🚶" in each.reactions, f"the card with {holds}"
    )
    return room.room_id


def ours(town: Hearing, room_id: str) -> list[Message]:
    """What stands there from the bot."""
    return [each for each in town.phone("wang").room(room_id).standing if each.sender == town.bot.user_id]


def said_since(town: Hearing, room_id: str, guest: str) -> list[str]:
    """What the bot wrote there after this one was asked in, whether it stands or was taken away."""
    events = town.phone("wang").room(room_id).events
    begun = next(number for number, each in enumerate(events) if each.get("state_key") == guest)
    said = [each for each in events[begun:] if each["type"] == "m.room.message"]
    return [each["event_id"] for each in said if each["sender"] == town.bot.user_id]


@asynccontextmanager
async def held(town: Hearing) -> AsyncIterator[asyncio.Event]:
    """What is asked inside the block is handled when it ends; set once it was heard."""
    heard, over, handle = asyncio.Event(), asyncio.Event(), town.router.handle

    async def slow(incoming: Incoming) -> Reply:
        heard.set()
        await over.wait()
        return await handle(incoming)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town.router, "handle", slow)
        yield heard
        over.set()


@contextmanager
def speechless(api: HTTPAPI) -> Iterator[None]:
    """The homeserver says of no room how it stands."""
    request = api.request

    async def silent(method: Method, path: object, *args: object, **more: object) -> object:
        if str(path).endswith("/state"):
            raise OSError("away")
        return await request(method, path, *args, **more)  # type: ignore[arg-type]  # passed on as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "request", silent)
        yield


async def empties(town: Hearing, room_id: str, *keys: str) -> None:
    """These leave a room, and the bot has seen it."""
    for key in keys:
        await town.phone(key).leave(room_id)
    await town.settles()


async def test_a_committees_room_is_nobodys_own_however_few_are_in_it(town: Hearing) -> None:
    job = await town.posts(DOOR)
    await empties(town, town.room_id, "li", "new", "zhao", "qian")
    wang = town.phone("wang")
    await wang.say(town.room_id, f"!claim {job}")
    await town.settles()
    assert await town.holders(job) == ["wang"]
    assert await won(town, "wang", "502") == await kept(town, "wang") != town.room_id
    assert "502" not in await reads(town, "li", town.room_id)


async def test_a_committees_room_that_was_kept_as_somebodys_own_is_given_up(town: Hearing) -> None:
    """As an earlier release did."""
    job = await town.posts(DOOR)
    await empties(town, town.room_id, "li", "new", "zhao", "qian")
    await town.home.store.keep_matrix_room(town.phone("wang").user_id, town.room_id)
    await town.phone("wang").say(town.room_id, f"!claim {job}")
    await town.settles()
    assert await won(town, "wang", "502") == await kept(town, "wang") != town.room_id
    assert "502" not in await reads(town, "li", town.room_id)
    await town.home.store.keep_matrix_room(town.phone("wang").user_id, town.room_id)
    await town.phone("new").join(town.room_id)
    await town.settles()
    assert await kept(town, "wang") is None  # and nobody is told that anything was taken away


@pytest.mark.parametrize("chats", [False, True])
async def test_a_greeting_in_a_group_before_the_others_come_is_no_job(town: Hearing, chats: bool) -> None:
    """As docs/matrix.md has it made: the bot first, the volunteers after it. The room is in no file yet."""
    zhao = town.phone("zhao")
    direct = await town.direct("zhao") if chats else None
    room = await zhao.create_room(name="志愿者二群", invite=[town.bot.user_id])
    await zhao.wait_for(lambda: town.bot.user_id in zhao.room(room).members, "the bot has come")
    await town.settles()
    await zhao.say(room, GREETING)
    await town.settles()
    assert await town.jobs() == ()
    own = await kept(town, "zhao")
    assert own is not None
    assert own != room
    assert own == (direct or own)
    await town.answer("zhao", own, "私聊")
    await town.posts(DOOR, "qian")
    notice = {"msgtype": "m.notice", "body": "我在群里了"}
    await town.gateway.writer.put(room, "m.room.message", notice, "once", Rank.CARD)
    await zhao.invite(room, town.phone("li").user_id)
    assert "502" not in await reads(town, "li", room)
    await town.gateway.clearing.beside.drain()
    await zhao.sync()
    assert notice["body"] in [each.body for each in zhao.room(room).standing]  # nothing goes from a group


async def test_of_what_cannot_be_decrypted_in_the_group_its_writer_is_told_aside_and_once(
    town: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.sealed.PATIENCE_S", 0.1)
    wang, direct = town.phone("wang"), await town.direct("wang")
    for _ in range(3):
        await wang.send(town.room_id, "m.room.encrypted", SEALED)
    await town.answer("wang", direct, "解不开")
    await town.settles()
    await wang.sync()
    said = [each for each in wang.room(direct).standing if "解不开" in each.body]
    assert len(said) == 1
    assert not [each for each in wang.room(town.room_id).standing if each.sender == town.bot.user_id]


async def test_what_stood_in_a_private_room_goes_when_somebody_else_is_asked_in(town: Hearing) -> None:
    """And nothing is said there any more, to what was asked before either."""
    wang, li = town.phone("wang"), town.phone("li")
    room = await town.direct("wang")
    await town.settles()
    job = await town.posts(DOOR)
    li.accepts = False
    await wang.say(room, f"!claim {job}")
    await town.settles()
    assert await won(town, "wang", "502") == room
    (card,) = [each.event_id for each in ours(town, room) if "🚶" in each.reactions]
    async with held(town) as heard:
        await wang.say(room, "!me")
        await heard.wait()
        await wang.invite(room, li.user_id)
    await town.settles()
    await wang.wait_for(lambda: not ours(town, room), "all of it is gone")
    own = await kept(town, "wang")
    assert own not in (None, room)
    await town.answer("wang", str(own), "!me")
    assert "502" not in await reads(town, "li", room)
    await wang.say(str(own), "!me")
    await town.settles()
    assert await won(town, "wang", "502") == own
    await town.home.store.drop_matrix_room(str(own))  # as before another was opened
    await wang.react(room, card, "🆘")
    await town.settles()
    await town.answer("wang", str(await kept(town, "wang")), "正在通知")
    await wang.sync()
    assert said_since(town, room, li.user_id) == []


async def test_what_stood_in_another_chat_goes_as_well_and_the_persons_room_stays(town: Hearing) -> None:
    """Answers are given where somebody asks, and no store knows of it."""
    wang, li = town.phone("wang"), town.phone("li")
    li.accepts = False
    first = await town.direct("wang")
    await town.settles()
    job = await town.posts(DOOR)
    asked_in, opened = await town.direct("wang"), await town.direct("wang")
    for room, words in ((asked_in, f"!claim {job}"), (opened, "!me")):
        await wang.say(room, words)
        await town.settles()
        await town.answer("wang", room)
    assert await won(town, "wang", "502") == first == await kept(town, "wang")
    await wang.invite(asked_in, li.user_id)
    await wang.set_state(opened, "m.room.join_rules", {"join_rule": "public"})
    await town.settles()
    await wang.wait_for(lambda: not ours(town, asked_in) and not ours(town, opened), "all of it is gone")
    assert await kept(town, "wang") == first
    assert "502" in str([each.body for each in ours(town, first)])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
    ],
)
async def test_what_stood_in_a_private_room_goes_when_it_is_opened_to_others(
    town: Hearing, kind: str, content: dict[str, object]
) -> None:
    """And stays, and is added to, while the server does not say whether it is."""
    wang, room = town.phone("wang"), await town.direct("wang")
    await town.settles()
    job = await town.posts(DOOR)
    await wang.say(room, f"!claim {job}")
    await town.settles()
    assert await won(town, "wang", "502") == room
    with speechless(town.account.wire):
        await wang.say(room, "!me")
        await town.settles()
        await town.answer("wang", room, after=len(wang.room(room).standing))
    with speechless(town.account.client.api):
        await wang.set_state(room, "m.room.history_visibility", {"history_visibility": "joined"})
        await town.settles()
    assert await kept(town, "wang") == room
    await wang.set_state(room, kind, content)
    await town.settles()
    await wang.wait_for(lambda: not ours(town, room), "all of it is gone")
    own = await kept(town, "wang")
    assert own not in (None, room)
    await town.answer("wang", str(own), "!me")
    await wang.say(room, "!me")
    await town.settles()
    assert await won(town, "wang", "502") == own
    assert ours(town, room) == []


async def test_who_is_asked_in_and_has_not_come_reads_along_all_the_same(town: Hearing) -> None:
    job = await town.posts(DOOR)
    li, zhao = town.phone("li"), town.phone("zhao")
    li.accepts = False
    room = await town.direct("zhao")
    await town.settles()
    await zhao.invite(room, li.user_id)
    await zhao.say(room, GREETING)
    await zhao.say(room, f"!claim {job}")
    await town.settles()
    assert len(await town.jobs()) == 1
    own, card = await town.own_card("zhao")
    assert "502" in card.body
    assert own.room_id == await kept(town, "zhao") != room
    assert "502" not in await reads(town, "li", room)

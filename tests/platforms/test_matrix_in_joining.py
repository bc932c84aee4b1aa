"""Coming in through Matrix: invitations of the bot and of people, applications, and rooms that change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from dispatch.moments import HOUR
from dispatch.people import Role
from dispatch.reach import Reason
from tests.platforms.matrix_hearing import Hearing, followed, hearing
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message
from tests.platforms.matrix_taking import claimed


@asynccontextmanager
async def newcomer(town: Hearing, key: str = "zhou", name: str = "周小姐") -> AsyncIterator[Phone]:
    """Somebody whom nobody knows."""
    member = await town.synapse.register(key, display_name=name)
    async with Phone(town.synapse.url, member) as phone:
        town.phones[key] = phone
        yield phone


async def says(town: Hearing, key: str, room_id: str, text: str) -> str:
    """What the bot answers to these words."""
    event = await town.phone(key).say(room_id, text)
    await town.settles()
    phone = town.phone(key)
    return await phone.wait_for(
        lambda: next(each.body for each in phone.room(room_id).standing if each.reply_to == event),
        f"an answer to {text}",
    )


async def reasons(town: Hearing) -> list[str | None]:
    """How the rooms stand, the volunteers' first."""
    ways = await town.home.store.ways(town.home.committee_id)
    return [way.failed for way in ways if way.address.audience is not None]


async def test_an_invitation_lets_its_person_in(town: Hearing) -> None:
    person = await town.home.person("wang")
    await town.home.store.invite(town.home.committee_id, person.id, revoke=True)  # a new phone
    person = await town.home.person("wang")
    code = town.codes.make(person.committee_id, person.id, person.link_epoch, town.home.clock.now() + HOUR)
    async with newcomer(town) as phone:
        room = await town.direct("zhou")
        await town.answer("zhou", room, "申请加入")
        said = await says(town, "zhou", room, f"!join {code}")
        assert "王阿姨" in said
        (address,) = await town.home.store.addresses("matrix", phone.user_id)
        assert address.person_id == person.id
        assert await town.home.store.matrix_room(phone.user_id) == room
        assert "王阿姨" in await says(town, "zhou", room, "!me")
        again = await says(town, "zhou", room, f"!join {code}")
        assert "王阿姨" in again


@pytest.mark.parametrize("code", ["A" * 55, "A" * 55 + "!"])
async def test_a_forged_invitation_lets_nobody_in(town: Hearing, code: str) -> None:
    async with newcomer(town) as phone:
        room = await town.direct("zhou")
        await says(town, "zhou", room, f"!join {code}")
        assert await town.home.store.addresses("matrix", phone.user_id) == ()


@pytest.mark.parametrize("word", ["!join", "加入"])
async def test_an_invitation_that_was_cut_off_says_so_and_is_no_application(town: Hearing, word: str) -> None:
    person = await town.home.person("wang")
    code = town.codes.make(person.committee_id, person.id, person.link_epoch, town.home.clock.now() + HOUR)
    async with newcomer(town):
        room = await town.direct("zhou")
        assert "不完整" in await says(town, "zhou", room, f"{word} {code[:20]}")
        assert await town.home.store.applications(town.home.committee_id) == ()


async def test_whoever_applies_is_asked_for_the_building_and_let_in_by_a_tap(town: Hearing) -> None:
    async with newcomer(town) as phone:
        room = await town.direct("zhou")
        told = await says(town, "zhou", room, "3号楼502 敲门无应答")
        assert "申请加入" in told
        assert await town.jobs() == ()
        asked = await says(town, "zhou", room, "!join")
        assert "周小姐" in asked
        assert "7号楼" in asked
        said = await says(town, "zhou", room, "7号楼")
        assert "13800000000" in said  # here no number is shared by a tap
        await says(town, "zhou", room, "!join 13900001111")
        desk, card = await town.own_card("zhao", "✅")
        assert "周小姐" in card.body
        await town.phone("zhao").react(desk.room_id, card.event_id, "✅")
        await town.settles()
        (address,) = await town.home.store.addresses("matrix", phone.user_id)
        person = (await town.home.store.roster(town.home.committee_id)).people[address.person_id or 0]
        assert (person.name, person.roles, person.trusted) == (
            "周小姐",
            frozenset({Role.VOLUNTEER}),
            False,
        )
        welcomed, _ = await phone.wait_for_message(lambda each: "欢迎" in each.body, "the welcome")
        assert welcomed.room_id == room


@pytest.mark.parametrize(("words", "is_in"), [("approve {}", True), ("婉拒 {}", False)])
async def test_an_application_is_decided_by_words_as_well(town: Hearing, words: str, is_in: bool) -> None:
    async with newcomer(town, name="<b>周</b>\u202e") as phone:
        room = await town.direct("zhou")
        await says(town, "zhou", room, "!join 周小姐 3号楼")
        (application,) = await town.home.store.applications(town.home.committee_id)
        _, card = await town.own_card("zhao", "✅")
        assert "周" in card.body
        assert "周" in card.html
        assert "<b>周" not in card.html
        assert "\u202e" not in card.body + card.html
        await says(town, "zhao", await town.direct("zhao"), words.format(application.id))
        found = await town.home.store.addresses("matrix", phone.user_id)
        assert any(each.person_id is not None for each in found) is is_in
        await town.deliver()
        told = "欢迎" if is_in else "没有通过"
        await phone.wait_for_message(lambda each: told in each.body, "what was decided")


async def test_a_name_that_is_markup_is_shown_as_it_is_written(town: Hearing) -> None:
    """Nobody typed it to the bot: it is what their account is called."""
    async with newcomer(town, name='<img src="x">周<b>小姐') as phone:
        room = await town.direct("zhou")
        await says(town, "zhou", room, "!join 3号楼 13900001111")
        desk, card = await town.own_card("zhao", "✅")
        assert '<img src="x">周<b>小姐' in card.body
        assert "&lt;img" in card.html
        assert "<img" not in card.html
        assert "周<b>" not in card.html
        await town.phone("zhao").react(desk.room_id, card.event_id, "✅")
        await town.settles()
        (address,) = await town.home.store.addresses("matrix", phone.user_id)
        person = (await town.home.store.roster(town.home.committee_id)).people[address.person_id or 0]
        job, public = await town.announced("公开 7号楼 扔垃圾")
        await phone.join(town.room_id)
        await phone.react(town.room_id, public.event_id, "✅")
        await town.held_by(job, [person.key])
        await phone.wait_for(
            lambda: "&lt;img" in phone.room(town.room_id).message(public.event_id).html, "who has it"
        )
        assert "<img" not in phone.room(town.room_id).message(public.event_id).html


async def test_a_stranger_is_followed_into_one_private_room_and_into_no_other(town: Hearing) -> None:
    async with newcomer(town) as phone, newcomer(town, "wu") as other:
        many = await phone.create_room(name="买菜群", invite=[town.bot.user_id, other.user_id])
        await town.settles()
        await phone.wait_for(lambda: town.bot.user_id not in phone.room(many).invited, "it was declined")
        assert town.bot.user_id not in phone.room(many).members
        await town.direct("zhou")
        second = await phone.create_room(invite=[town.bot.user_id], direct=True)
        await town.settles()
        await phone.wait_for(lambda: town.bot.user_id not in phone.room(second).invited, "it was declined")
        assert town.bot.user_id not in phone.room(second).members


async def test_a_stranger_who_asks_into_many_rooms_at_once_is_followed_into_one(
    tmp_path: Path, synapse: Synapse
) -> None:
    """While the bot was off: all of them come with one sync, before it has a room with anybody."""
    async with hearing(tmp_path, synapse) as house, newcomer(house) as phone:
        bot = house.bot.user_id
        rooms = [await phone.create_room(invite=[bot], direct=True) for _ in range(4)]
        async with followed(house):
            await phone.wait_for(
                lambda: not any(bot in phone.room(room).invited for room in rooms), "all were answered"
            )
            (followed_into,) = (room for room in rooms if bot in phone.room(room).members)
            await house.answer("zhou", followed_into, "申请加入")
            assert await house.home.store.matrix_room(phone.user_id) == followed_into
            phone.accepts = False  # the bot asks them in once more
            await phone.leave(followed_into)
            await house.settles()
            again = await house.direct("zhou")
            await house.settles()
        mine = await house.account.client.get_joined_rooms()
        assert set(mine) == {house.room_id, house.desk_id, again}  # nor does it stay where they left it


async def test_a_private_room_for_joining_that_is_full_of_people_is_left(town: Hearing) -> None:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(newcomer(town))
        other = await stack.enter_async_context(newcomer(town, "wu"))
        room = await phone.create_room(invite=[other.user_id], direct=True)
        await other.wait_for(lambda: other.room(room), "the other has come")
        await phone.wire.call(
            "PUT",
            f"/_matrix/client/v3/rooms/{room}/state/m.room.member/{town.bot.user_id}",
            {"membership": "invite", "is_direct": True},
        )
        await town.settles()
        await phone.wait_for(
            lambda: not {town.bot.user_id} & (phone.room(room).members | phone.room(room).invited), "left"
        )


async def test_a_members_invitation_is_followed_and_tells_how_the_room_becomes_the_committees(
    town: Hearing,
) -> None:
    direct = await town.direct("zhao")
    room = await town.phone("zhao").create_room(name="新群", invite=[town.bot.user_id])
    zhao = town.phone("zhao")
    await zhao.wait_for(lambda: town.bot.user_id in zhao.room(room).members, "the bot has come")
    await town.settles()
    assert "协管员" in (await town.answer("zhao", direct, room)).body
    await zhao.sync()
    assert [each for each in zhao.room(room).standing if each.sender == town.bot.user_id] == []


async def test_a_strangers_invitation_is_followed_into_a_room_that_the_committees_file_names(
    town: Hearing,
) -> None:
    zhao = town.phone("zhao")
    async with newcomer(town) as phone:
        await phone.join(town.room_id)
        await zhao.allow(town.room_id, phone.user_id, 50)  # may ask others in
        await zhao.kick(town.room_id, town.bot.user_id)
        await town.settles()
        assert await reasons(town) == [Reason.PUT_OUT, None]
        await phone.invite(town.room_id, town.bot.user_id)
        await zhao.wait_for(lambda: town.bot.user_id in zhao.room(town.room_id).members, "the bot is back")
        await town.settles()
        assert await reasons(town) == [None, None]
        await claimed(town, "li")
        assert await town.home.store.matrix_room(phone.user_id) is None  # and it is no way to join by


async def test_what_was_said_in_a_new_direct_chat_before_the_bot_came_is_heard(town: Hearing) -> None:
    zhao = town.phone("zhao")
    room = await zhao.create_room(invite=[town.bot.user_id], direct=True)
    await zhao.say(room, "7号楼 送药")  # nobody waits for a bot
    await zhao.wait_for(lambda: town.bot.user_id in zhao.room(room).members, "the bot has come")
    await town.settles()
    assert len(await town.jobs()) == 1


async def test_what_was_said_in_a_room_before_the_bot_was_asked_in_is_not_heard(town: Hearing) -> None:
    zhao = town.phone("zhao")
    room = await zhao.create_room(direct=True)
    await zhao.say(room, "7号楼 送药")
    await zhao.invite(room, town.bot.user_id)
    await zhao.wait_for(lambda: town.bot.user_id in zhao.room(room).members, "the bot has come")
    await town.settles()
    assert await town.jobs() == ()


async def test_a_room_that_put_the_bot_out_is_shown_as_such_until_it_is_asked_in_again(town: Hearing) -> None:
    zhao = town.phone("zhao")
    await zhao.kick(town.room_id, town.bot.user_id)
    await town.settles()
    assert await reasons(town) == [Reason.PUT_OUT, None]
    await zhao.invite(town.room_id, town.bot.user_id)
    await zhao.wait_for(lambda: town.bot.user_id in zhao.room(town.room_id).members, "the bot is back")
    await town.settles()
    assert await reasons(town) == [None, None]
    _, card = await town.announced()
    assert card.body


async def test_a_room_that_silences_the_bot_is_shown_as_such_until_it_may_write(town: Hearing) -> None:
    zhao = town.phone("zhao")
    await zhao.allow(town.room_id, town.bot.user_id, -1)
    await town.settles()
    assert await reasons(town) == [Reason.REFUSED, None]
    await zhao.allow(town.room_id, town.bot.user_id, 0)
    await town.settles()
    assert await reasons(town) == [None, None]


async def test_where_the_bot_may_write_and_not_react_it_is_said_how_to_take_the_job_in_words(
    town: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    zhao, wang, li = (town.phone(key) for key in ("zhao", "wang", "li"))
    await zhao.need(town.room_id, "m.reaction", 50)
    job = await town.shown()

    def below() -> list[Message]:
        return [each for each in li.room(town.room_id).standing if each.thread]

    (said,) = await li.wait_for(below, "words in the thread below the card")
    assert f"!claim {job}" in said.body
    assert said.kind == "m.notice"
    card = li.room(town.room_id).message(said.thread or "")
    assert card.reactions == {}
    assert f"#{job}" in card.body
    assert await reasons(town) == [None, None]  # cards do arrive there
    await wang.say(town.room_id, f"!claim {job}")
    await town.held_by(job, ["wang"])
    await wang.reply(town.room_id, card.event_id, "去不了")
    await town.held_by(job, [])
    await town.settles()  # the card offers the job again, and the room is not told twice
    await li.sync()
    assert below() == [said]
    assert [each.message for each in caplog.records if "not react" in each.message] == [
        f"the bot may write in room {town.room_id} and not react: it needs a higher level"
    ]
    await zhao.need(town.room_id, "m.reaction", 0)
    await li.reply(town.room_id, card.event_id, "接单")
    await town.held_by(job, ["li"])
    await li.reply(town.room_id, card.event_id, "去不了")
    await town.held_by(job, [])
    offered = await town.card(job)
    assert offered.reactions == {"✅": {town.bot.user_id}}


async def test_a_room_that_was_upgraded_is_followed(town: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long coming in takes: meanwhile the old room is closed to everybody."""
    zhao = town.phone("zhao")
    join, closed = town.account.client.join_room, asyncio.Event()

    async def slow(*where: object, **more: object) -> object:
        await closed.wait()
        return await join(*where, **more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(town.account.client, "join_room", slow)
    answer = await zhao.wire.call(
        "POST", f"/_matrix/client/v3/rooms/{town.room_id}/upgrade", {"new_version": "10"}
    )
    new = answer["replacement_room"]
    mark = await town.phone("qian").say(town.desk_id, "搬家了")

    async def heard() -> bool:
        return mark in town.syncing.handled

    await town.until(heard, "the bot has read that the old room is closed")
    closed.set()
    await town.settles()

    async def moved() -> bool:
        return bool(await town.home.store.addresses("matrix", new))

    await town.until(moved, "the room has its new name")
    assert await town.home.store.addresses("matrix", town.room_id) == ()
    town.room_id = new
    for phone in town.phones.values():
        await phone.join(new)
    job, card = await town.announced()
    await town.phone("li").react(new, card.event_id, "✅")
    await town.held_by(job, ["li"])


async def test_a_third_person_in_a_private_room_reads_nothing_private(town: Hearing) -> None:
    job = await town.posts()
    wang, li = town.phone("wang"), town.phone("li")
    room = await town.direct("li")
    async with newcomer(town) as guest:
        await li.invite(room, guest.user_id)
        await guest.wait_for(lambda: guest.room(room), "the guest has come")
        await town.settles()
        assert await town.home.store.matrix_room(li.user_id) != room
        await li.say(room, f"!claim {job}")
        await town.settles()
        assert await town.holders(job) == ["li"]
        own, card = await town.own_card("li", "🚶")
        assert own.room_id != room
        assert "502" in card.body
        await guest.sync()
        assert "502" not in guest.screen()
    assert wang.user_id not in own.members


async def test_an_account_of_a_person_who_left_the_committee_is_a_strangers(town: Hearing) -> None:
    room = await town.direct("li")
    person = await town.home.person("li")
    await town.home.store.invite(town.home.committee_id, person.id, revoke=True)
    assert "申请加入" in await says(town, "li", room, "!jobs")

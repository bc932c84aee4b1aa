"""Words in Matrix rooms: what is a job, what is a command, what replies to a card, and what is nobody's."""

from contextlib import suppress

import pytest

from bot.matrix.contents import Mark
from tests.platforms.house import PRIVATE
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server import MatrixError, Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.wire import Json


async def asked(town: Hearing, key: str, room_id: str, text: str) -> str:
    """What the bot answers to these words."""
    event = await town.phone(key).say(room_id, text)
    await town.settles()
    phone = town.phone(key)

    def answered() -> str:
        room = phone.room(room_id)
        return next(each.body for each in reversed(room.standing) if each.reply_to == event)

    return await phone.wait_for(answered, f"an answer to {text}")


async def test_staff_post_a_job_by_writing_it_in_a_direct_chat(town: Hearing) -> None:
    room = await town.direct("zhao")
    said = await asked(town, "zhao", room, "3号楼502 敲门无应答")
    (job,) = await town.jobs()
    assert f"#{job.id}" in said or str(job.id) in said
    await asked(town, "zhao", room, "!job 7号楼 送药")
    assert len(await town.jobs()) == 2


async def test_a_volunteers_words_post_nothing_and_are_answered(town: Hearing) -> None:
    room = await town.direct("wang")
    assert "没有发出去" in await asked(town, "wang", room, "3号楼502 敲门无应答")
    assert await town.jobs() == ()


async def test_commands_of_a_volunteer_are_answered_where_they_are_written(town: Hearing) -> None:
    room, english = await town.direct("wang"), await town.direct("li")
    job = await town.posts("7号楼 送药")
    assert "!jobs: the jobs for you" in await asked(town, "li", english, "!help")  # not /jobs, as elsewhere
    assert "王阿姨" in await asked(town, "wang", room, "!me")
    assert "钱书记" in await asked(town, "wang", room, "!duty")
    await asked(town, "wang", room, f"接单 {job}")
    assert await town.holders(job) == ["wang"]
    await asked(town, "wang", room, "!jobs")
    _, card = await town.own_card("wang", "🚶")
    assert f"#{job}" in card.body


async def test_whoever_asks_in_a_second_chat_is_told_where_the_cards_are(town: Hearing) -> None:
    """The first one stays theirs: what was private in a card is taken back where it stands."""
    job = await town.posts("7号楼 送药")
    first, _ = await town.own_card("wang", "✅")
    second = await town.direct("wang")
    assert "随到 Suidao" in await asked(town, "wang", second, "!jobs")
    assert await town.home.store.matrix_room(town.phone("wang").user_id) == first.room_id
    await asked(town, "wang", second, f"!claim {job}")
    await town.own_card("wang", "🚶")
    await town.phone("wang").sync()
    assert "地图" not in "".join(each.body for each in town.phone("wang").room(second).standing)


async def test_a_job_is_claimed_and_cancelled_by_its_number(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, desk = await town.direct("li"), await town.direct("zhao")
    await asked(town, "li", room, f"!claim {job}")
    assert await town.holders(job) == ["li"]
    await asked(town, "zhao", desk, f"!cancel {job} 已经有人送了")
    assert await town.jobs() == ()


async def test_a_misspelt_command_is_no_job(town: Hearing) -> None:
    room = await town.direct("zhao")
    assert "没有这个指令" in await asked(town, "zhao", room, "!jbos")
    assert await town.jobs() == ()


async def test_replies_to_a_card_are_taps_by_number_word_and_name(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, card = await town.own_card("zhao")
    zhao = town.phone("zhao")
    await zhao.reply(room.room_id, card.event_id, "1 王阿姨")
    await town.settles()
    assert await town.holders(job) == ["wang"]
    await zhao.reply(room.room_id, card.event_id, "assign 天上的人")
    await town.settles()
    await town.answer("zhao", room.room_id, "王阿姨")
    assert await town.holders(job) == ["wang"]
    await zhao.reply(room.room_id, card.event_id, "加急")
    await town.settles()
    assert (await town.state(job)).job.priority.value == "life"
    await zhao.say_in_thread(room.room_id, card.event_id, "取消")
    await town.settles()
    assert await town.jobs() == ()


async def test_the_desk_says_by_number_and_name_what_became_of_somebody_elses_job(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, card = await town.own_card("zhao")
    zhao = town.phone("zhao")
    for words, holders in (("1 王阿姨", ["wang"]), ("0 王阿姨", []), ("1 王阿姨", ["wang"])):
        await zhao.reply(room.room_id, card.event_id, words)
        await town.settles()
        assert await town.holders(job) == holders
    await zhao.reply(room.room_id, card.event_id, "8")
    await town.settles()
    await town.answer("zhao", room.room_id, "8 王阿姨")  # it asks who
    assert await town.holders(job) == ["wang"]
    await zhao.reply(room.room_id, card.event_id, "8 王阿姨")
    await town.settles()
    assert await town.jobs() == ()


async def test_the_desks_free_words_on_a_card_correct_it(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, card = await town.own_card("zhao")
    quoted = f"> <{town.bot.user_id}> {card.body.splitlines()[0]}\n\n3号楼"
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": card.event_id}}}
    content = {"msgtype": "m.text", "body": quoted} | relation
    await town.phone("zhao").send(room.room_id, "m.room.message", content)
    await town.settles()
    found = await town.state(job)
    assert found.roster.buildings[found.job.building_id or 0].name == "3号楼"


async def test_words_behind_a_number_that_needs_none_close_no_job(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, card = await town.own_card("zhao")
    await town.phone("zhao").reply(room.room_id, card.event_id, "2 楼没有人")
    await town.settles()
    assert [each.id for each in await town.jobs()] == [job]


async def test_a_place_that_replies_to_a_card_is_the_jobs_pin(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, card = await town.own_card("zhao")
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": card.event_id}}}
    place = {"msgtype": "m.location", "body": "这里", "geo_uri": "geo:31.20345,121.47912;u=12"} | relation
    await town.phone("zhao").send(room.room_id, "m.room.message", place)
    await town.settles()
    kept = await town.home.store.private(town.home.committee_id, job)
    assert kept.place is not None
    assert (kept.place.lat, kept.place.lon) == (31.20345, 121.47912)


async def test_in_a_room_of_many_only_commands_are_heard_and_answered_in_private(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    wang = town.phone("wang")
    for talk in ("我在3号楼502，门开着", "接单 3号楼的谁去", f"我在 {job}", f"谢谢 {job}", f"claim {job}"):
        await wang.say(town.room_id, talk)
    await town.settles()
    assert await town.holders(job) == []
    await wang.say(town.room_id, f"接单 {job}")
    await town.settles()
    assert await town.holders(job) == ["wang"]
    assert len(await town.jobs()) == 1
    room, _ = await town.own_card("wang", "🚶")
    await town.answer("wang", room.room_id, "接单成功")
    said = [each for each in wang.room(town.room_id).standing if each.sender == town.bot.user_id]
    assert said == []


async def test_a_reply_to_the_card_in_the_room_is_a_command_only_if_it_is_one(town: Hearing) -> None:
    job, card = await town.announced("7号楼 送药")
    li = town.phone("li")
    await li.reply(town.room_id, card.event_id, "这个我昨天送过")
    await town.settles()
    version = (await town.state(job)).job.version
    await li.reply(town.room_id, card.event_id, "接单")
    await town.settles()
    assert await town.holders(job) == ["li"]
    assert (await town.state(job)).job.version == version + 1


async def test_a_stranger_in_the_room_is_told_once_where_to_write(town: Hearing, synapse: Synapse) -> None:
    job = await town.posts("7号楼 送药")
    async with Phone(synapse.url, await synapse.register("stranger")) as stranger:
        await stranger.join(town.room_id)
        for _ in range(3):
            await stranger.say(town.room_id, f"!claim {job}")
        await town.settles()
        await stranger.sync()
        room = stranger.room(town.room_id)
        (said,) = [each.body for each in room.standing if each.sender == town.bot.user_id]
    assert "!join" in said
    assert await town.holders(job) == []


async def test_what_programs_say_is_answered_by_none(town: Hearing) -> None:
    room = await town.direct("zhao")
    await town.settles()
    zhao = town.phone("zhao")
    await zhao.sync()
    before = len(zhao.room(room).events)
    for kind in ("m.notice", "m.emote", "m.key.verification.request"):
        await zhao.send(room, "m.room.message", {"msgtype": kind, "body": "3号楼502 敲门无应答"})
    await town.settles()
    await zhao.sync()
    assert await town.jobs() == ()
    assert len(zhao.room(room).events) == before + 3


async def test_a_changed_message_changes_nothing_and_says_so(town: Hearing) -> None:
    room = await town.direct("zhao")
    zhao = town.phone("zhao")
    said = await zhao.say(room, "7号楼 送药")
    await town.settles()
    (job,) = await town.jobs()
    await zhao.edit(room, said, "3号楼 送药")
    await town.settles()
    assert await town.jobs() == (job,)
    await town.answer("zhao", room, "改动")


async def test_a_forged_edit_of_the_bots_card_changes_nothing(town: Hearing) -> None:
    """It carries the mark of a newer version, too."""
    job, card = await town.announced("7号楼 送药")
    mark = Mark(number=job, version=999, kind="ask").field
    relation = {"rel_type": "m.replace", "event_id": card.event_id}
    forged = {
        "msgtype": "m.text",
        "body": "* 已取消",
        "m.new_content": {"msgtype": "m.text", "body": "已取消", "suidao.card": mark},
        "m.relates_to": relation,
        "suidao.card": mark,
    }
    li = town.phone("li")
    await li.send(town.room_id, "m.room.message", forged)
    own = await li.send(
        town.room_id, "m.room.message", {"msgtype": "m.text", "body": "x", "suidao.card": mark}
    )
    await town.settles()
    trace = await town.home.store.matrix_trace(card.event_id)
    assert trace is not None
    assert trace.version < 999
    assert await town.home.store.matrix_trace(own) is None
    await town.phone("wang").react(town.room_id, own, "✅")
    await town.settles()
    assert await town.holders(job) == []


async def test_what_cannot_be_read_is_passed_over_and_the_rest_is_not(
    town: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    """Malformed relations, wrong kinds, huge bodies: nothing of it stops what comes after."""
    job, card = await town.announced("7号楼 送药")
    li, room = town.phone("li"), await town.direct("zhao")
    reactions: tuple[Json, ...] = (
        {},
        {"m.relates_to": "✅"},
        {"m.relates_to": {"rel_type": "m.thread", "event_id": card.event_id, "key": "✅"}},
    )
    messages: tuple[Json, ...] = (
        {"msgtype": "m.text"},
        {"msgtype": ["m.text"], "body": {}},
        {"msgtype": "m.text", "body": 7},
        {"msgtype": "m.text", "body": "", "m.relates_to": {"m.in_reply_to": 5}},
        {"msgtype": "m.location", "body": "x", "geo_uri": "geo:91,181"},
        {"msgtype": "m.text", "body": "长" * 20_000},
        {"msgtype": "m.image", "body": "<script>", "url": "mxc://x/y"},
    )
    for content in reactions:
        await li.send(town.room_id, "m.reaction", content)
    for content in messages:
        with suppress(MatrixError):  # this server refuses some; others pass on what others sent
            await town.phone("zhao").send(room, "m.room.message", content)
    await li.react(town.room_id, card.event_id, "✅")
    await town.held_by(job, ["li"])
    await town.settles()
    assert [each.id for each in await town.jobs()] == [job]
    assert "was not handled" not in caplog.text


async def test_nothing_private_reaches_a_log_or_the_room(
    town: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    room = await town.direct("zhao")
    await town.phone("zhao").say(room, "3号楼502 敲门无应答 陈阿姨 13800138000 80岁")
    await town.settles()
    (job,) = await town.jobs()
    for _ in range(6):
        await town.passes(1)
    await town.phone("wang").say(town.room_id, f"!claim {job.id}")
    await town.settles()
    await town.phone("li").sync()
    shown = town.phone("li").screen()
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    for secret in (*PRIVATE, "502"):
        assert secret not in logged
        assert secret not in "\n".join(m.body for m in town.phone("li").room(town.room_id).messages)
    assert "13800138000" not in shown

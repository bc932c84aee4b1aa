"""Reactions as taps, on a real homeserver: what they do, what they cannot do, and who is told."""

import pytest

from dispatch import register
from dispatch.claims import ClaimStatus
from dispatch.verbs import Verb
from tests.platforms.house import COMMITTEE, PRIVATE
from tests.platforms.matrix_hearing import Hearing, followed
from tests.platforms.matrix_server import MatrixError, Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message
from tests.platforms.matrix_taking import by_hand, claimed, taken


async def test_a_tap_in_the_room_takes_the_job_and_the_door_comes_in_private(town: Hearing) -> None:
    job, card = await town.announced()
    wang, li = town.phone("wang"), town.phone("li")
    await wang.react(town.room_id, card.event_id, "✅")
    await town.held_by(job, ["wang"])
    await town.deliver()
    room, own = await town.own_card("wang", "🚶")
    assert "502" in own.body
    assert room.members == {town.bot.user_id, wang.user_id}
    await li.wait_for(
        lambda: "王阿姨" in li.room(town.room_id).message(card.event_id).body, "the room sees who has it"
    )
    assert "502" not in li.screen()


async def test_the_room_sees_who_has_it_before_anything_owed_is_delivered(town: Hearing) -> None:
    """And what is owed then finds the card true: it is edited once."""
    _, card = await town.announced()
    li = town.phone("li")
    await town.phone("wang").react(town.room_id, card.event_id, "✅")
    await li.wait_for(
        lambda: "王阿姨" in li.room(town.room_id).message(card.event_id).body, "the room sees who has it"
    )
    await town.settles()
    await li.sync()
    assert li.room(town.room_id).message(card.event_id).edits == card.edits + 1


async def test_the_steps_of_a_job_are_taps_on_the_private_card(town: Hearing) -> None:
    job, _, _, own = await taken(town)
    wang = town.phone("wang")
    room = wang.room_with(town.bot.user_id).room_id
    for key, status in (("🚶", ClaimStatus.UNDERWAY), ("📍", ClaimStatus.UNDERWAY), ("🏁", ClaimStatus.DONE)):
        await wang.react(room, own, key)
        await town.settles()
        (claim,) = (await town.state(job)).claims
        assert claim.status is status
    assert town.phone("wang").room(room).thread(own) == ()  # the card says it all


async def test_what_is_found_is_a_number_in_private_and_nothing_where_many_read(town: Hearing) -> None:
    job, public, _, own = await taken(town)
    wang = town.phone("wang")
    room = wang.room_with(town.bot.user_id).room_id
    await by_hand(town, "wang", Verb.ARRIVE, job)
    for chat, card in ((town.room_id, public), (room, own)):
        await wang.react(chat, card, "2️⃣")  # from the client's own list: nobody knows of which step
        await town.settles()
        assert (await town.state(job)).job.walk is None

    def second() -> str:
        below = wang.room(room).message(own).reactions
        return next(
            (key for key, people in below.items() if key[0] == "2" and town.bot.user_id in people), ""
        )

    await wang.wait_for(second, "the bot offers it")
    offered = second()
    await wang.react(room, own, offered)
    await town.settles()
    walk = (await town.state(job)).job.walk
    assert walk is not None
    assert walk.step == "phone"
    await town.deliver()
    await wang.wait_for(
        lambda: offered not in wang.room(room).message(own).reactions, "the tap and what it tapped are gone"
    )
    assert second()


async def test_not_me_on_a_card_of_the_first_wave_refuses_and_leaves_the_job_to_others(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    (room, own), (others, other) = await town.own_card("wang", "❌"), await town.own_card("li", "✅")
    await town.phone("wang").react(room.room_id, own.event_id, "❌")
    await town.settles()
    situation, wang = await town.state(job), await town.home.person("wang")
    refused = {ask.person_id for ask in situation.asks if ask.refused_at is not None}
    assert (refused, situation.claims) == ({wang.id}, ())
    li = town.phone("li")
    await li.sync()
    assert li.room(others.room_id).message(other.event_id).reactions["✅"] == {town.bot.user_id}
    await li.react(others.room_id, other.event_id, "✅")
    await town.held_by(job, ["li"])


async def test_whoever_is_too_late_is_told_once_in_a_thread_who_has_it(town: Hearing) -> None:
    job, card, _, _ = await taken(town)
    for key in ("li", "zhao", "qian"):
        await town.phone(key).react(town.room_id, card, "✅")
    await town.settles()
    li = town.phone("li")
    await li.wait_for(lambda: li.room(town.room_id).thread(card), "the answer")
    await town.settles()
    await li.sync()
    (said,) = li.room(town.room_id).thread(card)
    assert "王阿姨" in said.body
    assert said.kind == "m.notice"
    assert len((await town.state(job)).waiting) == 3


async def test_after_a_restart_the_late_are_answered_by_the_same_message_and_it_is_true(
    house: Hearing,
) -> None:
    async def given_to(key: str, before: str) -> None:
        """And wang, who tapped first, taps once more, too late."""
        for who, verb in ((before, Verb.RELEASE), (key, Verb.ASSIGN)):
            await by_hand(house, "zhao", verb, job, str((await house.home.person(who)).id))
        await house.phone("wang").sync()
        await house.phone("wang").unreact(house.room_id, card, "✅")
        await house.phone("wang").react(house.room_id, card, "✅")
        await house.settles()

    async def said() -> Message:
        li = house.phone("li")
        await li.wait_for(lambda: li.room(house.room_id).thread(card), "the answer")
        await li.sync()
        (found,) = li.room(house.room_id).thread(card)
        return found

    async with followed(house):
        job, card, _, _ = await taken(house)
        await house.phone("zhao").react(house.room_id, card, "✅")
        await house.settles()
        first = await said()
        await given_to("li", "wang")
        second = await said()
        assert (second.event_id, second.edits) == (first.event_id, 1)
        assert "王阿姨" not in second.body
    house.reborn()
    async with followed(house):
        await house.phone("qian").react(house.room_id, card, "✅")
        await house.settles()
        assert await said() == second
        await given_to("zhao", "li")
        third = await said()
    assert (third.event_id, third.edits) == (first.event_id, 2)
    assert third.body not in (first.body, second.body)


async def test_a_stranger_takes_nothing_and_is_told_how_to_join(
    town: Hearing, synapse: Synapse, caplog: pytest.LogCaptureFixture
) -> None:
    job, card = await town.announced()
    li = town.phone("li")
    town.phones["stranger"] = stranger = li.__class__(synapse.url, await synapse.register("stranger"))
    async with stranger:
        await stranger.join(town.room_id)
        await stranger.react(town.room_id, card.event_id, "✅")
        await town.settles()
        await li.wait_for(lambda: li.room(town.room_id).thread(card.event_id), "the answer")
    (said,) = li.room(town.room_id).thread(card.event_id)
    assert "加入" in said.body
    assert await town.holders(job) == []
    assert "an account that is nobody's" in caplog.text
    assert stranger.user_id not in caplog.text


async def test_whoever_was_not_vouched_for_is_refused_and_sees_no_door(town: Hearing) -> None:
    job, card = await town.announced()
    new = town.phone("new")
    await new.react(town.room_id, card.event_id, "✅")
    await town.settles()
    await new.wait_for(lambda: new.room(town.room_id).thread(card.event_id), "the answer")
    assert await town.holders(job) == []
    assert "502" not in new.screen()


@pytest.mark.parametrize("key", ["👀", "❤️", "好的", "✅✅", "", "🏁", "👍"])
async def test_a_reaction_that_is_nobodys_tap_changes_nothing(town: Hearing, key: str) -> None:
    job, card = await town.announced()
    version = (await town.state(job)).job.version
    await town.phone("wang").react(town.room_id, card.event_id, key)
    await town.settles()
    assert (await town.state(job)).job.version == version


async def test_the_same_reaction_is_one_tap(town: Hearing) -> None:
    job, card, _, _ = await taken(town)
    with pytest.raises(MatrixError, match="M_DUPLICATE_ANNOTATION"):
        await town.phone("wang").react(town.room_id, card, "✅")
    version = (await town.state(job)).job.version
    await town.phone("wang").react(town.room_id, card, "✅\ufe0f")  # another client's spelling of the same
    await town.settles()
    assert (await town.state(job)).job.version == version


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("↩", ClaimStatus.RELEASED),
        ("↩️", ClaimStatus.RELEASED),
        ("🚶🏻", ClaimStatus.UNDERWAY),  # whoever chose a skin tone once taps with it ever after
    ],
)
async def test_a_sign_counts_in_both_of_its_spellings(town: Hearing, key: str, status: ClaimStatus) -> None:
    job, _, _, own = await taken(town)
    wang = town.phone("wang")
    await wang.react(wang.room_with(town.bot.user_id).room_id, own, key)
    await town.settles()
    assert (await town.state(job)).claims[-1].status is status


async def test_taps_of_another_committees_people_are_refused_and_tell_nothing(
    town: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    """CONFORMANCE 32 and 34: somebody of the staff next door, who is in this committee's room."""
    job, card, _ = await claimed(town)
    await town.settles()
    member = await town.synapse.register("hu", display_name="胡叔")
    await town.home.store.load(
        register.parse("lanting.toml", next_door(member.user_id)), prune=False, demo=False
    )
    async with Phone(town.synapse.url, member) as hu:
        await hu.join(town.room_id)
        before = await town.state(job)
        for key in ("✅", "🏁", "↩️"):
            caplog.clear()
            await hu.react(town.room_id, card.event_id, key)
            await town.settles()
            assert "refused" in caplog.text
        assert await town.state(job) == before
        await hu.sync()
        told = [each for room in hu.rooms.values() for each in room.standing if each.thread]
        assert not any(private in hu.screen() for private in ("502", *PRIVATE))
        assert [each.body for each in told if "王阿姨" in each.body] == []
        assert list(hu.rooms) == [town.room_id]


def next_door(account: str) -> dict[str, object]:
    """Another committee's file, with one person who may do everything there."""
    known = COMMITTEE["committee"]
    assert isinstance(known, dict)
    person = {
        "key": "hu",
        "name": "胡叔",
        "language": "zh_CN",
        "roles": ["volunteer", "staff"],
        "trusted": True,
        "building": "3",
        "addresses": {"matrix": account},
    }
    return {
        "committee": known | {"key": "lanting", "name": "兰亭居民区"},
        "buildings": COMMITTEE["buildings"],
        "people": [person],
    }


async def test_a_nod_in_the_volunteers_room_answers_no_alarm(town: Hearing) -> None:
    """Whoever is called answers on their own card, where the card asks for it."""
    job, card = await town.announced()
    await town.phone("qian").react(town.room_id, card.event_id, "👍")
    await town.settles()
    assert (await town.state(job)).job.calling.acknowledged_by is None
    room, own = await town.own_card("qian", "👍")
    await town.phone("qian").react(room.room_id, own.event_id, "👍")
    await town.settles()
    assert (await town.state(job)).job.calling.acknowledged_by == (await town.home.person("qian")).id


async def test_what_was_tapped_on_an_older_state_moves_no_newer_one(house: Hearing) -> None:
    """CONFORMANCE 11: the tap was made before the staff gave wang the job anew, and is read afterwards."""
    async with followed(house):
        job, _, _, own = await taken(house)
    phone = house.phone("wang")
    room = phone.room_with(house.bot.user_id).room_id
    await phone.react(room, own, "🏁")  # nobody hears it yet
    wang = await house.home.person("wang")
    await by_hand(house, "zhao", Verb.RELEASE, job, str(wang.id))
    await by_hand(house, "zhao", Verb.ASSIGN, job, str(wang.id))
    async with followed(house):
        await house.settles()
    assert await house.holders(job) == ["wang"]
    assert (await house.state(job)).claims[-1].status is ClaimStatus.CLAIMED
    await house.answer("wang", room, "没有改动")


async def test_after_a_restart_the_version_that_was_seen_is_known(house: Hearing) -> None:
    async with followed(house):
        job, _, _, own = await taken(house)
    house.reborn()
    phone = house.phone("wang")
    async with followed(house):
        await phone.react(phone.room_with(house.bot.user_id).room_id, own, "🏁")
        await house.settles()
    assert await house.holders(job) == []
    assert (await house.state(job)).claims[-1].status is ClaimStatus.DONE


async def test_events_that_are_read_twice_change_nothing_the_second_time(house: Hearing) -> None:
    """As after a crash between the effect and the token: the same events come again."""
    async with followed(house):
        job, card = await house.announced()
        token = await house.home.store.matrix_token(house.bot.user_id)
        await house.phone("wang").react(house.room_id, card.event_id, "✅")
        await house.held_by(job, ["wang"])
        wang = await house.home.person("wang")
        await by_hand(house, "zhao", Verb.RELEASE, job, str(wang.id))
    assert token is not None
    await house.home.store.keep_matrix_token(house.bot.user_id, token)
    house.reborn()
    async with followed(house):
        await house.settles()
    assert await house.holders(job) == []


async def test_a_bot_that_begins_knows_nothing_of_before(house: Hearing) -> None:
    """The first sync brings old events: they were not said to this bot."""
    job, card = await house.announced()
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    async with followed(house):
        await house.settles()
        assert await house.holders(job) == []
        await house.phone("li").react(house.room_id, card.event_id, "✅")
        await house.held_by(job, ["li"])

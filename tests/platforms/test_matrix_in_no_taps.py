"""What looks like a tap and is none: the bot's own reactions, and those below cards that are over or gone."""

from dispatch import register
from dispatch.claims import ClaimStatus
from dispatch.jobs import JobStatus
from dispatch.verbs import Verb
from tests.platforms.matrix_hearing import Hearing, committee, followed
from tests.platforms.matrix_taking import by_hand


async def test_the_bots_own_tap_takes_nothing_even_where_a_file_calls_its_account_somebodys(
    house: Hearing,
) -> None:
    """Whoever loads such a file has made a slip; each card must not be taken by who posts it. Nor when its
    own reaction is read again, from a token of before."""
    members = {key: phone.member for key, phone in house.phones.items()} | {"wang": house.bot}
    file = register.parse("own.toml", committee(members, house.room_id, house.desk_id))
    await house.home.store.load(file, prune=False, demo=False)
    (own,) = await house.home.store.addresses("matrix", house.bot.user_id)
    assert own.person_id == (await house.home.person("wang")).id
    async with followed(house):
        token = await house.home.store.matrix_token(house.bot.user_id)
        job, card = await house.announced("7号楼 送药")
        assert card.reactions == {"✅": {house.bot.user_id}}
        await house.settles()
    assert token is not None
    await house.home.store.keep_matrix_token(house.bot.user_id, token)
    house.reborn()
    async with followed(house):
        await house.settles()
        assert (await house.state(job)).claims == ()
        await house.phone("li").react(house.room_id, card.event_id, "✅")
        await house.held_by(job, ["li"])
        await house.settles()
        assert (await house.state(job)).waiting == ()


async def test_a_tap_on_the_card_of_a_job_that_is_over_moves_nothing_and_is_answered_once(
    town: Hearing,
) -> None:
    job, card = await town.announced("7号楼 送药")
    await by_hand(town, "zhao", Verb.CANCEL, job)
    before = await town.state(job)
    li = town.phone("li")
    for key in ("wang", "li", "qian"):
        await town.phone(key).react(town.room_id, card.event_id, "✅")
    await town.settles()
    await li.wait_for(lambda: li.room(town.room_id).thread(card.event_id), "the answer")
    await town.settles()
    await li.sync()
    (said,) = li.room(town.room_id).thread(card.event_id)
    assert "取消" in said.body
    assert before.job.status is JobStatus.CLOSED
    assert await town.state(job) == before


async def test_a_tap_on_the_older_copy_of_a_card_that_rang_again_moves_nothing_of_now(town: Hearing) -> None:
    """It was taken away from the room; a phone that was offline shows it still."""
    job = await town.posts("7号楼 送药")
    room, asked = await town.own_card("wang", "✅")
    wang, person = town.phone("wang"), await town.home.person("wang")
    await wang.react(room.room_id, asked.event_id, "✅")
    await town.held_by(job, ["wang"])
    await town.settles()
    _, older = await town.own_card("wang", "🏁")
    await town.passes(1)  # in the moment of somebody's own tap nothing rings
    await by_hand(town, "zhao", Verb.RELEASE, job, str(person.id))
    await by_hand(town, "zhao", Verb.ASSIGN, job, str(person.id))
    await town.settles()
    await wang.sync()
    _, newer = await town.own_card("wang", "🏁")
    assert newer.event_id != older.event_id
    assert older.event_id not in {each.event_id for each in wang.room(room.room_id).standing}
    await wang.react(room.room_id, older.event_id, "🏁")
    await town.settles()
    assert [claim.status for claim in (await town.state(job)).claims] == [
        ClaimStatus.RELEASED,
        ClaimStatus.CLAIMED,
    ]
    await wang.react(room.room_id, newer.event_id, "🏁")
    await town.held_by(job, [])


async def test_a_card_that_a_moderator_takes_away_takes_no_job_away(town: Hearing) -> None:
    job, card = await town.announced("7号楼 送药")
    before = await town.state(job)
    zhao = town.phone("zhao")
    await zhao.sync()
    for event in town.synapse.kept.events([town.room_id]):
        if event.sender == town.bot.user_id:  # the card, and the bot's reaction below it
            await zhao.redact(town.room_id, event.event_id)
    await town.settles()
    assert await town.state(job) == before
    await town.phone("wang").react(town.room_id, card.event_id, "✅")  # a phone that shows it still
    await town.held_by(job, ["wang"])
    await town.settles()
    await zhao.sync()
    assert zhao.room(town.room_id).standing == ()  # what a moderator took away is not put there again
    _, own = await town.own_card("wang", "🚶")
    assert f"#{job}" in own.body

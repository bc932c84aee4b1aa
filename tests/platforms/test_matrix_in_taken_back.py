"""Taps that are taken back, on a real homeserver: what that gives back, and what it leaves as it is."""

from dispatch.claims import ClaimStatus
from dispatch.verbs import Verb
from tests.platforms.matrix_hearing import Hearing, followed
from tests.platforms.matrix_taking import by_hand, taken


async def test_taking_ones_tap_back_gives_back_what_was_not_started(town: Hearing) -> None:
    job, card, _, _ = await taken(town)
    await town.phone("wang").unreact(town.room_id, card, "✅")
    await town.held_by(job, [])
    await town.settles()
    room = town.phone("wang").room_with(town.bot.user_id)
    await town.answer("wang", room.room_id, "退单")
    await town.phone("wang").react(town.room_id, card, "✅")  # and again
    await town.held_by(job, ["wang"])


async def test_taking_back_the_tap_on_ones_own_card_of_a_wave_gives_the_job_back(town: Hearing) -> None:
    job = await town.posts("7号楼 送药")
    room, own = await town.own_card("wang", "✅")
    wang = town.phone("wang")
    await wang.react(room.room_id, own.event_id, "✅")
    await town.held_by(job, ["wang"])
    await town.settles()
    await wang.sync()
    await wang.unreact(room.room_id, own.event_id, "✅")
    await town.held_by(job, [])
    assert (await town.state(job)).claims[-1].status is ClaimStatus.RELEASED


async def test_a_tap_taken_back_after_setting_out_changes_nothing(town: Hearing) -> None:
    job, card, _, own = await taken(town)
    wang = town.phone("wang")
    await wang.react(wang.room_with(town.bot.user_id).room_id, own, "🚶")
    await town.settles()
    await wang.unreact(town.room_id, card, "✅")
    await town.settles()
    assert await town.holders(job) == ["wang"]


async def test_a_tap_that_somebody_else_takes_away_gives_nothing_back(town: Hearing) -> None:
    job, _, tap, _ = await taken(town)
    await town.phone("zhao").redact(town.room_id, tap)  # zhao made the room and may
    await town.settles()
    assert await town.holders(job) == ["wang"]


async def test_a_tap_taken_back_gives_back_its_own_claim_and_no_later_one(town: Hearing) -> None:
    job, card, _, _ = await taken(town)
    wang = await town.home.person("wang")
    await by_hand(town, "zhao", Verb.RELEASE, job, str(wang.id))
    await by_hand(town, "zhao", Verb.ASSIGN, job, str(wang.id))
    await town.phone("wang").unreact(town.room_id, card, "✅")
    await town.settles()
    assert await town.holders(job) == ["wang"]


async def test_after_a_restart_a_tap_can_still_be_taken_back(house: Hearing) -> None:
    async with followed(house):
        job, card, _, _ = await taken(house)
    house.reborn()
    async with followed(house):
        await house.phone("wang").unreact(house.room_id, card, "✅")
        await house.held_by(job, [])


async def test_whoever_takes_a_late_tap_back_waits_no_more(town: Hearing) -> None:
    job, card, _, _ = await taken(town)
    li = town.phone("li")
    await li.react(town.room_id, card, "✅")
    await town.settles()
    assert len((await town.state(job)).waiting) == 1
    await li.sync()
    await li.unreact(town.room_id, card, "✅")
    await town.settles()
    assert (await town.state(job)).waiting == ()
    assert await town.holders(job) == ["wang"]

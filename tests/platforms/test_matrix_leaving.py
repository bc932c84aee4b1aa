"""A private room that its person left or declined: noticed at once, and undone when they come back."""

from dispatch.reach import Reason
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server import Synapse


async def reason(town: Hearing, key: str) -> str | None:
    """Why somebody's account is not written to; None while it is."""
    ways = await town.home.store.ways(town.home.committee_id)
    (way,) = [each for each in ways if each.address.value == town.phone(key).user_id]
    return way.failed


async def turns(town: Hearing, key: str, wanted: str | None) -> None:
    async def so() -> bool:
        return await reason(town, key) == wanted

    await town.until(so, f"{key} counts as {wanted}")


async def left(town: Hearing, key: str = "wang") -> str:
    """Somebody opens a room with the bot and leaves it; the room, into which they are asked once more."""
    phone = town.phone(key)
    room = await town.direct(key)
    await town.settles()
    phone.accepts = False
    await phone.leave(room)
    await turns(town, key, Reason.BLOCKED)
    return room


async def test_somebody_who_leaves_is_seen_as_unreachable_at_once(town: Hearing) -> None:
    await left(town)
    lines = (await town.router.home(await town.home.address("zhao"))).unreached
    assert lines is not None
    assert any("王" in line for line in lines.lines), lines


async def test_they_are_asked_in_once_more_and_count_again_when_they_come(
    town: Hearing, synapse: Synapse
) -> None:
    await town.posts()  # the bot opens the room of somebody whom it asks
    wang = town.phone("wang")
    room = (await wang.wait_for(lambda: wang.room_with(town.bot.user_id), "the private room")).room_id
    wang.accepts = False
    await wang.leave(room)
    await turns(town, "wang", Reason.BLOCKED)
    await wang.wait_for(lambda: room in wang.invites, "the invitation")
    await wang.join(room)
    await turns(town, "wang", None)


async def test_somebody_who_declines_is_left_alone(town: Hearing) -> None:
    wang = town.phone("wang")
    wang.accepts = False
    await town.posts()
    room = await wang.wait_for(lambda: next(iter(wang.invites)), "the invitation")
    await wang.leave(room)
    await turns(town, "wang", Reason.BLOCKED)
    await town.settles()
    await wang.sync()
    assert room not in wang.invites


async def test_an_invitation_that_is_taken_late_counts_as_being_heard_from(town: Hearing) -> None:
    wang = town.phone("wang")
    wang.accepts = False
    await town.posts()
    room = await wang.wait_for(lambda: next(iter(wang.invites)), "the invitation")
    await town.home.store.address_failed(await town.address("wang"), Reason.NOT_STARTED.value)
    await wang.join(room)
    await turns(town, "wang", None)


async def test_whoever_writes_from_another_room_is_reached_there(town: Hearing) -> None:
    old = await left(town)
    new = await town.direct("wang")
    await turns(town, "wang", None)
    await town.settles()
    assert old != new
    assert await town.home.store.matrix_room(town.phone("wang").user_id) == new


async def test_other_peoples_rooms_are_none_of_it(town: Hearing) -> None:
    room = await town.direct("wang")
    await town.settles()
    li = town.phone("li")
    await li.leave(town.room_id)  # a room of many is not their own
    await town.settles()
    assert await reason(town, "li") is None
    await town.phone("wang").say(room, "!me")
    await town.settles()
    assert await reason(town, "wang") is None

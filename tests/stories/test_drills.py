"""A drill where people are: a test in the chat that asks nothing, and is no job to anybody."""

from handlers.messages import Incoming
from tests.stories.world import World

TEST = "这是一次测试"


async def test_a_test_arrives_in_the_chat_asks_nothing_and_is_no_job(chats: World) -> None:
    zhao = await chats.member("zhao")
    await chats.settles()
    roster = await chats.store.roster(chats.committee.id)
    addresses = [each.id for each in roster.addresses_of[zhao.id] if each.platform == chats.platform]
    for number in (1, 2):  # on Matrix the first one asks them into a room
        await chats.store.begin_drill(chats.committee.id, addresses, chats.clock.now(), f"drill {number}")
        await chats.fast_forward(minutes=1)
        assert sum(TEST in said for said in zhao.received()) == number
    (result,) = await chats.store.drill(chats.committee.id, "drill 2")
    assert (result.status, result.failed) == ("delivered", None)
    assert not (await zhao.looks()).red
    assert await chats.jobs() == ()
    address = next(each for each in roster.addresses if each.id == addresses[0])
    reply = await chats.router.handle(Incoming(address=address, text="谁联系不上"))
    assert reply.ok
    assert TEST not in reply.text

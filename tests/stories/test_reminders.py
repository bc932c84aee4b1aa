"""Whoever has a shift is told before it begins: the evening before, or as soon as it is given to them."""

from dispatch.relays import RelayKind
from tests.stories.test_duty import ROTA
from tests.stories.test_roll_call import dawns, told
from tests.stories.world import World


async def test_whoever_has_the_next_shift_is_reminded_the_evening_before_and_once(pages: World) -> None:
    call = await dawns(pages)
    await (await pages.visitor("zhao")).taps("here", call.id)
    assert await told(pages, RelayKind.REMINDER) == ["sun"]  # of tonight's, as soon as anybody looked
    await pages.fast_forward(minutes=12 * 60 - 2)
    assert await told(pages, RelayKind.REMINDER) == ["sun"]
    await pages.fast_forward(minutes=3)
    assert await told(pages, RelayKind.REMINDER) == ["qian"]  # 孙主任 goes on in the morning
    assert await (await pages.person("qian")).sees("You have the duty then.")
    count = "SELECT count(*) FROM relays WHERE kind = 'reminder'"
    before = await pages.rows(count)
    await pages.fast_forward(minutes=30)
    assert await pages.rows(count) == before


async def test_whoever_is_given_a_shift_is_told_of_it_and_whoever_gave_it_is_named(chats: World) -> None:
    await chats.founds(ROTA)
    await chats.fast_forward(seconds=1)
    lin, qian = await chats.person("lin"), await chats.person("qian")
    await lin.writes("/duty swap 钱副书记 周三 白班")
    await chats.fast_forward(seconds=2)
    assert await qian.sees("林社工 gave you this shift")
    assert await told(chats, RelayKind.GIVEN) == ["qian"]
    await lin.writes("/duty swap 孙主任 周三 白班")
    await chats.fast_forward(seconds=2)
    assert await told(chats, RelayKind.GIVEN) == ["sun"]
    assert await qian.sees("This is over")


async def test_a_shift_given_in_its_last_hours_is_told_of_at_once_and_only_once(chats: World) -> None:
    await chats.founds(ROTA)
    await chats.fast_forward(seconds=1)
    lin, zhao = await chats.person("lin"), await chats.person("zhao")
    await zhao.writes("/duty swap 林社工 今天 白班")
    await chats.fast_forward(seconds=5)
    mine = [each for each in await chats.relays() if each.about_id == lin.id]
    assert [each.kind for each in mine] == [RelayKind.GIVEN]

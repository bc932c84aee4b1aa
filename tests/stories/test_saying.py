"""What those on a job say to each other, as they read it on their phones: and nobody else does."""

import re

from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.base import ChatActor
from tests.stories.world import World

GUARD = "门卫不让进，说要登记"
KEY = "钥匙在501李家"
PHONES = {"lin": "19900002001", "v3": "19900002003", "v4": "19900002004"}
"""Their own numbers, as the committee's file has them."""


def holds(phone: str, text: str) -> bool:
    """It stands there, however it is spaced."""
    return phone in re.sub(r"[\s-]", "", text)


async def test_whoever_goes_and_the_desk_write_to_each_other_and_nobody_sees_a_number(world: World) -> None:
    people = [
        {**each, "phone": PHONES[str(each["key"])]} if each["key"] in PHONES else each
        for each in tables(COMMITTEE, "people")
    ]
    await world.founds({**COMMITTEE, "people": people})
    lin, ana, ben = [await world.person(key) for key in ("lin", "v3", "v4")]
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    await ben.looks()
    await ana.taps("claim", job)
    said = await ana.taps("say", job, text=GUARD)
    assert lin.name in said
    card = (await lin.looks()).card(job)
    assert GUARD in card
    assert ana.name in card
    assert ana.name in await lin.taps("say", job, text=KEY)
    assert await ana.sees(KEY, job)
    others = [*await world.everybody(but=("v3", "lin", "zhao", "qian", "sun", "desk"))]
    for one in others:
        await one.looks()
        assert not any(words in each for words in (GUARD, KEY) for each in one.received()), one.name
    assert not any(words in each for words in (GUARD, KEY) for each in world.posted())
    kept = str(await world.rows("SELECT * FROM ledger"))
    assert not any(words in kept for words in (GUARD, KEY))
    for key, phone in PHONES.items():
        (row,) = (await world.store.kept_about(world.committee.id, key)).tables["people"]
        assert row["phone"] == phone, "it is kept, and shown to nobody"
        assert not any(holds(phone, each) for each in world.posted())
    for one in await world.everybody():
        await one.looks()
        of_others = [phone for key, phone in PHONES.items() if key != one.person.key]
        assert not any(holds(phone, each) for phone in of_others for each in one.received()), one.name


async def test_what_was_said_goes_with_the_claim_and_whoever_comes_next_does_not_read_it(
    world: World,
) -> None:
    lin, ana, ben = [await world.person(key) for key in ("lin", "v3", "v4")]
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    await ana.taps("claim", job)
    await lin.taps("say", job, text=KEY)
    assert await ana.sees(KEY, job)
    await ana.taps("release", job)
    assert not await ana.sees(KEY, job)
    await lin.forges("assign", job, choice=str(ben.id))
    assert await ben.sees("502", job)
    assert not await ben.sees(KEY, job)
    rows = await world.rows("SELECT person_id, fields, reason FROM reveals ORDER BY id")
    assert (ana.id, "words", "said") in [tuple(row) for row in rows]


async def test_words_below_ones_own_card_are_passed_on_and_the_desks_begin_with_say(chats: World) -> None:
    lin, ana = await chats.person("lin"), await chats.person("v3")
    assert isinstance(lin, ChatActor)
    assert isinstance(ana, ChatActor)
    await lin.writes("3号楼502 敲门无应答")
    job = await chats.job()
    await ana.taps("claim", job)
    assert f"{job}" in await ana.writes(GUARD)  # they are told how
    assert not await lin.sees(GUARD, job)
    await ana.writes(GUARD, about=job)
    assert await lin.sees(GUARD, job)
    await lin.writes(f"捎话 {KEY}", about=job)
    assert await ana.sees(KEY, job)
    await lin.writes(f"/say {job} 快到了吗")
    assert await ana.sees("快到了吗", job)
    await ana.writes("/say 到门口了")
    assert await lin.sees("到门口了", job)
    assert (await chats.events(job)).count("said") == 4
    assert "corrected" not in await chats.events(job)

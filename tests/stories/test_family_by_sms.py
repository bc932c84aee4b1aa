"""The family is told by SMS, where it has no chat with us (FIELD_NOTES.md, R2)."""

import pytest

from dispatch.telling import Told
from tests.stories.test_care import PRIVATE, cared
from tests.stories.test_family import DONE, SON, desk, family, refilled, sends
from tests.stories.test_welfare_check import KNOCK, finds
from tests.stories.world import World
from tests.workers.phones import ringing_phones


async def texted(world: World) -> str:
    """The desk lets the son be told by SMS; the page that comes of it."""
    return await sends(await desk(world), "/register/family/sms", key="chen", name=SON, language="zh_CN")


async def test_a_son_without_a_chat_is_told_by_sms_and_what_the_service_refuses_is_to_be_rung(
    world: World,
) -> None:
    await cared(world, carers=[])
    with ringing_phones() as phones:
        world.texts_by(phones.address("{phone}", "json"))
        shown = await sends(await desk(world), "/register/family", key="chen")
        assert "用短信告诉" in shown
        page = await texted(world)
        assert "以后用短信告诉此人" in page
        assert "formaction" not in page
        await world.fast_forward(minutes=3 * 60 + 51)
        first, second, lin = [await world.person(key) for key in ("v3", "v4", "lin")]
        job = await refilled(world, first, second)
        await world.settles()
        (sms,) = phones.rung
        assert sms.name.endswith("8619900005678")
        assert (sms.title, sms.body.splitlines()[0]) == ("", "梧桐里居民区的消息")
        assert DONE["zh_CN"] in sms.body
        assert len(sms.body) <= 70
        assert not any(word in sms.body for word in (*PRIVATE, first.name, second.name, "林", "http"))
        assert await world.store.told_family(world.committee.id, job) is Told.ARRIVED
        for (value,) in await world.rows("SELECT value FROM addresses WHERE platform = 'sms'"):
            assert "5678" not in str(value)

        phones.answers[sms.name] = 401
        await world.fast_forward(minutes=12 * 60)
        job = await refilled(world, first, second)
        await world.fast_forward(minutes=30)
        assert phones.tried == [sms.name] * 2  # once each
        assert await first.sees("did not reach the family: please ring them", job)
        assert await lin.sees("没有送到家属", job)


@pytest.mark.parametrize(
    ("findings", "at_once"),
    [
        (("knock.opened", "see.well"), False),
        (("knock.opened", "see.unwell", "ambulance.rung", "ride.arrived", "handed.taken"), True),
    ],
)
async def test_at_night_an_sms_waits_until_seven_unless_an_ambulance_has_taken_them(
    pages: World, findings: tuple[str, ...], *, at_once: bool
) -> None:
    with ringing_phones() as phones:
        pages.texts_by(phones.address("{phone}", "json"))
        await texted(pages)
        await (await pages.person("lin")).writes(KNOCK)
        job, ana = await pages.job(), await pages.person("v3")
        for verb in ("claim", "start", "arrive"):
            await ana.taps(verb, job)
        for finding in findings:
            await finds(ana, job, finding, "市一医院" if finding == "handed.taken" else "")
        await pages.settles()
        assert bool(phones.rung) == at_once
        assert await pages.store.told_family(pages.committee.id, job) is (
            Told.ARRIVED if at_once else Told.ON_ITS_WAY
        )
        await pages.fast_forward(minutes=4 * 60 + 21)  # 07:31
        (sms,) = phones.rung
        assert ("救护车" if at_once else "人没事") in sms.body
        assert "市一医院" not in sms.body
        assert len(sms.body) <= 70


async def test_where_no_service_sends_sms_any_more_somebody_is_asked_to_ring(pages: World) -> None:
    await cared(pages, carers=[])
    await texted(pages)
    await pages.fast_forward(minutes=3 * 60 + 51)
    first, second = [await pages.person(key) for key in ("v3", "v4")]
    job = await refilled(pages, first, second)
    await pages.fast_forward(minutes=1)
    assert await first.sees("did not reach the family: please ring them", job)


async def test_a_chat_takes_the_place_of_sms(chats: World) -> None:
    await cared(chats, carers=[])
    with ringing_phones() as phones:
        chats.texts_by(phones.address("{phone}", "json"))
        await texted(chats)
        son = await family(chats)
        await chats.fast_forward(minutes=3 * 60 + 51)
        first, second = [await chats.person(key) for key in ("v3", "v4")]
        await refilled(chats, first, second)
        await chats.settles()
        assert any(DONE["zh_CN"] in each for each in son.received())
        assert phones.tried == []
    assert not await chats.rows("SELECT id FROM addresses WHERE platform = 'sms' AND value NOT LIKE 'left-%'")


async def test_an_sms_that_waits_for_the_morning_comes_by_the_chat_that_takes_its_place(chats: World) -> None:
    with ringing_phones() as phones:
        chats.texts_by(phones.address("{phone}", "json"))
        await texted(chats)
        lin, ana = await chats.person("lin"), await chats.person("v3")
        await lin.writes(KNOCK)
        job = await chats.job()
        for verb in ("claim", "start", "arrive"):
            await ana.taps(verb, job)
        for finding in ("knock.opened", "see.well"):
            await finds(ana, job, finding)
        await chats.settles()
        assert await chats.store.told_family(chats.committee.id, job) is Told.ON_ITS_WAY
        son = await family(chats)
        await chats.fast_forward(minutes=1)
        assert sum("人没事" in each for each in son.received()) == 1
        assert await chats.store.told_family(chats.committee.id, job) is Told.ARRIVED
        await chats.fast_forward(minutes=4 * 60 + 21)  # 07:32
        assert sum("人没事" in each for each in son.received()) == 1
        assert phones.tried == []

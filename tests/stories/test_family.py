"""The family is told, and says thank you (FIELD_NOTES.md, R2): the son who fills the machine every day is
locked in elsewhere; his chat tells him that it is done, and those who did it read his thanks."""

import re

from dispatch.jobs import Outcome
from dispatch.telling import Told
from tests.platforms import html
from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.base import Actor, ChatActor
from tests.stories.drivers.web import Visitor
from tests.stories.test_care import PRIVATE, cared
from tests.stories.test_welfare_check import HOSPITAL, at_the_door, finds
from tests.stories.world import World

SON = "儿子"
WORDS = "妈妈说机器又响了，谢谢你们"
DONE = {"zh_CN": "制氧机的水已经加好了", "en": "The oxygen machine has been refilled"}
AMBULANCE = "救护车已经把人送去医院。请马上给居委会打电话。"


async def desk(world: World) -> Visitor:
    return await world.visitor("lin")


async def sends(visitor: Visitor, path: str, **fields: str) -> str:
    """Send a form of the desk; the page that comes of it."""
    session, driver = visitor._session, visitor._driver
    async with session.post(
        driver.url(path), data=fields, headers={"Origin": driver.url("/").rstrip("/")}
    ) as response:
        return await response.text()


async def linked_to(world: World, *, language: str = "zh_CN", resident: str = "chen", name: str = SON) -> str:
    """Staff make a link; its path."""
    page = await sends(await desk(world), "/register/family/link", key=resident, name=name, language=language)
    found = re.search(r"(?<!/register)/family/[\w.-]+", page)
    assert found is not None, page
    return found[0]


async def code_of(world: World, path: str) -> str:
    """What their page leads into a chat with."""
    ticket = world.pages.links.open_family(path.rpartition("/")[2])
    return (await world.router.families.page(ticket)).code


async def family(world: World, *, language: str = "zh_CN") -> ChatActor:
    """The son in his chat, who has opened his link there."""
    son = world.chat.account("陈伟", language="en" if language == "zh_CN" else "zh_CN")
    said = await son.follows(world.chat.link(await code_of(world, await linked_to(world, language=language))))
    assert world.committee.name in said
    return son


async def refilled(world: World, *people: Actor) -> int:
    """The turn of the care plan, which these two do together."""
    job = await world.job()
    first, second = people
    await first.taps("claim", job)
    await first.taps("start", job)
    await first.taps("arrive", job)
    await first.taps("help", job)
    await second.taps("claim", job)
    await second.taps("finish", job)
    await first.taps("finish", job)
    assert (await world.state(job)).job.outcome is Outcome.DONE
    return job


async def test_r2_the_son_elsewhere_is_told_that_it_is_done_and_the_two_who_did_it_read_his_thanks(
    chats: World,
) -> None:
    """Of a chat of the family's own. Whoever has none reads it on the page that their link opens, or in an
    SMS: both have stories below."""
    await cared(chats, carers=[])
    son = await family(chats)
    await chats.fast_forward(minutes=3 * 60 + 51)
    job = await chats.job()
    first, second, other, lin = [await chats.person(key) for key in ("v3", "v4", "v5", "lin")]
    await refilled(chats, first, second)
    told = [each for each in son.received() if DONE["zh_CN"] in each]
    assert told
    assert not any(word in each for each in son.received() for word in (*PRIVATE, first.name, second.name))
    assert await chats.store.told_family(chats.committee.id, job) is Told.ARRIVED
    # It is being told, or was, whichever arrived first: their message or the card. v3 reads English.
    assert await first.sees("told by message", job)
    assert await lin.sees("用消息告诉家属", job)

    said = await son.writes(WORDS)
    assert first.name not in said
    for each in (first, second):
        assert any(WORDS in words for words in each.received())
    assert not any(WORDS in words for words in (*other.received(), *chats.posted()))
    assert (await chats.events(job)).count("thanked") == 1
    await son.writes("谢谢")
    assert (await chats.events(job)).count("thanked") == 1
    for each in (first, second):
        person = await chats.store.person(chats.committee.id, each.person.key)
        served = await chats.store.served(chats.committee.id, person.id)
        assert [given.thanked for given in served] == [1]
        kept = await chats.store.kept_about(chats.committee.id, each.person.key)
        assert [row["words"] for row in kept.tables["thanks"]] == [WORDS]
    assert "收到感谢：1" in await lin.writes("/load")
    assert "家属表示感谢" in (await lin.looks()).card(job) or await lin.sees("家属表示感谢")


async def test_one_tap_gives_thanks_in_english_too_and_words_may_follow_once(chats: World) -> None:
    await cared(chats, carers=[])
    son = await family(chats, language="en")
    await chats.fast_forward(minutes=3 * 60 + 51)
    first, second = [await chats.person(key) for key in ("v3", "v4")]
    job = await refilled(chats, first, second)
    assert any(DONE["en"] in each for each in son.received())
    assert "on their way" in await son.taps("thank", job)
    assert any("The family gives thanks" in each for each in first.received())
    assert "gave thanks" in await son.taps("thank", job)
    assert "on their way" in await son.writes("thank you, she sleeps well")
    assert any("she sleeps well" in each for each in first.received())
    await son.writes("thanks again and again")
    (served,) = await chats.store.served(chats.committee.id, first.id)
    assert served.thanked == 1
    assert not any("again and again" in each for each in first.received())


async def test_whoever_is_family_is_nobody_of_the_committee(chats: World) -> None:
    son = await family(chats)
    lin = await chats.person("lin")
    await lin.writes("9号楼502 敲门无应答")
    job = await chats.job()
    assert await son.owners() == []
    for words in (
        "/jobs",
        f"/claim {job}",
        "/brief",
        "妈妈那边怎么样了？",
        "3号楼502 敲门无应答",
        f"/note {job} 看看",
    ):
        said = await son.writes(words)
        assert "没有人看" in said, words
    assert (await chats.jobs())[0].id == job
    assert len(await chats.jobs()) == 1
    await son.forges("claim", job)
    assert (await chats.state(job)).claims == ()
    assert "thanked" not in await chats.events(job)
    assert await chats.store.applications(chats.committee.id) == ()


async def test_stop_ends_it_at_once_and_the_account_is_forgotten(chats: World) -> None:
    await cared(chats, carers=[])
    son = await family(chats)
    account = son.account
    assert "不再" in await son.writes("/stop")
    before = len(son.received())
    await chats.fast_forward(minutes=3 * 60 + 51)
    first, second = [await chats.person(key) for key in ("v3", "v4")]
    job = await refilled(chats, first, second)
    assert len(son.received()) == before
    assert await first.sees("If the family does not know yet", job)
    assert not await chats.rows(f"SELECT id FROM addresses WHERE value = '{account}'")  # noqa: S608 - ours
    assert not await chats.rows("SELECT id FROM families")


async def test_a_volunteers_own_mother_stays_two_things(chats: World) -> None:
    await cared(chats, carers=[])
    daughter = await chats.member("v5")
    said = await daughter.follows(chats.chat.link(await code_of(chats, await linked_to(chats))))
    assert chats.committee.name in said
    assert await daughter.owners() == ["v5"]
    await chats.fast_forward(minutes=3 * 60 + 51)
    first, second = [await chats.person(key) for key in ("v3", "v4")]
    job = await refilled(chats, first, second)
    assert any(DONE["zh_CN"] in each for each in daughter.received())
    await daughter.writes(f"谢谢 {job} {WORDS}")
    assert any(WORDS in each for each in first.received())
    await daughter.writes("/stop")
    assert await daughter.owners() == ["v5"]  # still a volunteer
    assert not await chats.rows("SELECT id FROM families")


async def test_a_link_that_somebody_has_opened_is_nobody_elses(chats: World) -> None:
    path = await linked_to(chats)
    code = await code_of(chats, path)
    son, stranger = chats.chat.account("陈伟"), chats.chat.account("路人")
    await son.follows(chats.chat.link(code))
    await stranger.follows(chats.chat.link(code))
    assert len(await chats.rows("SELECT id FROM addresses WHERE person_id IS NULL AND audience IS NULL")) == 1
    assert "没有人看" in await son.writes("在吗")
    assert "没有人看" not in await stranger.writes("在吗")


async def test_what_does_not_arrive_is_said_and_somebody_rings(chats: World) -> None:
    await cared(chats, carers=[])
    son = await family(chats)
    await son.shuts()
    await chats.fast_forward(minutes=3 * 60 + 51)
    first, second, lin = [await chats.person(key) for key in ("v3", "v4", "lin")]
    job = await refilled(chats, first, second)
    await chats.fast_forward(minutes=30)
    assert await first.sees("did not reach the family: please ring them", job)
    assert await lin.sees("没有送到家属", job)


async def test_a_check_tells_what_was_found_and_the_card_says_that_nobody_need_ring(pages: World) -> None:
    job, ana = await at_the_door(pages)
    path = await linked_to(pages)
    assert pages.committee.name in (await (await desk(pages)).fetches(path))[1]
    await finds(ana, job, "knock.none")
    await finds(ana, job, "phone.none")
    await finds(ana, job, "neighbours.opened")
    await finds(ana, job, "found.well")
    assert not await ana.sees("need not ring", job)  # no chat of theirs is known
    await finds(ana, job, "family.told")
    page = (await (await desk(pages)).fetches(path))[1]
    assert "我们已经上门看过，人没事" in page
    assert not any(word in page for word in (*PRIVATE, ana.name))


async def test_a_son_with_a_chat_reads_of_the_ambulance_and_whoever_was_there_rings_him_all_the_same(
    chats: World,
) -> None:
    job, ana = await at_the_door(chats, v3="en")
    son = await family(chats)
    for finding in ("knock.opened", "see.unwell", "ambulance.rung", "ride.arrived"):
        await finds(ana, job, finding)
    assert not any(AMBULANCE in each for each in son.received())
    await finds(ana, job, "handed.taken", HOSPITAL)
    assert sum(AMBULANCE in each for each in son.received()) == 1
    assert not any(word in each for each in son.received() for word in (*PRIVATE, HOSPITAL, ana.name))
    assert await chats.store.told_family(chats.committee.id, job) is Told.ARRIVED
    card = (await ana.looks()).card(job)
    assert "Ring the family and tell them." in card
    assert "They are told by message as well; this they should hear from a person." in card
    assert "need not ring" not in card
    await finds(ana, job, "family.told")
    assert (await chats.state(job)).job.outcome is Outcome.DONE
    assert sum(AMBULANCE in each for each in son.received()) == 1, "once, though it is over only now"


async def test_their_page_thanks_and_ends_it_without_signing_anybody_in(pages: World) -> None:
    job, ana = await at_the_door(pages)
    path = await linked_to(pages, language="en")
    visitor = await desk(pages)
    await finds(ana, job, "knock.opened")
    await finds(ana, job, "see.well")
    page = (await visitor.fetches(path))[1]
    assert "We went to look: they are well" in page
    assert "on their way" in await sends(visitor, f"{path}/thanks", job=str(job), words="Thank you all")
    assert "You gave thanks" in (await visitor.fetches(path))[1]
    assert (await pages.events(job)).count("thanked") == 1
    hours = (await (await pages.visitor("v3")).fetches("/hours"))[1]
    assert "Thank you all" in hours, "whoever did it reads it"
    refused = await sends(visitor, f"{path}/thanks", job="999", words="")
    assert "on their way" not in refused
    assert "You are told nothing more" in await sends(visitor, f"{path}/stop")
    assert (await visitor.fetches(path))[0] == 410
    assert (await visitor.fetches(f"{path}x"))[0] == 404


async def test_only_the_desk_makes_links_and_a_resident_who_leaves_ends_them(pages: World) -> None:
    path = await linked_to(pages)
    helper = await pages.visitor("v3")
    assert "/family/" not in await sends(helper, "/register/family/link", key="chen", name=SON, language="en")
    assert "/family/" not in await sends(await desk(pages), "/register/family/link", key="chen", name="路人")
    shown = await sends(await desk(pages), "/register/family", key="chen")
    assert html.forms(shown)
    assert SON in shown
    left = {**COMMITTEE, "residents": [{**tables(COMMITTEE, "residents")[0], "key": "li", "unit": "503"}]}
    await pages.founds(left, prune=True)
    assert (await (await desk(pages)).fetches(path))[0] == 410
    assert not await pages.rows("SELECT id FROM families")


async def test_a_contact_who_is_no_contact_any_more_is_told_nothing(pages: World) -> None:
    path = await linked_to(pages)
    (resident,) = tables(COMMITTEE, "residents")
    changed = {**resident, "contacts": [{"name": "女儿", "phone": "19900005679"}]}
    await pages.founds({**COMMITTEE, "residents": [changed]})
    assert (await (await desk(pages)).fetches(path))[0] == 410

"""Coming in through a chat by an application that staff decide on with one tap."""

import pytest

from dispatch.moments import HOUR
from dispatch.people import Role
from handlers.messages import Stranger
from tests.stories.committee import COMMITTEE, WITHOUT_PHONE, tables
from tests.stories.drivers.base import ChatActor
from tests.stories.world import WEB, World

GIVEN = "13600136000"
INVITED = WITHOUT_PHONE
"""Somebody of the committee's file whom no chat reaches yet."""

OTHER = {
    "committee": {
        "key": "qingtong",
        "name": "青桐里居民区",
        "timezone": "Asia/Shanghai",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [{"key": "A", "name": "东苑"}],
    "people": [{"key": "lin2", "name": "外社工", "roles": ["staff"]}],
    "residents": [],
}
OURS = ("bot", "dispatch", "handlers", "store", "workers")


def ours(logged: pytest.LogCaptureFixture) -> str:
    """What the program logged, without the servers that it talks to."""
    records = (each for each in logged.records if each.name.partition(".")[0] in OURS)
    return "\n".join(each.getMessage() for each in records)


async def opens(world: World, actor: ChatActor, key: str, *, lasts: int = HOUR) -> str:
    """Somebody opens an invitation for the person of that key; what they are told."""
    code = await world.chat.code(world.committee, key, lasts=lasts)
    return await actor.follows(world.chat.link(code))


async def applied(world: World) -> int:
    """The number of the one open application."""
    (application,) = await world.store.applications(world.committee.id)
    return application.id


async def test_somebody_applies_in_one_message_and_is_in_after_one_tap(chats: World) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account("某人")
    assert "王小明" in await ming.writes("/join 王小明 3号楼")
    assert ming.asked_for_number()
    number = await applied(chats)
    seen = await lin.looks()
    assert "👋 王小明 · 3号楼" in seen.application(number)
    assert seen.verdicts(number) == {"approve", "decline"}
    assert "王小明" in await lin.taps("approve", number)
    assert await ming.sees("欢迎您，王小明")
    (key,) = await ming.owners()
    person = await chats.store.person(chats.committee.id, key)
    assert (person.trusted, person.roles, person.language) == (False, frozenset({Role.VOLUNTEER}), "zh_CN")
    seen = await lin.looks()
    assert "林社工已通过" in seen.application(number)
    assert seen.verdicts(number) == set()
    assert "王小明" in await ming.writes("我的")


async def test_somebody_applies_by_buttons_alone(chats: World) -> None:
    ming = chats.chat.account("小明")
    assert "120" in await ming.writes("你好")
    await ming.presses("申请加入")
    assert ming.choices() == [f"{number}号楼" for number in range(1, 13)]
    await ming.presses("7号楼")
    assert ming.asked_for_number()
    assert await ming.shares(f"+86{GIVEN}")
    assert not ming.asked_for_number()
    (application,) = await chats.store.applications(chats.committee.id)
    roster = await chats.store.roster(chats.committee.id)
    assert application.building_id == roster.building_by_key["7"].id
    assert (application.name, application.phone) == ("小明", GIVEN)


async def test_the_number_is_asked_for_once(chats: World) -> None:
    ming = chats.chat.account()
    asked = []
    for words in ("/join 王小明 3号楼", "/join 王小明 3号楼", "/join 王明 4号楼", "好了吗"):
        assert await ming.writes(words)
        asked.append(ming.asked_for_number())
    assert asked == [True, False, False, False]
    other = chats.chat.account("李四")
    await other.writes(f"/join 李四 3号楼 {GIVEN}")
    assert not other.asked_for_number()


async def test_applying_again_puts_right_the_one_application(chats: World) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account("小明")
    for words in ("/join", "3号楼", "/join 王小明 4号楼"):
        await ming.writes(words)
    (application,) = await chats.store.applications(chats.committee.id)
    assert application.name == "王小明"
    seen = await lin.looks()
    assert "👋 王小明 · 4号楼" in seen.application(application.id)
    assert seen.text.count("👋") == 1


async def test_a_building_that_is_not_there_is_said_and_asked_again(chats: World) -> None:
    ming = chats.chat.account()
    assert "99" in await ming.writes("/join 王小明 99号楼")
    assert "3号楼" in ming.choices()


async def test_somebody_without_a_name_is_asked_for_one(chats: World) -> None:
    assert "王小明" in await chats.chat.account("。").writes("/join 3号楼")  # the example
    assert await chats.store.applications(chats.committee.id) == ()


async def test_somebody_declined_is_told_when_they_ask_and_may_ask_again_a_day_later(chats: World) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account()
    await ming.writes("/join 王小明 3号楼")
    number = await applied(chats)
    assert await lin.writes(f"拒绝 {number}")
    seen = await lin.looks()
    assert "林社工" in seen.application(number)
    assert seen.verdicts(number) == set()
    assert "没有通过" in await ming.writes("/join 王小明 3号楼")
    assert await chats.store.applications(chats.committee.id) == ()
    chats.clock.set(chats.clock.now() + 25 * HOUR)
    assert "没有通过" not in await ming.writes("/join 王小明 3号楼")
    assert await applied(chats) != number


async def test_only_the_desk_decides_and_only_for_its_own_committee(
    chats: World, logged: pytest.LogCaptureFixture
) -> None:
    ming, volunteer = chats.chat.account(), await chats.member("v3")
    await ming.writes("/join 王小明 3号楼")
    before = await chats.store.applications(chats.committee.id)
    number = await applied(chats)
    foreign = await chats.member("lin2", await chats.founds(OTHER))
    for who in (volunteer, foreign):
        for verb in ("approve", "decline"):
            logged.clear()
            for said in (await who.writes(f"{verb} {number}"), await who.forges(verb, number)):
                assert said
                assert "王小明" not in said
            assert ours(logged).count("refused") == 2
        assert "王小明" not in await who.writes("任务")
        assert (await who.looks()).application(number) == ""
    assert await chats.store.applications(chats.committee.id) == before


async def test_two_of_the_desk_decide_once(chats: World) -> None:
    lin, zhao = await chats.member("lin"), await chats.member("zhao")
    await chats.chat.account().writes("/join 王小明 3号楼")
    (application,) = await chats.store.applications(chats.committee.id)
    await lin.taps("approve", application.id)
    assert "已经处理过" in await zhao.taps("decline", application.id, version=application.version)
    assert "林社工" in (await zhao.looks()).application(application.id)
    assert "王小明" in await chats.people()


async def test_the_desk_decides_on_its_page_and_others_see_nothing_of_it(chats: World) -> None:
    ming = chats.chat.account()
    await ming.writes(f"/join 王小明 3号楼 {GIVEN}")
    number = await applied(chats)
    lin, volunteer = await chats.person("lin", on=WEB), await chats.person("v3", on=WEB)
    assert GIVEN in (await lin.looks()).application(number)
    assert not await volunteer.sees("王小明")
    assert "王小明" in await lin.taps("approve", number)
    assert await ming.sees("欢迎您，王小明")
    assert (await lin.looks()).application(number) == ""
    assert "已经处理过" in await lin.again()


async def test_an_application_appears_on_the_desks_open_page_by_itself(chats: World) -> None:
    lin = await chats.person("lin", on=WEB)
    every = (await chats.store.roster(chats.committee.id)).addresses_of[lin.id]
    (address,) = [each for each in every if each.platform == WEB]
    with chats.pages.gateway.streams.page(address.id, "zh_CN", lambda: True) as page:
        await chats.chat.account().writes("/join 王小明 3号楼")
        number = await applied(chats)
        (html,) = await page.next(0)
        assert f'id="application-{number}"' in html
        assert f'name="application" value="{number}"' in html


async def test_jobs_tells_the_desk_who_waits(chats: World) -> None:
    lin = await chats.member("lin")
    await chats.chat.account().writes("/join 王小明 3号楼")
    assert f"通过 {await applied(chats)}" in await lin.writes("任务")


async def test_a_phone_of_the_file_is_a_hint_for_staff_and_links_nobody(chats: World) -> None:
    wang = {"key": "wang", "name": "王阿姨", "roles": ["volunteer"], "phone": GIVEN}
    await chats.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), wang]})
    lin, ming = await chats.member("lin"), chats.chat.account()
    await ming.writes(f"/join 王小明 3号楼 {GIVEN}")
    number = await applied(chats)
    assert "王阿姨" in (await lin.looks()).application(number)
    await lin.taps("approve", number)
    assert "wang" not in await ming.owners()
    assert await ming.owners()


async def test_with_several_committees_the_applicant_chooses_once(chats: World) -> None:
    other = await chats.founds(OTHER)
    ming = chats.chat.account()
    await ming.writes("/join 王小明")
    assert ming.choices() == ["青桐里居民区", "梧桐里居民区"]
    await ming.presses("青桐里居民区")
    await ming.presses("东苑")
    (application,) = await chats.store.applications(other.id)
    assert (application.name, application.building_id is None) == ("王小明", False)
    assert await chats.store.applications(chats.committee.id) == ()


async def test_a_committees_own_bot_asks_for_no_committee(pages: World) -> None:
    other = await pages.founds(OTHER)
    ming = Stranger(platform="radio", value="777", name="小明", language="zh_CN", committee="qingtong")
    assert (await pages.router.meet(ming, "/join 王小明 东苑")).ok
    assert len(await pages.store.applications(other.id)) == 1


async def test_an_applicant_who_gets_an_invitation_needs_no_decision(chats: World) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account()
    await ming.writes("/join 志愿者九 9号楼")
    (application,) = await chats.store.applications(chats.committee.id)
    await opens(chats, ming, INVITED)
    assert await chats.store.applications(chats.committee.id) == ()
    assert "邀请" in (await lin.looks()).application(application.id)
    assert "已经处理过" in await lin.taps("decline", application.id, version=application.version)
    assert await ming.owners() == [INVITED]


async def test_nothing_private_of_an_applicant_is_logged_or_shown_to_anybody_else(
    chats: World, logged: pytest.LogCaptureFixture
) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account()
    await ming.writes(f"/join 王小明 3号楼502 {GIVEN}")
    number = await applied(chats)
    assert GIVEN in (await lin.looks()).application(number)
    await lin.taps("decline", number)
    assert GIVEN not in (await lin.looks()).text
    await ming.writes(f"/join 王小明 3号楼502 {GIVEN}")
    assert "refused (declined_lately)" in ours(logged)
    private = ("王小明", GIVEN, "502", ming.account)
    assert not any(word in ours(logged) for word in private)
    reached = [each for one in await chats.everybody() if not one.person.desk for each in one.received()]
    assert not any(word in each for each in (*reached, *chats.posted()) for word in private)


@pytest.mark.parametrize(
    "text", ["/", "/help", "3号楼502 敲门无应答", "/claim 1", "\u202e" * 50, "<script>", "x" * 4_000]
)
async def test_whatever_a_stranger_writes_changes_nothing_and_says_how_to_come_in(
    chats: World, text: str
) -> None:
    how = "join" if chats.chat.tells_language else "加入"
    assert how in await chats.chat.account(language="en").writes(text)
    assert await chats.jobs() == ()
    assert await chats.store.applications(chats.committee.id) == ()

"""Coming in through a chat: by invitation, or by an application that staff decide on with one tap."""

import io
import logging
from dataclasses import replace

import pytest

from bot.codes import Codes
from bot.invite import invite, print_links
from dispatch.moments import HOUR, SECOND
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


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


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


# ---- invitations


async def test_an_invitation_opens_the_chat_and_jobs_arrive_there(chats: World) -> None:
    ana = chats.chat.account()
    said = await opens(chats, ana, INVITED)
    assert "志愿者9" in said
    assert "梧桐里居民区" in said
    assert await ana.owners() == [INVITED]
    await (await chats.person("lin")).writes("9号楼502 敲门无应答")
    job = await chats.job()
    assert await ana.taps("claim", job)
    assert await ana.sees("502", job)
    (claim,) = (await chats.state(job)).claims
    assert claim.person_id == (await chats.store.person(chats.committee.id, INVITED)).id


async def test_staff_hand_over_one_link_to_the_pages_and_one_to_the_chat(chats: World) -> None:
    links, where = chats.pages.links, chats.committee
    invitation = await invite(chats.store, links, where, INVITED, chats=[chats.chat.invitation])
    out = io.StringIO()
    print_links([invitation], out, qr=False)
    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert invitation.url in lines
    (link,) = [line for line in lines if line in invitation.chats]
    ana = chats.chat.account()
    assert "志愿者9" in await ana.follows(link)
    assert await ana.owners() == [INVITED]


async def test_opening_ones_own_invitation_again_changes_nothing(chats: World) -> None:
    ana = chats.chat.account()
    first = await opens(chats, ana, INVITED)
    before = await chats.store.roster(chats.committee.id)
    assert await opens(chats, ana, INVITED) == first
    assert await chats.store.roster(chats.committee.id) == before


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("forged", "不完整"),
        ("expired", "已过期"),
        ("revoked", "换成新的"),
        ("cut off", "不完整"),
    ],
)
async def test_an_invitation_that_does_not_count_is_refused_and_says_why(
    chats: World, how: str, told: str, logged: pytest.LogCaptureFixture
) -> None:
    ana, where = chats.chat.account(), chats.committee
    code = await chats.chat.code(where, INVITED, lasts=-SECOND if how == "expired" else HOUR)
    if how == "revoked":
        person = await chats.store.person(where.id, INVITED)
        await chats.store.invite(where.id, person.id, revoke=True)
    changed = f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}"
    code = {"forged": changed, "cut off": code[:20]}.get(how, code)
    before = await chats.store.roster(where.id)
    assert told in await ana.follows(chats.chat.link(code))
    assert await ana.owners() == []
    assert await chats.store.roster(where.id) == before
    assert "refused" in ours(logged)
    assert ana.account not in ours(logged)


async def test_a_link_without_a_code_is_no_refusal_but_a_beginning(
    chats: World, logged: pytest.LogCaptureFixture
) -> None:
    """What to write is said, or the first thing is asked."""
    ana = chats.chat.account()
    said = await ana.follows(chats.chat.link(""))
    assert "加入" in said or "3号楼" in ana.choices()
    assert await ana.owners() == []
    assert "refused" not in ours(logged)


async def test_somebody_elses_account_opens_no_second_person(
    chats: World, logged: pytest.LogCaptureFixture
) -> None:
    ana = await chats.member("v3")
    assert "已经有人用了" in await opens(chats, ana, INVITED)
    assert await ana.owners() == ["v3"]
    assert "account_taken" in ours(logged)


async def test_a_second_account_is_refused_until_staff_revoke_the_first(chats: World) -> None:
    old, new = await chats.member("v3"), chats.chat.account()
    assert "作废" in await opens(chats, new, "v3")
    assert await new.owners() == []
    await chats.store.invite(chats.committee.id, old.id, revoke=True)
    assert await old.owners() == []
    assert "志愿者3" in await opens(chats, new, "v3")
    assert await new.owners() == ["v3"]
    assert "志愿者3" not in await old.writes("/me")


async def test_an_invitation_is_no_way_into_a_page(chats: World) -> None:
    lin = await chats.person("lin", on=WEB)
    before = await chats.store.roster(chats.committee.id)
    said = await lin.writes(f"/start {await chats.chat.code(chats.committee, INVITED)}")
    assert "没有这个指令" not in said
    assert await chats.store.roster(chats.committee.id) == before


# ---- applications


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


@pytest.mark.parametrize("brought", ["an invitation", "a poster"])
async def test_what_leads_to_another_committee_is_refused_by_a_committees_own_bot(
    pages: World, brought: str, logged: pytest.LogCaptureFixture
) -> None:
    other, ours_id = await pages.founds(OTHER), pages.committee.id
    invited = await pages.store.person(ours_id, INVITED)
    codes = Codes(pages.vault.derive(b"invite"), pages.clock)
    code = codes.make(ours_id, invited.id, invited.link_epoch, pages.clock.now() + HOUR)
    words = {"an invitation": f"/start {code}", "a poster": f"/start join-{ours_id}"}[brought]
    ming = Stranger(platform="radio", value="777", name="小明", language="zh_CN", committee="qingtong")
    before = [await pages.store.roster(each) for each in (ours_id, other.id)]
    reply = await pages.router.meet(ming, words)
    assert not reply.ok
    assert reply.text == "这是另一个居委会的，什么都没有改动。请到那边的聊天里打开。"
    assert await pages.store.addresses("radio", "777") == ()
    assert [await pages.store.roster(each) for each in (ours_id, other.id)] == before
    assert await pages.store.applications(ours_id) == await pages.store.applications(other.id) == ()
    assert "refused (link_foreign)" in ours(logged)
    at_home = replace(ming, committee=pages.committee.key)
    assert (await pages.router.meet(at_home, words)).text != reply.text


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

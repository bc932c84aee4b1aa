"""Coming in through a chat: by invitation, or by an application that staff decide on with one tap."""

import io
import logging
import re
from dataclasses import replace

import pytest

from bot.invite import invite, print_links, telegram_link
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, SECOND
from dispatch.people import Person, Role
from tests.stories.chats import Account, Chat
from tests.stories.world import COMMITTEE, World

GIVEN = "13600136000"
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


@pytest.fixture
def chat(world: World) -> Chat:
    return Chat(world)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


async def people(world: World) -> set[str]:
    return {person.name for person in (await world.store.roster(world.committee.id)).people.values()}


async def whose(world: World, account: Account) -> list[str]:
    """Keys of the people whom the account belongs to."""
    found = await world.store.addresses("telegram", account.value)
    rosters = [await world.store.roster(each.committee_id) for each in found]
    return [
        roster.people[each.person_id].key
        for each, roster in zip(found, rosters, strict=True)
        if each.person_id is not None
    ]


# ---- invitations


async def test_an_invitation_opens_the_chat_and_jobs_arrive_there(world: World, chat: Chat) -> None:
    ana = chat.account("1003")
    reply = await ana.says(f"/start {await chat.code('v3')}")
    assert reply.ok
    assert "志愿者3" in reply.text
    assert "梧桐里居民区" in reply.text
    assert await whose(world, ana) == ["v3"]
    await (await world.person("lin")).writes("3号楼502 敲门无应答")
    await chat.settles()
    assert [message.kind for message in ana.received] == [NoticeKind.ASK]
    assert (await ana.taps(ana.received[0].card, "claim")).ok


async def test_staff_hand_over_one_link_to_the_pages_and_one_to_the_chat(world: World, chat: Chat) -> None:
    def link(person: Person) -> str:
        return telegram_link(chat.codes, "@SuidaoBot", person, world.clock.now())

    invitation = await invite(world.store, world.links, world.committee, "v3", chats=[link])
    out = io.StringIO()
    print_links([invitation], out, qr=False)
    found = re.search(
        r"^ {2}https://t\.me/SuidaoBot\?start=([A-Za-z0-9_-]{1,64})$", out.getvalue(), re.MULTILINE
    )
    assert found is not None
    assert invitation.url in out.getvalue()
    ana = chat.account("1003")
    assert (await ana.says(f"/start {found[1]}")).ok
    assert await whose(world, ana) == ["v3"]


async def test_opening_ones_own_invitation_again_changes_nothing(world: World, chat: Chat) -> None:
    ana = await chat.member("v3", "1003")
    before = await world.store.roster(world.committee.id)
    assert (await ana.says(f"/start {await chat.code('v3')}")).ok
    assert await world.store.roster(world.committee.id) == before


@pytest.mark.parametrize("how", ["forged", "expired", "revoked", "cut off", "empty"])
async def test_an_invitation_that_does_not_count_is_refused_and_says_why(
    world: World, chat: Chat, how: str, logged: pytest.LogCaptureFixture
) -> None:
    ana = chat.account("1003")
    code = await chat.code("v3", lasts=-SECOND if how == "expired" else HOUR)
    if how == "revoked":
        person = await world.store.person(world.committee.id, "v3")
        await world.store.invite(world.committee.id, person.id, revoke=True)
    code = {"forged": f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}", "cut off": code[:20], "empty": ""}.get(
        how, code
    )
    before = await world.store.roster(world.committee.id)
    reply = await ana.says(f"/start {code}")
    assert not reply.ok
    assert await whose(world, ana) == []
    assert await world.store.roster(world.committee.id) == before
    expected = {"expired": "已过期", "revoked": "换成新的", "empty": "加入"}.get(how, "不完整")
    assert expected in reply.text
    assert ("refused" in logged.text) is (how != "empty")
    assert "1003" not in logged.text


async def test_somebody_elses_account_opens_no_second_person(
    world: World, chat: Chat, logged: pytest.LogCaptureFixture
) -> None:
    ana = await chat.member("v3", "1003")
    reply = await ana.says(f"/start {await chat.code('v4')}")
    assert not reply.ok
    assert "已经有人用了" in reply.text
    assert await whose(world, ana) == ["v3"]
    assert "account_taken" in logged.text


async def test_a_second_account_is_refused_until_staff_revoke_the_first(world: World, chat: Chat) -> None:
    old, new = await chat.member("v3", "1003"), chat.account("2003")
    reply = await new.says(f"/start {await chat.code('v3')}")
    assert not reply.ok
    assert "作废" in reply.text
    assert await whose(world, new) == []
    person = await world.store.person(world.committee.id, "v3")
    await world.store.invite(world.committee.id, person.id, revoke=True)
    assert await whose(world, old) == []
    assert (await new.says(f"/start {await chat.code('v3')}")).ok
    assert await whose(world, new) == ["v3"]
    assert not (await old.says("/me")).ok


async def test_an_invitation_is_no_way_into_a_page(world: World, chat: Chat) -> None:
    lin = await world.person("lin")
    before = await world.store.roster(world.committee.id)
    said = await lin.writes(f"/start {await chat.code('v4')}")
    assert "没有这个指令" not in said
    assert await world.store.roster(world.committee.id) == before


# ---- applications


async def test_somebody_applies_in_one_message_and_is_in_after_one_tap(world: World, chat: Chat) -> None:
    lin, ming = await chat.member("lin", "9001"), chat.account("777")
    reply = await ming.says("/join 王小明 3号楼")
    assert reply.ok
    assert "王小明" in reply.text
    assert reply.ask_contact
    (told,) = lin.received
    assert told.kind is NoticeKind.APPLIED
    assert told.card.title == "👋 王小明 · 3号楼"
    answer = await lin.taps(told.card, "approve")
    assert answer.ok
    assert answer.card is not None
    assert not answer.card.actions
    (welcome,) = ming.received
    assert welcome.kind is NoticeKind.WELCOMED
    assert "王小明" in welcome.card.title
    (key,) = await whose(world, ming)
    person = await world.store.person(world.committee.id, key)
    assert (person.trusted, person.roles, person.language) == (False, frozenset({Role.VOLUNTEER}), "zh_CN")
    edited = lin.received[-1]
    assert edited.edits is not None
    assert "林社工" in edited.card.state
    assert (await ming.says("我的")).ok


async def test_somebody_applies_by_buttons_alone(world: World, chat: Chat) -> None:
    ming = chat.account("777", name="小明")
    first = await ming.says("你好")
    assert not first.ok
    assert "120" in first.text
    second = await ming.presses(first, "申请加入")
    assert [button.label for button in second.buttons] == [f"{number}号楼" for number in range(1, 13)]
    third = await ming.presses(second, "7号楼")
    assert third.ask_contact
    fourth = await ming.says("", phone=f"+86{GIVEN}")
    assert not fourth.ask_contact
    (application,) = await world.store.applications(world.committee.id)
    roster = await world.store.roster(world.committee.id)
    assert application.building_id == roster.building_by_key["7"].id
    assert (application.name, application.phone) == ("小明", GIVEN)


async def test_the_number_is_asked_for_once(chat: Chat) -> None:
    ming = chat.account("777", name="小明")
    assert (await ming.says("/join 王小明 3号楼")).ask_contact
    assert not (await ming.says("/join 王小明 3号楼")).ask_contact
    assert not (await ming.says("/join 王明 4号楼")).ask_contact
    assert not (await ming.says("好了吗")).ask_contact
    other = chat.account("778")
    assert not (await other.says(f"/join 李四 3号楼 {GIVEN}")).ask_contact


async def test_applying_again_puts_right_the_one_application(world: World, chat: Chat) -> None:
    lin, ming = await chat.member("lin", "9001"), chat.account("777", name="小明")
    await ming.says("/join")
    await ming.says("3号楼")
    await ming.says("/join 王小明 4号楼")
    (application,) = await world.store.applications(world.committee.id)
    assert application.name == "王小明"
    assert {message.card.name for message in lin.received} == {f"application-{application.id}"}
    assert [message.edits is None for message in lin.received] == [True, False, False]
    assert lin.received[-1].card.title == "👋 王小明 · 4号楼"


async def test_a_building_that_is_not_there_is_said_and_asked_again(chat: Chat) -> None:
    reply = await chat.account("777").says("/join 王小明 99号楼")
    assert "99" in reply.text
    assert reply.buttons


async def test_somebody_without_a_name_is_asked_for_one(world: World, chat: Chat) -> None:
    reply = await chat.account("777").says("/join 3号楼")
    assert not reply.ok
    assert "王小明" in reply.text  # the example
    assert await world.store.applications(world.committee.id) == ()


async def test_somebody_declined_is_told_when_they_ask_and_may_ask_again_a_day_later(
    world: World, chat: Chat
) -> None:
    lin, ming = await chat.member("lin", "9001"), chat.account("777")
    await ming.says("/join 王小明 3号楼")
    (application,) = await world.store.applications(world.committee.id)
    assert (await lin.says(f"拒绝 {application.id}")).ok
    assert "林社工" in lin.received[-1].card.state
    assert not lin.received[-1].card.actions
    reply = await ming.says("/join 王小明 3号楼")
    assert not reply.ok
    assert "没有通过" in reply.text
    world.clock.set(world.clock.now() + 25 * HOUR)
    assert (await ming.says("/join 王小明 3号楼")).ok


async def test_only_the_desk_decides_and_only_for_its_own_committee(
    world: World, chat: Chat, logged: pytest.LogCaptureFixture
) -> None:
    ming, volunteer = chat.account("777"), await chat.member("v3", "1003")
    await ming.says("/join 王小明 3号楼")
    (application,) = await world.store.applications(world.committee.id)
    other = await world.founds(OTHER)
    foreign = chat.account("9901")
    assert (await foreign.says(f"/start {await chat.code('lin2', committee=other)}")).ok
    for who in (volunteer, foreign):
        for word in ("approve", "decline"):
            reply = await who.says(f"{word} {application.id}")
            assert not reply.ok
            assert "王小明" not in reply.text
            assert reply.card is None
        assert "王小明" not in (await who.says("任务")).text
    assert logged.text.count("refused") == 4
    assert await world.store.applications(world.committee.id) == (application,)


async def test_two_of_the_desk_decide_once(world: World, chat: Chat) -> None:
    lin, zhao = await chat.member("lin", "9001"), await chat.member("zhao", "9002")
    await chat.account("777").says("/join 王小明 3号楼")
    card = zhao.received[0].card
    assert (await lin.taps(lin.received[0].card, "approve")).ok
    late = await zhao.taps(card, "decline")
    assert not late.ok
    assert late.card is not None
    assert "林社工" in late.card.state
    assert "王小明" in await people(world)


async def test_the_desk_decides_on_its_page_and_others_see_nothing_of_it(world: World, chat: Chat) -> None:
    ming = chat.account("777")
    await ming.says(f"/join 王小明 3号楼 {GIVEN}")
    (application,) = await world.store.applications(world.committee.id)
    lin, volunteer = await world.person("lin"), await world.person("v3")
    page = await lin.looks()
    assert f'id="application-{application.id}"' in page.html
    assert GIVEN in page.text
    assert "王小明" not in (await volunteer.looks()).text
    fields = {"verb": "approve", "application": str(application.id), "version": str(application.version)}
    assert "王小明" in await lin._posts("/act", fields)
    await chat.settles()
    assert [message.kind for message in ming.received] == [NoticeKind.WELCOMED]
    page = await lin.looks()
    assert f'id="application-{application.id}"' not in page.html
    assert "已经处理过" in await lin._posts("/act", fields)


async def test_an_application_appears_on_the_desks_open_page_by_itself(world: World, chat: Chat) -> None:
    lin = await world.person("lin")
    (address,) = (await world.store.roster(world.committee.id)).addresses_of[lin.id]
    with world.gateway.streams.page(address.id, "zh_CN", lambda: True) as page:
        await chat.account("777").says("/join 王小明 3号楼")
        (application,) = await world.store.applications(world.committee.id)
        (html,) = await page.next(0)
        assert f'id="application-{application.id}"' in html
        assert f'name="application" value="{application.id}"' in html


async def test_jobs_tells_the_desk_who_waits(world: World, chat: Chat) -> None:
    lin = await chat.member("lin", "9001")
    await chat.account("777").says("/join 王小明 3号楼")
    (application,) = await world.store.applications(world.committee.id)
    assert f"通过 {application.id}" in (await lin.says("任务")).text


async def test_a_phone_of_the_file_is_a_hint_for_staff_and_links_nobody(world: World, chat: Chat) -> None:
    wang = {"key": "wang", "name": "王阿姨", "roles": ["volunteer"], "phone": GIVEN}
    await world.founds({**COMMITTEE, "people": [*list(COMMITTEE["people"]), wang]})  # type: ignore[call-overload]  # a file's table
    lin, ming = await chat.member("lin", "9001"), chat.account("777")
    await ming.says(f"/join 王小明 3号楼 {GIVEN}")
    card = lin.received[0].card
    assert any("王阿姨" in note for note in card.notes)
    await lin.taps(card, "approve")
    assert await whose(world, ming) != ["wang"]


async def test_with_several_committees_the_applicant_chooses_once(world: World, chat: Chat) -> None:
    other = await world.founds(OTHER)
    ming = chat.account("777")
    first = await ming.says("/join 王小明")
    assert [button.label for button in first.buttons] == ["青桐里居民区", "梧桐里居民区"]
    second = await ming.presses(first, "青桐里居民区")
    third = await ming.presses(second, "东苑")
    assert third.ok
    (application,) = await world.store.applications(other.id)
    assert (application.name, application.building_id is None) == ("王小明", False)
    assert await world.store.applications(world.committee.id) == ()


async def test_a_committees_own_bot_asks_for_no_committee(world: World, chat: Chat) -> None:
    other = await world.founds(OTHER)
    ming = replace(chat.account("777"), committee="qingtong")
    assert (await ming.says("/join 王小明 东苑")).ok
    assert len(await world.store.applications(other.id)) == 1


async def test_an_applicant_who_gets_an_invitation_needs_no_decision(world: World, chat: Chat) -> None:
    lin, ming = await chat.member("lin", "9001"), chat.account("777")
    await ming.says("/join 志愿者三 3号楼")
    assert (await ming.says(f"/start {await chat.code('v3')}")).ok
    assert await world.store.applications(world.committee.id) == ()
    assert "邀请" in lin.received[-1].card.state
    late = await lin.taps(lin.received[0].card, "decline")
    assert not late.ok
    assert await whose(world, ming) == ["v3"]


async def test_nothing_private_of_an_applicant_is_logged(
    chat: Chat, logged: pytest.LogCaptureFixture
) -> None:
    lin, ming = await chat.member("lin", "9001"), chat.account("777")
    await ming.says(f"/join 王小明 3号楼502 {GIVEN}")
    await lin.taps(lin.received[0].card, "decline")
    await ming.says(f"/join 王小明 3号楼502 {GIVEN}")
    assert "refused (declined_lately)" in logged.text
    assert not any(word in logged.text for word in ("王小明", GIVEN, "502", "777"))
    assert not any(fact.value == GIVEN for fact in lin.received[-1].card.facts)


@pytest.mark.parametrize(
    "text", ["", "/", "/help", "3号楼502 敲门无应答", "/claim 1", "\u202e" * 50, "<script>", "x" * 10_000]
)
async def test_whatever_a_stranger_writes_changes_nothing_and_says_how_to_come_in(
    world: World, chat: Chat, text: str
) -> None:
    reply = await chat.account("777", language="en").says(text)
    assert not reply.ok
    assert "/join" in reply.text
    assert await world.jobs() == ()
    assert await world.store.applications(world.committee.id) == ()

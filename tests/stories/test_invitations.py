"""Coming in through a chat by an invitation: whose it is, when it counts, and where it does not."""

import io
from dataclasses import replace

import pytest

from bot.codes import Codes
from bot.invite import invite, print_links
from dispatch.moments import HOUR, SECOND
from handlers.messages import Stranger
from tests.stories.test_joining import INVITED, OTHER, opens, ours
from tests.stories.world import WEB, World


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


async def test_a_second_account_is_refused_until_staff_revoke_the_first(
    chats: World, logged: pytest.LogCaptureFixture
) -> None:
    old, new = await chats.member("v3"), chats.chat.account()
    before = await chats.store.roster(chats.committee.id)
    assert "作废" in await opens(chats, new, "v3")
    assert await new.owners() == []
    assert await chats.store.roster(chats.committee.id) == before
    assert "second_account" in ours(logged)
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

"""Whose page it is, with scripts off: what links and cookies open, and what those are told that open none."""

from dataclasses import replace

import pytest

from bot.web.links import LINK_MAX_AGE_S, Links
from dispatch.moments import HOUR
from tests.platforms.house import KNOCK, House, browser
from tests.platforms.html import message_form


async def test_a_stranger_is_told_in_both_languages_how_to_come_in(home: House) -> None:
    async with browser(home) as client:
        answer = await client.get("/")
        read = await answer.text()
    assert answer.status == 401
    assert 'data-problem="signed_out"' in read
    assert "Please open your own link" in read
    assert 'lang="zh-CN"' in read


async def test_a_link_opens_the_page_as_often_as_it_is_tapped(home: House) -> None:
    async with browser(home, "li") as client:
        assert "Mr Li" in await client.read()
        await client.enter(await home.link("li"))
        assert "Mr Li" in await client.read()


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(home: House) -> None:
    async with browser(home) as client:
        answer = await client.get(await home.link("li"), follow=False)
    assert answer.headers["Location"] == "/"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_the_cookie_is_kept_to_https_where_the_outside_is_https(home: House) -> None:
    home.links = Links(b"of this test", "https://suidao.test", home.clock)
    async with browser(home) as client:
        answer = await client.get(await home.link("li"), follow=False)
    assert "Secure" in answer.headers["Set-Cookie"]


async def test_an_expired_link_says_to_ask_for_a_new_one(home: House) -> None:
    link = await home.link("li")
    home.clock.forward(LINK_MAX_AGE_S + 1)
    async with browser(home) as client:
        answer = await client.get(link)
        read = await answer.text()
    assert (answer.status, 'data-problem="link_expired"' in read) == (410, True)
    assert "链接一个月内有效。请向居委会工作人员要一个新的" in read
    assert "Links are good for one month. Please ask the staff" in read


async def test_a_revoked_link_opens_nothing_and_closes_open_pages_within_a_second(home: House) -> None:
    link = await home.link("li")
    async with browser(home, "li") as client:
        assert "Mr Li" in await client.read()
        await home.store.invite(home.committee_id, (await home.person("li")).id, revoke=True)
        home.clock.forward(1)
        assert (await client.get("/")).status == 401
        answer = await client.get(link)
        read = await answer.text()
        assert (answer.status, 'data-problem="link_revoked"' in read) == (410, True)
        assert "您已有更新的链接。请找一下，或向居委会工作人员要。" in read
        assert "There is a newer link for you." in read
        await client.enter(await home.link("li"))
        assert "Mr Li" in await client.read()


@pytest.mark.parametrize("broken", ["x", "a.b.c", "%00", "..%2f..%2fetc", "<script>", "A" * 5000])
async def test_a_forged_link_opens_nothing(home: House, broken: str) -> None:
    async with browser(home) as client:
        answer = await client.get(f"/join/{broken}")
        read = await answer.text()
    assert (answer.status, 'data-problem="link_forged"' in read) == (404, True)
    assert "可能复制时少了一截。请从消息里重新打开，或重新扫码。" in read
    assert "It may have been cut off when it was copied." in read
    assert "Set-Cookie" not in answer.headers
    assert "<script>" not in read


async def test_which_link_was_refused_is_logged_and_neither_the_link_nor_whose_it_was(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    li = await home.person("li")
    foreign = Links(b"of another installation", home.links.base_url, home.clock).link(li)
    old = await home.link("li")
    await home.store.invite(home.committee_id, li.id, revoke=True)
    home.clock.forward(1)
    newest = await home.link("li")
    before = await home.store.roster(home.committee_id)
    async with browser(home) as client:
        for link, status in ((foreign.removeprefix(home.links.base_url), 404), (old, 410), (newest, 410)):
            if link is newest:
                home.clock.forward(LINK_MAX_AGE_S + 1)
            answer = await client.get(link)
            assert (answer.status, "Set-Cookie" in answer.headers) == (status, False)
    assert await home.store.roster(home.committee_id) == before
    said = [each.getMessage() for each in caplog.records if each.name == "bot.web.pages"]
    refused = ("link_forged", "link_revoked", "link_expired")
    assert said == [f"refused ({each}): a link that was opened on a page" for each in refused]


async def test_a_link_for_a_committee_or_person_that_is_not_here_opens_nothing(home: House) -> None:
    li = await home.person("li")
    for stranger in (replace(li, committee_id=99), replace(li, id=99_999)):
        async with browser(home) as client:
            answer = await client.get(home.links.link(stranger).removeprefix(home.links.base_url))
            assert answer.status == 410
            assert (await client.get("/")).status == 401


async def test_a_forged_cookie_signs_nobody_in(home: House) -> None:
    async with browser(home) as client:
        for value in ("", "x.y.z", "WzEsMSwwXQ.aaaa.bbbb"):
            assert (await client.get("/", headers={"Cookie": f"suidao={value}"})).status == 401


async def test_opening_another_persons_link_changes_who_is_looking(home: House) -> None:
    async with browser(home, "li") as client:
        await client.enter(await home.link("wang"))
        assert "王阿姨" in await client.read()


async def test_what_was_begun_on_one_persons_page_is_not_done_as_another(home: House) -> None:
    async with browser(home, "zhao") as client:
        form = message_form(await client.read()) | {"text": KNOCK}
        await client.enter(await home.link("wang"))  # in another window of the same browser
        answer = await client.post("/post", form)
        assert (answer.status, 'data-problem="another_person"' in await answer.text()) == (409, True)
        told = await (await client.by_script("/post", form)).text()
        assert "无痕窗口" in told
        await client.enter(await home.link("zhao"))
        assert 'id="job-1"' not in await client.read()
        assert 'id="job-1"' in await client.send("/post", form)


async def test_nobody_is_signed_out_because_the_database_is_away(home: House) -> None:
    async with browser(home, "wang") as client:
        assert (await client.get("/")).status == 200
        await home.store.close()
        home.clock.set(home.clock.now() + HOUR)  # what was read before counts no more
        for answer in (
            await client.get("/"),
            await client.by_script("/act", {"verb": "claim", "job": "1", "version": "1"}),
        ):
            assert answer.status == 503

"""A job carried into any other chat: what a stranger sees of it, and how one comes from it to a claim."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from bot.web.links import LINK_MAX_AGE_S
from tests.platforms.house import PRIVATE, House, browser
from tests.platforms.html import button, tells, words

KNOCK = {"text": "3号楼502 敲门无应答 80岁独居", "nonce": "a-nonce"}


async def shared(home: House) -> str:
    """The path of a job that staff have posted and shared."""
    async with browser(home, "zhao") as staff:
        await staff.post("/post", KNOCK)
        page = await (await staff.get("/share/1")).text()
    await home.settle()
    found = re.search(r"http://suidao\.test(/s/\S+?)</textarea>", unescape(page))
    assert found is not None
    return found[1]


async def test_the_words_to_copy_hold_nothing_private_and_the_code_is_the_link(home: House) -> None:
    path = await shared(home)
    async with browser(home, "zhao") as staff:
        page = await (await staff.get("/share/1")).text()
    assert not tells(page, PRIVATE)
    assert "<svg" in page
    assert f"http://suidao.test{path}" in page


async def test_a_stranger_sees_what_it_is_and_where_and_nobodys_name(home: House) -> None:
    path = await shared(home)
    async with browser(home, "li") as volunteer:
        await volunteer.post("/act", button(await (await volunteer.get("/")).text(), "claim"))
    async with browser(home) as stranger:
        answer = await stranger.get(path)
        page = await answer.text()
    assert answer.status == 200
    assert "上门查看 · 3号楼" in page
    assert "Welfare check" in page
    assert not tells(page, (*PRIVATE, "Mr Li", "赵社工"))
    assert "<form" not in page


async def test_one_sign_in_leads_back_to_the_job_and_to_the_claim(home: House) -> None:
    path = await shared(home)
    async with browser(home) as phone:
        await phone.get(path)
        answer = await phone.get(await home.link("li"))
        assert urlsplit(str(answer.url)).path == path
        page = await answer.text()
        assert "Can you go?" in words(page)
        done = await phone.post("/act", button(page, "claim"))
        assert "It is yours" in words(await done.text())
        again = await phone.get(await home.link("li"))
        assert urlsplit(str(again.url)).path == "/"


async def test_a_member_of_the_committee_comes_straight_to_the_card(home: House) -> None:
    path = await shared(home)
    async with browser(home, "wang") as volunteer:
        page = await (await volunteer.get(path)).text()
    assert button(page, "claim")["job"] == "1"
    assert not tells(page, PRIVATE)


async def test_somebody_not_vouched_for_gets_no_button_by_a_shared_link(home: House) -> None:
    path = await shared(home)
    async with browser(home, "new") as volunteer:
        page = await (await volunteer.get(path)).text()
    assert '<form method="post" action="/act"' not in page
    assert not tells(page, PRIVATE)


async def test_only_members_can_share(home: House) -> None:
    await shared(home)
    async with browser(home) as stranger:
        assert (await stranger.get("/share/1")).status == 401
    async with browser(home, "li") as volunteer:
        assert (await volunteer.get("/share/99")).status == 404


@pytest.mark.parametrize("token", ["", "x", "1.2.3", "a" * 500])
async def test_a_link_that_is_not_ours_leads_nowhere(home: House, token: str) -> None:
    async with browser(home, "li") as volunteer:
        assert (await volunteer.get(f"/s/{token}")).status == 404


async def test_a_shared_link_is_no_personal_link_and_ends_after_a_month(home: House) -> None:
    path = await shared(home)
    async with browser(home) as stranger:
        assert (await stranger.get(path.replace("/s/", "/join/"))).status == 404
        home.clock.forward(LINK_MAX_AGE_S + 1)
        answer = await stranger.get(path)
        assert answer.status == 410
        assert "已经打不开了" in await answer.text()


async def test_a_cookie_of_somebody_else_sends_nobody_anywhere(home: House) -> None:
    async with browser(home) as phone:
        answer = await phone.get(
            await home.link("li"), {"Cookie": "suidao_next=//evil.example"}, follow=False
        )
        assert answer.headers["Location"] == "/"

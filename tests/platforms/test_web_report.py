"""The public page behind a poster: what it asks, what it refuses, and that it tells nothing of anybody."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web import reporting
from bot.web.app import build
from bot.web.entrances import NO_ENTRANCE, Entrances
from bot.web.links import Links
from config.settings import Settings
from dispatch import register
from tests.platforms.house import COMMITTEE, PRIVATE, Browser, House, browser, visit
from tests.platforms.html import forms


def poster(home: House, epoch: int = 0) -> str:
    return home.links.poster(home.committee_id, epoch).removeprefix(home.links.base_url)


async def nonce(client: Browser, path: str) -> str:
    page = await (await client.get(path)).text()
    return next(each.fields["nonce"] for each in forms(page) if "nonce" in each.fields)


async def building(home: House) -> str:
    return str(next(iter((await home.store.roster(home.committee_id)).buildings)))


async def test_it_speaks_the_browsers_language_and_tells_nothing_of_anybody(home: House) -> None:
    people = [each.name for each in (await home.store.roster(home.committee_id)).people.values()]
    async with browser(home) as client:
        for language, words in (("zh-CN,zh;q=0.9", "您的姓名"), ("en-GB", "Your name"), ("fr", "您的姓名")):
            asked = {"Accept-Language": language}
            page = await (await client.get(poster(home), asked)).text()
            assert words in page
            assert "Your name" in await (await client.get(f"{poster(home)}?lang=en", asked)).text()
            assert not any(name in page for name in (*people, *PRIVATE))


async def test_a_forged_poster_and_one_that_was_replaced_lead_nowhere(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = Links(b"of another installation", home.links.base_url, home.clock).poster(home.committee_id, 0)
    async with browser(home) as client:
        for token in ("", "x", "WzEsMF0.AAAA", "WzEsMF0", poster(home).rpartition("/")[2][:-1]):
            assert (await client.get(f"/report/{token}")).status == 404
            assert (await client.get(f"/applied/{token}")).status == 404
        caplog.clear()
        assert (await client.get(foreign.removeprefix(home.links.base_url))).status == 404
        assert (await client.get(poster(home, 7))).status == 410
    said = [each.getMessage() for each in caplog.records if each.name == "bot.web.reporting"]
    refused = ("link_forged", "link_revoked")
    assert said == [f"refused ({each}): a poster that was opened on a page" for each in refused]
    assert await home.store.applications(home.committee_id) == ()


SLIPS: list[tuple[dict[str, str], int]] = [
    ({"name": ""}, 422),
    ({"name": " \u200b "}, 422),
    ({"name": "王小明", "building": ""}, 422),
    ({"name": "王小明", "phone": "ring me"}, 422),
    ({"name": "王小明", "building": "99"}, 400),
    ({"name": "王小明", "building": "x" * 40}, 400),
    ({"name": "王小明", "nonce": ""}, 400),
    ({"name": "王小明", **{f"+s.{number}": "1" for number in range(40)}}, 400),
]


async def test_a_form_that_cannot_be_taken_keeps_nothing(home: House) -> None:
    async with browser(home) as client:
        path = poster(home)
        for fields, status in SLIPS:
            whole = {"nonce": await nonce(client, path), "building": await building(home), **fields}
            answer = await client.post(path, whole)
            assert (fields, answer.status) == (fields, status)
            if status == 422:
                assert fields["name"].strip(" \u200b") in await answer.text()  # nothing is typed again
    assert await home.store.applications(home.committee_id) == ()


async def test_a_form_of_another_site_is_refused(home: House) -> None:
    async with browser(home) as client:
        form = {"nonce": "n", "name": "王小明", "building": await building(home)}
        answer = await client.post(poster(home), form, {"Origin": "https://evil.example"})
        assert answer.status == 403
    assert await home.store.applications(home.committee_id) == ()


async def test_a_script_in_a_loop_is_stopped(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "FORMS", (2, 0.1))
    async with browser(home) as client:
        path, home_id = poster(home), await building(home)
        statuses = []
        for number in range(3):
            form = {"nonce": f"n{number}", "name": f"路人{number}", "building": home_id}
            statuses.append((await client.post(path, form)).status)
        assert statuses == [200, 200, 429]
    assert len(await home.store.applications(home.committee_id)) == 2


async def test_what_is_typed_is_shown_as_it_is_and_no_markup(home: House) -> None:
    async with browser(home) as client:
        form = {"nonce": "n", "name": "<b>王</b>", "building": await building(home)}
        page = await (await client.post(poster(home), form)).text()
        assert "&lt;b&gt;王&lt;/b&gt;" in page


async def test_somebody_who_is_in_is_led_to_their_page_and_staff_vouch_by_a_button(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await (await staff.get(poster(home))).text()
        assert "赵社工" in page
        assert not [each for each in forms(page) if "nonce" in each.fields]
        people = await (await staff.get("/people")).text()
        offered = [each.fields for each in forms(people) if each.action.endswith("/people/trust")]
        newcomer = await home.person("new")
        assert offered == [{"person": str(newcomer.id)}]
        told = await (await staff.post("/people/trust", offered[0])).text()
        assert "新来的担保" in told
        own = (await home.person("zhao")).id
        assert "不能为自己担保" in await (await staff.post("/people/trust", {"person": str(own)})).text()
    assert (await home.person("new")).trusted
    async with browser(home, "wang") as volunteer:
        assert (await volunteer.post("/people/trust", {"person": str(newcomer.id)})).status == 404


async def test_who_was_declined_is_told_on_the_page_where_they_wait(home: House) -> None:
    async with browser(home) as client, browser(home, "zhao") as staff:
        form = {"nonce": "n", "name": "王小明", "building": await building(home)}
        waiting = (await client.post(poster(home), form)).url.path
        assert "http-equiv" in await (await client.get(waiting)).text()
        (application,) = await home.store.applications(home.committee_id)
        tap = {"verb": "decline", "application": str(application.id), "version": "1"}
        await staff.post("/act", tap)
        page = await (await client.get(waiting)).text()
        assert "http-equiv" not in page
        assert "没有通过" in page or "未通过" in page
        assert (await client.get("/")).status == 401


class Api:
    """As much of Telegram as says what a bot is called."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.up = True

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if not self.up:
            return web.json_response({"ok": False}, status=502)
        return web.json_response({"ok": True, "result": {"id": 1, "username": "wutong_bot"}})


@pytest.fixture
async def api() -> AsyncIterator[tuple[Api, str]]:
    one, app = Api(), web.Application()
    app.router.add_get("/bot{token}/getMe", one.answer)
    async with TestServer(app) as server:
        yield one, str(server.make_url("/"))


def chats(url: str) -> Settings:
    telegram = {"api_url": url, "token": "1:all", "bots": {"green_lane": {"token": "2:own"}}}
    matrix = {"homeserver": "https://m.example", "user_id": "@suidao:m.example", "password": "invented"}
    return Settings.model_validate({"telegram": telegram, "matrix": matrix})


async def test_the_page_leads_into_the_chats_that_there_are(home: House, api: tuple[Api, str]) -> None:
    await home.store.load(register.parse("committee.toml", COMMITTEE), prune=False, demo=False)
    entrances = Entrances(chats(api[1]))
    app = build(
        router=home.router,
        store=home.store,
        links=home.links,
        gateway=home.gateway,
        clock=home.clock,
        ready=home._ready,
        entrances=entrances,
    )
    committee = (await home.store.roster(home.committee_id)).committee
    async with visit(app) as client:
        page = await (await client.get(poster(home))).text()
    ways = await entrances.of(committee)
    assert ways.telegram in page
    assert ways.matrix in page
    assert ways.telegram == f"https://t.me/wutong_bot?start=join-{committee.id}"
    assert ways.matrix == "https://matrix.to/#/@suidao:m.example"
    assert ways.words == f"!join join-{committee.id}"
    assert re.search(rf"<textarea[^>]* readonly>{ways.words}</textarea>", page), "to be copied"
    assert await entrances.of(replace(committee, demo=True)) == NO_ENTRANCE


async def test_telegram_is_asked_once_for_each_bot_and_not_at_once_again(
    home: House, api: tuple[Api, str], caplog: pytest.LogCaptureFixture
) -> None:
    served, url = api
    committee = replace((await home.store.roster(home.committee_id)).committee, demo=False)
    served.up = False
    entrances = Entrances(chats(url))
    assert [(await entrances.of(committee)).telegram for _ in range(3)] == ["", "", ""]
    assert len(served.asked) == 1
    assert "1:all" not in caplog.text
    served.up, entrances = True, Entrances(chats(url))
    for key in ("wutongli", "green-lane", "wutongli"):
        assert "wutong_bot" in (await entrances.of(replace(committee, key=key))).telegram
    assert served.asked[1:] == ["/bot1:all/getMe", "/bot2:own/getMe"]

"""The pages with scripts off: what each person sees, and that every button is a plain form."""

from dataclasses import replace

import pytest

from bot.web.gateway import WebGateway
from bot.web.links import LINK_MAX_AGE_S, Links
from bot.web.serving import small_site, tell
from dispatch import register
from dispatch.moments import HOUR
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.platforms.house import COMMITTEE, PRIVATE, Browser, House, browser, visit
from tests.platforms.html import button, message_form, short_form, tells, verbs, words
from workers.watch.health import Health, Wrong

KNOCK = "3号楼502 敲门无应答 80岁独居"
EVIL = {"name": "<img src=x onerror=alert(1)>", "roles": ["secretary", "volunteer"]}
SON = "13900139000"
"""Where family of a resident can be rung."""

OF_ONESELF = ("/hours", "/share/1")
"""Pages that name their reader and nobody else."""


async def page(client: Browser) -> str:
    answer = await client.get("/")
    assert answer.status == 200
    return await answer.text()


async def send(client: Browser, path: str, form: dict[str, str]) -> str:
    """Send a form as a browser without scripts does, and read the page it leads to."""
    answer = await client.post(path, form)
    assert answer.status == 200, answer.status
    return await answer.text()


async def post(home: House, text: str = KNOCK) -> str:
    """Staff post a message; returns the page that answers."""
    async with browser(home, "zhao") as staff:
        read = await send(staff, "/post", message_form(await page(staff)) | {"text": text})
    await home.settle()
    return read


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
        assert "Mr Li" in await page(client)
        await client.enter(await home.link("li"))
        assert "Mr Li" in await page(client)


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
        assert "Mr Li" in await page(client)
        await home.store.invite(home.committee_id, (await home.person("li")).id, revoke=True)
        home.clock.forward(1)
        assert (await client.get("/")).status == 401
        answer = await client.get(link)
        read = await answer.text()
        assert (answer.status, 'data-problem="link_revoked"' in read) == (410, True)
        assert "您已有更新的链接。请找一下，或向居委会工作人员要。" in read
        assert "There is a newer link for you." in read
        await client.enter(await home.link("li"))
        assert "Mr Li" in await page(client)


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
        assert "王阿姨" in await page(client)


async def test_what_was_begun_on_one_persons_page_is_not_done_as_another(home: House) -> None:
    async with browser(home, "zhao") as client:
        form = message_form(await page(client)) | {"text": KNOCK}
        await client.enter(await home.link("wang"))  # in another window of the same browser
        answer = await client.post("/post", form)
        assert (answer.status, 'data-problem="another_person"' in await answer.text()) == (409, True)
        told = await (await client.by_script("/post", form)).text()
        assert "无痕窗口" in told
        await client.enter(await home.link("zhao"))
        assert 'id="job-1"' not in await page(client)
        assert 'id="job-1"' in await send(client, "/post", form)


SHEETS = ("/", "/people", "/night", "/duty", "/brief", "/hours", "/share/1", "/board")
"""Every page that shows something of the committee, once a job is posted."""


async def test_every_page_of_a_demo_says_so(home: House) -> None:
    home.gateway = WebGateway(home.catalogs, demo=True)
    await post(home)
    async with browser(home, "zhao") as client:
        for path in (*SHEETS, "/nowhere", "/join/none", "/s/none"):
            assert 'class="demo"' in await (await client.get(path)).text(), path


async def test_a_stranger_to_a_demo_reads_that_it_is_one(home: House) -> None:
    home.gateway = WebGateway(home.catalogs, demo=True)
    async with browser(home) as client:
        assert 'class="demo"' in await (await client.get("/")).text()


async def test_what_is_no_demo_does_not_say_so_where_nothing_is_found(home: House) -> None:
    async with browser(home) as client:
        assert 'class="demo"' not in await (await client.get("/nowhere")).text()


async def test_staff_post_in_one_message_and_read_the_answer_at_the_top_once(home: House) -> None:
    async with browser(home, "zhao") as staff:
        first = await send(staff, "/post", message_form(await page(staff)) | {"text": KNOCK})
        assert 'class="said good"' in first
        assert first.index('class="said good"') < first.index('id="job-1"')
        assert 'class="said' not in await page(staff)


async def test_the_answer_is_never_part_of_an_address(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await page(staff)) | {"text": KNOCK}
        answer = await staff.post("/post", form, follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]


async def test_the_same_form_sent_twice_is_one_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await page(staff)) | {"text": KNOCK}
        await send(staff, "/post", form)
        read = await send(staff, "/post", form)
    assert 'id="job-1"' in read
    assert 'id="job-2"' not in read


async def test_going_back_and_typing_something_else_is_another_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await page(staff))
        await send(staff, "/post", form | {"text": KNOCK})
        read = await send(staff, "/post", form | {"text": "7-502 胰岛素用完 中山医院"})
    assert 'id="job-2"' in read


async def test_two_people_with_one_nonce_post_two_jobs(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "qian") as secretary:
        form = message_form(await page(staff)) | {"text": KNOCK}
        await send(staff, "/post", form)
        other = message_form(await page(secretary)) | {"text": KNOCK, "nonce": form["nonce"]}
        assert 'id="job-2"' in await send(secretary, "/post", other)


async def test_a_short_form_posts_a_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = short_form(await page(staff), "medicine_run")
        form |= {"building": "7", "unit": "301", "phone": "13900000000", "headline": "胰岛素", "places": ""}
        read = await send(staff, "/post", form)
    assert "7号楼" in read
    assert "胰岛素" in read
    assert 'href="tel:' in read


async def test_what_cannot_be_posted_is_kept_in_the_box(home: House) -> None:
    too_long = "急" * 10_001
    async with browser(home, "zhao") as staff:
        form = message_form(await page(staff)) | {"text": too_long}
        answer = await staff.post("/post", form)
        read = await answer.text()
    assert answer.status == 422
    assert 'class="said bad"' in read
    assert message_form(read)["text"] == too_long


async def test_what_cannot_be_posted_by_a_short_form_is_kept_in_it(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = short_form(await page(staff), "general") | {"building": "no such", "text": "搬米", "unit": "9"}
        answer = await staff.post("/post", form)
        kept = short_form(await answer.text(), "general")
    assert answer.status == 422
    assert (kept["text"], kept["unit"]) == ("搬米", "9")


async def test_a_volunteer_claims_with_one_tap_and_only_then_sees_door_and_phone(home: House) -> None:
    await post(home)
    async with browser(home, "li") as volunteer:
        before = await page(volunteer)
        assert not tells(before, PRIVATE)
        after = await send(volunteer, "/act", button(before, "claim"))
    assert "502" in after
    assert 'href="tel:13800138000"' in after
    assert {"start", "arrive", "finish", "release", "help"} <= verbs(after)


async def test_family_can_be_rung_from_the_card_of_whoever_took_it_and_from_no_other(home: House) -> None:
    mother = {"key": "chen", "name": "陈阿姨", "building": "3", "unit": "502", "phone": "13800138000"}
    known = {**mother, "contacts": [{"name": "儿子", "phone": SON}]}
    await home.store.load(
        register.parse("a.toml", {**COMMITTEE, "residents": [known]}), prune=False, demo=True
    )
    await post(home, "3号楼502 制氧机要加水")
    async with browser(home, "li") as volunteer, browser(home, "wang") as other:
        before = await page(volunteer)
        assert SON not in before
        after = await send(volunteer, "/act", button(before, "claim"))
        assert SON not in await page(other)
    assert f'href="tel:{SON}"' in after
    assert "儿子 (family)" in words(after)


async def test_whoever_taps_second_is_told_who_has_it(home: House) -> None:
    await post(home)
    async with browser(home, "li") as first, browser(home, "wang") as second:
        stale = button(await page(second), "claim")
        await send(first, "/act", button(await page(first), "claim"))
        read = await send(second, "/act", stale)
    assert "Mr Li" in words(read)
    assert not tells(read, PRIVATE)


async def test_a_second_tap_changes_nothing(home: House) -> None:
    await post(home)
    async with browser(home, "li") as volunteer:
        form = button(await page(volunteer), "claim")
        await send(volunteer, "/act", form)
        once = await home.service.view(home.committee_id, 1, await home.person("li"))
        await send(volunteer, "/act", form)
        twice = await home.service.view(home.committee_id, 1, await home.person("li"))
    assert once.situation.job.version == twice.situation.job.version


async def test_somebody_not_vouched_for_never_sees_anything_private(home: House) -> None:
    await post(home)
    async with browser(home, "new") as untrusted:
        form = {"verb": "claim", "job": "1", "version": "1"}
        for read in (await page(untrusted), await send(untrusted, "/act", form), await page(untrusted)):
            assert not tells(read, PRIVATE)


async def test_a_life_in_danger_shows_the_call_buttons_before_everything_else(home: House) -> None:
    read = await post(home)
    card = read[read.index('id="job-1"') :]
    assert card.index('href="tel:120"') < card.index('href="tel:110"') < card.index("<h2>")


async def test_whoever_must_answer_sees_a_red_page_and_a_marked_title(home: House) -> None:
    await post(home)
    async with browser(home, "qian") as secretary:
        before = await page(secretary)
        assert 'class="alarmed"' in before
        assert "<title>(!) " in before
        after = await send(secretary, "/act", button(before, "acknowledge"))
    assert 'class="alarmed"' not in after
    assert "<title>(!) " not in after


async def test_html_in_a_message_is_shown_and_never_executed(home: House) -> None:
    evil = "3号楼502 <script>alert(1)</script> <img src=x onerror=alert(2)> \"'>"
    read = await post(home, evil)
    assert "<script>alert" not in read
    assert "<img" not in read
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in read


async def test_a_name_made_of_markup_is_a_name_on_every_page(home: House) -> None:
    """Of somebody who is on duty and holds a claim, for themselves and for staff."""
    people = [{**each, **EVIL} if each["key"] == "qian" else each for each in COMMITTEE["people"]]  # type: ignore[attr-defined]  # a list of tables
    await home.store.load(register.parse("a.toml", {**COMMITTEE, "people": people}), prune=False, demo=True)
    await post(home)
    await home.router.handle(
        Incoming(address=await home.address("qian"), verb=Verb.CLAIM, job_id=1, version=99)
    )
    await home.settle()
    for key in ("qian", "zhao"):
        async with browser(home, key) as client:
            for path in SHEETS if key == "qian" else (each for each in SHEETS if each not in OF_ONESELF):
                answer = await client.get(path)
                read = await answer.text()
                assert (answer.status, "&lt;img" in read, "<img" in read) == (200, True, False), (key, path)
            async with await client.get("/board/events") as stream:
                pushed = ""
                while "data-job" not in pushed:
                    pushed = (await stream.content.readline()).decode()
            assert ("&lt;img" in pushed, "<img" in pushed) == (True, False)


async def test_the_reader_chooses_the_language(home: House) -> None:
    async with browser(home, "li") as client:
        assert '<html lang="en">' in await page(client)
        read = await send(client, "/language", {"language": "zh_CN"})
        assert '<html lang="zh-CN">' in read
        read = await send(client, "/language", {"language": "en"})
        assert '<html lang="en">' in read


async def test_a_language_that_does_not_exist_changes_nothing(home: House) -> None:
    async with browser(home, "li") as client:
        answer = await client.post("/language", {"language": "tlh"})
        assert answer.status == 400
        assert '<html lang="en">' in await page(client)


async def test_health_and_readiness_are_answered_to_anybody(home: House) -> None:
    async with browser(home) as client:
        assert (await client.get("/healthz")).status == 200
        assert (await client.get("/readyz")).status == 200
        home.fit = False
        assert (await client.get("/readyz")).status == 503
        assert (await client.get("/healthz")).status == 200


async def test_whoever_asks_for_the_health_of_a_process_that_audits_reads_what_is_wrong() -> None:
    async def ready() -> bool:
        return True

    health, site = Health(lambda: 0.0, 20.0), small_site(ready, {})
    tell(site, health.wrong)
    async with visit(site) as client:
        assert await (await client.get("/healthz")).json() == {"alive": True, "wrong": [Wrong.AUDITOR]}
        health.audited(well=True)
        health.set(Wrong.LATE, holds=True)
        assert (await (await client.get("/healthz")).json())["wrong"] == ["something is late"]
        health.set(Wrong.LATE, holds=False)
        assert (await (await client.get("/healthz")).json())["wrong"] == []


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

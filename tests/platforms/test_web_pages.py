"""The pages with scripts off: what each person sees, and that every button is a plain form."""

from bot.web.gateway import WebGateway
from bot.web.serving import small_site, tell
from dispatch import register
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.platforms.house import COMMITTEE, KNOCK, PRIVATE, House, browser, visit
from tests.platforms.html import button, message_form, short_form, tells, verbs, words
from workers.watch.health import Health, Wrong

EVIL = {"name": "<img src=x onerror=alert(1)>", "roles": ["secretary", "volunteer"]}


SON = "13900139000"
"""Where family of a resident can be rung."""


OF_ONESELF = ("/hours", "/share/1")
"""Pages that name their reader and nobody else."""


async def post(home: House, text: str = KNOCK) -> str:
    """Staff post a message; returns the page that answers."""
    async with browser(home, "zhao") as staff:
        read = await staff.send("/post", message_form(await staff.read()) | {"text": text})
    await home.settle()
    return read


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
        first = await staff.send("/post", message_form(await staff.read()) | {"text": KNOCK})
        assert 'class="said good"' in first
        assert first.index('class="said good"') < first.index('id="job-1"')
        assert 'class="said' not in await staff.read()


async def test_the_answer_is_never_part_of_an_address(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read()) | {"text": KNOCK}
        answer = await staff.post("/post", form, follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]


async def test_the_same_form_sent_twice_is_one_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read()) | {"text": KNOCK}
        await staff.send("/post", form)
        read = await staff.send("/post", form)
    assert 'id="job-1"' in read
    assert 'id="job-2"' not in read


async def test_going_back_and_typing_something_else_is_another_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read())
        await staff.send("/post", form | {"text": KNOCK})
        read = await staff.send("/post", form | {"text": "7-502 胰岛素用完 中山医院"})
    assert 'id="job-2"' in read


async def test_two_people_with_one_nonce_post_two_jobs(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "qian") as secretary:
        form = message_form(await staff.read()) | {"text": KNOCK}
        await staff.send("/post", form)
        other = message_form(await secretary.read()) | {"text": KNOCK, "nonce": form["nonce"]}
        assert 'id="job-2"' in await secretary.send("/post", other)


async def test_a_short_form_posts_a_job(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = short_form(await staff.read(), "medicine_run")
        form |= {"building": "7", "unit": "301", "phone": "13900000000", "headline": "胰岛素", "places": ""}
        read = await staff.send("/post", form)
    assert "7号楼" in read
    assert "胰岛素" in read
    assert 'href="tel:' in read


async def test_what_cannot_be_posted_is_kept_in_the_box(home: House) -> None:
    too_long = "急" * 10_001
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read()) | {"text": too_long}
        answer = await staff.post("/post", form)
        read = await answer.text()
    assert answer.status == 422
    assert 'class="said bad"' in read
    assert message_form(read)["text"] == too_long


async def test_what_cannot_be_posted_by_a_short_form_is_kept_in_it(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = short_form(await staff.read(), "general") | {
            "building": "no such",
            "text": "搬米",
            "unit": "9",
        }
        answer = await staff.post("/post", form)
        kept = short_form(await answer.text(), "general")
    assert answer.status == 422
    assert (kept["text"], kept["unit"]) == ("搬米", "9")


async def test_a_volunteer_claims_with_one_tap_and_only_then_sees_door_and_phone(home: House) -> None:
    await post(home)
    async with browser(home, "li") as volunteer:
        before = await volunteer.read()
        assert not tells(before, PRIVATE)
        after = await volunteer.send("/act", button(before, "claim"))
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
        before = await volunteer.read()
        assert SON not in before
        after = await volunteer.send("/act", button(before, "claim"))
        assert SON not in await other.read()
    assert f'href="tel:{SON}"' in after
    assert "儿子 (family)" in words(after)


async def test_whoever_taps_second_is_told_who_has_it(home: House) -> None:
    await post(home)
    async with browser(home, "li") as first, browser(home, "wang") as second:
        stale = button(await second.read(), "claim")
        await first.send("/act", button(await first.read(), "claim"))
        read = await second.send("/act", stale)
    assert "Mr Li" in words(read)
    assert not tells(read, PRIVATE)


async def test_a_second_tap_changes_nothing(home: House) -> None:
    await post(home)
    async with browser(home, "li") as volunteer:
        form = button(await volunteer.read(), "claim")
        await volunteer.send("/act", form)
        once = await home.service.view(home.committee_id, 1, await home.person("li"))
        await volunteer.send("/act", form)
        twice = await home.service.view(home.committee_id, 1, await home.person("li"))
    assert once.situation.job.version == twice.situation.job.version


async def test_somebody_not_vouched_for_never_sees_anything_private(home: House) -> None:
    await post(home)
    async with browser(home, "new") as untrusted:
        form = {"verb": "claim", "job": "1", "version": "1"}
        for read in (await untrusted.read(), await untrusted.send("/act", form), await untrusted.read()):
            assert not tells(read, PRIVATE)


async def test_a_life_in_danger_shows_the_call_buttons_before_everything_else(home: House) -> None:
    read = await post(home)
    card = read[read.index('id="job-1"') :]
    assert card.index('href="tel:120"') < card.index('href="tel:110"') < card.index("<h2>")


async def test_whoever_must_answer_sees_a_red_page_and_a_marked_title(home: House) -> None:
    await post(home)
    async with browser(home, "qian") as secretary:
        before = await secretary.read()
        assert 'class="alarmed"' in before
        assert "<title>(!) " in before
        after = await secretary.send("/act", button(before, "acknowledge"))
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
        assert '<html lang="en">' in await client.read()
        read = await client.send("/language", {"language": "zh_CN"})
        assert '<html lang="zh-CN">' in read
        read = await client.send("/language", {"language": "en"})
        assert '<html lang="en">' in read


async def test_a_language_that_does_not_exist_changes_nothing(home: House) -> None:
    async with browser(home, "li") as client:
        answer = await client.post("/language", {"language": "tlh"})
        assert answer.status == 400
        assert '<html lang="en">' in await client.read()


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

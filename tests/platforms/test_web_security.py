"""What guards the pages: origin, policy, limits, malformed input, and a log that tells nothing private."""

import gzip
import logging
import re

import pytest

from bot.web.app import BODY_BYTES, JOINS, POSTS, build
from dispatch.people import Address
from dispatch.pictures import Picture
from handlers.home import Home, Rest, Unreachable
from handlers.messages import Card, Incoming, Reply
from handlers.router import Router as Whole
from handlers.rush import Rush
from handlers.sheets import Hours
from tests.platforms.house import PRIVATE, House, browser, visit
from tests.platforms.html import message_form

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/", "/join/x", "/nowhere", "/healthz", "/static/suidao.js", "/static/x"])
async def test_every_answer_carries_the_policy(home: House, path: str) -> None:
    async with browser(home, "li") as client:
        answer = await client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_stream_carries_the_policy_too(home: House) -> None:
    async with browser(home, "li") as client, await client.get("/events") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] != ""


async def test_pages_are_never_kept_by_a_cache(home: House) -> None:
    async with browser(home, "li") as client:
        assert (await client.get("/")).headers["Cache-Control"] == "no-store"


async def test_pages_hold_no_inline_script_or_style_and_name_no_other_host(home: House) -> None:
    async with browser(home, "zhao") as client:
        form = message_form(await (await client.get("/")).text()) | {"text": "3号楼502 敲门无应答"}
        read = await (await client.post("/post", form)).text()
    assert 'id="job-1"' in read
    assert not re.search(r"<script(?![^>]*\bsrc=)", read)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|js:", read)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", read)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://suidao.test"}, 200),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://suidao.test"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused(home: House, headers: dict[str, str], status: int) -> None:
    async with browser(home, "li") as client:
        answer = await client.post("/language", {"language": "zh_CN"}, headers=headers)
        assert answer.status == status
    expected = "zh_CN" if status == 200 else "en"
    assert (await home.person("li")).language == expected


async def test_a_form_without_a_cookie_changes_nothing(home: House) -> None:
    async with browser(home) as client:
        for path in ("/act", "/post", "/language"):
            answer = await client.post(path, {"text": "x"})
            assert (answer.status, 'data-problem="signed_out"' in await answer.text()) == (401, True)


GOOD = {"verb": "claim", "job": "1", "version": "1"}


@pytest.mark.parametrize(
    "form",
    [
        {},
        GOOD | {"verb": "explode"},
        GOOD | {"verb": "see_private"},
        GOOD | {"verb": "post"},
        GOOD | {"job": ""},
        GOOD | {"job": "-1"},
        GOOD | {"job": "1.5"},
        GOOD | {"job": "²"},
        GOOD | {"job": "9" * 30},
        GOOD | {"version": "'; DROP TABLE job; --"},
        {f"field{n}": "x" for n in range(40)},
    ],
)
async def test_a_malformed_tap_is_a_clear_page(home: House, form: dict[str, str]) -> None:
    async with browser(home, "li") as client:
        answer = await client.post("/act", form)
        assert (answer.status, 'data-problem="malformed"' in await answer.text()) == (400, True)


async def test_a_job_that_is_not_there_is_said_so(home: House) -> None:
    async with browser(home, "li") as client:
        for job in ("0", "77", "9" * 18):
            answer = await client.post("/act", GOOD | {"job": job})
            assert (answer.status, 'class="said bad"' in await answer.text()) == (200, True)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"verb=claim", "text/plain"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"text=\xff\xfe", FORM["Content-Type"]),
        (b"text=%ff%fe&nonce=1", FORM["Content-Type"]),
        (b"text=%ed%a0%80&nonce=1", FORM["Content-Type"]),
        (b"text=x", FORM["Content-Type"]),
        (b"text=x&nonce=" + b"n" * 100, FORM["Content-Type"]),
        (b"", FORM["Content-Type"]),
    ],
)
async def test_a_malformed_message_is_a_clear_page(home: House, body: bytes, content_type: str) -> None:
    async with browser(home, "zhao") as client:
        headers = {"Origin": client.origin, "Content-Type": content_type}
        answer = await client.post("/post", body, headers=headers)
        assert (answer.status, 'data-problem="malformed"' in await answer.text()) == (400, True)
    assert await home.store.open_jobs(home.committee_id) == ()


async def test_a_huge_body_is_a_clear_page(home: House) -> None:
    async with browser(home, "zhao") as client:
        body = b"nonce=1&text=" + b"x" * BODY_BYTES
        answer = await client.post("/post", body, {"Origin": client.origin} | FORM)
        assert (answer.status, 'data-problem="too_large"' in await answer.text()) == (413, True)


async def test_the_longest_allowed_message_passes_the_limit(home: House) -> None:
    async with browser(home, "zhao") as client:
        form = message_form(await (await client.get("/")).text()) | {"text": "急" * 9000}
        answer = await client.post("/post", form)
    assert answer.status == 200


async def test_unknown_pages_and_methods_are_answered_with_a_page(home: House) -> None:
    async with browser(home, "li") as client:
        for path in ("/nowhere", "/static/../links.py", "/static/%2e%2e/links.py", "/join/", "/.git/config"):
            assert (await client.get(path)).status == 404, path
        answer = await client.get("/act")
        assert (answer.status, 'data-problem="not_found"' in await answer.text()) == (405, True)


async def test_somebody_who_posts_without_end_is_slowed_down_and_nobody_else(home: House) -> None:
    async with browser(home, "li") as fast, browser(home, "wang") as other:
        for _ in range(POSTS[0]):
            assert (await fast.by_script("/act", GOOD)).status == 200
        answer = await fast.post("/act", GOOD)
        assert (answer.status, 'data-problem="too_often"' in await answer.text()) == (429, True)
        assert (await other.post("/act", GOOD)).status == 200
        home.clock.forward(1)
        assert (await fast.post("/act", GOOD)).status == 200


async def test_opening_links_without_end_is_slowed_down(home: House) -> None:
    async with browser(home) as client:
        for _ in range(JOINS[0]):
            await client.get("/join/x")
        assert (await client.get("/join/x")).status == 429
        home.clock.forward(1)
        await client.enter(await home.link("li"))


async def test_files_are_packed_kept_for_a_year_and_not_sent_twice(home: House) -> None:
    url = home.gateway.assets.url("suidao.js")
    async with browser(home) as client:
        answer = await client.get(url)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type == "text/javascript"
        plain = await client.get(url, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert await plain.read() == gzip.decompress(gzip.compress(await answer.read()))
        again = await client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")
        other = await client.get("/static/suidao.js?v=of-another-release")
        assert (other.status, other.headers["Cache-Control"]) == (200, "no-cache")


async def test_vendored_files_come_with_their_licences(home: House) -> None:
    async with browser(home) as client:
        for name in (
            "vendor/htmx-4.0.1/LICENSE",
            "vendor/pico-2.1.1/LICENSE.md",
            "vendor/leaflet-1.9.4/LICENSE",
            "vendor/uplot-1.6.32/LICENSE",
        ):
            assert (await client.get(f"/static/{name}")).status == 200


async def test_the_log_tells_what_was_asked_and_nothing_private(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = await home.link("zhao")
    async with browser(home) as client:
        await client.enter(link)
        box = message_form(await (await client.get("/")).text())
        form = box | {"text": "3号楼502 13800138000 陈阿姨 80岁 敲门无应答"}
        await client.post("/post", form)
        await client.post("/post?phone=13800138000", b"text=13800138000", {"Origin": client.origin} | FORM)
        await client.get("/13800138000")
    written = caplog.text
    assert "POST /post 303" in written
    assert "GET /join/{token} 303" in written
    assert link.removeprefix("/join/") not in written
    assert not any(secret in written for secret in PRIVATE)


SECRET = "1380013".ljust(11, "9")


class BrokenAlbum:
    """`bot.web.app.Album` of the same kind."""

    async def picture(self, address: Address, job_id: int, number: int) -> Picture:
        raise RuntimeError(SECRET)

    async def add(self, address: Address, job_id: int, added: tuple[Picture, ...], receipt: str) -> Reply:
        raise RuntimeError(SECRET)


class BrokenRouter:
    """`bot.web.app.Router` whose every answer is a bug that carries something private."""

    def __init__(self, whole: Whole) -> None:
        self.album = BrokenAlbum()
        self.desk = whole.desk
        self.rota = whole.rota
        self.rush = Rush()
        self.briefs = whole.briefs
        self.loads = whole.loads
        self.acting = whole.acting
        self.buildings = whole.buildings
        self.care = whole.care
        self.families = whole.families
        self.family_links = whole.family_links
        self.runs = whole.runs
        self.depictions = whole.depictions
        self.kinds = whole.kinds
        self.joining = whole.joining
        self.reporting = whole.reporting

    async def handle(self, incoming: Incoming) -> Reply:
        raise RuntimeError(SECRET)

    async def home(self, address: Address) -> Home:
        raise RuntimeError(SECRET)

    async def unreached(self, address: Address) -> Unreachable:
        raise RuntimeError(SECRET)

    async def near(self, address: Address) -> tuple[Card, ...]:
        raise RuntimeError(SECRET)

    async def card(self, address: Address, job_id: int) -> Card:
        raise RuntimeError(SECRET)

    async def public_card(self, committee_id: int, job_id: int, language: str) -> Card:
        raise RuntimeError(SECRET)

    async def set_language(self, address: Address, language: str) -> None:
        raise RuntimeError(SECRET)

    async def pause(self, address: Address, said: str) -> Reply:
        raise RuntimeError(SECRET)

    async def rest(self, address: Address) -> Rest | None:
        raise RuntimeError(SECRET)

    async def hours(self, address: Address) -> Hours:
        raise RuntimeError(SECRET)

    async def out(self, address: Address, said: str) -> Reply:
        raise RuntimeError(SECRET)


async def test_a_bug_is_a_page_for_the_person_and_a_place_in_the_log(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    app = build(
        router=BrokenRouter(home.router),
        store=home.store,
        links=home.links,
        gateway=home.gateway,
        clock=home.clock,
        ready=home._ready,
    )
    async with visit(app) as client:
        await client.enter(await home.link("li"))
        for answer in (
            await client.get("/"),
            await client.get("/picture/1/1"),
            await client.post("/act", GOOD),
            await client.get("/events"),
        ):
            read = await answer.text()
            assert (answer.status, 'data-problem="broken"' in read) == (500, True)
            assert SECRET not in read
    assert "RuntimeError" in caplog.text
    assert "test_web_security.py" in caplog.text
    assert SECRET not in caplog.text

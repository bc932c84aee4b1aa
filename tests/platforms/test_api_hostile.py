"""Other systems that mean no good, or are broken: told what is wrong, in their language; nothing is posted.

Schemathesis sends the interface what its own document says, and what it does not (CONFORMANCE 32).
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from dispatch import register
from dispatch.errors import SourceInUseError
from tests.platforms.api_house import HOTLINE, WORDS, System, let_in, serving
from tests.platforms.clocks import SetClock
from tests.platforms.house import COMMITTEE, House

UNFIT: tuple[tuple[object, int, str], ...] = (
    (b"", 400, "malformed"),
    (b"{", 400, "malformed"),
    (b"[]", 422, "unfit"),
    (b'{"text": "\xff"}', 400, "malformed"),
    (b'{"text": "\\ud800"}', 400, "malformed"),
    (b"[" * 50_000, 400, "malformed"),
    (b'{"text": "' + b"x" * 140_000 + b'"}', 413, "too_large"),
    ({}, 422, "unfit"),
    ({"text": ""}, 422, "unfit"),
    ({"text": "\u200b \u2060"}, 422, "unfit"),
    ({"text": "x" * 8_001}, 422, "unfit"),
    ({"text": 502}, 422, "unfit"),
    ({"text": WORDS, "places": "3"}, 422, "unfit"),
    ({"text": WORDS, "places": 10**30}, 422, "unfit"),
    ({"text": WORDS, "priority": "deadly"}, 422, "unfit"),
    ({"kind": "'; DROP TABLE jobs; --"}, 422, "unfit"),
    ({"text": WORDS, "<script>alert(1)</script>": 1}, 422, "unfit"),
    ({"text": WORDS, "unit": "5" * 201}, 422, "unfit"),
)


async def test_what_is_not_as_it_should_be_is_refused_and_nothing_is_posted(home: House) -> None:
    await let_in(home)
    async with serving(home) as broken:
        for number, (body, status, problem) in enumerate(UNFIT):
            answer = await broken.posts(body, f"key-{number}", {"Content-Type": "application/json"})
            told = await answer.json(content_type="application/problem+json")
            assert (answer.status, told["status"]) == (status, status), number
            assert told["type"] == f"urn:suidao:problem:{problem}"
            assert bool(told["errors"]) == (status == 422), number
        for key in ("", "x" * 201, "钥匙", "a b"):
            assert (await broken.posts({"text": WORDS}, key)).status == 400
        assert (await broken.posts(b"text=x", "k", {"Content-Type": "text/plain"})).status == 415
        for named in ("0", "9" * 40, "-1", "1.0", "%31%00", "..%2f1", "²"):
            assert (await broken.asks(named)).status in (404, 405), named
    assert await home.store.open_jobs(home.committee_id) == ()


async def test_a_problem_is_said_in_the_language_that_was_asked_for(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        for liked, said in (
            ("zh-CN,zh;q=0.9,en;q=0.8", "没有这个字段。"),
            ("de, zh;q=0.3, en;q=0.2", "没有这个字段。"),
            ("", "There is no such field."),
            ("de;q=x,,;;q=", "There is no such field."),
            ("*;q=0.1, en", "There is no such field."),
        ):
            answer = await hotline.posts(
                {"text": WORDS, "door/number": 5}, headers={"Accept-Language": liked}
            )
            told = await answer.json(content_type="application/problem+json")
            assert told["errors"] == [{"pointer": "/door~1number", "detail": said}], liked
            assert answer.headers["Content-Language"] in ("zh-CN", "en")


async def test_words_are_kept_as_they_are_whatever_stands_in_them(home: House) -> None:
    await let_in(home)
    hostile = "<b>3号楼</b> '; DROP TABLE jobs; -- \x00\u202e {{7*7}} %s {actor} 🚪"
    async with serving(home) as system:
        told = await (await system.posts({"text": hostile, "unit": hostile, "phone": hostile})).json()
    assert hostile.strip() in (await home.store.private(home.committee_id, told["id"])).text
    assert (await home.router.card(await home.address("qian"), told["id"])).job_id == told["id"]


async def test_an_address_where_nothing_is_says_what_there_is(home: House) -> None:
    async with serving(home) as stranger:
        for method, path, status in (
            ("GET", "/api", 404),
            ("GET", "/api/people", 404),
            ("POST", "/api/jobs/", 404),
            ("DELETE", "/api/jobs/1", 405),
            ("GET", "/api/jobs", 405),
        ):
            answer = await stranger.session.request(method, path)
            assert answer.status == status, path
            assert answer.content_type == "application/problem+json"
            assert ("Allow" in answer.headers) == (status == 405)
        document = await (await stranger.session.get("/api/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert "welfare_check" in document["components"]["schemas"]["NewJob"]["properties"]["kind"]["enum"]


async def test_another_committees_jobs_are_nobodys(home: House, second: int) -> None:
    """CONFORMANCE 34, by the interface: another committee's source, and another source of the same."""
    await let_in(home)
    await let_in(home, "sensor", f"sds_{'s' * 43}")
    await let_in(home, "hotline", f"sds_{'o' * 43}", committee=second)
    async with serving(home) as hotline:
        job = (await (await hotline.posts({"text": WORDS})).json())["id"]
        for token in (f"sds_{'s' * 43}", f"sds_{'o' * 43}"):
            other = System(session=hotline.session, origin=hotline.origin, token=token)
            refused = await other.asks(job)
            unknown = await (await other.asks(10_000)).json(content_type="application/problem+json")
            assert refused.status == 404
            assert await refused.json(content_type="application/problem+json") == unknown
            # The same key is another's own, and opens nothing of the first.
            theirs = await other.posts({"text": "送药"})
            assert (theirs.status, (await theirs.json())["id"] != job) == (201, True)
    assert len(await home.store.open_jobs(second)) == 1
    with pytest.raises(SourceInUseError):
        await let_in(home)


@pytest.fixture
async def second(home: House) -> int:
    """Another committee in the same house."""
    committee = COMMITTEE["committee"]
    assert isinstance(committee, dict)
    file = register.parse("second.toml", COMMITTEE | {"committee": committee | {"key": "hehuayuan"}})
    await home.store.load(file, prune=False, demo=True)
    return next(each.id for each in await home.store.committees() if each.key == "hehuayuan")


class Hasty(SetClock):
    """Seconds pass between two looks, so that nobody asks too often."""

    def now(self) -> int:
        self.forward(1)
        return super().now()


async def test_schemathesis_finds_nothing(home: House, tmp_path: Path) -> None:
    await let_in(home)
    (tmp_path / "schemathesis.toml").write_text(SETTINGS.format(token=HOTLINE), encoding="utf-8")
    report = tmp_path / "report.har"
    async with serving(home, Hasty()) as system:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{system.origin}/api/openapi.json"),
            *("--url", system.origin, "--seed", "1", "--generation-deterministic", "--no-color"),
            *("--max-examples", "10", "--report", "har", "--report-har-path", str(report)),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said[-4000:]
    sent = json.loads(report.read_text(encoding="utf-8"))["log"]["entries"]
    statuses = {entry["response"]["status"] for entry in sent}
    assert len(sent) > 50
    assert {200, 201, 400, 401, 404, 405, 422} <= statuses
    assert not any(status >= 500 for status in statuses)


SETTINGS = """\
headers = {{ Authorization = "Bearer {token}" }}

[checks]
# Words without a single visible character are a text for JSON, and nothing that anybody could read.
positive_data_acceptance = {{ expected-statuses = ["2xx", "401", "404", "409", "422"] }}
"""

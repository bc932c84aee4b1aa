"""docker-compose.yml in earnest, as plain processes: each service starts by its own command and environment,
and its own health check finds it well. Behind its Caddy a killed `web` costs no tap and no open page."""

import asyncio
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet
from playwright.async_api import Browser, Response, expect

from store.crypto import KEY_FILE
from tests.browser.chromium import PHONE, Phone, chromium
from tests.chaos.services import METRICS_TOKEN, UP_WITHIN_S, Composed, Service
from tests.chaos.storm import scripts, verdict
from tests.chaos.storm.crowd import Crowd
from tests.chaos.storm.records import Base
from tests.chaos.storm.town import VOLUNTEERS, Town, settle
from tests.chaos.storm.verdict import Totals
from tests.postgres.databases import Databases, at_once

pytestmark = pytest.mark.timeout(180)

BACK_WITHIN_MS = 30_000
WORD = scripts.URGENT.word
MINE = "v1"
"""Whose phone it is."""

POSTS, POSTED_S = 4.0, 3.0
"""Jobs a second, and for how long: enough that somebody taps at every moment."""

SOME = 3
"""Taps that are waited for."""


@dataclass(kw_only=True)
class Installation:
    """What Compose would have started, and the people of its committee."""

    compose: Composed
    town: Town
    webs: list[Service]
    base: Base


@pytest.fixture(scope="module")
def installation(postgres: Databases) -> Iterator[Installation]:
    """All services are up, in the order in which Compose starts them."""
    folder, database = Path(tempfile.mkdtemp(prefix="sd", dir="/tmp")), postgres.make()
    compose = Composed(folder, database)
    try:
        scripts.write(folder / "playbooks")
        key = Fernet.generate_key().decode()
        compose.keep("secret_key", key)
        queue, migrate = compose.starts_queue(), compose.starts("migrate")
        compose.up(queue)
        assert migrate.process.wait(UP_WITHIN_S) == 0, migrate.log.read_text(encoding="utf-8")
        services = [compose.starts(*which) for which in (("bot",), ("web", 1), ("web", 2), ("worker",))]
        (folder / "data" / KEY_FILE).touch(0o600)
        (folder / "data" / KEY_FILE).write_text(key, encoding="ascii")
        town = at_once(settle(folder / "data", database))
        compose.up(*services, compose.starts_caddy())
        yield Installation(
            compose=compose, town=town, webs=services[1:3], base=Base(folder / "data", database)
        )
    finally:
        compose.close()
        postgres.drop(database)
        shutil.rmtree(folder)


def test_every_service_starts_as_compose_starts_it_and_its_own_check_finds_it_well(
    installation: Installation,
) -> None:
    compose = installation.compose
    started = Counter(service.name for service in compose.services)
    assert started == {"valkey": 1, "migrate": 1, "bot": 1, "web": 2, "worker": 1, "caddy": 1}
    for service in compose.services:
        assert service.name == "migrate" or compose.healthy(service), service.name
    web = installation.webs[0]
    assert [figures(web), figures(web, METRICS_TOKEN)] == [401, 200], "a secret comes by its file"


def figures(web: Service, token: str = "") -> int:
    """What /metrics answers."""
    connection = HTTPConnection(web.address, timeout=10)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})
    status = connection.getresponse().status
    connection.close()
    return status


async def test_a_killed_web_process_costs_no_tap_and_no_open_page_and_counts_none_twice(
    installation: Installation,
) -> None:
    compose, town, (first, second) = installation.compose, installation.town, installation.webs
    async with chromium() as browser, opened(browser, installation) as phone:
        job = await posted(installation)
        await expect(phone.button("claim", job)).to_be_visible(timeout=BACK_WITHIN_MS)
        async with everybody(installation) as crowd:
            await answers(crowd, SOME)
            first.kill()
            await answers(crowd, SOME)  # by the other one
            second.process.send_signal(signal.SIGSTOP)  # it is asked, and will never answer
            await phone.button("claim", job).click()
            again = compose.starts("web", 1)
            await asyncio.to_thread(compose.up, again)
            async with phone.page.expect_response(a_stream, timeout=BACK_WITHIN_MS):
                second.kill()
            await expect(phone.page.locator(f"#job-{job}.mine")).to_be_visible(timeout=BACK_WITHIN_MS)
            await expect(phone.page.locator("#kept .waiting")).to_have_count(0)
            await crowd.drain()
    records, totals = await installation.base.records(), Totals()
    verdict.answered(crowd.journal, records, totals)
    assert (totals.unaccounted, totals.offences) == (0, [])
    assert {job: len(ledger) for job, ledger in records.ledgers.items()} == records.versions
    claims = [entry.actor for entry in records.ledgers[job] if entry.kind == "claimed"]
    assert claims == [town.people[MINE]]


@asynccontextmanager
async def everybody(installation: Installation) -> AsyncIterator[Crowd]:
    """The committee's people, all but one, posting and tapping by way of Caddy."""
    others = [key for key in VOLUNTEERS if key != MINE]
    chance = random.Random(7)  # noqa: S311 - no secret
    crowd = Crowd(installation.town, lambda: installation.compose.site, chance, others)
    try:
        await crowd.sign_in()
        posting = asyncio.create_task(crowd.post(POSTS))
        asyncio.get_running_loop().call_later(POSTED_S, posting.cancel)
        yield crowd
    finally:
        await crowd.close()


@asynccontextmanager
async def opened(browser: Browser, installation: Installation) -> AsyncIterator[Phone]:
    """A page that is open, and told the news."""
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    phone = Phone(context, await context.new_page(), installation.compose.site)
    await phone.open(f"/join/{installation.town.links[MINE]}")
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    yield phone
    await context.close()


def a_stream(answer: Response) -> bool:
    """The page is told the news again."""
    return answer.ok and answer.url.endswith("/events")


async def answers(crowd: Crowd, more: int) -> None:
    """Wait until so many more taps were answered."""
    wanted = len(crowd.journal.taps) + more
    async with asyncio.timeout(UP_WITHIN_S):
        while len(crowd.journal.taps) < wanted:  # noqa: ASYNC110 - nobody says so by itself
            await asyncio.sleep(0.02)


async def posted(installation: Installation) -> int:
    """A job that another system posts by way of Caddy; its number."""
    token = installation.town.tokens["hotline-1"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "by-caddy"}
    text = {"text": f"3号楼502 {WORD}"}
    async with (
        ClientSession(headers=headers) as http,
        http.post(f"{installation.compose.site}/api/jobs", json=text) as answer,
    ):
        assert answer.status == 201
        return int((await answer.json())["id"])

"""The whole program behind real phones: store, queue, workers and pages, as `suidao run` starts them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.app import Program, running
from config import settings
from dispatch import register
from tests.browser.chromium import PHONE, Phone
from tests.browser.test_story import post
from tests.platforms.house import COMMITTEE
from tests.ports import free_port

# arq 0.28 closes redis-py 5 by the name it had before.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


@pytest_asyncio.fixture(loop_scope="session")
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    """`suidao run --demo` with a small committee: every delay is a tenth."""
    port = free_port()
    chosen = settings.read({"SUIDAO_DATA_DIR": str(tmp_path), "SUIDAO_WEB__PORT": str(port)})
    async with running(chosen, tmp_path, demo=True) as started:
        await started.store.load(register.parse("committee.toml", COMMITTEE), prune=False, demo=True)
        yield started


async def pick_up(program: Program, chrome: Browser, key: str) -> Phone:
    """A phone on which the person's link was opened."""
    (committee,) = await program.store.committees()
    person = await program.store.person(committee.id, key)
    person = await program.store.invite(committee.id, person.id, revoke=False)
    context = await chrome.new_context(viewport=PHONE)
    phone = Phone(context, await context.new_page(), program.base_url)
    await phone.open(program.links.link(person).removeprefix(program.base_url))
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    return phone


async def test_a_job_is_claimed_on_one_phone_and_escalated_on_another(
    program: Program, chrome: Browser
) -> None:
    staff, winner, other, secretary = [
        await pick_up(program, chrome, key) for key in ("zhao", "li", "wang", "qian")
    ]
    await post(staff.page)
    await expect(winner.page.locator("#cards #job-1")).to_be_visible()
    await expect(other.page.locator("#cards #job-1")).to_be_visible()
    await expect(secretary.page.locator("#alarm")).to_be_visible()
    await secretary.tap("acknowledge")
    await expect(secretary.page.locator("#alarm")).to_be_hidden()
    await winner.tap("claim")
    await expect(winner.page.locator("#job-1.mine")).to_contain_text("502")
    await expect(other.page.locator("#job-1")).to_contain_text("Mr Li")
    await expect(staff.page.locator("#job-1 .state")).to_contain_text("Mr Li")
    await winner.tap("finish")
    for phone in (staff, winner):
        await expect(phone.page.locator("#closed-cards #job-1")).to_be_attached()
        assert phone.complaints == []
        assert phone.elsewhere == []

"""`suidao invite` where Telegram is used: a link into the chat beside the link to the page."""

import asyncio
import io
import re
import sys
import time
from pathlib import Path

import pytest

from bot import commands, loading
from bot.codes import Codes
from bot.committee import DEMO
from bot.telegram import bots as module
from config import settings
from config.settings import Settings
from dispatch.errors import LinkRevokedError
from dispatch.joining import Account
from store import open_store
from store.clock import WallClock
from store.crypto import Vault
from tests.platforms.telegram_server import TelegramServer

NOBODY = "http://127.0.0.1:9"
"""The port of the discard protocol, on which nothing listens here."""

TELEGRAM = re.compile(r"^ {2}https://t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})$", re.MULTILINE)
PAGE = re.compile(r"^ {2}http\S+/join/\S+$", re.MULTILINE)
TOKEN = "4242:invented-for-the-tests-only-000000000"  # noqa: S105 - opens nothing


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    found = settings.read({"SUIDAO_DATA_DIR": str(folder)})
    await loading.load(found, DEMO, io.StringIO())
    return folder


def used(data: Path, url: str, token: str = TOKEN, **environ: str) -> Settings:
    return settings.read(
        {
            "SUIDAO_DATA_DIR": str(data),
            "SUIDAO_TELEGRAM__TOKEN": token,
            "SUIDAO_TELEGRAM__API_URL": url,
            **environ,
        }
    )


async def invited(found: Settings, person: str = "wang", *, revoke: bool = False) -> str:
    """What the command prints."""
    out = io.StringIO()
    commands.show_invitation(await commands.make_invitation(found, person, None, revoke=revoke), out)
    return out.getvalue()


async def entered(data: Path, code: str, account: str = "1001") -> str:
    """Key of the person whom the code in a link opens the chat for."""
    vault = Vault.open(data, None)
    store = await open_store(data, vault)
    try:
        ticket = Codes(vault.derive(b"invite")).open(code)
        person, _ = await store.tie(ticket, Account(platform="telegram", value=account), WallClock().now())
        return person.key
    finally:
        await store.close()


async def test_the_link_opens_the_bots_chat_as_that_person(data: Path) -> None:
    async with TelegramServer() as server:
        said = await invited(used(data, server.url, server.bot(username="wutong_bot").token))
    assert PAGE.search(said)
    found = TELEGRAM.search(said)
    assert found is not None
    assert found[1] == "wutong_bot"
    assert await entered(data, found[2]) == "wang"


async def test_a_committee_with_a_bot_of_its_own_is_entered_by_that_one(data: Path) -> None:
    async with TelegramServer() as server:
        general, own = server.bot(username="all_bot"), server.bot(username="wutong_bot")
        own_token = {"SUIDAO_TELEGRAM__BOTS__WUTONGLI__TOKEN": own.token}
        both = await invited(used(data, server.url, general.token, **own_token))
        other = {"SUIDAO_TELEGRAM__BOTS__ELSEWHERE__TOKEN": own.token}
        elsewhere = await invited(used(data, server.url, general.token, **other))
    assert [name for name, _ in TELEGRAM.findall(both)] == ["wutong_bot"]
    assert [name for name, _ in TELEGRAM.findall(elsewhere)] == ["all_bot"]


async def test_a_committee_without_a_bot_has_the_page_alone_and_no_complaint(data: Path) -> None:
    found = settings.read(
        {
            "SUIDAO_DATA_DIR": str(data),
            "SUIDAO_TELEGRAM__BOTS__ELSEWHERE__TOKEN": TOKEN,
            "SUIDAO_TELEGRAM__API_URL": NOBODY,
        }
    )
    said = await invited(found)
    assert PAGE.search(said)
    assert "Telegram" not in said


async def test_revoking_makes_the_links_into_the_chat_useless_too(data: Path) -> None:
    async with TelegramServer() as server:
        found = used(data, server.url, server.bot().token)
        first = TELEGRAM.search(await invited(found))
        second = TELEGRAM.search(await invited(found, revoke=True))
    assert first is not None
    assert second is not None
    with pytest.raises(LinkRevokedError):
        await entered(data, first[2])
    assert await entered(data, second[2]) == "wang"


async def test_where_telegram_cannot_be_reached_the_link_to_the_page_is_printed_all_the_same(
    data: Path,
) -> None:
    said = await invited(used(data, NOBODY))
    assert PAGE.search(said)
    assert not TELEGRAM.search(said)
    assert said.count("No link into Telegram") == 1


async def test_a_telegram_that_never_answers_is_waited_for_a_few_seconds_only(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASK_S", 0.2)
    leave = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await leave.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        began = time.monotonic()
        said = await invited(used(data, f"http://127.0.0.1:{port}"))
        assert time.monotonic() - began < 5.0  # a window: it must not be aiohttp's five minutes
        leave.set()
    assert PAGE.search(said)
    assert "did not answer within 0.2 seconds" in said


@pytest.mark.parametrize("token", ["not a token", "123456:unknown"])
async def test_a_wrong_token_is_said_in_a_line_that_does_not_hold_it(data: Path, token: str) -> None:
    async with TelegramServer() as server:
        said = await invited(used(data, server.url, token))
    assert PAGE.search(said)
    (line,) = [each for each in said.splitlines() if "Telegram" in each and "SUIDAO" in each]
    assert line.startswith("  No link into Telegram: ")
    assert "SUIDAO_TELEGRAM__TOKEN" in line
    assert token not in said


async def test_without_a_token_nothing_of_telegram_is_loaded(data: Path) -> None:
    code = (
        "import asyncio, io, os, sys; from bot import commands; from config import settings;"
        "found = settings.read(os.environ);"
        "made = asyncio.run(commands.make_invitation(found, 'wang', None, revoke=False));"
        "print(made.url, made.chats, 'aiogram' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        env={"SUIDAO_DATA_DIR": str(data), "PATH": ""},
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert said.decode().strip().endswith("() False")

"""The chats that are not switched on: the program runs without them, and nothing of them is loaded."""

import asyncio
import sys
from pathlib import Path

from tests.platforms.matrix_server import Synapse
from tests.platforms.telegram_server import TelegramServer
from tests.ports import free_port

RUN = """
import asyncio, os, pathlib, sys
from bot import app, cli
from config import settings

async def run():
    async with app.running(settings.read(os.environ), pathlib.Path(os.environ["SUIDAO_DATA_DIR"])):
        loaded = {"aiogram", "aiohttp", "mautrix", "olm", "bot.matrix", "bot.telegram"} & sys.modules.keys()
        print(*sorted(loaded))

asyncio.run(run())
"""


async def loaded(folder: Path, **chats: str) -> list[str]:
    """What of all chats is loaded in a program that runs with these switched on."""
    environ = {
        "SUIDAO_DATA_DIR": str(folder),
        "SUIDAO_WEB__PORT": str(free_port()),
        "SUIDAO_WEB__HOST": "127.0.0.1",
        "PATH": "",
        **chats,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        env=environ,
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()


async def test_without_chats_the_program_runs_and_loads_no_library_of_theirs(tmp_path: Path) -> None:
    assert await loaded(tmp_path) == ["aiohttp"]


async def test_with_telegram_alone_nothing_of_matrix_is_loaded(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        found = await loaded(
            tmp_path, SUIDAO_TELEGRAM__TOKEN=server.bot().token, SUIDAO_TELEGRAM__API_URL=server.url
        )
    assert found == ["aiogram", "aiohttp", "bot.telegram"]


async def test_with_matrix_alone_nothing_of_telegram_is_loaded(tmp_path: Path, synapse: Synapse) -> None:
    bot = await synapse.register("suidao")
    found = await loaded(
        tmp_path,
        SUIDAO_MATRIX__HOMESERVER=synapse.url,
        SUIDAO_MATRIX__USER_ID=bot.user_id,
        SUIDAO_MATRIX__PASSWORD=bot.password,
    )
    assert found == ["aiohttp", "bot.matrix", "mautrix", "olm"]

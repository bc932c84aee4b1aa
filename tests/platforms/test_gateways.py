"""The chats that are not switched on: the program runs without them, and nothing of them is loaded."""

import asyncio
import sys
from pathlib import Path

from tests.ports import free_port

RUN = """
import asyncio, os, pathlib, sys
from bot import app
from config import settings

async def run():
    async with app.running(settings.read(os.environ), pathlib.Path(os.environ["SUIDAO_DATA_DIR"])):
        loaded = {"aiogram", "aiohttp", "mautrix", "olm"} & sys.modules.keys()
        print(*sorted(loaded))

asyncio.run(run())
"""


async def test_without_chats_the_program_runs_and_loads_no_library_of_theirs(tmp_path: Path) -> None:
    environ = {
        "SUIDAO_DATA_DIR": str(tmp_path),
        "SUIDAO_WEB__PORT": str(free_port()),
        "SUIDAO_WEB__HOST": "127.0.0.1",
        "PATH": "",
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
    assert said.decode().split() == ["aiohttp"]

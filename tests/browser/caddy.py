"""A real Caddy before the pages, run by a recipe of docs/https.md; only names and ports are ours."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.browser.chromium import REQUIRED
from tests.ports import free_port
from tests.required import missing

RECIPES = Path(__file__).parents[2] / "docs" / "https.md"
NAME = "suidao.test"
"""What the tests' browser finds on this machine."""
STARTED_WITHIN_S = 20.0
LEFT_WITHIN_S = 10.0


# An authority of its own, nothing outside loopback, and no trace in whoever runs the tests' home.
GLOBAL = """\
{{
    admin off
    local_certs
    skip_install_trust
    grace_period 1s
    default_bind 127.0.0.1
    http_port {http}
    https_port {https}
}}
"""


def executable() -> str:
    """Where Caddy is; skips the test where there is none, or fails it where CI asks for all of them."""
    found = shutil.which("caddy")
    if found is None:
        missing("no Caddy found in PATH, to try the recipes for https with", REQUIRED)
    return found


def recipe(number: int) -> str:
    """The Caddyfile that the documentation shows as its first (0), second, ... one."""
    found = re.findall(
        r"^```caddyfile\n(.*?)^```", RECIPES.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return str(found[number])


def fitted(written: str, behind: int) -> str:
    """The recipe with the tests' name for the site, and the port at which the pages are."""
    named = re.sub(r"^(?:suidao\.)?example\.org", NAME, written, flags=re.MULTILINE)
    assert named != written, "the recipe names no site"
    placed = named.replace("127.0.0.1:8080", f"127.0.0.1:{behind}")
    assert placed != named, "the recipe leads to no port"
    return placed


@asynccontextmanager
async def caddy(folder: Path, written: str, behind: int, https: int) -> AsyncIterator[None]:
    """Caddy runs the recipe: `https` is the port that it serves, `behind` the one of the pages."""
    program = executable()
    config = folder / "Caddyfile"
    config.write_text(
        GLOBAL.format(http=free_port(), https=https) + fitted(written, behind), encoding="utf-8"
    )
    environ = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with (folder / "caddy.log").open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            program,
            "run",
            "--config",
            str(config),
            "--adapter",
            "caddyfile",
            env=environ,
            stdout=log,
            stderr=log,
        )
    try:
        await _answers(https, running, folder / "caddy.log")
        yield
    finally:
        if running.returncode is None:
            running.terminate()
        try:
            await asyncio.wait_for(running.wait(), LEFT_WITHIN_S)
        except TimeoutError:
            running.kill()
            await running.wait()
            raise


async def _answers(port: int, running: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(STARTED_WITHIN_S):
        while True:
            assert running.returncode is None, f"Caddy left at once: {log}"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return

"""docs/matrix.md as a way: what stands in its blocks is typed, from an empty server to the first claim.

Only the first two lines are not: what they install is there, and a test fetches nothing. What is a
newcomer's own is put in its place: ports, the administrator's token, where the password is kept, the room.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import ClientError

from store import leash
from tests.chaos.runs import ROOT
from tests.platforms.matrix_server.accounts import Member
from tests.platforms.matrix_server.fixtures import require_server
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.server import ENVIRONMENT, POLL_S, START_WITHIN_S, STOP_WITHIN_S
from tests.platforms.matrix_server.wire import Wire, path
from tests.ports import free_port

PAGE = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8").partition("## Reactions")[0]
WAY = re.findall(r"^```(sh|yaml|toml)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
"""Its blocks in their order, and their kinds."""

INSTALLS = "python3 -m venv synapse && . synapse/bin/activate\npip install matrix-synapse\n"
PASSWORD = "nobody would guess it"  # noqa: S105 - a server that lives for half a minute
SECRET_FILE = "/etc/suidao/matrix-password"  # noqa: S105 - where the page keeps it

PRINTED = "printed.log"

COMMITTEE = """
[committee]
key = "wutong"
name = "梧桐里居民区"
timezone = "Asia/Shanghai"
coordinates = "wgs84"
emergency = {{ ambulance = "120", police = "110" }}

[[buildings]]
key = "3"
name = "3号楼"

[[people]]
key = "wang"
name = "王阿姨"
roles = ["volunteer"]
trusted = true
building = "3"
{wang}

[[people]]
key = "lin"
name = "林社工"
roles = ["staff"]
{lin}
"""


class Newcomer:
    """Somebody at a terminal, in an empty folder."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        places = (ENVIRONMENT / "bin", Path(sys.executable).parent)
        commands = os.pathsep.join([*map(str, places), os.environ["PATH"]])
        self._environ = {"PATH": commands, "HOME": str(folder), **settings}

    async def types(self, script: str, answers: str = "") -> str:
        """What a command prints that goes well; `answers` are typed when it asks."""
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-euc", script),
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        printed, _ = await shell.communicate(answers.encode())
        assert shell.returncode == 0, printed.decode()
        return printed.decode()

    @asynccontextmanager
    async def runs(self, script: str) -> AsyncIterator[None]:
        """A script whose last command goes on and on, and is ended as Ctrl-C ends it."""
        *before, last = script.strip().splitlines()
        program = self._begins("\n".join([*before, f"exec {last}"]))
        try:
            yield
            assert program.poll() is None, (self.folder / PRINTED).read_text()
        finally:
            program.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(program.wait, STOP_WITHIN_S)
            program.kill()
            program.wait()

    def _begins(self, script: str) -> "subprocess.Popen[bytes]":
        # By the thread that stays, for the kernel ends the program with the thread that started it.
        bash = shutil.which("bash")
        assert bash is not None
        with (self.folder / PRINTED).open("ab") as printed:
            return subprocess.Popen(  # noqa: S603 - what the page says
                [sys.executable, leash.__file__, str(os.getpid()), bash, "-euc", script],
                cwd=self.folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )


def replaced(text: str, **by: str) -> str:
    """The text with everything put in the place of what it must hold. Keys are the page's own words."""
    for mine, new in by.items():
        assert mine in text, f"{mine} is not there any more"
        text = text.replace(mine, new)
    return text


def configure(file: Path, port: int, addition: str) -> None:
    """Do in the settings what the page says: talk to nobody else, and nothing but that."""
    made = file.read_text()
    made = re.sub(r"^trusted_key_servers:\n(  .*\n)+", "", made, flags=re.MULTILINE)
    made = replaced(made, **{"port: 8008": f"port: {port}", "      - federation\n": ""})
    file.write_text(made + addition)


async def answers(url: str) -> None:
    """Wait until the server is up."""
    async with asyncio.timeout(START_WITHIN_S), Wire(url) as wire:
        while True:
            with suppress(ClientError):
                await wire.call("GET", path("versions", under="/_matrix/client"))
                return
            await asyncio.sleep(POLL_S)


async def sign_in(url: str, name: str) -> Member:
    """Sign in with the password, as a client does."""
    identifier = {"type": "m.id.user", "user": name}
    asked = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD}
    async with Wire(url) as wire:
        told = await wire.call("POST", path("login"), asked)
    return Member(
        user_id=told["user_id"],
        access_token=told["access_token"],
        device_id=told["device_id"],
        name=name,
        password=PASSWORD,
    )


@pytest.mark.timeout(300)  # eight programs one after the other; alone they take a quarter of a minute
async def test_the_page_leads_from_an_empty_server_to_the_first_claim(tmp_path: Path) -> None:
    require_server()
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    server, accounts, limits, start = (text for kind, text in WAY if kind == "sh")
    (addition,) = (text for kind, text in WAY if kind == "yaml")
    (room_block,) = (text for kind, text in WAY if kind == "toml")
    (served,) = re.findall(r"Start it with `(.+?)`", PAGE)
    (address,) = re.findall(r"`(addresses = .+?)`", PAGE)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "data").mkdir()
    settings = {"SUIDAO_DATA_DIR": str(tmp_path / "data"), "SUIDAO_WEB__PORT": str(free_port())}
    me = Newcomer(tmp_path, settings)
    await me.types(replaced(server, **{INSTALLS: ""}))
    configure(tmp_path / "homeserver.yaml", port, addition)
    async with me.runs(served):
        await answers(url)
        for line in (*accounts.splitlines(), replaced(accounts.splitlines()[-1], wang="lin")):
            await me.types(line, f"{PASSWORD}\n{PASSWORD}\n")
        token = (await sign_in(url, "admin")).access_token
        lifted = await me.types(
            replaced(limits, **{"http://127.0.0.1:8008": url, "TOKEN=…": f"TOKEN={token}"})
        )
        assert '"messages_per_second":0,"burst_count":0' in lifted.replace(" ", "")
        file = tmp_path / "committee.toml"
        file.write_text(COMMITTEE.format(wang=address, lin=replaced(address, wang="lin")))
        await me.types("suidao load committee.toml")
        own = {"http://127.0.0.1:8008": url, SECRET_FILE: str(tmp_path / "password")}
        async with (
            me.runs(replaced(start, **own)),
            Phone(url, await sign_in(url, "lin")) as lin,
            Phone(url, await sign_in(url, "wang")) as wang,
        ):
            await comes_to_the_first_claim(me, file, room_block, lin, wang)


async def comes_to_the_first_claim(
    me: Newcomer, file: Path, room_block: str, lin: Phone, wang: Phone
) -> None:
    """From section 6 on: the room, a job, a tap."""
    bot = "@suidao:example.org"
    room_id = await lin.create_room(name="志愿者群", invite=[wang.user_id, bot])
    await lin.wait_for_message(lambda each: room_id in each.body, "the bot says what the room is called")
    with file.open("a") as more:
        more.write(replaced(room_block, **{"!abcdefgh:example.org": room_id}))
    await me.types("suidao load committee.toml")
    chat = await lin.create_room(invite=[bot], direct=True)
    await lin.wait_for(lambda: bot in lin.rooms[chat].members, "the bot has come")
    (words,) = re.findall(r"post a job: write `(.+?)`", PAGE)
    await lin.say(chat, words)
    room, card = await wang.wait_for_message(lambda each: bot in each.reactions.get("✅", ()), "the card")
    await wang.react(room.room_id, card.event_id, "✅")
    await wang.wait_for_message(
        lambda each: bot in each.reactions.get("🏁", ()) and "502" in each.body, "the door"
    )

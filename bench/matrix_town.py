"""Builds the town of `matrix_crowd`: a homeserver, accounts, rooms, both bots in processes of their own.

The homeserver is the tests' own, Synapse on SQLite on the disk, without rate limits, as its administrator
lifts them for a bot (docs/matrix.md).
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from bench import crowd, group_wave, processes
from bench.matrix_crowd import Town, join, load, table
from bench.matrix_watcher import watching
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.server import PYTHON
from tests.platforms.matrix_server.thumb import Thumb
from tests.platforms.matrix_server.wire import path

T = TypeVar("T")

LOOK_S = 0.1
"""Seconds between two looks at who is in a room."""

COMES_WITHIN_S = 60.0
"""Seconds for a bot to start, sign in, make its keys and come in; alone it takes three."""

AT_ONCE = 16
"""Requests at a time while everybody comes to town: enough to keep the server busy."""


class NoServerError(Exception):
    """There is no homeserver on this machine."""

    def __init__(self) -> None:
        super().__init__("there is no Matrix homeserver here: `make bench-matrix` installs it")


@dataclass(slots=True)
class Programs:
    """Both bots at work."""

    ours: psutil.Popen
    handled: dict[str, None] = field(default_factory=dict)
    """The reactions that the bare bot says it has handled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accounts:
    """Who is there before there is a room."""

    bot: Member
    bare_bot: Member
    watcher: Thumb
    staff: Thumb
    volunteers: Sequence[Thumb]


@asynccontextmanager
async def town(folder: Path, volunteers: int = crowd.VOLUNTEERS) -> AsyncIterator[tuple[Town, Programs]]:
    """Everybody is there, and both bots are in their rooms. Raises `NoServerError`."""
    if not PYTHON.exists():
        raise NoServerError
    async with AsyncExitStack() as stack:
        server = _server(folder, stack)
        accounts = await _accounts(server, volunteers, stack)
        rooms = [await _room(accounts, bot) for bot in (accounts.bot, accounts.bare_bot)]
        data = folder / "data"
        data.mkdir(mode=0o700)
        await load(data, table(volunteers, (), accounts.staff.user_id, rooms[0]))
        programs = _start(server, accounts, rooms[1], data, stack)
        body = {"preset": "trusted_private_chat", "invite": [accounts.bot.user_id], "is_direct": True}
        made = await accounts.staff.wire.call("POST", path("createRoom"), body)
        watcher = await stack.enter_async_context(watching(accounts.watcher))
        found = Town(
            server=server,
            watcher=watcher,
            staff=accounts.staff,
            volunteers=accounts.volunteers,
            data=data,
            room=rooms[0],
            bot=accounts.bot.user_id,
            chat=str(made["room_id"]),
            bare_room=rooms[1],
            bare_bot=accounts.bare_bot.user_id,
        )
        for room, bot in ((found.room, found.bot), (found.chat, found.bot), (rooms[1], found.bare_bot)):
            await _comes(accounts.staff, room, bot)
        await found.rest()
        yield found, programs


def _server(folder: Path, stack: AsyncExitStack) -> Synapse:
    (folder / "synapse").mkdir()
    server = Synapse(folder / "synapse")
    stack.callback(server.close)
    server.launch()
    return server


async def _accounts(server: Synapse, volunteers: int, stack: AsyncExitStack) -> _Accounts:
    async def thumb(name: str, shown: str) -> Thumb:
        found = Thumb(server.url, await server.register(name, display_name=shown))
        stack.push_async_callback(found.wire.close)
        return found

    people = await _some_at_once(thumb("v", f"志愿者{n + 1}") for n in range(volunteers))
    return _Accounts(
        bot=await server.register("suidao", display_name="随到"),
        bare_bot=await server.register("bare"),
        watcher=await thumb("watcher", "邻居"),
        staff=await thumb("lin", crowd.DESK[0][1]),
        volunteers=people,
    )


async def _room(accounts: _Accounts, bot: Member) -> str:
    """A room of all volunteers, into which a bot is asked."""
    body = {"preset": "public_chat", "name": "志愿者群", "invite": [bot.user_id]}
    made = await accounts.staff.wire.call("POST", path("createRoom"), body)
    room = str(made["room_id"])
    await _some_at_once(join(each, room) for each in (accounts.watcher, *accounts.volunteers))
    return room


async def _comes(member: Thumb, room: str, bot: str) -> None:
    """Wait until a bot has come into a room."""
    where = path("rooms", room, "joined_members")
    async with asyncio.timeout(COMES_WITHIN_S):
        while bot not in (await member.wire.call("GET", where))["joined"]:  # noqa: ASYNC110 - it cannot tell us
            await asyncio.sleep(LOOK_S)


def _start(
    server: Synapse, accounts: _Accounts, bare_room: str, data: Path, stack: AsyncExitStack
) -> Programs:
    playbooks = data.with_name("playbooks")
    group_wave.write(playbooks, calm=True)
    extra = {
        "SUIDAO_PLAYBOOKS_DIR": str(playbooks),
        "SUIDAO_MATRIX__HOMESERVER": server.url,
        "SUIDAO_MATRIX__USER_ID": accounts.bot.user_id,
        "SUIDAO_MATRIX__PASSWORD": accounts.bot.password,
    }
    ours = stack.enter_context(processes.suidao(data, processes.free_port(), extra))
    where = [server.url, accounts.bare_bot.user_id, accounts.bare_bot.access_token, bare_room]
    log = data.with_name("bare.log")
    bare = stack.enter_context(processes.module("bench.matrix_bare", where, log, talks=True))
    programs = Programs(ours)
    threading.Thread(target=_listen, args=(bare, programs.handled), daemon=True).start()
    return programs


def _listen(bare: psutil.Popen, handled: dict[str, None]) -> None:
    """Note what the bare bot says, until it leaves."""
    assert bare.stdout is not None
    for line in bare.stdout:
        handled[line.decode().strip()] = None


async def _some_at_once(works: Iterable[Awaitable[T]]) -> list[T]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(work: Awaitable[T]) -> T:
        async with places:
            return await work

    return await asyncio.gather(*(one(work) for work in works))

"""matrix-js-sdk under Node, the library under Element: an account that reads and writes encrypted rooms.

Its cryptography has nothing in common with ours: what it can read, others can.
"""

import asyncio
import json
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.platforms.matrix_clients.installed import HERE, NODE, require_clients
from tests.platforms.matrix_server import Member
from tests.platforms.matrix_server.phone import WITHIN_S

T = TypeVar("T")

LEAVE_WITHIN_S = 5.0
"""Seconds that it may take to end when its input ends."""


class SdkError(Exception):
    """The client could not do it; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as a client of today shows it."""

    event_id: str
    sender: str
    kind: str
    body: str
    html: str
    thread: str | None
    edited: bool
    redacted: bool
    encrypted: bool
    unreadable: str
    """Why it could not be decrypted; empty where it was."""
    shield: int
    """The warning beside it: 0 none, 1 grey, 2 red."""
    shield_reason: int | None
    highlight: bool
    """By its owner's own rules for notices, it calls them by name."""
    reactions: Mapping[str, list[str]]


class SdkPhone:
    """One account with keys. It joins the rooms it is invited to, and signs its own device.

    `strict`, as Element of today: what comes from a device that its owner has not signed is not shown, and
    such a device gets no keys.
    """

    def __init__(self, url: str, member: Member, *, log: Path, strict: bool = True) -> None:
        self.member = member
        self.user_id = member.user_id
        self.rooms: tuple[Mapping[str, Any], ...] = ()
        """As it last knew them: room_id, name, membership, encrypted, members, invited."""
        self.messages: Mapping[str, tuple[Shown, ...]] = {}
        """What stands in its joined rooms, oldest first."""
        self._start = {
            "url": url,
            "user": member.user_id,
            "token": member.access_token,
            "device": member.device_id,
            "password": member.password,
            "strict": strict,
        }
        self._log = log
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        require_clients()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(NODE), str(HERE / "jssdk" / "client.js"), stdin=PIPE, stdout=PIPE, stderr=log
            )
        self._reading = asyncio.create_task(self._read())
        try:
            await self.do("start", **self._start)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End it: it leaves when its input ends."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), LEAVE_WITHIN_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def do(self, verb: str, **details: object) -> Any:
        """Let the client do something and wait for its answer. Raises `SdkError`."""
        assert self._process is not None
        assert self._process.stdin is not None
        turn = len(self._asked)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[turn] = answer
        self._process.stdin.write(json.dumps({"id": turn, "do": verb, **details}).encode() + b"\n")
        await self._process.stdin.drain()
        return await asyncio.wait_for(answer, WITHIN_S)

    async def look(self) -> None:
        """Take in all rooms and messages as they stand now."""
        self.rooms = tuple(await self.do("rooms"))
        joined = [str(room["room_id"]) for room in self.rooms if room["membership"] == "join"]
        self.messages = {
            room: tuple(Shown(**each) for each in await self.do("messages", room=room)) for room in joined
        }

    async def wait_for(self, look: Callable[[], T | None], what: str = "", within_s: float = WITHIN_S) -> T:
        """Look, again whenever something changed, until `look` finds something true, and return it."""
        end = time.monotonic() + within_s
        while True:
            self._news.clear()
            await self.look()
            try:
                if found := look():
                    return found
            except (KeyError, IndexError, StopIteration, ValueError):
                pass
            left = end - time.monotonic()
            assert left > 0, (
                f"{self.member.name} did not see within {within_s} s: {what or look}\n{self.messages}"
            )
            # News tells of itself; a second is the most that a missed word of it costs.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, 1.0))

    async def wait_for_message(
        self, holds: Callable[[Shown], object], what: str = "", within_s: float = WITHIN_S
    ) -> tuple[str, Shown]:
        """Wait until some standing message holds; its room, and the newest such."""
        return await self.wait_for(lambda: self._newest(holds), what, within_s)

    async def create(
        self, *, invite: Iterable[str] = (), encrypted: bool = True, direct: bool = True, name: str = ""
    ) -> str:
        """A new room; returns its id."""
        return str(
            await self.do("create", invite=list(invite), encrypted=encrypted, direct=direct, name=name)
        )

    async def say(self, room_id: str, text: str) -> str:
        """Write a message; encrypted where the room is."""
        return str(await self.do("say", room=room_id, text=text))

    async def reply(self, room_id: str, event_id: str, text: str) -> str:
        """Answer a message."""
        return str(await self.do("reply", room=room_id, event=event_id, text=text))

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        """Tap a reaction; in plain text, in encrypted rooms too, as Matrix has it."""
        return str(await self.do("react", room=room_id, event=event_id, key=key))

    async def redact(self, room_id: str, event_id: str) -> str:
        """Take back a message or a reaction."""
        return str(await self.do("redact", room=room_id, event=event_id))

    def _newest(self, holds: Callable[[Shown], object]) -> tuple[str, Shown] | None:
        for room, messages in self.messages.items():
            for message in reversed(messages):
                if not message.redacted and holds(message):
                    return room, message
        return None

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "news" in said:
                self._news.set()
            elif "error" in said:
                self._asked[said["id"]].set_exception(SdkError(said["error"]))
            else:
                self._asked[said["id"]].set_result(said["answer"])
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(SdkError("it ended"))

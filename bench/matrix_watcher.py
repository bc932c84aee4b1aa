"""A member of a room whose client shows what happens in it, and notes when.

It follows by sync as every client does. Only messages and their edits are of interest; what they mean is for
whoever watches.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import ClientError

from tests.platforms.matrix_server.thumb import Thumb
from tests.platforms.matrix_server.wire import Json, path

WAIT_MS = 20_000
"""Milliseconds that one sync may wait for news; it comes back with the first."""

PATIENCE_S = 90.0
"""Seconds until something that should be seen counts as lost: ten times the longest burst."""

_SILENT = {"not_types": ["*"]}
_FILTER = json.dumps(
    {
        "room": {
            "timeline": {"limit": 100, "types": ["m.room.message"]},
            "state": _SILENT,
            "ephemeral": _SILENT,
            "account_data": _SILENT,
        },
        "presence": _SILENT,
        "account_data": _SILENT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A message or an edit, and when it was seen: by `time.perf_counter`, in seconds."""

    at: float
    event_id: str
    room_id: str
    sender: str
    content: Json

    @property
    def edits(self) -> str:
        """The message that this is an edit of."""
        return self._related("m.replace")

    @property
    def thread(self) -> str:
        """The message below which it stands."""
        return self._related("m.thread")

    @property
    def body(self) -> str:
        """Its words; of an edit the new ones."""
        return str(self.content.get("m.new_content", self.content).get("body", ""))

    def _related(self, kind: str) -> str:
        relation = self.content.get("m.relates_to", {})
        return str(relation.get("event_id", "")) if relation.get("rel_type") == kind else ""


class Watcher:
    """Follows all rooms of one account. Make it with `watching`."""

    def __init__(self, thumb: Thumb) -> None:
        self.thumb = thumb
        self.sights: list[Sight] = []
        """Everything that was seen, in its order."""
        self._since: str | None = None
        self._news = asyncio.Event()

    async def sees(self, holds: Callable[[Sight], bool], what: str, *, after: int = 0) -> Sight:
        """Wait for the first such sight from number `after` on. Raises `TimeoutError`, which says `what`."""
        seen = after
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    for sight in self.sights[seen:]:
                        if holds(sight):
                            return sight
                    seen = len(self.sights)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            message = f"not seen within {PATIENCE_S:.0f} s: {what}"
            raise TimeoutError(message) from None

    async def follow(self) -> None:
        """Sync until cancelled."""
        while True:
            with suppress(ClientError):
                await self.sync(WAIT_MS)

    async def sync(self, wait_ms: int = 0) -> None:
        """Take in what is new."""
        query = {"filter": _FILTER, "timeout": str(wait_ms)}
        if self._since is not None:
            query["since"] = self._since
        news = await self.thumb.wire.call("GET", path("sync"), query=query)
        now, self._since = time.perf_counter(), news["next_batch"]
        for room_id, part in news.get("rooms", {}).get("join", {}).items():
            self.sights += [
                Sight(
                    at=now,
                    event_id=event["event_id"],
                    room_id=room_id,
                    sender=event["sender"],
                    content=event["content"],
                )
                for event in part["timeline"]["events"]
            ]
        self._news.set()


@asynccontextmanager
async def watching(thumb: Thumb) -> AsyncIterator[Watcher]:
    """Somebody with their client open, inside the block."""
    watcher = Watcher(thumb)
    await watcher.sync()
    task = asyncio.create_task(watcher.follow())
    try:
        yield watcher
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

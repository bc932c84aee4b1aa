"""Somebody who reads encrypted rooms: a client with keys of its own, no gateway and no bot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mautrix.types import RoomID, SyncToken

from bot.matrix import events
from bot.matrix.account import Account
from bot.matrix.events import Event
from bot.matrix.keyring import Closed, Keyring
from config.sections import Matrix
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.phone import WITHIN_S

SECRET = b"a secret of the reader, 32 bytes"


class Reader:
    """Joins what it is asked into, and opens what it can."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.opened: dict[str, Event] = {}
        """Messages in the order in which they came, opened."""
        self.closed: dict[str, Closed] = {}
        self.redacted: set[str] = set()
        self._keyring = Keyring(account.client)
        self._since = ""

    async def waits_for(self, look: Callable[[], object]) -> None:
        """Sync until it is there."""
        async with asyncio.timeout(WITHIN_S):
            while not look():
                await self.syncs()

    async def syncs(self) -> None:
        """Take in what is new; the first time all that there is."""
        news: dict[str, Any] = await self.account.client.sync(
            since=SyncToken(self._since) if self._since else None, timeout=1000
        )
        await self._keyring.absorb(news)
        rooms = news.get("rooms", {})
        for room in rooms.get("invite", {}):
            await self.account.client.join_room_by_id(RoomID(room))
        for room, part in rooms.get("join", {}).items():
            for raw in part.get("timeline", {}).get("events", []):
                await self._take(room, raw)
        self._since = news["next_batch"]

    @property
    def texts(self) -> list[str]:
        """What the messages say, edits as messages of their own."""
        return [event.text for event in self.opened.values() if event.event_id not in self.redacted]

    async def _take(self, room: str, raw: dict[str, Any]) -> None:
        event = events.read(room, raw)
        if event is None:
            return
        if event.kind == "m.room.redaction":
            self.redacted.add(event.redacts)
        elif event.kind == "m.room.encrypted":
            found = await self._keyring.open(raw, event)
            if isinstance(found, Event):
                self.opened[event.event_id] = found
            else:
                self.closed[event.event_id] = found


@asynccontextmanager
async def reader(synapse: Synapse, member: Member, folder: Path) -> AsyncIterator[Reader]:
    """The person signs in on one more device."""
    given = {"homeserver": synapse.url, "user_id": member.user_id, "password": member.password}
    async with Account(Matrix.model_validate(given), folder, SECRET) as account:
        yield Reader(account)

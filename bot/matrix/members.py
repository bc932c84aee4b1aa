"""Who is in a room: asked once, and again when somebody comes or goes."""

import asyncio
from collections import OrderedDict

from mautrix.api import Method, Path
from mautrix.client import Client
from mautrix.types import RoomID, UserID

from bot.matrix.events import Event, table
from bot.matrix.patience import TROUBLE

REMEMBERED = 5_000
"""Rooms; a committee has a private one for each of its 290 volunteers."""

NAME_S = 5.0
"""Seconds for the server to say what somebody calls themselves."""


class Members:
    """Knows members. What is not known is asked of the server, so it may raise what a request raises."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: OrderedDict[str, frozenset[str]] = OrderedDict()

    def seen(self, event: Event) -> None:
        """Somebody may have come or gone."""
        if event.kind == "m.room.member":
            self._known.pop(event.room_id, None)

    async def of(self, room_id: str) -> frozenset[str]:
        """Everybody who has joined, we too."""
        if room_id not in self._known:
            found = await self._client.api.request(Method.GET, Path.v3.rooms[RoomID(room_id)].joined_members)
            self._known[room_id] = frozenset(table(table(found).get("joined")))
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[room_id]

    async def closed(self, room_id: str, user_id: str) -> bool:
        """Nobody else is there, whether this person has come in yet or not."""
        return await self.of(room_id) <= {self._client.mxid, user_id}

    async def inside(self, room_id: str, user_id: str) -> bool:
        """This person has joined; not so where we are not there ourselves to ask."""
        try:
            return user_id in await self.of(room_id)
        except TROUBLE:
            return False

    async def name(self, user_id: str) -> str:
        """What somebody calls themselves; their account's name where that cannot be learnt in time."""
        try:
            async with asyncio.timeout(NAME_S):
                found = await self._client.get_displayname(UserID(user_id))
        except TROUBLE:
            found = None
        return found if isinstance(found, str) and found else user_id.removeprefix("@").partition(":")[0]

    async def private(self, room_id: str, user_id: str) -> bool:
        """Nobody but this person and us is there to read."""
        return await self.of(room_id) == {self._client.mxid, user_id}

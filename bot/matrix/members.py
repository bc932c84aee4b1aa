"""Who is in a room: asked once, and again when somebody comes or goes."""

import asyncio
from collections import OrderedDict

from mautrix.client import Client
from mautrix.types import UserID

from bot.matrix.events import Event
from bot.matrix.patience import TROUBLE
from bot.matrix.privacy import TURNING, Inside, Privacy

REMEMBERED = 5_000
"""Rooms; a committee has a private one for each of its 290 volunteers."""

NAME_S = 5.0
"""Seconds for the server to say what somebody calls themselves."""


class Members:
    """Knows members. What is not known is asked of the server, so it may raise what a request raises."""

    def __init__(self, client: Client, privacy: Privacy) -> None:
        self._client = client
        self._privacy = privacy
        self._known: OrderedDict[str, Inside] = OrderedDict()

    def seen(self, event: Event) -> None:
        """Somebody may have come or gone, or the room be open to others."""
        if event.kind in TURNING:
            self._known.pop(event.room_id, None)

    async def of(self, room_id: str) -> Inside:
        """The room as it stands."""
        if room_id not in self._known:
            self._known[room_id] = await self._privacy.look(self._client.api, room_id)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[room_id]

    async def inside(self, room_id: str, user_id: str) -> bool:
        """This person has joined; not so where we are not there ourselves to ask."""
        try:
            found = await self.of(room_id)
        except TROUBLE:
            return False
        return found.joined(user_id) and found.joined(self._client.mxid)

    async def two(self, room_id: str, user_id: str) -> bool:
        """Nobody but this person and us has come, whoever may yet. False while that cannot be learnt."""
        try:
            found = await self.of(room_id)
        except TROUBLE:
            return False
        return {each for each in found.members if found.joined(each)} == {self._client.mxid, user_id}

    async def name(self, user_id: str) -> str:
        """What somebody calls themselves; their account's name where that cannot be learnt in time."""
        try:
            async with asyncio.timeout(NAME_S):
                found = await self._client.get_displayname(UserID(user_id))
        except TROUBLE:
            found = None
        return found if isinstance(found, str) and found else user_id.removeprefix("@").partition(":")[0]

    async def theirs(self, room_id: str, user_id: str) -> bool:
        """It is for this person and us alone, whether they have come or not; not so while that cannot be
        learnt."""
        try:
            found = await self.of(room_id)
            return await self._privacy.holds(self._client.api, room_id, found, user_id)
        except TROUBLE:
            return False

    async def shared(self, room_id: str) -> bool:
        """It was meant for one person and us alone, and others are in it or may come. False while that cannot
        be learnt."""
        try:
            return await self._privacy.shared(self._client.api, room_id, await self.of(room_id))
        except TROUBLE:
            return False

    async def private(self, room_id: str, user_id: str) -> bool:
        """Nobody but this person and us is there to read, and it was meant so (`privacy`)."""
        found = await self.of(room_id)
        return found.joined(user_id) and await self._privacy.holds(self._client.api, room_id, found, user_id)

"""One answer of the server, read into what is to be done, in the order in which it happened.

A server shows a room's newest events only; what it leaves out is read back (`gaps`). What was said before we
were asked in was not said to us.
"""

import json
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

from mautrix.client import Client

from bot.matrix import events
from bot.matrix.batch import Task, Work
from bot.matrix.events import Event, Json, rows, table
from bot.matrix.gaps import PAGE, Gaps
from bot.matrix.memory import Memory
from bot.matrix.patience import passing
from bot.matrix.privacy import TURNING
from bot.matrix.sealed import Sealed
from bot.matrix.updates import Updates
from workers import faults

T = TypeVar("T")

_log = logging.getLogger(__name__)

_SILENT = {"not_types": ["*"]}
_TIMELINE = {
    "limit": PAGE,
    "types": [
        "m.room.message",
        "m.room.encrypted",
        "m.reaction",
        "m.room.redaction",
        "m.room.encryption",
        "m.room.power_levels",
        "m.room.tombstone",
        *sorted(TURNING),
    ],
}
_STATE = {"types": ["m.room.encryption", *sorted(TURNING)]}
FILTER = json.dumps(
    {
        "room": {
            "timeline": _TIMELINE,
            "state": _STATE,
            "ephemeral": _SILENT,
            "account_data": _SILENT,
        },
        "presence": _SILENT,
        "account_data": _SILENT,
    },
    separators=(",", ":"),
)
"""What a sync is asked for: nothing that nobody reads."""


class Reading:
    """One answer of the server, read into what is to be done. Nothing of it is done before all is read."""

    def __init__(
        self, client: Client, updates: Updates, sealed: Sealed, gaps: Gaps, handled: Memory, since: str | None
    ) -> None:
        self._client = client
        self._updates = updates
        self._sealed = sealed
        self._gaps = gaps
        self._handled = handled
        self._since = since
        self.seen: dict[str, None] = {}
        """The events in it."""

    async def all(self, news: Json) -> list[list[Task]]:
        """What the news ask for, by room. Raises what a request raises, and what the store raises."""
        await self._sealed.keys.absorb(news)
        rooms = table(news.get("rooms"))
        found = [await self._sealed.opened()]
        for room_id, part in _parts(rooms, "invite").items():
            found.append(await self._invited(room_id, part))
        for room_id, part in _parts(rooms, "leave").items():
            found.append(await self._left(room_id, part))
        for room_id, part in _parts(rooms, "join").items():
            found.append(await self._joined(room_id, part))
        return found

    async def _invited(self, room_id: str, part: Json) -> list[Task]:
        states = rows(table(part.get("invite_state")).get("events"))
        return await self._updates.invited(room_id, [table(raw) for raw in states])

    async def _left(self, room_id: str, part: Json) -> list[Task]:
        """Nothing is done that was said there: we are gone. Only why is of interest."""
        raws = rows(table(part.get("timeline")).get("events"))
        found = [event for raw in raws if (event := events.read(room_id, raw)) is not None]
        return [] if self._since is None else await self._updates.left(room_id, found)

    async def _joined(self, room_id: str, part: Json) -> list[Task]:
        for raw in rows(table(part.get("state")).get("events")):
            await self._safely(room_id, self._sealed.keys.state(room_id, raw))
            if (event := events.read(room_id, raw)) is not None:
                self._updates.seen(event)
        tasks: list[Task] = []
        for raw, event in await self._timeline(room_id, part):
            await self._safely(room_id, self._sealed.keys.state(room_id, raw))
            work = await self._safely(room_id, self._read(raw, event))
            if work is not None:
                tasks.append(Task(sender=event.sender, at=event.at, work=work))
        return tasks

    @staticmethod
    async def _safely(room_id: str, reading: Awaitable[T]) -> T | None:
        """One event's fault is passed over: it would come back with every sync, and nobody would be heard.

        Raises what may go well later."""
        try:
            return await reading
        except Exception as error:
            if passing(error):
                raise
            _log.error("an event in room %s is passed over", room_id)
            faults.tell(_log, error, "reading it failed (%d)", 0)
            return None

    async def _read(self, raw: Json, event: Event) -> Work | None:
        self._updates.seen(event)
        if self._since is None or event.sender == self._client.mxid:
            # A bot that begins knows nothing of what was said before; its own words are no news ever.
            return None
        if event.kind == "m.room.encrypted":
            return await self._sealed.read(raw, event)
        return await self._updates.read(event)

    async def _timeline(self, room_id: str, part: Json) -> Sequence[tuple[Json, Event]]:
        """The room's events since the last sync, in order and each once; none from before we were asked."""
        timeline = table(part.get("timeline"))
        raws, before = rows(timeline.get("events")), timeline.get("prev_batch")
        cut = timeline.get("limited") is True and self._since is not None
        if cut and isinstance(before, str) and not any(self._begins(room_id, raw) for raw in raws):
            raws = [*await self._missed(room_id, before), *raws]
        found: list[tuple[Json, Event]] = []
        for raw in raws:
            event = events.read(room_id, raw)
            if event is None:
                _log.warning("an event in room %s cannot be read; it is passed over", room_id)
                continue
            if self._begins(room_id, raw):
                found.clear()
            if event.event_id not in self._handled and event.event_id not in self.seen:
                self.seen[event.event_id] = None
                found.append((table(raw), event))
        return found

    async def _missed(self, room_id: str, before: str) -> list[object]:
        def known(raw: object) -> bool:
            return self._begins(room_id, raw) or events.word(table(raw).get("event_id")) in self._handled

        return await self._gaps.missed(room_id, before, self._since or "", _TIMELINE, known)

    def _begins(self, room_id: str, raw: object) -> bool:
        """We were asked in, or came in without that: what was said before was not said to us."""
        event = events.read(room_id, raw)
        if event is None or event.state_key != self._client.mxid:
            return False
        came = event.membership == "join" and event.before.get("membership") not in ("join", "invite")
        return event.membership == "invite" or came


def _parts(rooms: Json, kind: str) -> Mapping[str, Json]:
    return {room_id: table(part) for room_id, part in table(rooms.get(kind)).items() if events.word(room_id)}

"""What the homeserver keeps, read from its own file: every event as it was sent, redacted ones too.

A server forgets what was redacted only after days, and until then any client may have it. So what ever
reached somebody is asked here and not of a phone, which sees only what still stands when it looks.
"""

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.platforms.matrix_server.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it was sent."""

    event_id: str
    room_id: str
    sender: str
    kind: str
    content: Json = field(repr=False)


class Kept:
    """Looks into the file of a server that runs."""

    def __init__(self, folder: Path) -> None:
        self._file = f"{(folder / 'homeserver.db').as_uri()}?mode=ro"

    def events(self, rooms: Collection[str]) -> list[Event]:
        """Everything that was ever sent into these rooms, in the order in which it came."""
        found = self._rows(
            "SELECT events.event_id, events.room_id, sender, type, event_json.json"
            " FROM events JOIN event_json ON event_json.event_id = events.event_id"
            " WHERE events.room_id IN (SELECT value FROM json_each(?)) ORDER BY stream_ordering",
            json.dumps(list(rooms)),
        )
        return [_read(*row) for row in found]

    def rooms(self, user_id: str) -> frozenset[str]:
        """The rooms that somebody was ever in, or asked into."""
        found = self._rows("SELECT DISTINCT room_id FROM room_memberships WHERE user_id = ?", user_id)
        return frozenset(room for (room,) in found)

    def invitations(self) -> list[tuple[str, str]]:
        """Who was asked into which room and has not answered: account and room."""
        return [
            (user_id, room)
            for user_id, room in self._rows(
                "SELECT user_id, room_id FROM local_current_membership WHERE membership = 'invite'"
            )
        ]

    def newest(self) -> int:
        """The number of the newest event of all rooms: as long as it stays, nothing happens."""
        ((number,),) = self._rows("SELECT max(stream_ordering) FROM events")
        return int(number)

    def _rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self._file, uri=True)) as connection:
            return connection.execute(query, values).fetchall()


def _read(event_id: str, room_id: str, sender: str, kind: str, text: str) -> Event:
    content = json.loads(text)["content"]
    return Event(event_id=event_id, room_id=room_id, sender=sender, kind=kind, content=content)

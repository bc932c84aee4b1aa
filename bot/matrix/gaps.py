"""What a sync leaves out, read back: it shows a room's newest hundred events at most, and a tap that is not
shown is a tap lost (TECH_NOTES.md, Matrix: 101 of 280 were seen without this).
"""

import json
import logging
from collections.abc import Callable

from mautrix.api import HTTPAPI, Method, Path
from mautrix.errors import MatrixInvalidToken, MLimitExceeded
from mautrix.types import RoomID

from bot.matrix.events import Json, rows, table
from bot.matrix.patience import TROUBLE, lasting

_log = logging.getLogger(__name__)

PAGE = 100
"""Events a request: the most that Synapse gives."""

MOST_PAGES = 300
"""For one gap of one room, 30,000 events: more than a room of 290 volunteers taps in a week of silence. A
server that goes on for ever is not followed for ever."""


MOST_FAILURES = 7
"""Of one room in a row, each after a sync that went well: half a minute of pauses (`patience`). A server that
is broken as a whole fails at its syncs and is waited for; one broken room must not keep all others deaf."""


class Gaps:
    """Reads back what is missing. Remembers which rooms failed."""

    def __init__(self, api: HTTPAPI) -> None:
        self._api = api
        self._failed: dict[str, int] = {}

    async def missed(
        self, room_id: str, before: str, since: str, wanted: Json, known: Callable[[object], bool]
    ) -> list[object]:
        """The events between the sync of token `since` and the token `before`, oldest first; back to the
        first event that is `known` at most.

        Raises what a request raises, but for a room that cannot be read any more, or not after several
        tries: then there is what was found until then."""
        found: list[object] = []
        at = before
        for _ in range(MOST_PAGES):
            page = await self._asked(room_id, at, since, wanted)
            for raw in rows(page.get("chunk")):
                if known(raw):
                    return found[::-1]
                found.append(raw)
            end = page.get("end")
            if not isinstance(end, str) or end == at:
                break
            at = end
        else:
            _log.error("room %s: more than %d events were missed; older ones are lost", room_id, len(found))
        return found[::-1]

    async def _asked(self, room_id: str, at: str, since: str, wanted: Json) -> Json:
        """A page; an empty one of a room that is given up."""
        try:
            page = await _page(self._api, room_id, at, since, wanted)
        except (MatrixInvalidToken, MLimitExceeded):
            raise  # says nothing about the room
        except TROUBLE as error:
            if lasting(error):
                _log.warning("what was missed in room %s cannot be read: the server refuses", room_id)
            elif not self._given_up(room_id):
                raise
            return {}
        self._failed.pop(room_id, None)
        return page

    def _given_up(self, room_id: str) -> bool:
        failures = self._failed[room_id] = self._failed.get(room_id, 0) + 1
        if failures < MOST_FAILURES:
            return False
        del self._failed[room_id]
        _log.error("what was missed in room %s is lost: the server failed %d times", room_id, failures)
        return True


async def _page(api: HTTPAPI, room_id: str, at: str, since: str, wanted: Json) -> Json:
    query = {"dir": "b", "limit": str(PAGE), "from": at, "filter": json.dumps(wanted)}
    if since:
        query["to"] = since
    return table(await api.request(Method.GET, Path.v3.rooms[RoomID(room_id)].messages, query_params=query))

"""What a sync leaves out, read back: it shows a room's newest hundred events at most, and a tap that is not
shown is a tap lost (TECH_NOTES.md, Matrix: 101 of 280 were seen without this).
"""

import json
import logging
from collections.abc import Callable

from mautrix.api import HTTPAPI, Method, Path
from mautrix.errors import MForbidden, MNotFound
from mautrix.types import RoomID

from bot.matrix.events import Json, rows, table

_log = logging.getLogger(__name__)

PAGE = 100
"""Events a request: the most that Synapse gives."""

MOST_PAGES = 300
"""For one gap of one room, 30,000 events: more than a room of 290 volunteers taps in a week of silence. A
server that goes on for ever is not followed for ever."""


async def missed(
    api: HTTPAPI, room_id: str, before: str, since: str, wanted: Json, known: Callable[[object], bool]
) -> list[object]:
    """The events between the sync of token `since` and the token `before`, oldest first; back to the first
    event that is `known` at most.

    Raises what a request raises, but for a room that cannot be read any more: then there is nothing."""
    found: list[object] = []
    at = before
    for _ in range(MOST_PAGES):
        try:
            page = await _page(api, room_id, at, since, wanted)
        except (MForbidden, MNotFound):
            _log.warning("what was missed in room %s cannot be read: we are not in it any more", room_id)
            break
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


async def _page(api: HTTPAPI, room_id: str, at: str, since: str, wanted: Json) -> Json:
    query = {"dir": "b", "limit": str(PAGE), "from": at, "filter": json.dumps(wanted)}
    if since:
        query["to"] = since
    return table(await api.request(Method.GET, Path.v3.rooms[RoomID(room_id)].messages, query_params=query))

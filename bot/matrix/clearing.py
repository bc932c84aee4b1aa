"""A room that was somebody's own and is no more: what we said there goes, before others have read it.

Everything, for any of it may be private, and each message has a newer place. Nothing goes from a committee's
room, where cards are everybody's.
"""

import logging

from bot.matrix.outcomes import Outcome, Verdict
from bot.matrix.pacing import Rank
from bot.matrix.people import People
from bot.matrix.writing import Writer
from workers.beside import Beside

_log = logging.getLogger(__name__)

ROUNDS = 3
"""Times that what is left is looked for: a server may refuse some of many."""

PATIENCE_S = 60.0
"""Seconds that one message waits for its turn at a server that allows one in five seconds."""

_REFUSED = (Verdict.NO_POWER, Verdict.FORBIDDEN)
"""What is said of one message there is true of the next."""


class Clearing:
    """Takes away beside everything else."""

    def __init__(self, writer: Writer, people: People) -> None:
        self._writer = writer
        self._people = people
        self._under_way: set[str] = set()
        self.beside = Beside("what was said in a room that is nobody's own was not taken away")

    def begin(self, room: str) -> None:
        """Take away what we said there, the newest first. Repeating is safe."""
        if room not in self._under_way:
            self._under_way.add(room)
            self.beside.begin(self._clear(room))

    async def _clear(self, room: str) -> None:
        try:
            if await self._people.rooms(room):
                return
            for _ in range(ROUNDS):
                if await self._round(room):
                    return
            _log.error("room %s is nobody's own any more and could not be cleared wholly", room)
        finally:
            self._under_way.discard(room)

    async def _round(self, room: str) -> bool:
        """Go through the room once: what stands on a page goes before the next is read. False where there was
        something, and it is to be looked again."""
        found = more = False
        async for page in self._writer.own(room):
            if isinstance(page, Outcome):
                return self._left(room, page)
            more = page.more
            for event in page.events:
                found = True
                failed = await self._writer.redact(
                    room, str(event["event_id"]), Rank.CARD, patience=PATIENCE_S
                )
                if failed is not None and failed.verdict in _REFUSED:
                    return self._left(room, failed)
        if more:
            _log.error("room %s holds so much that what is oldest there was not taken away", room)
        return more or not found

    @staticmethod
    def _left(room: str, why: Outcome) -> bool:
        _log.error("room %s was not cleared wholly: %s (%s)", room, why.verdict, why.said)
        return True

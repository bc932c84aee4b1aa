"""What is said back at once, beside the cards and outside the outbox.

Nothing here is owed: the fact is stored already, and the card that follows it is the outbox's. So an answer
that is lost with the process loses nothing but politeness. Each has a name by what it answers: said again
after a crash it is the same message. Knows no job.
"""

import logging

from bot.matrix import contents
from bot.matrix.events import table
from bot.matrix.outcomes import Outcome
from bot.matrix.pacing import Rank
from bot.matrix.writing import Writer
from bot.wording import CUT
from handlers import commands
from workers.beside import Beside

_log = logging.getLogger(__name__)

LIMIT = 4_000
"""Characters of an answer: more than any of ours, and far below the 65,536 bytes of an event."""

PATIENCE_S = 60.0
"""Seconds that an answer waits for its turn at a server that allows one message in five seconds: later than a
minute after the question nobody looks for it."""


class Answers:
    """Says things beside the handling of events."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.beside = Beside("an answer was lost")
        """Whatever else is done meanwhile."""

    def say(self, room_id: str, text: str, name: str, *, thread: str = "", reply_to: str = "") -> None:
        """`write`, beside everything else."""
        self.beside.begin(self.write(room_id, text, name, thread=thread, reply_to=reply_to))

    async def write(
        self, room_id: str, text: str, name: str, *, thread: str = "", reply_to: str = ""
    ) -> str | None:
        """Say something in a room, or in the `thread` under a message of it; plain words, and nobody is
        mentioned by them. Gives the event; None where the server does not take it, which is told and lost."""
        return await self.put(room_id, contents.aside(worded(text), thread=thread, reply_to=reply_to), name)

    async def put(self, room_id: str, content: contents.Json, name: str) -> str | None:
        """The same for any content."""
        turn = self._writer.transaction("answer", room_id, name)
        made = await self._writer.put(
            room_id, contents.MESSAGE, content, turn, Rank.ANSWER, patience=PATIENCE_S
        )
        if isinstance(made, Outcome):
            _log.info("an answer in room %s was not sent (%s %s)", room_id, made.verdict, made.said)
            return None
        return made

    async def stands(self, room_id: str, event_id: str) -> tuple[str, int] | None:
        """The words of a message of ours as it is now, and how often it was changed; None where the server
        does not tell."""
        edits = await self._writer.edits(room_id, event_id)
        if isinstance(edits, Outcome):
            return None
        newest = await self._writer.read(room_id, edits[0] if edits else event_id)
        if isinstance(newest, Outcome):
            return None
        content = table(newest.content.get("m.new_content")) if edits else newest.content
        return str(content.get("body", "")), len(edits)


def worded(text: str) -> str:
    """The words as Matrix takes them: commands begin with `!` here, for clients keep `/` to themselves."""
    said = commands.shouted(text)
    return said if len(said) <= LIMIT else said[: LIMIT - 1] + CUT

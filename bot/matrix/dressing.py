"""What belongs to a card beside its words: reactions to tap below it, and no older copy of it above.

It may be late: a card without reactions can be answered in words. So it is done at once while the server
takes all it gets, and else beside everything else, when nothing more important waits. The newest wish wins.
"""

import asyncio
import logging

from bot.matrix import contents, keys
from bot.matrix.answers import worded
from bot.matrix.outcomes import Outcome, Verdict
from bot.matrix.pacing import Pace, Rank
from bot.matrix.refs import Ref
from bot.matrix.standing import Standing
from bot.matrix.writing import Writer
from handlers.messages import Card

log = logging.getLogger(__name__)

LATE_PATIENCE_S = 600.0
"""Seconds that a reaction waits for its turn at a server that allows one message in five seconds. Later than
that the card has mostly been edited again, which asks for its reactions anew."""


class Dressing:
    """Puts reactions below cards and takes old copies away."""

    def __init__(self, writer: Writer, pace: Pace) -> None:
        self._writer = writer
        self._pace = pace
        self._running: set[asyncio.Task[None]] = set()
        self._mute: set[str] = set()
        """Rooms that let us write and not react."""

    async def dress(self, standing: Standing, card: Card, *, pressing: bool) -> None:
        """See to it that the card is dressed as it is now. Repeating is safe."""
        standing.wanted = keys.offered(card)
        if self._is_dressed(standing):
            return
        rank = Rank.ANSWER if pressing else Rank.LATER
        if self._pace.calm:
            await self._dressed(standing, card.version, rank)
        elif not standing.dressing.locked():  # else whoever is at it sees the new wish
            task = asyncio.create_task(self._dressed(standing, card.version, rank))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> None:
        """Give what is under way so long, then leave it."""
        running = set(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @staticmethod
    def _is_dressed(standing: Standing) -> bool:
        return not standing.left and standing.keys is not None and set(standing.keys) == set(standing.wanted)

    async def _dressed(self, standing: Standing, version: int, rank: Rank) -> None:
        async with standing.dressing:
            while not self._is_dressed(standing):
                ref, wanted = standing.ref, standing.wanted
                failed = None if ref is None else await self._once(standing, ref, version, rank)
                if failed is not None:
                    log.info("a card is not dressed as it should be: %s (%s)", failed.verdict, failed.said)
                if ref is None or failed is not None or (ref, wanted) == (standing.ref, standing.wanted):
                    return

    async def _once(self, standing: Standing, ref: Ref, version: int, rank: Rank) -> Outcome | None:
        """Towards what is wanted now. What stands below another message meanwhile is none of ours."""
        if standing.keys is None:
            found = await self._writer.reactions(ref.room, ref.event)
            if isinstance(found, Outcome):
                return found
            standing.keys = found
        below = standing.keys
        return (
            await self._add(standing, below, ref, version, rank)
            or await self._remove(standing, below, ref, rank)
            or await self._tidy(standing, rank)
        )

    async def _add(
        self, standing: Standing, below: dict[str, str], ref: Ref, version: int, rank: Rank
    ) -> Outcome | None:
        for key in [key for key in standing.wanted if key not in below]:
            turn = self._writer.transaction("key", ref.event, key, version)
            made = await self._writer.react(ref.room, ref.event, key, turn, rank, patience=LATE_PATIENCE_S)
            if not isinstance(made, Outcome):
                below[key] = made
                self._mute.discard(ref.room)
            elif made.verdict is Verdict.SAME:
                standing.keys = None  # it is there, but which event it is has to be asked
            elif made.verdict is Verdict.NO_POWER:
                await self._say_instead(standing, ref, rank)
                return None  # what is to go from there goes all the same
            else:
                return made
        return None

    async def _say_instead(self, standing: Standing, ref: Ref, rank: Rank) -> None:
        """Words in place of reactions, once a message: else nobody knows how to take what they read of."""
        if ref.room not in self._mute:
            self._mute.add(ref.room)
            log.warning("the bot may write in room %s and not react: it needs a higher level", ref.room)
        if standing.told != ref:
            content = contents.aside(worded(standing.instead), thread=ref.event)
            turn = self._writer.transaction("instead", ref.event)
            made = await self._writer.put(
                ref.room, contents.MESSAGE, content, turn, rank, patience=LATE_PATIENCE_S
            )
            standing.told = standing.told if isinstance(made, Outcome) else ref

    async def _remove(
        self, standing: Standing, below: dict[str, str], ref: Ref, rank: Rank
    ) -> Outcome | None:
        for key in [key for key in below if key not in standing.wanted]:
            failed = await self._writer.redact(ref.room, below[key], rank, patience=LATE_PATIENCE_S)
            if failed is not None:
                return failed
            del below[key]
        return None

    async def _tidy(self, standing: Standing, rank: Rank) -> Outcome | None:
        """The older copies, but for those whose edits have to go first."""
        for old in [old for old, private in standing.left.items() if not private]:
            failed = await self._writer.redact(old.room, old.event, rank, patience=LATE_PATIENCE_S)
            if failed is not None:
                return failed
            standing.left.pop(old, None)
        return None

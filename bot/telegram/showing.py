"""Pictures in somebody's own chat: sent below their card, and taken back.

Whether they may see one was asked a moment ago, by whoever wants it shown.
"""

import logging

from bot.telegram import outcomes
from bot.telegram.outcomes import Outcome, Verdict
from bot.telegram.pacing import Pace
from bot.telegram.refs import Ref
from bot.telegram.writing import Writer
from handlers.gateways import Delivery, Sent
from handlers.messages import Shown

log = logging.getLogger(__name__)


class Showing:
    """Asks for its turn like everything else that is sent."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def show(self, writer: Writer, shown: Shown, card: Ref | None) -> Sent:
        """Send it; repeating makes a second one."""
        if wait := await self._pace.turn(writer.bot.id, writer.chat, urgent=False):
            return Sent(delivery=Delivery.RETRY, retry_after=wait)
        made = await writer.photo(shown, None if card is None else card.message)
        if isinstance(made, Ref):
            return Sent(delivery=Delivery.DELIVERED, ref=made.known)
        return await self._refused(writer, made)

    async def take_back(self, writer: Writer, ref: Ref) -> Sent:
        """Make it go away; repeating is safe."""
        if wait := await self._pace.turn(writer.bot.id, writer.chat, urgent=False):
            return Sent(delivery=Delivery.RETRY, retry_after=wait)
        outcome = await writer.take_back(ref.message)
        return Sent(delivery=Delivery.DELIVERED) if outcome is None else await self._refused(writer, outcome)

    async def _refused(self, writer: Writer, outcome: Outcome) -> Sent:
        log.warning("a picture for chat of bot %d: %s (%s)", writer.bot.id, outcome.verdict, outcome.said)
        if outcome.verdict is Verdict.FLOOD:
            await self._pace.flooded(writer.bot.id, writer.chat, outcome.after)
        return outcomes.sent(outcome)

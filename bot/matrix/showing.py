"""Pictures in somebody's private room: sent below their card, and taken back.

Whether they may see one was asked a moment ago, by whoever wants it shown. Nobody else may be in the room.
"""

import logging

from bot.matrix import contents, outcomes
from bot.matrix.contents import MESSAGE
from bot.matrix.media import Media
from bot.matrix.outcomes import TROUBLE, Outcome, judge
from bot.matrix.pacing import Rank
from bot.matrix.refs import Ref
from bot.matrix.rooms import Rooms
from bot.matrix.writing import Writer
from dispatch.people import Address
from handlers.gateways import Delivery, Sent
from handlers.messages import Shown

log = logging.getLogger(__name__)


class Showing:
    """Asks for its turn like everything else that is sent."""

    def __init__(self, writer: Writer, rooms: Rooms, media: Media) -> None:
        self._writer = writer
        self._rooms = rooms
        self._media = media

    async def show(self, address: Address, room: str, shown: Shown, card: Ref | None) -> Ref | Outcome:
        """Send it, below the card where that is in this room. Repeating it for one claim makes no second
        one."""
        presence = await self._rooms.presence(address, room)
        if isinstance(presence, Outcome):
            return presence
        try:
            file = await self._media.put(shown.data)
        except TROUBLE as error:
            return judge(error)
        below = card.event if card is not None and card.room == room else ""
        content = contents.picture(shown, file, below)
        turn = self._writer.transaction("picture", address.id, shown.job_id, shown.number, shown.claim, room)
        made = await self._writer.put(room, MESSAGE, content, turn, Rank.CARD)
        return made if isinstance(made, Outcome) else Ref(room=room, event=made)

    async def take_back(self, address: Address, ref: Ref) -> Sent:
        """Make it go away, with the key to its file. Repeating is safe."""
        failed = await self._writer.redact(ref.room, ref.event, Rank.CARD)
        return Sent(delivery=Delivery.DELIVERED) if failed is None else refused(address, failed)


def refused(address: Address, outcome: Outcome) -> Sent:
    """What the outbox records of it."""
    log.warning("a picture for address %d: %s (%s)", address.id, outcome.verdict, outcome.said)
    return outcomes.sent(outcome)

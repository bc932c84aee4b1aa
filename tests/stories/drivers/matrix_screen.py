"""One person's Matrix client: which rooms are private there, and what stands in them now.

Shows what it showed when it last synced.
"""

from collections.abc import Collection

from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message
from tests.stories.drivers.matrix_sights import Card, Reader, RoomSighting


class Screen:
    """`many` are the rooms that many people read; they may become more."""

    def __init__(self, phone: Phone, reader: Reader, many: Collection[str]) -> None:
        self.phone = phone
        self._reader = reader
        self._many = many

    @property
    def private(self) -> list[str]:
        """The rooms of this person and the bot, the oldest first."""
        return [
            name
            for name, room in self.phone.rooms.items()
            if name not in self._many and self._reader.bot in room.members | room.invited
        ]

    @property
    def rooms(self) -> list[str]:
        """Every room with the bot in it, those of many first."""
        return [*(name for name in self.phone.rooms if name in self._many), *self.private]

    def sighting(self) -> RoomSighting:
        """What others wrote and what is still there; own messages are not repeated."""
        return RoomSighting(self.phone.user_id, [each for room in self.rooms for each in self._in(room)])

    def words(self) -> list[Message]:
        """What the bot says in private beside its cards, the newest last."""
        every = (each for room in self.private for each in self._in(room))
        return [each for each in every if isinstance(each, Message) and each.sender == self._reader.bot]

    def thread(self, card: str) -> list[str]:
        """What is said below a card in a room of many."""
        many = (self.phone.room(name) for name in self.phone.rooms if name in self._many)
        return [each.body for room in many for each in room.thread(card)]

    def known(self) -> set[str]:
        """Everything that stands there, by its event."""
        return {event(each) for each in self.sighting().all}

    def reacted(self, room: str, card: str, key: str) -> bool:
        """One's own reaction stands below it."""
        if room not in self.phone.rooms or not self.phone.room(room).knows(card):
            return False
        return self.phone.user_id in self.phone.room(room).message(card).reactions.get(key, ())

    def _in(self, room: str) -> list[Card | Message]:
        return [
            self._reader.read(room, message)
            for message in self.phone.room(room).standing
            if message.sender != self.phone.user_id
        ]


def event(each: Card | Message) -> str:
    """The event that a message is."""
    return each.message.event_id if isinstance(each, Card) else each.event_id

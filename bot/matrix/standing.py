"""What this process knows of one card in one room, beyond what every chat's cards are followed by."""

import asyncio
from dataclasses import dataclass, field

from bot.following import Following, Followings
from bot.matrix.refs import Ref


@dataclass(slots=True, eq=False)
class Standing(Following[Ref]):
    """One card at one address, as its message stands in the room."""

    latest: str = ""
    """The newest edit of the message; empty where it stands as it was sent."""
    exposed: bool | None = None
    """Older edits may hold private text. None: nobody knows, since they were made in an earlier life."""
    awaited: bool | None = None
    """The reader was asked into the room and had not come when the card was sent. None: nobody knows."""
    left: dict[Ref, bool] = field(default_factory=dict)
    """Messages that the card was, and that are still to go; True: edits of theirs may be private."""
    keys: dict[str, str] | None = None
    """Our own reactions below the message, key to event; None: nobody knows."""
    wanted: tuple[str, ...] = ()
    """The reactions that are to be there."""
    refused: str = ""
    """Why the last try failed, as it was said; empty after one that went well."""
    instead: str = ""
    """What is said below it where a room lets us write and not react."""
    told: Ref | None = None
    """The message below which that was said."""
    dressing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever changes the reactions."""

    def replaced(self, ref: Ref) -> None:
        """It is a new message, with nothing in its history and nothing below it."""
        self._leave(ref)
        self.latest, self.exposed, self.keys = "", False, {}

    def found(self, ref: Ref) -> None:
        """It is a message of which only the server knows what was done with it."""
        if self.ref is None or not self.ref.is_at(ref):
            self._leave(ref)
            self.latest, self.exposed, self.keys = "", None, None
            self.version, self.digest, self.awaited = 0, b"", None

    def _leave(self, ref: Ref) -> None:
        """What it was until now is to go; the room of it may have gone before."""
        if self.ref is not None and not self.ref.is_at(ref) and self.ref.room == ref.room:
            self.left[self.ref] = self.exposed is not False
        self.left.pop(ref, None)
        self.became(ref)


def standings() -> Followings[Standing]:
    """The cards that were sent or wanted lately."""
    return Followings(Standing)

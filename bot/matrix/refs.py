"""How a card's message is called in the store: `room event`, a blank between them, which ids never hold."""

import re
from dataclasses import dataclass

from dispatch.errors import MalformedError
from handlers.messages import MessageRef

# Ids of version 12 rooms have no ":server", nor those of today's events. 255 is Matrix's own limit.
_REF = re.compile(r"(![^\s!$]{1,254}) (\$[^\s!$]{1,254})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A message of ours in a room: the event that was sent, whatever edits came later."""

    room: str
    event: str

    @property
    def place(self) -> str:
        """The room."""
        return self.room

    @property
    def known(self) -> MessageRef:
        """As the store keeps it."""
        return MessageRef(value=f"{self.room} {self.event}")

    def is_at(self, other: "Ref | None") -> bool:
        """The same message."""
        return self == other

    def completed(self, given: "Ref") -> "Ref":  # noqa: ARG002 - nothing hangs on a message here
        """Itself."""
        return self


def read(ref: MessageRef) -> Ref:
    """The message that a kept ref means. Raises `MalformedError` for what is none of ours."""
    found = _REF.fullmatch(ref.value)
    if found is None:
        raise MalformedError
    return Ref(room=found[1], event=found[2])

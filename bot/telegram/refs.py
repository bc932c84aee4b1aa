"""How a card's message is called in the store: `chat:message`, and what hangs on it.

`:v7` is the pin on the map that belongs to it, `:x5` an older copy that could not be taken away yet. Both
are messages of the same chat.
"""

import re
from dataclasses import dataclass, replace

from dispatch.errors import MalformedError
from handlers.messages import MessageRef

LEFT = 5
"""Old copies that are remembered. Each is tried again at every edit, so there is hardly ever one."""

UNSURE = 0
"""Stands for a pin that may or may not have arrived; no message has this number."""

_REF = re.compile(r"(-?\d{1,19}):(\d{1,19})((?::[vx]\d{1,19})*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A message of ours in a chat of Telegram's."""

    chat: int
    message: int
    pin: int | None = None
    left: tuple[int, ...] = ()

    @property
    def known(self) -> MessageRef:
        """As the store keeps it."""
        pin = "" if self.pin is None else f":v{self.pin}"
        left = "".join(f":x{message}" for message in self.left[-LEFT:])
        return MessageRef(value=f"{self.chat}:{self.message}{pin}{left}")

    @property
    def place(self) -> int:
        """The chat."""
        return self.chat

    def is_at(self, other: "Ref | None") -> bool:
        """The same message, whatever hangs on it."""
        return other is not None and (self.chat, self.message) == (other.chat, other.message)

    def completed(self, given: "Ref") -> "Ref":
        """With the pin and the copies that the store knew of, where this one knows of none."""
        pin = given.pin if self.pin is None else self.pin
        return replace(self, pin=pin, left=self.left or given.left)


def read(ref: MessageRef) -> Ref:
    """The message that a kept ref means. Raises `MalformedError` for what is none of ours."""
    found = _REF.fullmatch(ref.value)
    if found is None:
        raise MalformedError
    chat, message, rest = found.groups()
    parts = [part for part in rest.split(":") if part]
    pins = [int(part[1:]) for part in parts if part.startswith("v")]
    return Ref(
        chat=int(chat),
        message=int(message),
        pin=pins[0] if pins else None,
        left=tuple(int(part[1:]) for part in parts if part.startswith("x")),
    )

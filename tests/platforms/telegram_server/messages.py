"""A message: what it holds, what became of it, and how it looks in an update."""

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.platforms.telegram_server.accounts import Account
from tests.platforms.telegram_server.wire import Json, present

if TYPE_CHECKING:
    from tests.platforms.telegram_server.chats import Chat

MEDIA = ("photo", "document", "location", "venue", "contact")


@dataclass(slots=True, eq=False)
class Message:
    """One message in one chat. `body` holds the content's own fields; ephemeral messages count apart."""

    id: int
    chat: "Chat"
    sender: Account
    date: float
    body: Json
    markup: Json | None = None
    thread: int | None = None
    reply_to: "Message | None" = None
    silent: bool = False
    protected: bool = False
    receiver: Account | None = None
    edited: float | None = None
    history: list[Json] = field(default_factory=list)
    """Earlier contents and keyboards, oldest first."""
    pinned: bool = False
    deleted: bool = False
    update_id: int | None = None
    """The update that carried it to a bot, where one did."""

    @property
    def text(self) -> str:
        """The text or the caption."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """What is formatted in `text`."""
        found: list[Json] = self.body.get("entities") or self.body.get("caption_entities") or []
        return found

    @property
    def inline(self) -> Json | None:
        """The keyboard below the message; reply keyboards are no part of it once they were sent."""
        return self.markup if self.markup is not None and "inline_keyboard" in self.markup else None

    @property
    def service(self) -> bool:
        """Whether Telegram wrote it: somebody joined, something was pinned, the group moved."""
        return "text" not in self.body and not any(kind in self.body for kind in MEDIA)

    def change(self, body: Json, markup: Json | None, at: float) -> None:
        """Another content or keyboard from now on."""
        self.history.append({"body": self.body, "markup": self.markup})
        self.body, self.markup, self.edited = body, markup, at

    def wire(self, *, nested: bool = False) -> Json:
        """The `Message` object; a message that is replied to is shown without its own reply."""
        reply = None if nested or self.reply_to is None else self.reply_to.wire(nested=True)
        ephemeral = self.receiver is not None
        return present(
            message_id=0 if ephemeral else self.id,
            ephemeral_message_id=self.id if ephemeral else None,
            receiver_user=self.receiver.wire() if self.receiver is not None else None,
            from_=self.sender.wire(),
            chat=self.chat.wire(),
            date=int(self.date),
            edit_date=int(self.edited) if self.edited is not None else None,
            message_thread_id=self.thread,
            is_topic_message=True if self.thread is not None else None,
            reply_to_message=reply,
            has_protected_content=True if self.protected else None,
            reply_markup=copy.deepcopy(self.inline),
            **copy.deepcopy(self.body),
        )

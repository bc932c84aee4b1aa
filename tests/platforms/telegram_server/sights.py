"""What a person sees on the phone: messages with their buttons, as they are at the moment of looking."""

from dataclasses import dataclass

from tests.platforms.telegram_server.chats import Group
from tests.platforms.telegram_server.entities import to_html
from tests.platforms.telegram_server.links import deep_link
from tests.platforms.telegram_server.messages import MEDIA, Message
from tests.platforms.telegram_server.wire import Json


@dataclass(frozen=True, slots=True)
class Button:
    """One button below a message; exactly one of data, url and copy_text says what it does."""

    text: str
    data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    style: str | None = None

    @property
    def starts(self) -> str | None:
        """The parameter with which it starts a bot, where it is a deep link."""
        link = deep_link(self.url) if self.url is not None else None
        return link.param if link is not None else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at one message; a later change shows only at the next look. `raw` is the message itself."""

    raw: Message
    id: int
    text: str
    html: str
    buttons: tuple[tuple[Button, ...], ...]
    edits: int
    silent: bool
    protected: bool
    pinned: bool
    topic: int | None
    sender: str
    kind: str
    """`text`, `photo`, `document`, `location`, `venue`, `contact` or `service`."""
    content: Json
    """What Telegram calls it by: `content["venue"]`, `content["location"]`."""
    alone: bool
    """Ephemeral: nobody else in the group sees it."""

    @property
    def edited(self) -> bool:
        """Whether it was changed since it was sent."""
        return self.edits > 0

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts of all buttons, row after row."""
        return tuple(button.text for row in self.buttons for button in row)

    def button(self, wanted: str) -> Button:
        """By its data, its whole text, or a part of its text that no other button has."""
        every = [button for row in self.buttons for button in row]
        for found in (
            [each for each in every if wanted in {each.data, each.text}],
            [each for each in every if wanted in each.text],
        ):
            if len(found) == 1:
                return found[0]
        raise AssertionError(f"no one button {wanted!r} among {list(self.labels)} below {self.text!r}")


def look(message: Message) -> Seen:
    """The message as it is now."""
    body = message.body
    kinds = [each for each in MEDIA if each in body]
    kind = "venue" if "venue" in body else (kinds[0] if kinds else "text" if "text" in body else "service")
    rows = (message.inline or {}).get("inline_keyboard", [])
    return Seen(
        raw=message,
        id=message.id,
        text=message.text,
        html=to_html(message.text, message.entities),
        buttons=tuple(tuple(_button(each) for each in row) for row in rows),
        edits=len(message.history),
        silent=message.silent,
        protected=message.protected,
        pinned=message.pinned,
        topic=message.thread,
        sender=message.sender.first_name,
        kind=kind,
        content=dict(body),
        alone=message.receiver is not None,
    )


def _button(raw: Json) -> Button:
    return Button(
        text=raw["text"],
        data=raw.get("callback_data"),
        url=raw.get("url"),
        copy_text=raw.get("copy_text", {}).get("text"),
        style=raw.get("style"),
    )


def in_group(group: Group, person: int, topic: int | None) -> list[Message]:
    """What a member sees of a group: what is for all, then what is for this person alone."""
    every = [*group.messages, *group.asides.get(person, [])]
    return [each for each in every if topic is None or each.thread == topic]

"""The methods that change or remove a message: edits, deletions, pins; ephemeral messages have their own.

An edit without a keyboard takes the keyboard away. An edit that changes nothing is refused.
"""

from collections.abc import Mapping

from tests.platforms.telegram_server import contents
from tests.platforms.telegram_server.calls import Call, Method
from tests.platforms.telegram_server.chats import Chat, Group
from tests.platforms.telegram_server.keyboards import check_markup
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.refusals import bad, mistake
from tests.platforms.telegram_server.sending import refuse_unmodelled
from tests.platforms.telegram_server.wire import Json

DELETABLE = 48 * 3600.0
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
NOT_MODELLED = ("business_connection_id", "inline_message_id")
CAPTIONS = ("caption", "caption_entities", "has_media_spoiler")


def _own_message(call: Call) -> Message:
    """The bot's own message that is to be edited."""
    refuse_unmodelled(call, NOT_MODELLED)
    if not call.params.has("chat_id") or not call.params.has("message_id"):
        raise mistake("message identifier is not specified")
    chat = call.chat()
    chat.check_writable(call.bot)
    message = chat.find(call.params.number("message_id"))
    if message is None:
        raise bad("message to edit not found")
    return message


def _own_aside(call: Call) -> Message:
    """The bot's own ephemeral message."""
    chat = call.chat()
    chat.check_writable(call.bot)
    asides = chat.asides.get(call.params.number("receiver_user_id"), [])
    wanted = call.params.number("ephemeral_message_id")
    found = next((each for each in asides if each.id == wanted and not each.deleted), None)
    if found is None:
        raise bad("message to edit not found")
    return found


def _changed(call: Call, message: Message, body: Json) -> Message:
    """Writes content and keyboard, unless somebody else wrote the message or nothing would change."""
    if message.sender is not call.bot or message.service:
        raise bad("message can't be edited")
    if message.markup is not None and message.inline is None:
        raise bad("message can't be edited")
    markup = call.params.table("reply_markup")
    check_markup(markup, private=not message.chat.is_group)
    if markup == {"inline_keyboard": []}:
        markup = None
    if body == message.body and markup == message.inline:
        raise bad(SAME)
    message.change(body, markup, call.now)
    call.town.changes.notify()
    return message


def _with_text(call: Call, message: Message) -> Json:
    if "text" not in message.body:
        raise bad("there is no text in the message to edit")
    return contents.text_body(call)


def _with_caption(call: Call, message: Message) -> Json:
    if "photo" not in message.body and "document" not in message.body:
        raise bad("there is no caption in the message to edit")
    kept = {name: value for name, value in message.body.items() if name not in CAPTIONS}
    return kept | contents.caption_fields(call)


def _edit_text(call: Call) -> Json:
    message = _own_message(call)
    return _changed(call, message, _with_text(call, message)).wire()


def _edit_caption(call: Call) -> Json:
    message = _own_message(call)
    return _changed(call, message, _with_caption(call, message)).wire()


def _edit_media(call: Call) -> Json:
    message = _own_message(call)
    if "photo" not in message.body and "document" not in message.body:
        raise bad("message can't be edited")
    return _changed(call, message, contents.media_body(call)).wire()


def _edit_markup(call: Call) -> Json:
    message = _own_message(call)
    return _changed(call, message, message.body).wire()


def _edit_aside_text(call: Call) -> bool:
    message = _own_aside(call)
    _changed(call, message, _with_text(call, message))
    return True


def _edit_aside_caption(call: Call) -> bool:
    message = _own_aside(call)
    _changed(call, message, _with_caption(call, message))
    return True


def _edit_aside_markup(call: Call) -> bool:
    message = _own_aside(call)
    _changed(call, message, message.body)
    return True


def _edit_live_location(call: Call) -> Json:
    message = _own_message(call)
    if not message.body.get("location", {}).get("live_period"):
        raise bad("message can't be edited")
    place = contents.location_body(call)["location"]
    kept = {"live_period": message.body["location"]["live_period"]}
    return _changed(call, message, {"location": kept | place}).wire()


def _stop_live_location(call: Call) -> Json:
    message = _own_message(call)
    place = dict(message.body.get("location", {}))
    if place.pop("live_period", None) is None:
        raise bad("message can't be edited")
    return _changed(call, message, {"location": place}).wire()


def _delete(call: Call) -> bool:
    chat = call.chat()
    chat.check_writable(call.bot)
    message = chat.find(call.params.number("message_id"))
    if message is None:
        raise bad("message to delete not found")
    _remove(call, chat, message)
    return True


def _delete_many(call: Call) -> bool:
    chat = call.chat()
    chat.check_writable(call.bot)
    wanted = call.params.values["message_ids"]
    if not 1 <= len(wanted) <= 100:
        raise mistake("message_ids must have 1-100 members")
    for message in [found for each in wanted if (found := chat.find(each)) is not None]:
        _remove(call, chat, message)
    return True


def _remove(call: Call, chat: Chat, message: Message) -> None:
    """Own messages, anybody's in a private chat, and in groups where the bot holds the right."""
    own = message.sender is call.bot or not isinstance(chat, Group)
    if not own and not (isinstance(chat, Group) and chat.may(call.bot, "can_delete_messages")):
        raise bad("message can't be deleted")
    if call.now - message.date > DELETABLE:
        raise bad("message can't be deleted for everyone")
    message.deleted = True
    call.town.changes.notify()


def _delete_aside(call: Call) -> bool:
    message = _own_aside(call)
    if message.sender is not call.bot:
        raise bad("message can't be deleted")
    message.deleted = True
    call.town.changes.notify()
    return True


def _check_pins(call: Call) -> Chat:
    chat = call.chat()
    chat.check_writable(call.bot)
    if isinstance(chat, Group) and not chat.may(call.bot, "can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat


def _pin(call: Call) -> bool:
    chat = _check_pins(call)
    message = chat.find(call.params.number("message_id"))
    if message is None or message.service:
        raise bad("message to pin not found")
    if not message.pinned:
        message.pinned = True
        call.town.say(chat, call.bot, {"pinned_message": message.wire(nested=True)}, thread=message.thread)
    return True


def _unpin(call: Call) -> bool:
    chat = _check_pins(call)
    pinned = [each for each in chat.messages if each.pinned and not each.deleted]
    wanted = call.params.maybe("message_id")
    found = pinned[-1:] if wanted is None else [each for each in pinned if each.id == wanted]
    if not found:
        raise bad("message to unpin not found")
    found[0].pinned = False
    call.town.changes.notify()
    return True


def _unpin_all(call: Call) -> bool:
    for message in _check_pins(call).messages:
        message.pinned = False
    call.town.changes.notify()
    return True


METHODS: Mapping[str, Method] = {
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "editMessageMedia": _edit_media,
    "editMessageReplyMarkup": _edit_markup,
    "editMessageLiveLocation": _edit_live_location,
    "stopMessageLiveLocation": _stop_live_location,
    "editEphemeralMessageText": _edit_aside_text,
    "editEphemeralMessageCaption": _edit_aside_caption,
    "editEphemeralMessageReplyMarkup": _edit_aside_markup,
    "deleteMessage": _delete,
    "deleteMessages": _delete_many,
    "deleteEphemeralMessage": _delete_aside,
    "pinChatMessage": _pin,
    "unpinChatMessage": _unpin,
    "unpinAllChatMessages": _unpin_all,
}

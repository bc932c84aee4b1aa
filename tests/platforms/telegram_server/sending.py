"""The methods that send: `sendMessage`, `sendPhoto`, `sendVenue` and their like, to all or to one alone."""

from collections.abc import Callable, Mapping

from tests.platforms.telegram_server import contents
from tests.platforms.telegram_server.accounts import Account
from tests.platforms.telegram_server.calls import Call, Method
from tests.platforms.telegram_server.chats import Chat, Group, PrivateChat
from tests.platforms.telegram_server.keyboards import check_markup
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.queries import ALONE
from tests.platforms.telegram_server.refusals import bad, mistake
from tests.platforms.telegram_server.wire import Json

NOT_MODELLED = (
    "business_connection_id",
    "direct_messages_topic_id",
    "message_effect_id",
    "suggested_post_parameters",
    "allow_paid_broadcast",
)


def _sends(body_of: Callable[[Call], Json]) -> Method:
    """A method that sends what `body_of` reads from the call."""

    def send(call: Call) -> Json:
        return _send(call, body_of(call))

    return send


def _send(call: Call, body: Json) -> Json:
    refuse_unmodelled(call, NOT_MODELLED)
    chat = call.chat()
    chat.check_writable(call.bot)
    markup = call.params.table("reply_markup")
    check_markup(markup, private=isinstance(chat, PrivateChat))
    if markup == {"inline_keyboard": []}:
        markup = None
    thread = _thread(call, chat)
    message = Message(
        call.town.next_id(chat),
        chat,
        call.bot,
        call.now,
        body,
        markup=markup,
        thread=thread,
        reply_to=_replied(call, chat),
        silent=call.params.flag("disable_notification"),
        protected=call.params.flag("protect_content"),
    )
    if (alone := call.params.table("ephemeral_message_parameters")) is not None:
        return _send_alone(call, message, alone).wire()
    if isinstance(chat, PrivateChat):
        _show_keyboard(chat, markup)
    return call.town.post(message).wire()


def refuse_unmodelled(call: Call, names: tuple[str, ...]) -> None:
    """Says so rather than ignoring a parameter that somebody relies on."""
    for name in names:
        if call.params.has(name):
            raise mistake(f"{name} is not modelled by this server")


def _thread(call: Call, chat: Chat) -> int | None:
    thread = call.params.maybe("message_thread_id")
    if isinstance(chat, Group):
        chat.check_thread(call.bot, thread)
    elif thread is not None:
        raise bad("message thread not found")
    return thread


def _replied(call: Call, chat: Chat) -> Message | None:
    reply = call.params.table("reply_parameters")
    if reply is None:
        return None
    if "message_id" not in reply or "chat_id" in reply or "quote" in reply:
        raise mistake("replies are modelled to a message of the same chat only")
    found = chat.find(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return found


def _show_keyboard(chat: PrivateChat, markup: Json | None) -> None:
    """A reply keyboard stays until another one comes, or until it is removed."""
    if markup is None or "inline_keyboard" in markup:
        return
    chat.keyboard = None if "remove_keyboard" in markup else markup


def _send_alone(call: Call, message: Message, alone: Json) -> Message:
    """An ephemeral message: one person's, in a group; an administrator's, or within 15 s of a tap."""
    chat, receiver = message.chat, call.town.accounts.get(alone["receiver_user_id"])
    if alone.get("replace_callback_query_message"):
        raise mistake("replace_callback_query_message is not modelled by this server")
    if not isinstance(chat, Group):
        raise bad("ephemeral messages can be sent only to groups and supergroups")
    if receiver is None or receiver.id not in chat.members:
        raise bad("USER_NOT_PARTICIPANT")
    _check_right_to_whisper(call, chat, receiver, alone)
    if call.params.number("live_period"):
        raise mistake("live_period must be 0 for ephemeral messages")
    asides = chat.asides[receiver.id]
    message.id, message.receiver = len(asides) + 1, receiver
    asides.append(message)
    call.town.changes.notify()
    return message


def _check_right_to_whisper(call: Call, chat: Group, receiver: Account, alone: Json) -> None:
    query_id = alone.get("callback_query_id")
    if query_id is not None:
        query = call.town.queries.fresh(call.bot, query_id, within=ALONE)
        if query.person is not receiver or query.message.chat is not chat:
            raise bad("QUERY_ID_INVALID")
    elif call.bot.id not in chat.rights:
        raise bad("not enough rights to send ephemeral messages to the chat")


METHODS: Mapping[str, Method] = {
    "sendMessage": _sends(contents.text_body),
    "sendPhoto": _sends(contents.photo_body),
    "sendDocument": _sends(contents.document_body),
    "sendLocation": _sends(contents.location_body),
    "sendVenue": _sends(contents.venue_body),
    "sendContact": _sends(contents.contact_body),
}

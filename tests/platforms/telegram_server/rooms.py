"""The methods about chats: what they are, who is in them, their topics."""

from collections.abc import Mapping

from tests.platforms.telegram_server.accounts import Account
from tests.platforms.telegram_server.calls import Call, Method
from tests.platforms.telegram_server.chats import Group, Topic
from tests.platforms.telegram_server.notices import announce, member, membership
from tests.platforms.telegram_server.refusals import bad
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json

COLOUR = 0x6FB9F0
"""The first of the six colours that a topic's icon may have."""
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def _chat(call: Call) -> Json:
    """`getChat`; accents, reactions and gifts are constants."""
    chat = call.chat()
    chat.check_writable(call.bot)
    pinned = [each for each in chat.messages if each.pinned and not each.deleted]
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    full: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return chat.wire() | full | ({"pinned_message": pinned[-1].wire(nested=True)} if pinned else {})


def _group(call: Call) -> Group:
    chat = call.chat()
    if not isinstance(chat, Group):
        raise bad("method is available for supergroup and channel chats only")
    chat.check_writable(call.bot)
    return chat


def _member(call: Call) -> Json:
    group = _group(call)
    account = call.town.accounts.get(call.params.number("user_id"))
    if account is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return member(group.status(account), account, group.rights.get(account.id, frozenset()))


def _administrators(call: Call) -> list[Json]:
    group = _group(call)
    people = ((group.members[each], rights) for each, rights in group.rights.items())
    return [
        member("administrator", account, rights)
        for account, rights in people
        if not account.is_bot or account is call.bot
    ]


def _count(call: Call) -> int:
    return len(_group(call).members)


def _leave(call: Call) -> bool:
    group = _group(call)
    old = member(group.status(call.bot), call.bot)
    del group.members[call.bot.id]
    group.rights.pop(call.bot.id, None)
    membership(call.town, group, call.bot, call.bot, old, member("left", call.bot))
    return True


def _action(call: Call) -> bool:
    call.chat().check_writable(call.bot)
    if call.params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def _forum(call: Call) -> Group:
    group = _group(call)
    if not group.forum:
        raise bad("the chat is not a forum")
    if not group.may(call.bot, "can_manage_topics"):
        raise bad("not enough rights to manage topics in the chat")
    return group


def open_topic(town: Town, group: Group, by: Account, name: str) -> Json:
    """A topic from now on, under the id of the message that opens it; returns the `ForumTopic`."""
    created: Json = {"name": name, "icon_color": COLOUR}
    message = town.say(group, by, {"forum_topic_created": created})
    message.thread = message.id
    group.topics[message.id] = Topic(name)
    announce(town, message)
    return created | {"message_thread_id": message.id}


def _create_topic(call: Call) -> Json:
    return open_topic(call.town, _forum(call), call.bot, call.params.text("name"))


def _topic(call: Call) -> Topic:
    topic = _forum(call).topics.get(call.params.number("message_thread_id"))
    if topic is None:
        raise bad("message thread not found")
    return topic


def _close_topic(call: Call) -> bool:
    _topic(call).closed = True
    return True


def _reopen_topic(call: Call) -> bool:
    _topic(call).closed = False
    return True


def _delete_topic(call: Call) -> bool:
    _topic(call)
    del _forum(call).topics[call.params.number("message_thread_id")]
    return True


METHODS: Mapping[str, Method] = {
    "getChat": _chat,
    "getChatMember": _member,
    "getChatAdministrators": _administrators,
    "getChatMemberCount": _count,
    "leaveChat": _leave,
    "sendChatAction": _action,
    "createForumTopic": _create_topic,
    "closeForumTopic": _close_topic,
    "reopenForumTopic": _reopen_topic,
    "deleteForumTopic": _delete_topic,
}

"""Which bot is told what: privacy mode, service messages, edits, memberships, taps."""

from tests.platforms.telegram_server.accounts import Account, BotAccount
from tests.platforms.telegram_server.chats import Chat, Group, PrivateChat
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.queries import Query
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def announce(town: Town, message: Message, kind: str = "message") -> None:
    """Tells the bots of the chat about a person's message, or about a service message."""
    for bot in _bots(message.chat):
        if bot is not message.sender and _is_told(bot, message):
            update = town.mailboxes[bot.id].put({kind: message.wire()}, message.sender.id)
            if update is not None:
                message.update_id = update.id


def _bots(chat: Chat) -> list[BotAccount]:
    if isinstance(chat, PrivateChat):
        return [chat.bot]
    return list(chat.bots()) if isinstance(chat, Group) else []


def _is_told(bot: BotAccount, message: Message) -> bool:
    """Bots never see other bots' messages; in groups privacy mode leaves them what is meant for them."""
    chat = message.chat
    if message.service or not isinstance(chat, Group):
        return True
    if message.sender.is_bot:
        return False
    replied = message.reply_to is not None and message.reply_to.sender is bot
    return bot.reads_all or bot.id in chat.rights or replied or _is_called(bot, chat, message.text)


def _is_called(bot: BotAccount, chat: Group, text: str) -> bool:
    """`/word@name` names the bot; a bare `/word` is for the bot that wrote last, or for all."""
    if not text.startswith("/"):
        return False
    _, at, name = text.split(maxsplit=1)[0].partition("@")
    if at:
        return name.lower() == (bot.username or "").lower()
    return chat.last_bot in {None, bot.id}


def ask(town: Town, query: Query) -> None:
    """Tells the bot about a tap; a message that is gone is shown as inaccessible."""
    message = query.message
    shown = message.wire()
    if message.deleted:
        shown = {"chat": message.chat.wire(), "message_id": message.id, "date": 0}
    update = town.mailboxes[query.bot.id].put({"callback_query": query.wire(shown)}, query.person.id)
    query.update_id = update.id if update is not None else None


def member(status: str, account: Account, rights: frozenset[str] = frozenset()) -> Json:
    """The `ChatMember` object for a standing."""
    if status == "kicked":
        return {"status": status, "user": account.wire(), "until_date": 0}
    if status == "administrator":
        granted = {right: right in rights for right in RIGHTS}
        plain = {"can_be_edited": False, "is_anonymous": False}
        return {"status": status, "user": account.wire()} | plain | granted
    return {"status": status, "user": account.wire()}


def membership(town: Town, chat: Chat, who: Account, by: Account, old: Json, new: Json) -> None:
    """Tells the bot concerned (`my_chat_member`), and the bots that administer the group (`chat_member`)."""
    body = {
        "chat": chat.wire(),
        "from": by.wire(),
        "date": int(town.clock.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    if isinstance(chat, PrivateChat):
        town.mailboxes[chat.bot.id].put({"my_chat_member": body}, by.id)
        return
    if isinstance(who, BotAccount):
        town.mailboxes[who.id].put({"my_chat_member": body}, by.id)
    for bot in _bots(chat):
        if bot is not who and isinstance(chat, Group) and bot.id in chat.rights:
            town.mailboxes[bot.id].put({"chat_member": body}, by.id)

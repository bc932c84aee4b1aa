"""All that there is on this server: accounts, chats, messages, files, taps and waiting updates.

It answers "who", "where" and "may they"; what a method does with that stands with the methods.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count

from tests.platforms.telegram_server.accounts import Account, BotAccount
from tests.platforms.telegram_server.changes import Changes
from tests.platforms.telegram_server.chats import Chat, Group, PrivateChat
from tests.platforms.telegram_server.clocks import Clock
from tests.platforms.telegram_server.mailbox import Mailbox
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.queries import Queries
from tests.platforms.telegram_server.refusals import bad
from tests.platforms.telegram_server.storage import Storage
from tests.platforms.telegram_server.wire import Json


@dataclass(slots=True, eq=False)
class Town:
    """The state of the world. Nothing in it talks HTTP."""

    clock: Clock
    changes: Changes = field(default_factory=Changes)
    storage: Storage = field(default_factory=Storage)
    bots: dict[str, BotAccount] = field(default_factory=dict)
    """By token."""
    accounts: dict[int, Account] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    mailboxes: dict[int, Mailbox] = field(default_factory=dict)
    queries: Queries = field(init=False)
    _private: dict[tuple[int, int], PrivateChat] = field(default_factory=dict)
    _ids: dict[int, "count[int]"] = field(default_factory=lambda: defaultdict(lambda: count(1)))

    def __post_init__(self) -> None:
        self.queries = Queries(self.clock)

    def add(self, account: Account) -> None:
        """An account comes to town; an id is taken once."""
        if account.id in self.accounts:
            raise ValueError(f"there is already an account {account.id}")
        self.accounts[account.id] = account
        if isinstance(account, BotAccount):
            self.bots[account.token] = account
            self.mailboxes[account.id] = Mailbox(self.clock, self.changes)

    def private(self, bot: BotAccount, person: Account) -> PrivateChat:
        """Their private chat, made when it is first asked for."""
        key = bot.id, person.id
        if key not in self._private:
            self._private[key] = PrivateChat(person.id, bot=bot, person=person)
        return self._private[key]

    def chat(self, bot: BotAccount, reference: object) -> Chat:
        """The chat that a request means, by number or @name; raises `RefusedError` where there is none."""
        text = str(reference)
        if text.startswith("@"):
            named = (each for each in self.groups.values() if each.username == text[1:])
            found: Chat | None = next(named, None)
        elif not text.removeprefix("-").isdigit():
            found = None
        elif int(text) in self.accounts:
            found = self.private(bot, self.accounts[int(text)])
        else:
            found = self.groups.get(int(text))
        if found is None:
            raise bad("chat not found")
        return found

    def next_id(self, chat: Chat) -> int:
        """Ids count through a bot's private chats, and through each group by itself."""
        return next(self._ids[chat.bot.id if isinstance(chat, PrivateChat) else chat.id])

    def post(self, message: Message) -> Message:
        """The message is there from now on; nobody was told yet (see `notices`)."""
        message.chat.messages.append(message)
        if isinstance(message.chat, Group) and isinstance(message.sender, BotAccount):
            message.chat.last_bot = message.sender.id
        self.changes.notify()
        return message

    def say(self, chat: Chat, sender: Account, body: Json, *, thread: int | None = None) -> Message:
        """Posts a plain message with a fresh id."""
        message = Message(self.next_id(chat), chat, sender, self.clock.now(), body, thread=thread)
        return self.post(message)

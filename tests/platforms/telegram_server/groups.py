"""A group as the people who run it handle it: members, rights, topics, the move to a supergroup."""

from tests.platforms.telegram_server.accounts import Account, BotAccount, Held
from tests.platforms.telegram_server.chats import Group
from tests.platforms.telegram_server.notices import announce, member, membership
from tests.platforms.telegram_server.rooms import open_topic
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json

SUPER = -1_000_000_000_000
"""Ids of supergroups lie below this."""


class TgGroup:
    """The driver's handle of one group."""

    def __init__(self, town: Town, chat: Group) -> None:
        self.town = town
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat id."""
        return self.chat.id

    def adds(self, who: Held) -> None:
        """Somebody, or a bot, becomes a member; those who were kicked are forgiven."""
        account = who.account
        old = self._standing(account)
        self.chat.kicked.discard(account.id)
        self.chat.members[account.id] = account
        self._tell(account, old)
        self._service(account, {"new_chat_members": [account.wire()]})

    def removes(self, who: Held) -> None:
        """A member leaves."""
        self._ousts(who.account)

    def kicks(self, who: Held) -> None:
        """A member is thrown out: a bot is told 403 from now on."""
        self._ousts(who.account, kicked=True)

    def promotes(self, who: Held, *rights: str) -> None:
        """An administrator from now on, with the rights named (`can_pin_messages`, …); none named: all."""
        account = who.account
        old = self._standing(account)
        every = ("can_pin_messages", "can_delete_messages", "can_manage_topics", "can_manage_chat")
        self.chat.rights[account.id] = frozenset(rights or every)
        self._tell(account, old)

    def demotes(self, who: Held) -> None:
        """A plain member again."""
        account = who.account
        old = self._standing(account)
        self.chat.rights.pop(account.id, None)
        self._tell(account, old)

    def mutes(self, who: Held) -> None:
        """The account may no longer write here."""
        self.chat.muted.add(who.account.id)

    def topic(self, name: str, by: Held | None = None) -> int:
        """Opens a topic and returns its `message_thread_id`."""
        opened = open_topic(self.town, self.chat, (by or self._somebody()).account, name)
        return int(opened["message_thread_id"])

    def closes(self, topic: int) -> None:
        """Only administrators write there from now on."""
        self.chat.topics[topic].closed = True

    def deletes(self, topic: int) -> None:
        """The topic and all that was said in it are gone."""
        del self.chat.topics[topic]
        for message in self.chat.messages:
            message.deleted = message.deleted or message.thread == topic

    def migrates(self) -> "TgGroup":
        """The group becomes a supergroup under another id; this handle stays with the old one."""
        old, by = self.chat, self._somebody()
        new = Group(
            SUPER + old.id,
            title=old.title,
            members=dict(old.members),
            rights=dict(old.rights),
            kicked=set(old.kicked),
        )
        self.town.groups[new.id] = new
        told = self.town.say(old, by, {"migrate_to_chat_id": new.id})
        announce(self.town, told)
        old.migrated_to = new.id
        announce(self.town, self.town.say(new, by, {"migrate_from_chat_id": old.id}))
        return TgGroup(self.town, new)

    def _ousts(self, account: Account, *, kicked: bool = False) -> None:
        old = self._standing(account)
        message = self.town.say(self.chat, self._somebody(), {"left_chat_member": account.wire()})
        announce(self.town, message)
        self.chat.members.pop(account.id, None)
        self.chat.rights.pop(account.id, None)
        if kicked:
            self.chat.kicked.add(account.id)
        self._tell(account, old)

    def _standing(self, account: Account) -> Json:
        rights = self.chat.rights.get(account.id, frozenset())
        return member(self.chat.status(account), account, rights)

    def _tell(self, account: Account, old: Json) -> None:
        membership(self.town, self.chat, account, self._somebody(), old, self._standing(account))
        self.town.changes.notify()

    def _service(self, by: Account, body: Json) -> None:
        announce(self.town, self.town.say(self.chat, by, body))

    def _somebody(self) -> Account:
        """Who did it: an administrator, else any member, else nobody whom a bot could know."""
        people = [each for each in self.chat.members.values() if not isinstance(each, BotAccount)]
        leading = [each for each in people if each.id in self.chat.rights]
        return next(iter(leading or people), Account(1087968824, "Group", username="GroupAnonymousBot"))

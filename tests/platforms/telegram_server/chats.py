"""Where is talked: the private chat of a person with a bot, groups, supergroups with or without topics."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.platforms.telegram_server.accounts import Account, BotAccount
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.refusals import RefusedError, bad, forbidden
from tests.platforms.telegram_server.wire import Json, present


@dataclass(slots=True, eq=False)
class Chat:
    """What every chat has."""

    id: int
    messages: list[Message] = field(default_factory=list)
    asides: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    """Ephemeral messages by receiver: one person's view of the chat, seen by nobody else."""

    @property
    def is_group(self) -> bool:
        """Whether the limits of groups hold."""
        return False

    def wire(self) -> Json:
        """The `Chat` object."""
        return {"id": self.id}

    def find(self, message_id: int) -> Message | None:
        """A message that is still there."""
        newest = reversed(self.messages)  # most edits are of what was sent lately
        return next((each for each in newest if each.id == message_id and not each.deleted), None)

    def check_writable(self, bot: BotAccount) -> None:
        """Raises `RefusedError` where this bot may not write, edit or delete here now."""


@dataclass(slots=True, eq=False, kw_only=True)
class PrivateChat(Chat):
    """One person and one bot; the chat's id is the person's."""

    bot: BotAccount
    person: Account
    started: bool = False
    blocked: bool = False
    keyboard: Json | None = None
    """The reply keyboard that the person sees, or the forced reply."""

    def wire(self) -> Json:
        """See `Chat.wire`."""
        return present(
            id=self.id,
            type="private",
            first_name=self.person.first_name,
            last_name=self.person.last_name,
            username=self.person.username,
        )

    def check_writable(self, bot: BotAccount) -> None:
        """See `Chat.check_writable`."""
        if self.person.is_bot:
            raise forbidden("bots can't send messages to bots")
        if self.person.deactivated:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.started:
            raise forbidden("bot can't initiate conversation with a user")


@dataclass(slots=True)
class Topic:
    """A thread of a forum; its id is the id of the message that opened it."""

    name: str
    closed: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Group(Chat):
    """A basic group, or a supergroup: the id tells. Rights of administrators are the Bot API's names."""

    title: str
    username: str | None = None
    forum: bool = False
    members: dict[int, Account] = field(default_factory=dict)
    rights: dict[int, frozenset[str]] = field(default_factory=dict)
    kicked: set[int] = field(default_factory=set)
    muted: set[int] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    last_bot: int | None = None
    """The bot that wrote last: a bare command in a group of several bots is meant for it."""

    @property
    def is_group(self) -> bool:
        """See `Chat.is_group`."""
        return True

    @property
    def is_super(self) -> bool:
        """Supergroups have ids that begin with -100."""
        return str(self.id).startswith("-100")

    @property
    def kind(self) -> str:
        """`group` or `supergroup`."""
        return "supergroup" if self.is_super else "group"

    def wire(self) -> Json:
        """See `Chat.wire`."""
        return present(
            id=self.id,
            type=self.kind,
            title=self.title,
            username=self.username,
            is_forum=True if self.forum else None,
        )

    def bots(self) -> Iterator[BotAccount]:
        """The bots among the members."""
        return (each for each in list(self.members.values()) if isinstance(each, BotAccount))

    def may(self, account: Account, right: str) -> bool:
        """Whether an administrator holds this right."""
        return right in self.rights.get(account.id, frozenset())

    def status(self, account: Account) -> str:
        """`administrator`, `member`, `kicked` or `left`."""
        if account.id in self.kicked:
            return "kicked"
        if account.id not in self.members:
            return "left"
        return "administrator" if account.id in self.rights else "member"

    def check_writable(self, bot: BotAccount) -> None:
        """See `Chat.check_writable`."""
        if self.migrated_to is not None:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise RefusedError(400, description, migrate_to=self.migrated_to)
        if bot.id in self.kicked:
            raise forbidden(f"bot was kicked from the {self.kind} chat")
        if bot.id not in self.members:
            raise forbidden(f"bot is not a member of the {self.kind} chat")
        if bot.id in self.muted:
            raise bad("not enough rights to send text messages to the chat")

    def check_thread(self, bot: BotAccount, thread: int | None) -> None:
        """Raises `RefusedError` unless the topic is there and open for this bot; None is the general one."""
        if thread is None:
            return
        topic = self.topics.get(thread)
        if topic is None:
            raise bad("message thread not found")
        if topic.closed and not self.may(bot, "can_manage_topics"):
            raise bad("TOPIC_CLOSED")

"""Who there is: people and bots, as Telegram knows them."""

from dataclasses import dataclass, field
from typing import Protocol

from tests.platforms.telegram_server.wire import Json, present


class Held(Protocol):
    """Anything that stands for an account: the account itself, or the driver's handle of a person."""

    @property
    def account(self) -> "Account":
        """Who it is."""


@dataclass(slots=True, eq=False)
class Account:
    """A person, or what every account has."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deactivated: bool = False

    @property
    def account(self) -> "Account":
        """Itself: see `Held`."""
        return self

    @property
    def is_bot(self) -> bool:
        """Bots cannot write to bots, and see none of their messages."""
        return False

    def wire(self) -> Json:
        """The `User` object."""
        return present(
            id=self.id,
            is_bot=self.is_bot,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        )


@dataclass(slots=True, eq=False)
class BotAccount(Account):
    """A bot: `reads_all` is privacy mode switched off at BotFather; the rest is its public profile."""

    token: str = ""
    reads_all: bool = False
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (as canonical JSON) and language; see `profile`."""
    menus: dict[int | None, Json] = field(default_factory=dict)
    """The menu button by private chat, None being the default."""
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    """Name, description and short description by language."""

    @property
    def is_bot(self) -> bool:
        """See `Account.is_bot`."""
        return True

    def me(self) -> Json:
        """What `getMe` answers."""
        return self.wire() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

"""One call of one method: who calls, with what, on which town. And the log of such calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.platforms.telegram_server.accounts import BotAccount
from tests.platforms.telegram_server.chats import Chat
from tests.platforms.telegram_server.forms import Upload
from tests.platforms.telegram_server.params import Params
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json


@dataclass(frozen=True, slots=True)
class Call:
    """What a method is given."""

    town: Town
    bot: BotAccount
    method: str
    params: Params
    files: Mapping[str, Upload]

    @property
    def now(self) -> float:
        """Seconds since 1970 by the server's clock."""
        return self.town.clock.now()

    def chat(self) -> Chat:
        """The chat that the call is about; raises `RefusedError` where there is none."""
        return self.town.chat(self.bot, self.params.values["chat_id"])


Method = Callable[[Call], object]
"""Carries out a call and returns its result; raises `RefusedError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A call that was carried out or refused, for tests to count. `code` is 200 or the error's."""

    at: float
    bot: int
    method: str
    params: Json
    code: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A request that no bot should ever make."""

    method: str
    description: str
    params: Mapping[str, object]

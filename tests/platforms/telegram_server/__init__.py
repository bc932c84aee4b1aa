"""A strict Bot API server for the tests, with people who use it. Begin at `server`."""

from tests.platforms.telegram_server.accounts import BotAccount as TgBot
from tests.platforms.telegram_server.clocks import Clock, HandClock, RealClock
from tests.platforms.telegram_server.groups import TgGroup
from tests.platforms.telegram_server.limits import Limits
from tests.platforms.telegram_server.queries import CallbackAnswer, Query
from tests.platforms.telegram_server.server import TelegramServer
from tests.platforms.telegram_server.sights import Button, Seen
from tests.platforms.telegram_server.users import NoAnswerError, TgUser

__all__ = [
    "Button",
    "CallbackAnswer",
    "Clock",
    "HandClock",
    "Limits",
    "NoAnswerError",
    "Query",
    "RealClock",
    "Seen",
    "TelegramServer",
    "TgBot",
    "TgGroup",
    "TgUser",
]

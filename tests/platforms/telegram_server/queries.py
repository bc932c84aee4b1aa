"""Taps on buttons: each waits for its answer, for at most 150 seconds of the server's clock."""

import asyncio
from dataclasses import dataclass, field

from tests.platforms.telegram_server.accounts import Account, BotAccount
from tests.platforms.telegram_server.clocks import Clock
from tests.platforms.telegram_server.links import deep_link
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.refusals import RefusedError, bad, mistake
from tests.platforms.telegram_server.wire import Json

PATIENCE = 150.0
"""Seconds after which Telegram no longer takes an answer (measured; see TECH_NOTES)."""
ALONE = 15.0
"""Seconds in which a tap lets a bot write to its owner alone (documented for ephemeral messages)."""


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the person saw pop up; `after` is real seconds from the tap."""

    text: str
    show_alert: bool
    url: str | None
    after: float


@dataclass(slots=True, eq=False)
class Query:
    """One tap. The first answer is the one that is shown; later ones are taken and change nothing."""

    id: str
    bot: BotAccount
    person: Account
    message: Message
    data: str
    asked: float
    tapped: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    answers: list[CallbackAnswer] = field(default_factory=list)
    update_id: int | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answer(self) -> CallbackAnswer | None:
        """What the person saw, if anything yet."""
        return self.answers[0] if self.answers else None

    def wire(self, shown: Json) -> Json:
        """The `CallbackQuery` object, with the message as it is given."""
        return {
            "id": self.id,
            "from": self.person.wire(),
            "message": shown,
            "chat_instance": str(self.message.chat.id * 7919),
            "data": self.data,
        }


class Queries:
    """All taps, answered or not, in the order in which they came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.all: dict[str, Query] = {}

    def open(self, bot: BotAccount, person: Account, message: Message, data: str) -> Query:
        """A new tap."""
        number = str(4_000_000_000_000_000_000 + len(self.all) + 1)
        query = Query(number, bot, person, message, data, self._clock.now())
        self.all[number] = query
        return query

    def fresh(self, bot: BotAccount, query_id: str, within: float = PATIENCE) -> Query:
        """Raises `RefusedError` unless it is this bot's and young enough."""
        query = self.all.get(query_id)
        if query is None or query.bot is not bot or self._clock.now() - query.asked > within:
            raise _too_old()
        return query

    def reply(self, bot: BotAccount, query_id: str, text: str, url: str | None, *, alert: bool) -> None:
        """Answers a tap; raises `RefusedError` for one that is too old or unknown."""
        query = self.fresh(bot, query_id)
        if url is not None:
            _check_url(bot, url)
        after = asyncio.get_running_loop().time() - query.tapped
        query.answers.append(CallbackAnswer(text, alert, url, after))
        query.answered.set()


def _check_url(bot: BotAccount, url: str) -> None:
    """Only a link that starts this very bot may be opened by an answer."""
    link = deep_link(url)
    if link is None or link.bot.lower() != (bot.username or "").lower() or not link.opens:
        raise mistake("URL_INVALID")


def _too_old() -> RefusedError:
    return bad("query is too old and response timeout expired or query ID is invalid")

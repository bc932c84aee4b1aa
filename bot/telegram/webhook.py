"""Updates that Telegram brings: a function from headers and body to status and body, mounted by `bot.app`.

It answers 200 only when the update's effect is stored; the answer to a tap rides in that reply. Knows no
server, and nothing of what an update means.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from aiogram import Bot
from aiogram.methods.base import TelegramMethod

from bot.telegram.bots import Bots
from bot.telegram.patience import insist
from bot.telegram.updates import KINDS, Updates

_log = logging.getLogger(__name__)

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name

FOR_ALL = "-"
"""Stands in the address for the bot of all committees, whose key is None; no committee's key is a dash."""

LARGEST = 1_000_000
"""Bytes of a body. A message of 4,096 characters with all its entities is a tenth of it."""

CONNECTIONS = 100
"""Updates that Telegram may bring side by side (its limit): a whole group taps in the same second."""


class Webhook:
    """The receiving end of all bots. `secret` never leaves the process; what Telegram is given is derived."""

    def __init__(self, bots: Bots, updates: Updates, secret: bytes) -> None:
        self._bots = bots
        self._updates = updates
        self._secret = secret
        self._tokens: dict[int, str] = {}

    async def handle(self, headers: Mapping[str, str], body: bytes, bot_key: str) -> tuple[int, bytes]:
        """Take one update; `bot_key` is the last part of the address it came to.

        404 unknown bot, 401 wrong secret, 413 too large, 400 not an update: all of them change nothing.
        200 when it is stored; a body then is JSON, a method that Telegram carries out.
        """
        bot = self._bot(bot_key)
        if bot is None:
            return HTTPStatus.NOT_FOUND, b""
        if not self._authentic(headers, bot):
            _log.warning("a webhook call without the right secret was refused")
            return HTTPStatus.UNAUTHORIZED, b""
        if len(body) > LARGEST:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b""
        try:
            raw = _opened(body)
        except ValueError:
            _log.warning("a webhook call that is no update was refused")
            return HTTPStatus.BAD_REQUEST, b""
        answer = await self._updates.take(bot, raw)
        return HTTPStatus.OK, b"" if answer is None else _as_json(answer)

    async def register(self, base_url: str) -> None:
        """Tell Telegram where to bring the updates of every bot, and until it has heard, tell it again.

        Repeating changes nothing; what waits there is kept."""
        await asyncio.gather(*(self._register(base_url, key, bot) for key, bot in self._bots.all()))

    async def _register(self, base_url: str, key: str | None, bot: Bot) -> None:
        place = FOR_ALL if key is None else key
        await insist(
            f"the webhook of the bot {place}",
            lambda: bot.set_webhook(
                f"{base_url.rstrip('/')}/telegram/{place}",
                secret_token=self.token(bot),
                allowed_updates=list(KINDS),
                max_connections=CONNECTIONS,
                drop_pending_updates=False,
            ),
        )

    def token(self, bot: Bot) -> str:
        """What Telegram shows us to prove who it is: another for every bot."""
        known = self._tokens.get(bot.id)
        if known is None:
            known = self._tokens[bot.id] = self._made(bot)
        return known

    def _made(self, bot: Bot) -> str:
        return hmac.new(self._secret, f"telegram webhook {bot.id}".encode(), hashlib.sha256).hexdigest()

    def _bot(self, bot_key: str) -> Bot | None:
        return next((bot for key, bot in self._bots.all() if bot_key == (key or FOR_ALL)), None)

    def _authentic(self, headers: Mapping[str, str], bot: Bot) -> bool:
        shown = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
        # On bytes: the comparison of texts raises for anything that is not ASCII.
        return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), self.token(bot).encode())


def _opened(body: bytes) -> Mapping[str, object]:
    """The body as an object with an update's number. Raises `ValueError` for anything else."""
    try:
        raw = json.loads(body)
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(raw, dict) or type(raw.get("update_id")) is not int:
        raise ValueError
    return raw


def _as_json(answer: TelegramMethod[bool]) -> bytes:
    """The method as Telegram reads it from a webhook's reply."""
    fields = answer.model_dump(mode="json", exclude_none=True)
    return json.dumps({"method": answer.__api_method__, **fields}).encode()

"""Which chats a poster's page can lead to: the committee's bot on Telegram, and ours on Matrix.

Telegram alone knows what a bot is called; it is asked once, and again after a while where it did not answer.
No library of the platform is loaded for that: this process may be one that serves pages alone.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from config.sections import Telegram
from config.settings import Settings
from dispatch.people import Committee

log = logging.getLogger(__name__)

ASK_S = 3.0
"""A page waits no longer for a button."""
AGAIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Links into chats; empty where there is none. On Matrix a link holds no words: `account` is whom to
    write to there, and `words` what, which say to which of the account's committees."""

    telegram: str = ""
    matrix: str = ""
    account: str = ""
    words: str = ""


NO_ENTRANCE = Entrance()


class Entrances:
    """What leads into the chats that are switched on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._asking = asyncio.Lock()

    async def of(self, committee: Committee) -> Entrance:
        """The chats in which somebody can report in to this committee; of a demo none, where nobody can."""
        if committee.demo:
            return NO_ENTRANCE
        matrix, telegram = self._settings.matrix, self._settings.telegram
        account = matrix.user_id if matrix.used and matrix.user_id else ""
        name = await self._name(telegram, committee.key) if telegram.used else ""
        code = f"join-{committee.id}"
        return Entrance(
            telegram=f"https://t.me/{name}?start={code}" if name else "",
            matrix=f"https://matrix.to/#/{account}" if account else "",
            account=account,
            words=f"!join {code}" if account else "",
        )

    async def _name(self, telegram: Telegram, committee: str) -> str:
        token = _token(telegram, committee)
        if token is None:
            return ""
        secret = token.get_secret_value()
        async with self._asking:  # one question, however many scan a poster at the same moment
            late = time.monotonic() - self._asked.get(secret, -AGAIN_S) >= AGAIN_S
            if secret not in self._names and late:
                self._asked[secret] = time.monotonic()
                if name := await _ask(f"{telegram.api_url.rstrip('/')}/bot{secret}/getMe"):
                    self._names[secret] = name
        return self._names.get(secret, "")


def _token(telegram: Telegram, committee: str) -> SecretStr | None:
    """The committee's own bot, else the one for all."""
    as_set = committee.lower().replace("-", "_")  # names of settings have no capitals and no dashes
    own = telegram.bots.get(committee) or telegram.bots.get(as_set)
    return own.token if own is not None else telegram.token


async def _ask(url: str) -> str:
    try:
        timeout = aiohttp.ClientTimeout(total=ASK_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            said = await answer.json()
            return str(said["result"]["username"])
    except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError) as error:
        # Never the address: the bot's token stands in it.
        log.warning("Telegram did not say what the bot is called: %s", type(error).__name__)
        return ""

"""Requests to a Bot API server: aiogram's own session, and a short way for the answers to taps.

They come by hundreds in one second and carry a few words each; aiogram's way (a form, encoded field by field,
and a model for what comes back) costs more than the request itself. Everything else goes aiogram's way, which
knows files and nested objects.
"""

import json
from typing import cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery
from aiogram.methods.base import TelegramMethod, TelegramType
from aiohttp import ClientError, ClientTimeout


class Session(AiohttpSession):
    """Raises what aiogram's own raises."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's
    ) -> TelegramType:
        """See `BaseSession.make_request`."""
        if isinstance(method, AnswerCallbackQuery):
            patience = self.timeout if timeout is None else timeout
            return cast("TelegramType", await self._answer(bot, method, ClientTimeout(total=patience)))
        return await super().make_request(bot, method, timeout)

    async def _answer(self, bot: Bot, answer: AnswerCallbackQuery, patience: ClientTimeout) -> bool:
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=answer.__api_method__)
        body = answer.model_dump(mode="json", exclude_none=True)
        try:
            async with session.post(url, json=body, timeout=patience) as reply:
                said = await reply.text()
        except TimeoutError as error:
            raise TelegramNetworkError(method=answer, message="Request timeout error") from error
        except ClientError as error:
            raise TelegramNetworkError(method=answer, message=type(error).__name__) from error
        if reply.status == 200 and _done(said):
            return True
        return bool(self.check_response(bot, answer, reply.status, said).result)


def _done(said: str) -> bool:
    try:
        return bool(json.loads(said)["ok"])
    except (ValueError, LookupError, TypeError):
        return False

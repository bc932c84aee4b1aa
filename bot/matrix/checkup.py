"""Whether the homeserver knows the bot and its key store is whole, asked without a change: for the doctor."""

import asyncio
from pathlib import Path

from mautrix.client import Client
from mautrix.types import UserID

from bot.matrix import devices
from bot.matrix.papers import PaperFile
from bot.matrix.signing_in import AWAY, HomeserverAwayError, TokenWrongError, show
from bot.matrix.wire import Wire
from config.sections import Matrix

WITHIN_S = 10.0
"""Seconds that a server of one's own may take for one request, a busy one too."""


async def check(settings: Matrix, data: Path, secret: bytes) -> str:
    """How the account stands, in a few words. Raises a `StartError` whose sentence says what to do."""
    await asyncio.to_thread(devices.check_store, data)
    papers = PaperFile(data, secret).read(settings.user_id or "")
    given = settings.access_token
    token = given.get_secret_value() if given is not None and settings.password is None else papers.token
    if not token:
        return "never signed in; the first start does"
    wire = Wire(str(settings.homeserver), token)
    try:
        async with asyncio.timeout(WITHIN_S):
            found = await show(Client(mxid=UserID(papers.user_id), api=wire), papers, token)
    except TokenWrongError:
        if settings.password is None:
            raise
        return "the session was ended; the bot signs in again by its password"
    except AWAY as error:
        raise HomeserverAwayError(url=str(settings.homeserver), reason=type(error).__name__) from error
    finally:
        await wire.session.close()
    return f"signed in as {found.user_id}, device {found.device}"

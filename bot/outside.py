"""What an installation uses beside itself: is it there, and does it do what it is for?

Looking rings nobody, sends nothing, and leaves nothing behind.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot import bucket
from bot.findings import Finding
from config.settings import Settings
from dispatch.errors import PicturesUnavailableError
from store.bucket import try_out
from workers import services
from workers.sms import addressed

ANSWER = 2.0
"""Seconds that a host may take to answer."""

_BUCKET_KEYS = "mend SUIDAO_STORAGE__S3__ACCESS_KEY and __SECRET_KEY, or let that key write, read and delete"
_BUCKET_AWAY = "start its server, or mend SUIDAO_STORAGE__S3__ENDPOINT and __REGION"
_SOME_NUMBER = "+8619900000000"
"""Nobody's; a service's address is read with it, and nothing is sent."""

_BUCKET = {
    "FileNotFoundError": "make the bucket, or mend SUIDAO_STORAGE__S3__BUCKET",
    "NotFoundError": "make the bucket, or mend SUIDAO_STORAGE__S3__BUCKET",
    "PermissionDeniedError": _BUCKET_KEYS,
    "UnauthenticatedError": _BUCKET_KEYS,
}
"""What to do, by how the bucket fails."""


async def heartbeat(settings: Settings) -> Sequence[Finding]:
    """Heartbeat: its host can be reached, where one is set. Fetching it would say that all is well."""
    if settings.watch.heartbeat_url is None:
        return []
    parts = urlsplit(settings.watch.heartbeat_url.get_secret_value())
    secure = parts.scheme == "https"
    try:
        async with asyncio.timeout(ANSWER):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None
            )
    except OSError as error:  # a timeout and a bad certificate are ones, too
        mend = "mend SUIDAO_WATCH__HEARTBEAT_URL, or see why this machine cannot reach it"
        said = f"its host cannot be reached ({type(error).__name__})"
        return [Finding(subject="heartbeat", said=said, mend=mend)]
    writer.close()
    return [Finding(subject="heartbeat", said="its host can be reached")]


async def sms(settings: Settings) -> Sequence[Finding]:
    """SMS: its service is one that there is, where one is set. Nobody is sent any."""
    if settings.sms.url is None:
        return []
    wrong = services.slip(addressed(settings.sms.url.get_secret_value(), _SOME_NUMBER))
    if wrong is not None:
        mend = "mend SUIDAO_SMS__URL (docs/family.md)"
        return [Finding(subject="sms", said=f"its address cannot be read ({wrong.value})", mend=mend)]
    return [Finding(subject="sms", said="its address can be read")]


async def pictures(settings: Settings) -> Sequence[Finding]:
    """Pictures: their bucket is written, read and deleted from, where one is set."""
    chosen = bucket.chosen(settings)
    if chosen is None:
        return []
    try:
        wrong = await try_out(chosen)
    except PicturesUnavailableError as error:
        what = str(error.params["what"])
        said = f"the bucket cannot be used ({what})"
        return [Finding(subject="pictures", said=said, mend=_BUCKET.get(what, _BUCKET_AWAY))]
    if wrong:
        mend = "let the key write, read and delete in it, and keep no versions of its objects"
        return [Finding(subject="pictures", said=f"the bucket does not {wrong} as it should", mend=mend)]
    return [Finding(subject="pictures", said=f"in the bucket {settings.storage.s3.bucket}")]

"""Sending photos to the bot, and looking at what arrives."""

import pytest

from tests.photos import photo
from tests.platforms.telegram_house import TelegramHouse
from tests.platforms.telegram_server import Seen

JOB = "3号楼502 敲门无应答"


def said(town: TelegramHouse, key: str) -> list[str]:
    """What the bot wrote to somebody in private, cards left out."""
    return [
        each.text for each in town.phone(key).sees(town.account) if not each.buttons and each.kind == "text"
    ]


def photos(town: TelegramHouse, key: str) -> list[Seen]:
    """The pictures in somebody's private chat."""
    return [each for each in town.phone(key).sees(town.account) if each.kind == "photo"]


def contents(town: TelegramHouse, seen: Seen) -> bytes:
    """What a picture shows."""
    return town.server.town.storage.find(town.account.id, seen.content["photo"][-1]["file_id"]).data


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What our own code logs, and not the libraries of the tests' server."""
    return "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("aio"))


async def kept(town: TelegramHouse, job: int) -> int:
    """How many pictures the job has."""
    return (await town.state(job)).job.pictures


async def sends(
    town: TelegramHouse, key: str, data: bytes, caption: str = "", reply_to: Seen | None = None
) -> None:
    """Somebody sends a photo to the bot, and all that follows from it happens."""
    await town.phone(key).sends_photo(town.account, data, caption, reply_to)
    await town.settles()


async def posts(town: TelegramHouse, *, caption: str = JOB) -> int:
    """The staff member posts a job with a photo; its number."""
    await sends(town, "zhao", photo(), caption)
    return max(job.id for job in await town.jobs())


async def claims(town: TelegramHouse, key: str = "wang") -> None:
    await town.phone(key).taps(town.card(key), "我来接单" if key != "li" else "I'll go")
    await town.settles()


async def gives_back(town: TelegramHouse) -> None:
    """The claimer cannot, and says so twice, as they are asked."""
    for _ in range(2):
        await town.phone("wang").taps(town.card("wang"), "去不了")
        await town.settles()


async def swept(town: TelegramHouse, seconds: float = 2.0) -> None:
    """What is overdue some seconds later is delivered, as the sweep does it."""
    town.home.clock.forward(seconds)
    await town.deliverer.deliver(await town.home.store.overdue_outbox(town.home.clock.now(), 100))
    await town.settles()

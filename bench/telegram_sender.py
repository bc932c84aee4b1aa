"""One of several processes that send through one bot: all of the program that delivers, on Telegram.

`python -m bench.telegram_sender FOLDER API_URL TOKEN VALKEY FIRST CARDS`, until SIGTERM. It has an outbox and
a queue of its own in FOLDER; what may be sent when is shared by way of VALKEY. Told `post` on stdin it asks
CARDS volunteers at once, whose accounts are numbered from FIRST on; told `danger` it asks one more, where
life is at stake. It says `ready`, and `done` whenever a job is posted and its cards are owed.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM

from bench import crowd, telegram_crowd
from bench.crowd import Crowd
from bench.house import House, open_house
from bot.playbooks import load_playbooks
from bot.telegram.bots import Bots
from bot.telegram.gateway import TelegramGateway
from config.sections import Telegram
from dispatch.jobs import Draft, Priority
from dispatch.moments import HOUR
from dispatch.playbook import Playbook, Wave, WaveTo
from dispatch.playbook_file import from_json, to_json
from dispatch.service import Service
from handlers.gateways import Gateway
from handlers.texts import Catalogs
from store import SqlStore, queue
from store.clock import WallClock
from store.limiter import Limiter
from store.maps import Geodesic

DANGER_KIND = "welfare_check"
"""The kind of job of which the one urgent card is; whoever takes it must have `SKILL`."""

SKILL = "rescue"


async def main(folder: Path, settings: Telegram, valkey: str, first: int, cards: int) -> None:
    """Do what is told until told to leave."""

    @asynccontextmanager
    async def telegram(store: SqlStore, catalogs: Catalogs) -> AsyncIterator[Gateway]:
        redis = queue.client(valkey)
        async with Bots(settings) as bots:
            yield TelegramGateway(bots, Limiter(redis), store, catalogs, WallClock())
        await redis.aclose()

    async def settle(store: SqlStore) -> Crowd:
        return await telegram_crowd.settle(store, committee(first, cards))

    async with open_house(playbooks(cards), way=telegram, settle=settle, inside=folder) as house:
        print("ready", flush=True)
        async for line in _lines():
            await _post(house, danger=line == "danger")
            print("done", flush=True)
        await asyncio.Event().wait()


def committee(first: int, cards: int) -> dict[str, object]:
    """So many volunteers, and one more who alone is wanted where life is at stake."""
    table = telegram_crowd.with_accounts(crowd.table(cards + 1), first=first, room=False)
    *others, one = table["people"][: cards + 1]
    desk = table["people"][cards + 1 :]
    # Nobody knows where they live: so they are the last of all to be asked for anything else.
    one = {name: value for name, value in one.items() if name != "building"}
    return {**table, "people": [*others, {**one, "skills": [SKILL]}, *desk]}


def playbooks(cards: int) -> Mapping[str, Playbook]:
    """One wave a job, at once, and nothing more as long as this runs."""
    found = load_playbooks(None)
    many, danger = found[crowd.KIND], found[DANGER_KIND]
    many = replace(many, waves=_waves(cards), seeking=None)
    danger = replace(
        danger, waves=_waves(1), seeking=None, needs=replace(danger.needs, skills=frozenset({SKILL}))
    )
    return {**found, **{book.kind: from_json(to_json(book)) for book in (many, danger)}}


def _waves(count: int) -> tuple[Wave, ...]:
    return (
        Wave(after=0, to=WaveTo.NEAREST, count=count),
        Wave(after=HOUR, to=WaveTo.GROUP),
    )


async def _post(house: House, *, danger: bool) -> None:
    """Comes back when the cards are owed, for good."""
    service = Service(house.store, house.bell, WallClock(), Geodesic(), house.playbooks)
    draft: Draft = house.crowd.draft(0)
    if danger:
        draft = replace(draft, kind=DANGER_KIND, priority=Priority.LIFE, nonce="danger")
    await service.post(house.crowd.staff, draft)


async def _lines() -> AsyncIterator[str]:
    """What is said on stdin."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()


async def _until_told_to_leave(folder: str, url: str, token: str, *rest: str) -> None:
    valkey, first, cards = rest
    settings = Telegram.model_validate({"token": token, "api_url": url})
    task = asyncio.create_task(main(Path(folder), settings, valkey, int(first), int(cards)))
    asyncio.get_running_loop().add_signal_handler(SIGTERM, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    asyncio.run(_until_told_to_leave(*sys.argv[1:]))

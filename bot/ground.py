"""What every process stands on, whatever its part: store, queue, bell, service, texts.

What a process does with it is not known here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

import store
from bot import bucket, charts, step_pictures
from bot.codes import Codes
from bot.gateways import MATRIX, TELEGRAM, Surroundings
from bot.playbooks import load_playbooks
from bot.step_pictures import StepPictures
from bot.ticking import TickLinks
from bot.web.links import Links
from bot.web.session import PLATFORM as WEB
from config.settings import Settings
from dispatch.errors import StoreUnavailableError
from dispatch.lately import Limits
from dispatch.service import Service
from dispatch.succession import Succession
from handlers.router import Router
from handlers.texts import Catalogs
from store import broker, queue
from store.broker import Broker
from store.bucket import Bucket
from store.clock import WallClock
from store.crypto import Vault
from store.errors import StartError
from store.maps import Geodesic
from workers.figures import Figures

LAST_RINGS_S = 0.3
"""Seconds for handing over the last rings: what is lost is found by the sweep of the next start."""


class QueueAwayError(StartError):
    """The queue that the settings name does not answer."""

    key = "queue_away"
    sentence = "The queue of SUIDAO_REDIS_URL does not answer ({reason}): start it, or remove the setting."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The parts that all others are made of. `where` is the queue; `shared` says that other processes may
    work on the same store and queue."""

    settings: Settings
    data: Path
    where: str
    shared: bool
    vault: Vault
    store: store.SqlStore
    bell: queue.ArqBell
    service: Service
    succession: Succession
    router: Router
    catalogs: Catalogs
    clock: WallClock
    distances: Geodesic
    figures: Figures
    guides: StepPictures

    def surroundings(self, crowd: int | None = None) -> Surroundings:
        """What chats are made of."""
        return Surroundings(
            settings=self.settings,
            router=self.router,
            store=self.store,
            catalogs=self.catalogs,
            clock=self.clock,
            vault=self.vault,
            where=self.where,
            data=self.data,
            crowd=crowd,
            paged=paged(self.settings, self.vault, self.clock),
        )

    async def ready(self) -> bool:
        """Store and queue answer."""
        redis = queue.client(self.where)
        try:
            await self.store.committees()
            return bool(await redis.ping())
        except (RedisError, OSError, StoreUnavailableError):
            return False
        finally:
            await redis.aclose()


def served(settings: Settings) -> tuple[str, ...]:
    """Platforms that have processes of their own, where there are several processes."""
    return tuple(_served(settings))


def _served(settings: Settings) -> Iterator[str]:
    yield WEB
    if settings.telegram.used:
        yield TELEGRAM
    if settings.matrix.used:
        yield MATRIX


@asynccontextmanager
async def stand(settings: Settings, data: Path, *, demo: bool, pace: int) -> AsyncIterator[Ground]:
    """All of it, for as long as the block runs. Raises a `StartError` that says what to do."""
    vault = Vault.open(data, _secret(settings))
    playbooks = load_playbooks(settings.playbooks_dir, pace)
    guides = step_pictures.load(settings.playbooks_dir, playbooks.values())
    clock, distances, catalogs = WallClock(), Geodesic(), Catalogs.load()
    # The demo never touches a real database, nor a chat platform, whatever is set.
    database = None if demo else settings.database
    shared = database is not None and settings.redis_url is not None
    limits = _limits(settings, pace)
    shelf = None if demo else bucket.chosen(settings)
    async with _store(data, vault, database, limits, shelf) as kept, _queue(settings, data) as where:
        queues = [queue.DELIVERY, *map(queue.delivery_by, served(settings))] if shared else [queue.DELIVERY]
        bell = queue.ArqBell(where, queues)
        figures = Figures()
        service = Service(kept, bell, clock, distances, playbooks, figures.decision, limits)
        succession = Succession(service, pace)
        yield Ground(
            settings=settings.without_chats() if demo else settings,
            data=data,
            where=where,
            shared=shared,
            vault=vault,
            store=kept,
            bell=bell,
            service=service,
            succession=succession,
            router=Router(
                service,
                catalogs,
                Codes(vault.derive(b"invite"), clock),
                succession,
                charts.draw,
                guides,
                notice_link=notice_link(settings, vault, clock),
                sms=settings.sms.url is not None and not demo,
            ),
            catalogs=catalogs,
            clock=clock,
            distances=distances,
            figures=figures,
            guides=guides,
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_RINGS_S):
                await bell.close()


@asynccontextmanager
async def _store(
    data: Path, vault: Vault, database: str | None, limits: Limits, shelf: Bucket | None
) -> AsyncIterator[store.SqlStore]:
    kept = await store.open_store(data, vault, database_url=database, limits=limits, bucket=shelf)
    try:
        yield kept
    finally:
        await kept.close()


@asynccontextmanager
async def _queue(settings: Settings, data: Path) -> AsyncIterator[str]:
    """Where the queue is: the embedded server, supervised, or the one that the settings name."""
    if settings.redis_url is not None:
        await _check(settings.redis_url)
        yield settings.redis_url
        return
    embedded = Broker(data)
    embedded.start()
    watching = asyncio.create_task(embedded.supervise())
    try:
        yield embedded.url
    finally:
        watching.cancel()
        embedded.stop()


async def _check(where: str) -> None:
    redis = queue.client(where)
    try:
        await broker.check(redis)
    except (RedisError, OSError) as error:
        raise QueueAwayError(reason=type(error).__name__) from error
    finally:
        await redis.aclose()


def _limits(settings: Settings, pace: int) -> Limits:
    found = settings.reveals
    return Limits(a_day=found.a_day, given_back=found.given_back, pace=pace)


def paged(settings: Settings, vault: Vault, clock: WallClock) -> TickLinks | None:
    """What leads from cards to pages; None without an address that opens everywhere: that of this machine
    alone would lead nowhere from a phone."""
    url = settings.web.public_url
    return None if url is None else TickLinks(Links(vault.derive(b"web"), url, clock))


def notice_link(settings: Settings, vault: Vault, clock: WallClock) -> Callable[[int, int], str] | None:
    """What leads from a chat to the notice for a building's door; None as `paged`."""
    url = settings.web.public_url
    return None if url is None else Links(vault.derive(b"web"), url, clock).notice


def _secret(settings: Settings) -> str | None:
    return None if settings.secret_key is None else settings.secret_key.get_secret_value()

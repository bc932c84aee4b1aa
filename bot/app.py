"""The one wiring place: every part is made here, handed to the parts that need it, and ended in order.

`run` is the whole embedded program: store, queue, workers and pages in one process tree.
"""

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from redis.exceptions import RedisError

import store
from bot import folder
from bot.codes import Codes
from bot.gateways import Surroundings, chats
from bot.plans import Plans
from bot.playbooks import load_playbooks
from bot.web import app as pages
from bot.web.board import Office
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.ringing import Ringing
from config.settings import Settings
from dispatch.errors import StoreUnavailableError
from dispatch.geography import Point
from dispatch.service import Service
from handlers.outlook import Lookouts
from handlers.router import Router
from handlers.texts import Catalogs
from store import broker, queue
from store.broker import Broker
from store.clock import WallClock
from store.crypto import Vault
from store.errors import StartError
from store.maps import Geodesic
from workers import faults
from workers import settings as arq
from workers.deliver import Deliverer
from workers.nightly import Nightly
from workers.sweep import Sweep

log = logging.getLogger(__name__)

DEMO_FOLDER = "demo"
"""The demo keeps to a folder of its own inside the data folder and never meets a real committee."""

CROWD_FOLDER = "crowd"
"""A demo with simulated people has a folder of its own again: nobody else's demo is full of what they did."""

DEMO_PACE = 10
"""In the demo every delay is a tenth, so that a newcomer sees a job escalate while watching."""

LEAVE_WITHIN_S = 1.5
"""Seconds for what is running to end after a signal; with the last rings and a queue server that hangs it
makes five."""

LAST_RINGS_S = 0.3
"""Seconds for handing over the last rings: what is lost is found by the sweep of the next start."""


class PortTakenError(StartError):
    """Another program listens where the pages should be."""

    key = "port_taken"
    sentence = "Port {port} on {host} is taken: stop what listens there, or set SUIDAO_WEB__PORT."


class HostUnusableError(StartError):
    """The pages cannot be served there."""

    key = "host_unusable"
    sentence = (
        "The pages cannot be served on {host}:{port} ({reason}): set SUIDAO_WEB__HOST and SUIDAO_WEB__PORT."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running program: what whoever started it may need."""

    store: store.SqlStore
    service: Service
    links: Links
    plans: Plans
    demo: bool
    pace: int
    """How many times as fast time runs: 1, but in a demo."""
    crowd: bool
    base_url: str


Started = Callable[[Program], Awaitable[None]]
"""Called once when the first page can be opened: prints links, or tells a test."""


def run(
    settings: Settings,
    *,
    started: Started,
    demo: bool = False,
    host: str | None = None,
    crowd: int | None = None,
) -> None:
    """Run until SIGINT or SIGTERM, then leave within five seconds.

    `host` overrides where the pages listen; `crowd` fills a demo with simulated people, so many times as fast
    as life. Raises a `StartError` that says what to do.
    """
    data = (
        settings.data_dir
        if not demo
        else settings.data_dir / (DEMO_FOLDER if crowd is None else CROWD_FOLDER)
    )
    with folder.hold(data), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_until_told_to_leave(settings, data, started, demo=demo, host=host, crowd=crowd))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where it exists: it halves the lateness of alarms (docs/benchmarks.md)."""
    try:
        import uvloop  # noqa: PLC0415 - not everywhere
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _until_told_to_leave(
    settings: Settings, data: Path, started: Started, *, demo: bool, host: str | None, crowd: int | None
) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    async with running(settings, data, demo=demo, host=host, crowd=crowd) as program:
        await started(program)
        await told.wait()
        log.info("leaving")


@asynccontextmanager
async def running(
    settings: Settings,
    data: Path,
    *,
    demo: bool = False,
    host: str | None = None,
    crowd: int | None = None,
) -> AsyncIterator[Program]:
    """Everything up, in the order in which the parts need each other; down in the reverse one."""
    vault = Vault.open(data, _secret(settings))
    pace = (crowd or DEMO_PACE) if demo else 1
    playbooks = load_playbooks(settings.playbooks_dir, pace)
    clock = WallClock()
    # The demo never touches a real database either.
    database = None if demo else settings.database
    async with _store(data, vault, database) as kept, _queue(settings, data) as where:
        bell = queue.ArqBell(where)
        distances = Geodesic()
        service = Service(kept, bell, clock, distances, playbooks)
        catalogs = Catalogs.load()
        router = Router(service, catalogs, Codes(vault.derive(b"invite"), clock))
        plans = Plans(data)
        base_url = _base_url(settings, host)
        links = Links(vault.derive(b"web"), base_url)
        ringing = Ringing(kept, vault.derive(b"push"), clock, base_url)
        await ringing.load()
        page = WebGateway(catalogs, links.root, ringing, demo=demo)
        # The demo never touches a chat platform, whatever is set.
        around = Surroundings(
            settings=settings.without_chats() if demo else settings,
            router=router,
            store=kept,
            catalogs=catalogs,
            clock=clock,
            vault=vault,
            where=where,
            data=data,
            crowd=crowd if demo else None,
        )
        async with chats(around) as talk:
            deliverer = Deliverer(kept, router, {page.platform: page, **talk.gateways}, clock)
            site = pages.build(
                router=router,
                store=kept,
                links=links,
                gateway=page,
                clock=clock,
                ready=_ready(where, kept),
                webhooks=talk.webhooks,
                office=Office(lookouts=Lookouts(service), catalogs=catalogs, plans=plans),
            )
            redis = queue.redis_settings(where)
            async with (
                _work(
                    arq.keep_running(lambda: arq.escalation(redis, service)),
                    arq.deliveries(redis, deliverer),
                    Sweep(service, deliverer, clock).forever(),
                    Nightly(kept, clock).forever(),
                    _warm(distances),
                    *(part() for part in talk.parts),
                ),
                _serve(site, host or settings.web.host, settings.web.port),
            ):
                settle_memory()
                yield Program(
                    store=kept,
                    service=service,
                    links=links,
                    plans=plans,
                    demo=demo,
                    pace=pace,
                    crowd=crowd is not None,
                    base_url=base_url,
                )
            for leave in talk.leave:
                await leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_RINGS_S):
                await bell.close()


@asynccontextmanager
async def _store(data: Path, vault: Vault, database: str | None) -> AsyncIterator[store.SqlStore]:
    kept = await store.open_store(data, vault, database_url=database)
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


class QueueAwayError(StartError):
    """The queue that the settings name does not answer."""

    key = "queue_away"
    sentence = "The queue of SUIDAO_REDIS_URL does not answer ({reason}): start it, or remove the setting."


async def _check(where: str) -> None:
    redis = queue.client(where)
    try:
        await broker.check(redis)
    except (RedisError, OSError) as error:
        raise QueueAwayError(reason=type(error).__name__) from error
    finally:
        await redis.aclose()


@asynccontextmanager
async def _serve(site: web.Application, host: str, port: int) -> AsyncIterator[None]:
    runner = pages.runner(site)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port=port, host=host) from error
        raise HostUnusableError(host=host, port=port, reason=error.strerror or str(error)) from error


@asynccontextmanager
async def _work(*parts: Awaitable[None]) -> AsyncIterator[None]:
    """Parts that run until the program leaves; one that ends by itself is said loudly."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: asyncio.Future[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        faults.tell(log, error, "a part of the program ended (part %d): restart it", 0)


def settle_memory() -> None:
    """Keep the collector from walking through everything that was loaded once: with 280 taps at the same
    moment its pauses were a third of the slowest answers."""
    gc.collect()
    gc.freeze()


async def _warm(distances: Geodesic) -> None:
    """Import geopy now, beside everything else, so that the first wave does not wait half a second."""
    await asyncio.to_thread(distances.meters, Point(lat=0, lon=0), Point(lat=0, lon=1))


def _ready(where: str, kept: store.SqlStore) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        redis = queue.client(where)
        try:
            await kept.committees()
            return bool(await redis.ping())
        except (RedisError, OSError, StoreUnavailableError):
            return False
        finally:
            await redis.aclose()

    return ready


def _secret(settings: Settings) -> str | None:
    return None if settings.secret_key is None else settings.secret_key.get_secret_value()


def _base_url(settings: Settings, host: str | None) -> str:
    """How people reach the pages. Listening on every address, it is this machine's own in the network."""
    if settings.web.public_url is None and host is not None:
        return f"http://{own_address()}:{settings.web.port}"
    return settings.web.base_url


def own_address() -> str:
    """This machine's address in its network. Asks the routing table; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: an address that nobody has (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"

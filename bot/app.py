"""The one wiring place: every part is made from here, handed to the parts that need it, and ended in order.

`run` is the whole program in one process tree, or one of its parts beside other processes.
"""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bot import folder, parts
from bot.ground import Ground, stand
from bot.parts import Front, Part
from bot.plans import Plans
from bot.web.links import Links
from config.settings import Settings
from dispatch.service import Service
from store import SqlStore
from store.errors import StartError

log = logging.getLogger(__name__)

DEMO_FOLDER = "demo"
"""The demo keeps to a folder of its own inside the data folder and never meets a real committee."""

CROWD_FOLDER = "crowd"
"""A demo with simulated people has a folder of its own again: nobody else's demo is full of what they did."""

DEMO_PACE = 10
"""In the demo every delay is a tenth, so that a newcomer sees a job escalate while watching."""


class AloneError(StartError):
    """One part of the program by itself, without what it would share with the others."""

    key = "alone"
    sentence = (
        "suidao bot, web and worker share their work with other processes, which neither a SQLite file nor "
        "the embedded Valkey can: set {missing} (docs/processes.md), or start everything by suidao run."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running program: what whoever started it may need."""

    store: SqlStore
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
    part: Part = Part.ALL,
    demo: bool = False,
    host: str | None = None,
    crowd: int | None = None,
) -> None:
    """Run until SIGINT or SIGTERM, then leave within five seconds.

    `part` is what this process does of it; `host` overrides where the pages listen; `crowd` fills a demo with
    simulated people, so many times as fast as life. Raises a `StartError` that says what to do.
    """
    _check_shared(settings, part)
    data = (
        settings.data_dir
        if not demo
        else settings.data_dir / (DEMO_FOLDER if crowd is None else CROWD_FOLDER)
    )
    folder.prepare(data)
    # Parts keep nothing in the folder that another one would write: several may run on one.
    held = folder.hold(data) if part is Part.ALL else nullcontext()
    gc.disable()  # until all is up: a sixth of a bot's start went into looking through what stays loaded
    try:
        with held, asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(
                _until_told_to_leave(settings, data, started, part=part, demo=demo, host=host, crowd=crowd)
            )
    finally:
        gc.enable()


def _check_shared(settings: Settings, part: Part) -> None:
    given = {"SUIDAO_DATABASE_URL": settings.database, "SUIDAO_REDIS_URL": settings.redis_url}
    missing = [name for name, value in given.items() if value is None]
    if part is not Part.ALL and missing:
        raise AloneError(missing=" and ".join(missing))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where it exists: it halves the lateness of alarms (docs/benchmarks.md)."""
    try:
        import uvloop  # noqa: PLC0415 - not everywhere
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _until_told_to_leave(
    settings: Settings,
    data: Path,
    started: Started,
    *,
    part: Part,
    demo: bool,
    host: str | None,
    crowd: int | None,
) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    async with running(settings, data, part=part, demo=demo, host=host, crowd=crowd) as program:
        await started(program)
        await told.wait()
        log.info("leaving")


@asynccontextmanager
async def running(
    settings: Settings,
    data: Path,
    *,
    part: Part = Part.ALL,
    demo: bool = False,
    host: str | None = None,
    crowd: int | None = None,
) -> AsyncIterator[Program]:
    """All that belongs to the part up, in the order in which it is needed; down in the reverse one."""
    pace = (crowd or DEMO_PACE) if demo else 1
    async with stand(settings, data, demo=demo, pace=pace) as ground:
        front = _front(ground, host)
        up = (
            parts.together(ground, front, part)
            if ground.shared
            else parts.alone(ground, front, demo=demo, crowd=crowd if demo else None)
        )
        async with up:
            settle_memory()
            yield Program(
                store=ground.store,
                service=ground.service,
                links=front.links,
                plans=front.plans,
                demo=demo,
                pace=pace,
                crowd=crowd is not None,
                base_url=front.base_url,
            )


def _front(ground: Ground, host: str | None) -> Front:
    base_url = _base_url(ground.settings, host)
    return Front(
        links=Links(ground.vault.derive(b"web"), base_url),
        plans=Plans(ground.data),
        base_url=base_url,
        host=host or ground.settings.web.host,
        port=ground.settings.web.port,
    )


def settle_memory() -> None:
    """Keep the collector from walking through everything that was loaded once: with 280 taps at the same
    moment its pauses were a third of the slowest answers. From here on it collects."""
    gc.collect()
    gc.freeze()
    gc.enable()


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

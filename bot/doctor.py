"""What is wrong with an installation, and how to mend it: one line a finding. Looking changes nothing."""

import asyncio
import errno
import http.client
import os
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redis.exceptions import RedisError

from bot import complaints, folder, holes, outside, overlaps, slips
from bot.app import DEMO_FOLDER
from bot.findings import Finding
from bot.playbooks import load_playbooks
from config.settings import Settings
from dispatch import duty
from dispatch.drills import Secret
from dispatch.people import Roster, Rung
from store import broker, open_store, queue, revision, schema
from store.clock import WallClock
from store.crypto import KEY_FILE, Vault

LEAST_FREE = 200_000_000
"""Bytes. The append-only file is rewritten into a second one and the database keeps a log beside it: each
takes as much again for a while, and together they stay below this for a committee."""

WRITTEN = 2026
"""The year in which this program was written: a clock before it is wrong."""

STEP = 0.05
"""Seconds between the wall clock and the monotonic one over `WATCHED`: more is a clock that is being set."""

WATCHED = 0.2
"""Seconds for which the two clocks are compared."""

ANSWER = 2.0
"""Seconds that whatever holds the port may take to answer."""


Check = Callable[[Settings], Awaitable[Sequence[Finding]]]


async def examine(settings: Settings, out: TextIO) -> int:
    """Look at everything and write a line for each finding. Returns the exit code: 1 if anything is wrong."""
    wrong = 0
    for check in CHECKS:
        for finding in await _found(check, settings):
            wrong += bool(finding.mend)
            sign, mend = ("✘", f"; {finding.mend}") if finding.mend else ("✔", "")
            out.write(f"{sign} {finding.subject}: {finding.said}{mend}\n")
            out.flush()
    return 1 if wrong else 0


async def _found(check: Check, settings: Settings) -> Sequence[Finding]:
    """An error that a check runs into is a finding as well."""
    try:
        return await check(settings)
    except complaints.EXPECTED as error:
        subject = (check.__doc__ or "").partition(":")[0].lower()
        return [Finding(subject=subject, said="wrong", mend=complaints.line(error))]


async def _data_folder(settings: Settings) -> Sequence[Finding]:
    """Data folder: there, writable, with room."""
    subject, path = "data folder", settings.data_dir.absolute()
    standing = next(place for place in (path, *path.parents) if place.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        mend = f"make {standing} a folder that this user may write to, or set SUIDAO_DATA_DIR"
        return [Finding(subject=subject, said="cannot be written", mend=mend)]
    free = shutil.disk_usage(standing).free
    if free < LEAST_FREE:
        said = f"only {free // 1_000_000} MB are free"
        return [Finding(subject=subject, said=said, mend=f"free at least {LEAST_FREE // 1_000_000} MB")]
    state = str(path) if standing == path else f"{path}, made at the first start"
    return [Finding(subject=subject, said=state)]


async def _key(settings: Settings) -> Sequence[Finding]:
    """Key: readable, and by nobody else; whether it opens the database is seen there."""
    vault = _vault(settings)
    if vault is None:
        return [Finding(subject="key", said="none yet, made at the first start")]
    source = "SUIDAO_SECRET_KEY" if settings.secret_key else str(settings.data_dir / KEY_FILE)
    return [Finding(subject="key", said=source)]


def _vault(settings: Settings) -> Vault | None:
    """The vault, without making a key where there is none yet."""
    fresh = not (settings.data_dir / KEY_FILE).exists() and not _database(settings).exists()
    if settings.secret_key is None and fresh:
        return None
    return Vault.open(
        settings.data_dir, settings.secret_key.get_secret_value() if settings.secret_key else None
    )


def _database(settings: Settings) -> Path:
    return settings.data_dir / schema.DATABASE


async def _kept(settings: Settings) -> Sequence[Finding]:
    """Database: whole, of this release's shape, opened by the key; and the committees in it."""
    found = await revision(settings.data_dir, settings.database)
    if found is None:
        return [Finding(subject="database", said="none yet, made at the first start")]
    if not schema.is_ours(found):
        return [
            Finding(subject="database", said="of an older release", mend="run suidao migrate, or suidao run")
        ]
    vault = _vault(settings)
    if vault is None:
        mend = f"put {KEY_FILE} back into the data folder, or set SUIDAO_SECRET_KEY"
        return [Finding(subject="database", said="its key is missing", mend=mend)]
    wrong = _damage(_database(settings)) if settings.database is None else await _risks(settings.database)
    if wrong:
        return wrong
    return [
        Finding(subject="database", said=f"whole, revision {schema.HEAD}"),
        *await _committees(settings, vault),
    ]


def _damage(path: Path) -> Sequence[Finding]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        verdict = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    if verdict == "ok":
        return []
    return [Finding(subject="database", said="damaged", mend="stop Suidao and put a backup in its place")]


async def _risks(database: str) -> Sequence[Finding]:
    from store import sessions  # noqa: PLC0415 - only where PostgreSQL is used

    said = "a power cut may damage or lose it"
    return [
        Finding(subject="database", said=said, mend=f"set {name} = on in postgresql.conf")
        for name in await sessions.risks(database)
    ]


async def _committees(settings: Settings, vault: Vault) -> Sequence[Finding]:
    store = await open_store(settings.data_dir, vault, database_url=settings.database)
    try:
        committees = await store.committees()
        rosters = [await store.roster(committee.id) for committee in committees]
        secrets = {committee.id: await store.secrets(committee.id) for committee in committees}
    finally:
        await store.close()
    if not rosters:
        return [Finding(subject="committees", said="none", mend="load one: suidao load FILE")]
    findings = []
    for roster in rosters:
        subject, zone = f"committee {roster.committee.key}", roster.committee.timezone
        if not _known(zone):
            mend = "install tzdata, or mend the committee's file"
            findings.append(Finding(subject=subject, said=f"time zone {zone} is unknown", mend=mend))
        elif not duty.standing_on(Rung.DUTY, roster, WallClock().now()):
            mend = "name people on duty in [ladder] of its file and invite them: suidao invite PERSON"
            findings.append(Finding(subject=subject, said="nobody on duty can be reached", mend=mend))
        else:
            findings.append(Finding(subject=subject, said=f"{len(roster.people)} people, somebody on duty"))
        if _known(zone):
            findings += _holes(subject, roster)
            findings += _overlaps(subject, roster)
        findings += _slips(subject, roster, secrets[roster.committee.id])
    return findings


def _holes(subject: str, roster: Roster) -> Sequence[Finding]:
    """When nobody is on duty in the weeks to come."""
    mend = "let [[rota]] of its file cover the hours, or let somebody take them on /duty"
    return [
        Finding(subject=subject, said=f"nobody on duty {hole}", mend=mend)
        for hole in holes.told(roster, WallClock().now())
    ]


def _overlaps(subject: str, roster: Roster) -> Sequence[Finding]:
    """Hours that two slots plan: nothing is wrong with that, if it is meant."""
    return [
        Finding(subject=subject, said=f"planned twice, and the first counts: {line}")
        for line in overlaps.told(roster, WallClock().now())
    ]


def _slips(subject: str, roster: Roster, secrets: Sequence[Secret]) -> Sequence[Finding]:
    """Addresses of services that nobody can read."""
    mend = "mend it in the committee's file (docs/waking.md), load that, and try it: suidao drill"
    return [Finding(subject=subject, said=line, mend=mend) for line in slips.told(roster, secrets)]


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


async def _queue(settings: Settings) -> Sequence[Finding]:
    """Queue: the embedded server starts, or one's own answers and forgets nothing."""
    if settings.redis_url is None:
        with tempfile.TemporaryDirectory(prefix="suidao-doctor-") as place:
            embedded = broker.Broker(Path(place))
            embedded.start()  # on the main thread, as it asks for
            embedded.stop()
        return [Finding(subject="queue", said="the embedded Valkey starts")]
    redis = queue.client(settings.redis_url)
    try:
        await broker.check(redis)
    except (RedisError, OSError):
        mend = "start it, or mend SUIDAO_REDIS_URL (address, password)"
        return [Finding(subject="queue", said="SUIDAO_REDIS_URL does not answer", mend=mend)]
    finally:
        await redis.aclose()
    return [Finding(subject="queue", said="keeps what it is given (noeviction, append-only)")]


async def _clock(_: Settings) -> Sequence[Finding]:
    """Clock: of this age, steady, with time zones."""
    year = datetime.now(UTC).year
    if year < WRITTEN:
        return [
            Finding(
                subject="clock", said=f"it says {year}", mend="set the clock; switch on time synchronisation"
            )
        ]
    wall, steady = time.time(), time.monotonic()
    await asyncio.sleep(WATCHED)
    if abs((time.time() - wall) - (time.monotonic() - steady)) > STEP:
        return [
            Finding(
                subject="clock", said="it was moved just now", mend="look at time synchronisation, try again"
            )
        ]
    if not _known("Asia/Shanghai"):
        return [Finding(subject="clock", said="no time zones", mend="install tzdata: make install")]
    return [Finding(subject="clock", said="steady, with time zones")]


async def _port(settings: Settings) -> Sequence[Finding]:
    """Port: free, or held by a Suidao that is ready."""
    host, port = settings.web.host, settings.web.port
    if _free(host, port):
        return [Finding(subject="port", said=f"{port} is free")]
    pid = folder.holder(settings.data_dir) or folder.holder(settings.data_dir / DEMO_FOLDER)
    ready = await asyncio.to_thread(_ready, host, port)
    shared = settings.database is not None and settings.redis_url is not None
    runs = f"Suidao runs as process {pid}" if pid is not None else "one of Suidao's processes runs there"
    if ready is None or (pid is None and not shared):
        mend = "stop what listens there, or set SUIDAO_WEB__PORT"
        return [Finding(subject="port", said=f"{port} is taken by another program", mend=mend)]
    if not ready:
        mend = "read its log: the store or the queue does not answer"
        return [Finding(subject="port", said=f"{runs}, not ready", mend=mend)]
    return [Finding(subject="port", said=f"{runs}, ready")]


def _free(host: str, port: int) -> bool:
    """Whether one could listen there. Raises `OSError` for an address that is not this machine's."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def _ready(host: str, port: int) -> bool | None:
    """What `/readyz` says there; None when no Suidao answers."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status == http.client.OK if b'"ready"' in response.read(100) else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


async def _playbooks(settings: Settings) -> Sequence[Finding]:
    """Playbooks: all of them read, and nothing wrong in any."""
    kinds = ", ".join(load_playbooks(settings.playbooks_dir))
    return [Finding(subject="playbooks", said=kinds)]


async def _matrix(settings: Settings) -> Sequence[Finding]:
    """Matrix: the server answers and knows the bot, where there is one."""
    vault = _vault(settings) if settings.matrix.used else None
    if vault is None:
        return []
    if schema.is_ours(await revision(settings.data_dir, settings.database)):
        # What is derived is right only once the database's marks were seen.
        await (await open_store(settings.data_dir, vault, database_url=settings.database)).close()
    from bot.matrix import checkup  # noqa: PLC0415 - half a second, only where Matrix is used

    said = await checkup.check(settings.matrix, settings.data_dir, vault.derive(b"matrix"))
    return [Finding(subject="matrix", said=said)]


CHECKS: Sequence[Check] = (
    _data_folder,
    _key,
    _kept,
    outside.pictures,
    _queue,
    _clock,
    _port,
    _playbooks,
    _matrix,
    outside.heartbeat,
    outside.sms,
)

"""The whole program in one process, with SQLite and its own Valkey: `suidao run`."""

import asyncio
import os
import random
import shutil
import signal
import tempfile
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from redis import Redis

from tests.chaos.mounts import may_mount, mounted
from tests.chaos.runs import Place
from tests.chaos.storm import scripts
from tests.chaos.storm.diary import Diary
from tests.chaos.storm.house import Blow, frozen
from tests.chaos.storm.processes import Process
from tests.chaos.storm.records import Base
from tests.chaos.storm.town import Town, settle
from tests.ports import free_port

DISK = "size=192m"
"""Room for the longest storm; what is left of it is filled when the disk is to be full."""

BLOCK = bytes(1024 * 1024)


class Alone:
    """See `tests.chaos.storm.house.House`. Make it with `make`."""

    def __init__(self, folder: Path, town: Town, disks: ExitStack, chance: random.Random) -> None:
        self.diary = Diary()
        self.town = town
        self.base = Base(folder / "disk" / "data")
        self.missing: list[str] = [] if may_mount() else ["a full disk (mounting is not allowed here)"]
        self._disks = disks
        self._folder = folder
        self._chance = chance
        settings = {
            "SUIDAO_PLAYBOOKS_DIR": str(folder / "playbooks"),
            "SUIDAO_WATCH__SYNTHETIC_MINUTES": "0",
            **scripts.UNLIMITED,
        }
        data = folder / "disk" / "data"
        self.place = Place(data=data, temporary=folder, port=free_port(), settings=settings)
        self.program = Process(part="run", place=self.place)

    @classmethod
    async def make(cls, chance: random.Random) -> "Alone":
        """A fresh folder with a committee; on a small disk of its own where that is allowed."""
        folder, disks = Path(tempfile.mkdtemp(prefix="sd", dir="/tmp")), ExitStack()
        disks.callback(shutil.rmtree, folder)
        (folder / "disk").mkdir()
        if may_mount():
            disks.enter_context(mounted(folder / "disk", DISK))
        scripts.write(folder / "playbooks")
        return cls(folder, await settle(folder / "disk" / "data"), disks, chance)

    async def start(self) -> None:
        """See `House.start`."""
        self.program.start()
        await self.program.ready()

    async def close(self) -> None:
        """See `House.close`."""
        if self.program.alive:
            self.program.kill()
        for pid in self.place.valkeys():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while self.place.valkeys():  # noqa: ASYNC110 - nobody says so by itself
            await asyncio.sleep(0.05)
        self._disks.close()

    def where(self) -> str:
        """See `House.where`."""
        return self.program.base

    def said(self) -> str:
        """See `House.said`."""
        return self.program.log.read_text(encoding="utf-8")

    def blows(self, which: str) -> list[Blow]:
        """See `House.blows`."""
        found = [
            Blow(name="program killed", weight=8, strike=self._kill, kills=1),
            Blow(name="program and Valkey killed", weight=3, strike=self._kill_both, kills=2),
            Blow(name="Valkey killed", weight=4, strike=self._kill_queue, kills=1),
            Blow(name="Valkey emptied", weight=4, strike=self._flush),
            Blow(name="Valkey frozen", weight=2, strike=self._freeze_queue),
            Blow(name="program frozen", weight=3, strike=self._freeze),
            Blow(name="program restarted", weight=3, strike=self._deploy),
        ]
        if may_mount():
            found.append(Blow(name="disk full", weight=2, strike=self._fill))
        return found

    async def _kill(self) -> None:
        with self.diary.trouble():
            self.program.kill()
            await asyncio.sleep(self._chance.choice((0.0, 0.5, 2.0)))
            await self.start()

    async def _kill_both(self) -> None:
        with self.diary.trouble():
            await self._kill_queue()
            self.program.kill()
            await self.start()

    async def _kill_queue(self) -> None:
        for pid in self.place.valkeys():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _flush(self) -> None:
        for path in self._folder.glob("suidao-*/valkey.sock"):
            with closing(Redis(unix_socket_path=str(path), socket_timeout=1)) as queue, suppress(Exception):
                queue.flushall()

    async def _freeze_queue(self) -> None:
        for pid in self.place.valkeys():
            with suppress(ProcessLookupError):
                await frozen(pid, self._chance.uniform(0.5, 3))

    async def _freeze(self) -> None:
        with self.diary.trouble():
            await frozen(self.program.pid, self._chance.uniform(0.5, 3))

    async def _deploy(self) -> None:
        with self.diary.trouble():
            await self.program.leave()
            await self.start()

    async def _fill(self) -> None:
        ballast = self._folder / "disk" / "ballast"
        with self.diary.trouble():
            try:
                await asyncio.to_thread(_fill_up, ballast)
                await asyncio.sleep(self._chance.uniform(0.5, 2))
            finally:
                ballast.unlink()
            await self.program.ready()


def _fill_up(ballast: Path) -> None:
    """Fill the disk to its last byte."""
    handle = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    try:
        for block in (BLOCK, BLOCK[:4096], BLOCK[:1]):
            with suppress(OSError):
                while True:
                    os.write(handle, block)
    finally:
        os.close(handle)

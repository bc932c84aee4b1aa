"""What a storm goes over: the program in one process or several, and the blows that it can be dealt."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tests.chaos.storm.diary import Diary
from tests.chaos.storm.records import Base
from tests.chaos.storm.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One kind of harm: how often among others, and how many processes it kills."""

    name: str
    weight: float
    strike: Callable[[], Awaitable[None]]
    kills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gale:
    """How blows come: from which list, with what pauses (seconds), and how likely after each."""

    blows: str = "all"
    pauses: tuple[float, float] = (0.5, 3.0)
    chance: float = 1


class House(Protocol):
    """A program, in whatever shape."""

    diary: Diary
    base: Base
    town: Town
    missing: list[str]
    """What this machine does not allow to be tried; said in the output."""

    async def start(self) -> None:
        """Everything up."""

    async def close(self) -> None:
        """Everything ended, whatever happened before."""

    def where(self) -> str:
        """The address of some process with pages."""

    def blows(self, which: str) -> list[Blow]:
        """What can be done to it: all of it, or one of the lists that a `Gale` names."""

    def said(self) -> str:
        """Everything that the processes have said."""


async def batter(blows: list[Blow], diary: Diary, seconds: float, gale: Gale, chance: random.Random) -> None:
    """Deal blows for so long, one at a time. The first ones are one of each kind: a short storm has all."""
    weights = [blow.weight for blow in blows]
    first = chance.sample(blows, len(blows)) if gale.chance == 1 else []
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        if chance.random() < gale.chance:
            blow = first.pop() if first else chance.choices(blows, weights)[0]
            await blow.strike()
            diary.struck(blow.name, blow.kills)
        await asyncio.sleep(chance.uniform(*gale.pauses))


async def frozen(pid: int, seconds: float) -> None:
    """Let a process stand still for so long."""
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)

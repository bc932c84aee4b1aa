"""How long `suidao load` takes for a workbook of 6,000 residents, from the command to its last line,
on a terminal, where it draws its bar.

Beside it the least that anybody could do: a program that reads the same workbook and writes its cells into
SQLite in one transaction, unchecked and in the clear (`bench.bare_register`).
"""

import asyncio
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.report import Aim, Figure, Outcome, median
from bot import workbook_writing

RESIDENTS = 6_000
"""People at risk of three of the largest compounds of the field notes."""

BUILDINGS = 60

ROUNDS = 5
"""Loads, each into a folder of its own, ours and bare by turns; the medians count."""

DRAWN = 10
"""Times that the bar has to be drawn at the least, to be one that grows."""

LIMIT_S = 2.0


async def measure() -> Outcome:
    """Load it into an empty register some times; nothing else goes on meanwhile."""
    return await asyncio.to_thread(_measure)


def _measure() -> Outcome:
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        folder = Path(name)
        file = folder / "register.xlsx"
        file.write_bytes(workbook_writing.write(contents()))
        script = str(Path(sysconfig.get_path("scripts")) / "suidao")
        ours, bare = [], []
        for number in range(ROUNDS + 1):
            data = folder / str(number)
            settings = {"SUIDAO_DATA_DIR": str(data)}
            _run([script, "migrate"], settings)  # the folder of a program that is in use
            ours.append(_watched([script, "load", str(file)], settings))
            bare.append(_run([sys.executable, "-m", "bench.bare_register", str(file), f"{data}.db"], {}))
    s, bare_s = median(ours[1:]), median(bare[1:])  # bytecode and disk cache are warm after the first
    aim = Aim(sign="≤", limit=LIMIT_S)
    figure = Figure(name=f"s for {RESIDENTS} residents", ours=s, bare=bare_s, aim=aim)
    return Outcome(figures=(figure,), values={"s": s, "bare_s": bare_s})


def _run(command: Sequence[str], settings: Mapping[str, str]) -> float:
    """Seconds that the command takes. Raises where it fails."""
    began = time.perf_counter()
    subprocess.run(command, env={**os.environ, **settings}, check=True, capture_output=True)  # noqa: S603 - our own
    return time.perf_counter() - began


def _watched(command: Sequence[str], settings: Mapping[str, str]) -> float:
    """Seconds that the command takes on a terminal, its bar drawn. Raises where it fails, or draws none."""
    screen, terminal = os.openpty()
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own
        command, env={**os.environ, **settings}, stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = _shown(screen)
    took = time.perf_counter() - began
    assert process.returncode == 0, shown.decode()
    assert len(re.findall(rb"\r[^\r]+ \[[#.]+\] [0-9]+/[0-9]+", shown)) >= DRAWN, "there is no bar"
    return took


def _shown(screen: int) -> bytes:
    """All that is written to a terminal until whoever has it is gone."""
    shown = b""
    with os.fdopen(screen, "rb", buffering=0) as out:
        try:
            while some := out.read(65_536):
                shown += some
        except OSError:  # how Linux tells that the other end was closed
            pass
    return shown


def contents() -> Mapping[str, object]:
    """An invented committee; a third of its residents have notes, every other one somebody to call."""
    return {
        "committee": {
            "key": "bench",
            "name": "测试居民区",
            "language": "zh_CN",
            "timezone": "Asia/Shanghai",
            "emergency": {"ambulance": "120", "police": "110"},
        },
        "buildings": [{"key": str(number), "name": f"{number}号楼"} for number in range(1, BUILDINGS + 1)],
        "people": [{"key": "lin", "name": "林书记", "roles": ["secretary"]}],
        "residents": [_resident(number) for number in range(RESIDENTS)],
    }


def _resident(number: int) -> Mapping[str, object]:
    contacts = [{"name": "儿子", "phone": f"198{number:08d}"}] if number % 2 else []
    return {
        "key": f"r{number}",
        "name": f"居民{number}",
        "building": str(number % BUILDINGS + 1),
        "unit": f"{number // 600 + 1}0{number % 9 + 1}",
        "phone": f"199{number:08d}",
        "notes": "80岁，独居，每天两次药" if number % 3 == 0 else "",
        "contacts": contacts,
    }

"""The machine that the figures were taken on, as far as others need it to compare: no names, no paths."""

import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from bench.report import median

SYNCS = 50
"""Enough to see what a commit costs on this disk: with 4 ms each, a fifth of a second."""


def describe() -> Mapping[str, str]:
    """What it is, and what its disk costs."""
    return {
        "cpu": _cpu(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "disk": f"{_filesystem()}, fsync {_fsync_ms():.2f} ms",
        "load": f"{os.getloadavg()[0]:.1f} when it began",
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # macOS
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _filesystem() -> str:
    """The kind of file system that the benches' folders are on: memory would make durability free."""
    folder = Path(tempfile.gettempdir()).resolve()
    kinds = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    return next((kinds[place] for place in (folder, *folder.parents) if place in kinds), "unknown")


def _fsync_ms() -> float:
    took: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SYNCS):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return median(took)

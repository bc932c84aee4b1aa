"""The pages of a PDF as pixels, drawn by a process of its own (`bot.document_child`); nothing else of it
stays.

Neither is the document trusted nor what that process says of it. What becomes of pixels is said elsewhere.
"""

import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dispatch.errors import DocumentLockedError, DocumentTooLongError, DocumentUnreadableError
from dispatch.pictures import MOST, SIDE

CHILD = Path(__file__).with_name("document_child.py")

MEMORY = 1024 * 2**20
"""Bytes of address space: the largest page of a scan takes a quarter of it."""

SECONDS = 20
"""Of a processor, for all pages; a scan of ten takes three."""

PATIENCE_S = 40.0
"""Seconds for all pages: twice what the process may use of a processor, since others use it too."""

CHANNELS = 3
"""Bytes of a pixel: red, green, blue."""

_BEGINS, _WITHIN = b"%PDF-", 1024
"""A PDF begins within so many bytes; mail programs and scanners put something in front."""
_HEAD = struct.Struct(">8s3I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page: rows of `stride` bytes, of which the first `width` pixels count."""

    width: int
    height: int
    stride: int
    pixels: bytes = field(repr=False)


def is_document(data: bytes) -> bool:
    """It says that it is a PDF."""
    return _BEGINS in data[:_WITHIN]


def sheets(data: bytes) -> Iterator[Sheet]:
    """Its pages, one after the other; takes up to some seconds. Of one that turns out to be broken at its end
    the first pages came all the same.

    Raises `DocumentLockedError`, `DocumentTooLongError` for more than `MOST`, `DocumentUnreadableError`."""
    limits = map(str, (MOST, SIDE, MEMORY, SECONDS))
    command = [sys.executable, "-I", str(CHILD), *limits]
    # No environment: the program's own may hold its key.
    process = subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    )
    given, told = process.stdin, process.stdout
    if given is None or told is None:  # for the types: both are pipes
        raise DocumentUnreadableError
    timer = threading.Timer(PATIENCE_S, process.kill)
    timer.start()
    try:
        with suppress(BrokenPipeError), given:
            given.write(data)
        yield from _read(told)
        if process.wait() != 0:
            raise DocumentUnreadableError
    finally:
        timer.cancel()
        process.kill()
        told.close()
        process.wait()


def _read(told: IO[bytes]) -> Iterator[Sheet]:
    count = 0
    while head := told.read(_HEAD.size):
        if len(head) < _HEAD.size or count >= MOST:
            raise DocumentUnreadableError
        word, *numbers = _HEAD.unpack(head)
        match word.rstrip(b"\0"):
            case b"locked":
                raise DocumentLockedError
            case b"long":
                raise DocumentTooLongError(pages=numbers[0], room=MOST)
            case b"page":
                yield _sheet(told, *numbers)
            case _:
                raise DocumentUnreadableError
        count += 1
    if not count:
        raise DocumentUnreadableError


def _sheet(told: IO[bytes], width: int, height: int, stride: int) -> Sheet:
    # A pixel more than the side: the page's own measures are rounded up.
    whole = 0 < width <= SIDE + 1 and 0 < height <= SIDE + 1 and CHANNELS * width <= stride <= 4 * width + 4
    pixels = told.read(stride * height) if whole else b""
    if not whole or len(pixels) < stride * height:
        raise DocumentUnreadableError
    return Sheet(width=width, height=height, stride=stride, pixels=pixels)

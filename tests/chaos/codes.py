"""QR codes as a terminal shows them, read as a phone's camera would: by another library than the one that
drew them."""

from collections.abc import Iterator, Sequence

import zxingcpp

_UPPER, _LOWER, _BLANK = "█▀", "█▄", " "
"""Which half of a character is light; two rows of a code stand in one line."""

_PIXELS = 4
"""A side of a module, in pixels: enough for a camera, and for a decoder."""


def read(text: str) -> list[str]:
    """What the codes among the lines of a text say, from top to bottom."""
    return [found.text for block in _blocks(text) for found in zxingcpp.read_barcodes(_picture(block))]


def _blocks(text: str) -> Iterator[Sequence[str]]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line and set(line) <= set(_UPPER + _LOWER + _BLANK):
            block.append(line)
        elif block:
            yield block
            block = []


def _picture(block: Sequence[str]) -> memoryview:
    """Grey values, row by row."""
    halves = [[sign in half for sign in line] for line in block for half in (_UPPER, _LOWER)]
    rows = [bytes(255 * light for light in half for _ in range(_PIXELS)) * _PIXELS for half in halves]
    return memoryview(b"".join(rows)).cast("B", (len(halves) * _PIXELS, len(block[0]) * _PIXELS))

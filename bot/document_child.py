"""Draws the pages of a PDF in a process of its own: bytes in, pixels out, and nothing else.

PDFium is written in C++ and reads what strangers wrote: a file that was made to hurt may end a process, or
keep it busy for ever. This one may end. It runs no scripts, fetches nothing, and knows nothing of ours.
"""

import struct
import sys
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

LARGEST_SCALE = 4.0
"""Pixels a point of the page (1/72 inch): a business card is not blown up to a poster."""

LOCKED, LONG, PAGE = b"locked", b"long", b"page"
"""What is said first: it wants a password; it has so many pages; a page of so many pixels follows."""


def main() -> None:
    """Read stdin, write stdout. The arguments: most pages, the longer side in pixels, bytes of memory, and
    seconds of a processor. What cannot be read ends the process with another code than 0."""
    most, side, memory, seconds = (int(each) for each in sys.argv[1:5])
    _limit(memory, seconds)
    for piece in _drawn(sys.stdin.buffer.read(), most, side):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _drawn(data: bytes, most: int, side: int) -> Iterator[bytes]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code != raw.FPDF_ERR_PASSWORD:
            raise
        yield _head(LOCKED)
        return
    if len(document) > most:
        yield _head(LONG, len(document))
        return
    document.init_forms()  # what was filled in is shown as well
    for page in document:
        bitmap = page.render(scale=_scale(page.get_size(), side), rev_byteorder=True, maybe_alpha=False)
        yield _head(PAGE, bitmap.width, bitmap.height, bitmap.stride)
        yield bytes(bitmap.buffer)
        bitmap.close()
        page.close()


def _scale(points: tuple[float, float], side: int) -> float:
    return min(side / max(points), LARGEST_SCALE)


def _head(word: bytes, *numbers: int) -> bytes:
    """A line of fixed length: a word and three numbers."""
    return struct.pack(">8s3I", word, *numbers, *(0,) * (3 - len(numbers)))


if __name__ == "__main__":
    main()

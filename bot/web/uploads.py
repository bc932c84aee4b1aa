"""A file that a form carries: read whole, or to its end and thrown away. What it holds is somebody else's."""

from aiohttp import BodyPartReader

from bot.web.security import RefusedError


async def whole(part: BodyPartReader, most: int, drained: int) -> bytes | None:
    """The part, or None when it was read to its end and is larger than `most` bytes: a browser whose upload
    is cut off shows an error of its own instead of our sentence. Raises `RefusedError` beyond `drained`."""
    kept, read = bytearray(), 0
    while piece := await part.read_chunk():
        read += len(piece)
        if read > drained:
            raise RefusedError(413)
        if read <= most:
            kept += piece
        else:
            kept.clear()
    return bytes(kept) if read <= most else None

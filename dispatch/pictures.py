"""Pictures of a job: what one is, how large and how many, and what waits to be fetched from a chat.

A document is a picture a page: nothing else of it is kept.

A picture is as private as the words that it came with: it is kept sealed, shown only to those who may read
them, and its bytes stand in no text of any of these values.
"""

from dataclasses import dataclass, field

from dispatch.errors import DocumentTooLongError, TooManyPicturesError
from dispatch.moments import Micros
from dispatch.people import Address

LARGEST = 10 * 1024 * 1024
"""Bytes of a picture as it is sent. A phone's photo has 2 to 8 MB; Telegram gives a bot no file above 20 MB,
and two of them at a time have to fit beside everything else into a small machine."""

MOST = 10
"""Pictures of one job: as many as an album of a chat holds."""

SIDE = 1600
"""Pixels of the longer side, as it is kept: a label or a prescription that fills the picture can be read, and
it is some 300 kB, ten seconds on a slow network."""


def check_room(had: int, more: int) -> None:
    """Raise `TooManyPicturesError` for one picture, `DocumentTooLongError` for a document, where a job that
    had so many has no room for it: a document is kept whole, or not at all."""
    if had + more <= MOST:
        return
    if more > 1:
        raise DocumentTooLongError(pages=more, room=max(MOST - had, 0))
    raise TooManyPicturesError(limit=MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was checked and made anew: a JPEG of at most `SIDE` pixels, without any metadata."""

    data: bytes = field(repr=False)
    width: int
    height: int
    object: str = field(default="", repr=False)
    """Where its bytes lie already, outside of the database; empty: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A picture that somebody sent, and that is still to be fetched from where its chat keeps it.

    `job_id` is None for a part of an album whose words have not come yet: they stand on one part alone.
    `source` is the platform's own way to the file. `receipt` is unique to the message.
    """

    receipt: str
    address: Address
    source: str = field(repr=False)
    at: Micros
    album: str = ""
    job_id: int | None = None
    tries: int = 0

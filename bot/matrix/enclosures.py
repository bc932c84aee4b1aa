"""What hangs on a message besides its words: a picture or a document, plain or encrypted, or something that
nothing is done with.

It reads what an event says about a file and fetches nothing. Whatever it says may be untrue.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.matrix.events import Event, Json, table, word
from dispatch.errors import DispatchError, NotAPictureError, PictureMovesError, PictureTooLargeError
from dispatch.pictures import LARGEST

_IMAGE, _FILE = "m.image", "m.file"
_ANYTHING = "application/octet-stream"
"""What some clients call every file: what it is is seen when it is opened."""

_FILES = (_ANYTHING, "application/pdf")

_MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]_-]{1,230})/([A-Za-z0-9_=.~-]{1,255})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How a file was encrypted before it was uploaded. Its repr opens nothing."""

    key: str = field(repr=False)
    iv: str = field(repr=False)
    digest: str = field(repr=False)

    @classmethod
    def read(cls, file: Mapping[str, object]) -> Self:
        """The lock that an event's `file` describes; empty texts where it says nothing."""
        key, digest = table(file.get("key")).get("k"), table(file.get("hashes")).get("sha256")
        return cls(key=word(key), iv=word(file.get("iv")), digest=word(digest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that may be a picture or a document. `size` is what its sender says, 0 if they say nothing."""

    url: str = field(repr=False)
    size: int
    mime: str
    lock: Lock | None = None

    def check(self) -> None:
        """Raise what is certain before it is fetched: `PictureTooLargeError`, `PictureMovesError`,
        `NotAPictureError`."""
        refusal: DispatchError | None = None
        if self.mime == "image/gif":
            refusal = PictureMovesError()
        elif not (self.mime.startswith("image/") or self.mime in _FILES) or place(self.url) is None:
            refusal = NotAPictureError()
        elif self.size > LARGEST:
            refusal = PictureTooLargeError(limit=LARGEST // 2**20)
        if refusal is not None:
            raise refusal


def picture(event: Event) -> Enclosed | None:
    """The picture, or the file that was sent as one; None where there is neither."""
    content = event.content
    if content.get("msgtype") not in (_IMAGE, _FILE):
        return None
    info, file = table(content.get("info")), table(content.get("file"))
    size, mime = info.get("size"), word(info.get("mimetype")).lower()
    return Enclosed(
        url=word(file.get("url") if file else content.get("url")),
        size=size if type(size) is int else 0,
        mime=mime or _ANYTHING,
        lock=Lock.read(file) if file else None,
    )


def caption(event: Event) -> str:
    """The words below a file. Without a name of its own beside them they are but the file's name."""
    content: Json = event.content
    name = content.get("filename")
    named = isinstance(name, str) and name != "" and name != content.get("body")
    return event.text if named else ""


def unread(event: Event) -> bool:
    """Something hangs on it that is neither kept nor looked at."""
    return event.content.get("msgtype") in ("m.video", "m.audio")


def place(url: str) -> tuple[str, str] | None:
    """Server and name of a file; None for what is no address of one."""
    found = _MXC.fullmatch(url)
    return None if found is None or found[2] in (".", "..") else (found[1], found[2])

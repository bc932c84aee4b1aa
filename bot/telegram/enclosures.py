"""What hangs on a message besides its words: a picture, a document, a place, or something that
nothing is done with.

It reads what Telegram says about a file and fetches nothing.
"""

from dataclasses import dataclass, field

from aiogram.types import Message, PhotoSize

from dispatch.errors import DispatchError, NotAPictureError, PictureMovesError, PictureTooLargeError
from dispatch.geography import Point
from dispatch.moments import SECOND, from_datetime
from dispatch.pictures import LARGEST, SIDE
from dispatch.whereabouts import Shared

_IMAGE = "image/"
_ANYTHING = "application/octet-stream"
"""What some phones call every file: what it is is seen when it is opened."""
_FILES = (_ANYTHING, "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that may be a picture or a document. `album` is the same for all parts of an album, and empty
    outside one."""

    file: str = field(repr=False)
    size: int
    mime: str
    moves: bool = False
    album: str = ""

    def check(self) -> None:
        """Raise what is certain before it is fetched: `PictureTooLargeError`, `PictureMovesError`,
        `NotAPictureError`."""
        refusal: DispatchError | None = None
        if self.moves:
            refusal = PictureMovesError()
        elif not (self.mime.startswith(_IMAGE) or self.mime in _FILES):
            refusal = NotAPictureError()
        elif self.size > LARGEST:
            refusal = PictureTooLargeError(limit=LARGEST // 2**20)
        if refusal is not None:
            raise refusal


def picture(message: Message | None) -> Enclosed | None:
    """The photo, or the file that was sent as one; None where there is neither."""
    if message is None:
        return None
    album = "" if message.media_group_id is None else f"{message.chat.id}:{message.media_group_id}"
    if message.photo:
        size = _fitting(message.photo)
        return Enclosed(file=size.file_id, size=size.file_size or 0, mime="image/jpeg", album=album)
    if (file := message.document) is None:
        return None
    return Enclosed(
        file=file.file_id,
        size=file.file_size or 0,
        mime=(file.mime_type or _ANYTHING).lower(),
        moves=message.animation is not None,
        album=album,
    )


def place(message: Message | None) -> Point | None:
    """The place on the map, if the message is one. Telegram's coordinates are WGS-84."""
    if message is None or message.location is None:
        return None
    return Point(lat=message.location.latitude, lon=message.location.longitude)


def shared(message: Message) -> Shared | None:
    """Where the sender is for a while: a live place, or an edit of one, which without a period is its end.
    One that replies to something is about that. The moments are Telegram's: by them late news is known."""
    place, edited = message.location, message.edit_date
    if place is None or message.reply_to_message is not None:
        return None
    if place.live_period is None and edited is None:
        return None
    sent = from_datetime(message.date)
    at = sent if edited is None else edited * SECOND
    ends = at if place.live_period is None else sent + place.live_period * SECOND
    return Shared(point=Point(lat=place.latitude, lon=place.longitude), at=at, ends=ends)


def place_name(message: Message) -> str:
    """What a place is called by whoever sent it; empty for a bare pin."""
    venue = message.venue
    return "" if venue is None else ", ".join(part for part in (venue.title, venue.address) if part)


def unread(message: Message | None) -> bool:
    """Something hangs on it that is neither kept nor looked at."""
    if message is None:
        return False
    others = (message.video, message.audio, message.voice, message.video_note, message.sticker)
    return any(each is not None for each in others)


def _fitting(sizes: list[PhotoSize]) -> PhotoSize:
    """The smallest size that loses nothing when it is kept, else the largest there is."""
    ordered = sorted(sizes, key=lambda size: size.width * size.height)
    return next((size for size in ordered if max(size.width, size.height) >= SIDE), ordered[-1])

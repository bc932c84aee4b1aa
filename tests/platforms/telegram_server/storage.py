"""Files: what was uploaded, under ids that belong to one bot, at paths that can be downloaded."""

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image

from tests.platforms.telegram_server.refusals import bad, mistake
from tests.platforms.telegram_server.wire import Json, present

IMAGES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}
"""First bytes of the images that Telegram turns into photos."""
PHOTO_BYTES = 10 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20
"""Width and height together, and one by the other."""
THUMB = 320
"""Pixels of the longer side of the smallest size."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of one bot."""

    id: str
    unique: str
    name: str
    path: str
    data: bytes
    mime: str | None = None

    def photo(self) -> list[Json]:
        """As the sizes of a photo: a small one, and the whole. (Both are the same file here; Telegram draws
        photos anew, which this server does not.)"""
        width, height = self.size
        whole = self._named(width=width, height=height)
        if max(width, height) <= THUMB:
            return [whole]
        scale = THUMB / max(width, height)
        return [whole | {"width": round(width * scale), "height": round(height * scale)}, whole]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height; of what only begins like an image those of an old camera."""
        try:
            with Image.open(io.BytesIO(self.data)) as image:
                return image.size
        except (OSError, SyntaxError, ValueError):
            return 800, 600

    def document(self) -> Json:
        """As a document."""
        return self._named(file_name=self.name, mime_type=self.mime)

    def wire(self) -> Json:
        """The `File` object."""
        return self._named(file_path=self.path)

    def _named(self, **more: object) -> Json:
        return present(file_id=self.id, file_unique_id=self.unique, file_size=len(self.data), **more)


@dataclass(slots=True)
class Storage:
    """All files, by bot and id."""

    _files: dict[tuple[int, str], Stored] = field(default_factory=dict)

    def keep(self, bot: int, name: str, data: bytes, folder: str, mime: str | None = None) -> Stored:
        """Stores it for one bot; ids of one bot mean nothing to another."""
        unique = hashlib.sha256(data).hexdigest()[:16]
        number = len(self._files) + 1
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        stored = Stored(
            id=f"F{bot}-{number}-{unique}",
            unique=unique,
            name=name,
            path=f"{folder}/file_{number}.{suffix}",
            data=data,
            mime=mime,
        )
        self._files[bot, stored.id] = stored
        return stored

    def keep_photo(self, bot: int, name: str, data: bytes) -> Stored:
        """Stores an image; raises `RefusedError` for what is none."""
        suffix = next((kind for start, kind in IMAGES.items() if data.startswith(start)), None)
        if suffix is None:
            raise mistake("IMAGE_PROCESS_FAILED")
        if len(data) > PHOTO_BYTES:
            raise mistake("file is too big for a photo")
        stored = self.keep(bot, f"{name}.{suffix}", data, "photos")
        width, height = stored.size
        if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
            raise mistake("PHOTO_INVALID_DIMENSIONS")
        return stored

    def find(self, bot: int, file_id: str) -> Stored:
        """Raises `RefusedError` for an id that is not this bot's."""
        stored = self._files.get((bot, file_id))
        if stored is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return stored

    def offered(self, bot: int, file_id: str) -> Stored:
        """For `getFile`: the same, and small enough to be downloaded."""
        stored = self.find(bot, file_id)
        if len(stored.data) > DOWNLOAD_BYTES:
            raise bad("file is too big")
        return stored

    def at(self, bot: int, path: str) -> bytes | None:
        """What lies at a path that `getFile` gave to this bot."""
        own = (each for (owner, _), each in self._files.items() if owner == bot)
        return next((each.data for each in own if each.path == path), None)

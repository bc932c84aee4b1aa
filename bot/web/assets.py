"""The files a page needs, all our own or vendored: read once, packed once, served from memory.

No path from outside ever touches the disk, and no other host is ever asked for anything.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

from dispatch.pictures import Picture

STATIC = Path(__file__).parent / "static"
TEXT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PHOTO = "image/jpeg"
KEPT = "public, max-age=31536000, immutable"
"""A year: the address carries the content's digest, so a changed file has a new address."""
ASKED = "no-cache"
"""Asked for again each time: the address carries no digest, or that of another release. Pages from before a
deploy ask so, and those of a process that was deployed before this one."""


NO_GUIDES: Mapping[str, Picture] = MappingProxyType({})
_GUIDE = "guide/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """Where a page finds the picture of a step, and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    plain: bytes
    packed: bytes
    content_type: str
    digest: str


class Assets:
    """All files below `static/`, by their path there, and the pictures of playbooks' steps beside them.
    `root` is the path below which the pages are found."""

    def __init__(
        self, root: str = "", directory: Path = STATIC, guides: Mapping[str, Picture] = NO_GUIDES
    ) -> None:
        self._root = root
        self._guides = guides
        self._assets = {
            path.relative_to(directory).as_posix(): _read(path)
            for path in sorted(directory.rglob("*"))
            if path.is_file()
        }
        self._assets |= {f"{_GUIDE}{name}": _photo(picture.data) for name, picture in guides.items()}

    def url(self, name: str) -> str:
        """Where a page finds the file; raises `KeyError` for one we do not have."""
        return f"{self._root}/static/{name}?v={self._assets[name].digest}"

    def guide(self, name: str) -> Guide | None:
        """The picture of a step by its name; None for one that is no more."""
        found = self._guides.get(name)
        if found is None:
            return None
        return Guide(url=self.url(f"{_GUIDE}{name}"), width=found.width, height=found.height)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer GET /static/…; files we do not have are 404."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        kept = KEPT if request.query.get("v") == asset.digest else ASKED
        headers = {"Cache-Control": kept, "ETag": f'"{asset.digest}"', "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == f'"{asset.digest}"':
            return web.Response(status=304, headers=headers)
        body = asset.plain
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = asset.packed
            headers["Content-Encoding"] = "gzip"
        charset = None if asset.content_type in ("image/png", PHOTO) else "utf-8"
        return web.Response(body=body, headers=headers, content_type=asset.content_type, charset=charset)


def _read(path: Path) -> Asset:
    guessed = TEXT_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return _asset(path.read_bytes(), guessed)


def _photo(data: bytes) -> Asset:
    return _asset(data, PHOTO)


def _asset(plain: bytes, content_type: str) -> Asset:
    return Asset(
        plain=plain,
        packed=gzip.compress(plain, mtime=0),
        content_type=content_type,
        digest=hashlib.sha256(plain).hexdigest()[:12],
    )

"""The pictures that playbooks' steps name: found beside the files, checked by opening them, and drawn anew.

A committee's own stand before ours of the same name. What each is for, the playbook says.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot.pictures import QUALITY, developed
from config import playbooks
from dispatch.errors import DispatchError
from dispatch.instructions import Instruction
from dispatch.pictures import Picture
from dispatch.playbook import Playbook
from dispatch.tables import Table

FOLDER = "pictures"
"""Below the playbooks' own folder."""

LARGEST = 512 * 1024
"""Bytes of one: seven steps of that size are a minute on a slow network; a drawing has a tenth."""

MOST_WIDTH, CELL, GAP, BADGE = 2, (620, 440), 12, 72
"""Pictures beside each other on a sheet; pixels of each, between them, and of a step's number. Two fill a
phone's screen, and a sheet is as wide as what Telegram shows unchanged (1,280 pixels)."""

INK, PAPER, LINE = "#16191d", "#ffffff", "#c2cbd2"


class StepPictures:
    """Those of some playbooks, by name. Implements `dispatch.guides.Guides`."""

    def __init__(self, found: Mapping[str, Picture]) -> None:
        self._found = found
        self._sheets: dict[tuple[str, ...], Picture] = {}

    @property
    def named(self) -> Mapping[str, Picture]:
        """All of them."""
        return self._found

    def picture(self, name: str) -> Picture | None:
        """See `Guides.picture`."""
        return self._found.get(name)

    def sheet(self, steps: Sequence[Instruction]) -> Picture | None:
        """See `Guides.sheet`; the same steps are drawn once."""
        names = tuple(step.picture for step in steps)
        cells = [(place, self._found[name]) for place, name in enumerate(names, 1) if name in self._found]
        if not cells:
            return None
        if names not in self._sheets:
            self._sheets[names] = _sheet(cells)
        return self._sheets[names]


def load(directory: Path | None, books: Iterable[Playbook]) -> StepPictures:
    """The pictures of these playbooks. Raises `BadFileError` as `check` does."""
    found: dict[str, Picture] = {}
    for book in books:
        found |= check(book.kind, book, directory)
    return StepPictures(found)


def check(file: str, book: Playbook, directory: Path | None) -> Mapping[str, Picture]:
    """The pictures that a playbook names. Raises `BadFileError` by `file` and step for the first that is not
    there, too large, or no picture."""
    found: dict[str, Picture] = {}
    for number, step in enumerate(book.steps, 1):
        if step.picture:
            where = f"steps #{number} ({step.key})" if step.key else f"steps #{number}"
            found[step.picture] = _checked(Table(file, where, {}), _path(step.picture, directory))
    return found


def _checked(table: Table, path: Path) -> Picture:
    expected = f"a picture in the folder {FOLDER} beside the playbooks; {path.name}"
    if not path.is_file():
        table.fail("picture", f"{expected} is not there")
    if path.stat().st_size > LARGEST:
        table.fail("picture", f"{expected} has more than {LARGEST // 1024} kB")
    try:
        return _drawn(path.read_bytes())
    except DispatchError:
        table.fail("picture", f"{expected} cannot be read as png, jpg or webp that stands still")


@lru_cache(maxsize=128)
def _drawn(data: bytes) -> Picture:
    """The picture made anew: whatever hung on the file stays behind. Remembered, since the same files are
    read again and again."""
    return developed(data)


def _path(name: str, directory: Path | None) -> Path:
    folders = [playbooks.OURS] if directory is None else [directory, playbooks.OURS]
    paths = [folder / FOLDER / name for folder in folders]
    return next((path for path in paths if path.is_file()), paths[0])


def _sheet(cells: Sequence[tuple[int, Picture]]) -> Picture:
    wide, high = CELL
    columns = min(MOST_WIDTH, len(cells))
    rows = -(-len(cells) // columns)
    size = (columns * (wide + GAP) + GAP, rows * (high + GAP) + GAP)
    sheet = Image.new("RGB", size, LINE)
    for index, (number, picture) in enumerate(cells):
        left, top = GAP + index % columns * (wide + GAP), GAP + index // columns * (high + GAP)
        sheet.paste(_cell(number, picture), (left, top))
    made = io.BytesIO()
    sheet.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(data=made.getvalue(), width=sheet.width, height=sheet.height)


def _cell(number: int, picture: Picture) -> Image.Image:
    """One picture on paper, with the number that its step has in the text."""
    paper = Image.new("RGB", CELL, PAPER)
    shown = ImageOps.contain(Image.open(io.BytesIO(picture.data)), CELL)
    paper.paste(shown, ((CELL[0] - shown.width) // 2, (CELL[1] - shown.height) // 2))
    pen = ImageDraw.Draw(paper)
    pen.ellipse((GAP, GAP, GAP + BADGE, GAP + BADGE), fill=INK)
    middle = GAP + BADGE // 2
    pen.text((middle, middle), str(number), fill=PAPER, font=ImageFont.load_default(BADGE // 2), anchor="mm")
    return paper

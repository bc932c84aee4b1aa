"""Draws a chart as a PNG: two bars a row, with names and numbers, so that nobody needs to see colours.

In a font of the system's that has Chinese; where there is none, in Latin letters with the font that Pillow
brings along. It knows no committee and nobody's load.
"""

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot import poster
from handlers.charts import Chart, Drawn, Row, Words

WIDTH = 1080
"""Pixels: a phone's screen, so that nothing is shrunk; Telegram takes 1,280 unchanged."""
EDGE, NAMES, ROW, BAR = 48, 300, 76, 26
"""Pixels: around everything, for the names, a row's height, and a bar's."""
FIGURES = 90
"""Pixels behind a bar for its number."""
TITLE, BODY, SMALL = 38, 30, 26
"""Letters, in pixels: the smallest are two millimetres on a phone."""

SHEET, INK, SOFT, LINE = "#ffffff", "#16191d", "#4a525c", "#c2cbd2"
OFFERED, TAKEN = "#ffffff", "#0b57d0"
"""What was offered is an outline, what was taken is filled."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw(chart: Chart) -> Drawn:
    """The chart as a picture; takes some 50 ms, and the first time as long as looking for a font takes."""
    return drawn(chart, font())


def drawn(chart: Chart, file: Path | None) -> Drawn:
    """The same with this font, which has Chinese; None: in Latin letters alone."""
    sheet = _Sheet.of(chart, file)
    sheet.paint()
    made = io.BytesIO()
    # Few colours, so that it is as small as a letter; found quickly, since there are few.
    sheet.picture.quantize(32, Image.Quantize.FASTOCTREE).save(made, "PNG")
    return Drawn(data=made.getvalue(), width=sheet.picture.width, height=sheet.picture.height)


@cache
def font() -> Path | None:
    """A font of this machine that has Chinese; None where there is none."""
    try:
        return poster.font_file()
    except poster.NoFontError:
        return None


@dataclass(slots=True)
class _Sheet:
    """A pen that moves down a sheet."""

    picture: Image.Image
    pen: ImageDraw.ImageDraw
    words: Words
    rows: tuple[tuple[str, Row], ...]
    file: Path | None
    down: int = EDGE
    fonts: dict[int, Font] = field(default_factory=dict)

    @classmethod
    def of(cls, chart: Chart, file: Path | None) -> "_Sheet":
        """An empty sheet of the right height."""
        words = chart.words if file is not None else chart.plain
        rows = tuple((row.label if file is not None else row.plain, row) for row in chart.rows)
        height = 2 * EDGE + 3 * 64 + len(rows) * ROW + (50 if words.rest else 0)
        picture = Image.new("RGB", (WIDTH, height), SHEET)
        return cls(picture=picture, pen=ImageDraw.Draw(picture), words=words, rows=rows, file=file)

    def paint(self) -> None:
        """Everything, from the top."""
        words, wide = self.words, WIDTH - 2 * EDGE
        self._text(EDGE, self.down, words.title, TITLE, INK, wide)
        self._text(EDGE, self.down + 58, words.below, SMALL, SOFT, wide)
        self.down += 116
        self._legend()
        widest = max([1, *(max(row.first, row.second) for _, row in self.rows)])
        for label, row in self.rows:
            self._row(label, row, widest)
        if words.rest:
            self._text(EDGE, self.down, words.rest, SMALL, SOFT, wide)

    def _legend(self) -> None:
        across = EDGE + NAMES
        for said, fill in ((self.words.first, OFFERED), (self.words.second, TAKEN)):
            self.pen.rectangle((across, self.down + 4, across + 40, self.down + 4 + BAR), fill, TAKEN, 3)
            self._text(across + 54, self.down, said, SMALL, INK, 240)
            across += 310
        self.down += 58

    def _row(self, label: str, row: Row, widest: int) -> None:
        self.pen.line((EDGE, self.down - 8, WIDTH - EDGE, self.down - 8), LINE, 1)
        self._text(EDGE, self.down + 10, label, BODY, INK, NAMES - 20)
        room = WIDTH - 2 * EDGE - NAMES - FIGURES
        for number, (count, fill) in enumerate(((row.first, OFFERED), (row.second, TAKEN))):
            top, left = self.down + number * (BAR + 6), EDGE + NAMES
            right = left + max(2, room * count // widest)
            if count:
                self.pen.rectangle((left, top, right, top + BAR), fill, TAKEN, 3)
            self._text((right if count else left) + 12, top - 4, str(count), SMALL, INK, FIGURES)
        self.down += ROW

    def _text(self, across: int, down: int, said: str, size: int, colour: str, room: int) -> None:
        """One line, as large as there is room for, and cut where that is too small to be read."""
        found = self._font(size)
        while found.getlength(said) > room and size > SMALL - 4:
            size -= 2
            found = self._font(size)
        while len(said) > 1 and found.getlength(said) > room:
            said = f"{said[:-2]}…" if self.file is not None else said[:-1]
        self.pen.text((across, down), said, fill=colour, font=found)

    def _font(self, size: int) -> Font:
        if size not in self.fonts:
            self.fonts[size] = (
                ImageFont.load_default(size)
                if self.file is None
                else ImageFont.truetype(str(self.file), size, index=_index(self.file))
            )
        return self.fonts[size]


@cache
def _index(file: Path) -> int:
    return poster.simplified(file)

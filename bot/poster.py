"""A poster for a wall, A4, as a PDF or a picture: who asks, one big code, what to do, the address as text.

Drawn at print's resolution with a font of the system's that has Chinese: none is part of the program. Behind
the code is one public page of the committee (`bot.web.reporting`), so that nothing private stands on it.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import segno
from PIL import Image, ImageDraw, ImageFont

from bot.complaints import ComplaintError
from dispatch.people import Committee
from handlers.texts import Catalogs, Texts

DPI = 300
"""Dots per inch: what offices print at."""
WIDTH, HEIGHT = 2480, 3508
"""A4 at that resolution."""
EDGE = 180
"""Fifteen millimetres all around: no printer prints to the edge."""
CODE = 1760
"""Dots that the code is wide with its margin: 16 cm, which a phone reads from over a metre away."""

STEPS, ADDRESS = (76, 62), 46
"""Sizes of what is to be done, in the first language and the second, and of the address."""

INK, SOFT, SHEET, BLUE, DEMO = "#16191d", "#4a525c", "#ffffff", "#0b57d0", "#5b3a8c"

LANGUAGES = ("zh_CN", "en")

_PLACES = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"),
    *("C:/Windows/Fonts", "~/.local/share/fonts", "~/.fonts", "~/Library/Fonts"),
)
_NAMES = (
    *(
        "NotoSansCJK*-Regular*",
        "NotoSansSC*Regular*",
        "SourceHanSans*Regular*",
        "NotoSansCJK*",
        "NotoSansSC*",
    ),
    *("wqy-*", "DroidSansFallback*", "PingFang*", "STHeiti*", "Hiragino*GB*", "msyh*", "simhei*", "simsun*"),
    *("NotoSerifCJK*", "NotoSerifSC*", "SourceHanSerif*", "ukai*", "uming*"),
)
"""Fonts that have all of it, the plainest first."""
_FILES = {".ttf", ".ttc", ".otf", ".otc"}


class NoFontError(ComplaintError):
    """Nothing here can write Chinese."""

    def __init__(self) -> None:
        super().__init__(
            "no font with Chinese was found: install one (Debian and Ubuntu: apt-get install fonts-noto-cjk) "
            "or name a file by --font (没有中文字体：请安装 fonts-noto-cjk，或用 --font 指定)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What stands on a poster. `first` is the language that comes first."""

    committee: Committee
    url: str
    first: str = LANGUAGES[0]


def font_file(wanted: Path | None = None) -> Path:
    """A font of this machine that has Chinese. Raises `NoFontError`, and `ComplaintError` for a file that is
    none."""
    if wanted is not None:
        try:
            ImageFont.truetype(str(wanted), 10)
        except OSError as error:
            raise ComplaintError(f"{wanted} cannot be read as a font") from error
        return wanted
    found = next(_fonts(), None)
    if found is None:
        raise NoFontError
    return found


def draw(notice: Notice, catalogs: Catalogs, font: Path) -> Image.Image:
    """The poster as a picture."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), SHEET)
    order = [notice.first, *(each for each in LANGUAGES if each != notice.first)]
    _Drawing(picture, font).poster(notice, [catalogs.texts(each) for each in order])
    return picture


def save(picture: Image.Image, file: Path) -> None:
    """Write it, as what the file's name says: `.pdf` or `.png`. Raises `ComplaintError`."""
    try:
        if file.suffix.lower() == ".pdf":
            picture.save(file, "PDF", resolution=DPI, quality=92)
        else:
            # Few colours, so that a poster is as small as a letter.
            few = picture.quantize(32, method=Image.Quantize.FASTOCTREE)
            few.save(file, "PNG", dpi=(DPI, DPI))
    except OSError as error:
        raise ComplaintError(f"{file} cannot be written: {error.strerror or 'the disk'}") from error


def say(notice: Notice, file: Path, out: TextIO) -> None:
    """Tell where it is, and where it leads."""
    out.write(f"{file}: {notice.committee.name}\n  {notice.url}\n")


def _fonts() -> Iterator[Path]:
    """Files that may do, the best first; fontconfig knows places of its own where it is there."""
    files = [
        file
        for place in map(Path, _PLACES)
        for file in place.expanduser().rglob("*")
        if file.suffix.lower() in _FILES
    ]
    for name in _NAMES:
        yield from sorted(file for file in files if file.match(name))
    if (program := shutil.which("fc-match")) is not None:
        asked = [program, "-f", "%{file}\n%{lang}", "sans:lang=zh-cn"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10).stdout  # noqa: S603 - our own words, and a program that was found
        file, _, spoken = said.partition("\n")
        if file and "zh-cn" in spoken.split("|"):
            yield Path(file)


@dataclass(slots=True)
class _Drawing:
    """A pen that moves down the sheet."""

    picture: Image.Image
    font: Path
    down: int = EDGE

    def poster(self, notice: Notice, spoken: Sequence[Texts]) -> None:
        """Everything, from the top."""
        if notice.committee.demo:
            self._band("   ".join(texts.say("DEMONSTRATION") for texts in spoken), DEMO, 90)
        self._line(notice.committee.name, 150, INK)
        for number, texts in enumerate(spoken):
            said = texts.say("Neighbours help: report in here")
            self._line(said, 118 if number == 0 else 78, BLUE if number == 0 else SOFT)
        self._code(notice.url, HEIGHT - EDGE - self.down - self._below(notice.url, len(spoken)))
        for number, texts in enumerate(spoken):
            for line in _steps(texts):
                self._line(line, STEPS[number], INK if number == 0 else SOFT, gap=14)
            self.down += 26
        for part in self._address(notice.url):
            self._line(part, ADDRESS, SOFT, gap=8)

    def _below(self, url: str, languages: int) -> int:
        """Dots that everything below the code takes."""
        steps = sum(3 * (_high(size) + 14) + 26 for size in STEPS[:languages])
        return steps + len(self._address(url)) * (_high(ADDRESS) + 8) + 40

    def _code(self, url: str, room: int) -> None:
        code = segno.make(url, micro=False, error="m")
        modules = int(code.symbol_size(border=4)[0])
        scale = max(1, min(CODE, room) // modules)
        matrix = Image.new("1", (modules, modules), 1)
        for row, bits in enumerate(code.matrix_iter(border=4)):
            for column, dark in enumerate(bits):
                if dark:
                    matrix.putpixel((column, row), 0)
        drawn = matrix.resize((modules * scale, modules * scale), Image.Resampling.NEAREST)
        self.picture.paste(drawn.convert("RGB"), ((WIDTH - drawn.width) // 2, self.down))
        self.down += drawn.height + 20

    def _address(self, url: str) -> Sequence[str]:
        """As text, for whoever has no camera: in lines as long as the sheet is wide, with nothing added."""
        most = int((WIDTH - 2 * EDGE) / self._font(ADDRESS).getlength("m"))
        return [url[start : start + most] for start in range(0, len(url), most)]

    def _band(self, said: str, colour: str, size: int) -> None:
        pen = ImageDraw.Draw(self.picture)
        pen.rectangle((0, 0, WIDTH, EDGE), fill=colour)
        font = self._font(size)
        pen.text((WIDTH // 2, EDGE // 2), said, fill=SHEET, font=font, anchor="mm")
        self.down = EDGE + 60

    def _line(self, said: str, size: int, colour: str, gap: int = 30) -> None:
        """One line in the middle, as large as the sheet allows."""
        font = self._font(size)
        while font.getlength(said) > WIDTH - 2 * EDGE and size > 20:
            size = size * 9 // 10
            font = self._font(size)
        pen = ImageDraw.Draw(self.picture)
        pen.text((WIDTH // 2, self.down), said, fill=colour, font=font, anchor="ma")
        self.down += _high(size) + gap

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.font), size, index=simplified(self.font))


def simplified(font: Path) -> int:
    """Which font of a collection writes as in mainland China; the first where none says so."""
    if font.suffix.lower() not in {".ttc", ".otc"}:
        return 0
    for index in range(20):
        try:
            family, _ = ImageFont.truetype(str(font), 10, index=index).getname()
        except OSError:
            return 0
        if family is not None and family.endswith((" SC", " CN")):
            return index
    return 0


def _high(size: int) -> int:
    """A line with what hangs below it."""
    return round(size * 1.25)


def _steps(texts: Texts) -> tuple[str, str, str]:
    return (
        texts.say("1. Scan the code with your phone's camera."),
        texts.say("2. Choose Telegram, Matrix or the page: your name, your building."),
        texts.say("3. You are told when you are in, and when somebody needs you."),
    )

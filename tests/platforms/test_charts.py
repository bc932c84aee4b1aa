"""A chart as a picture: whole whatever there is to draw, and legible on a machine without Chinese letters."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot import charts, poster
from handlers.charts import Chart, Drawn, Row, Words

WORDS = Words(title="负荷 · 梧桐里", below="最近7天", first="问到", second="接单", rest="还有3人。")
PLAIN = Words(title="Load", below="The last 7 days", first="asked for", second="taken")


def chart(*rows: tuple[str, int, int]) -> Chart:
    drawn = (Row(label=name, plain=f"{n}.", first=a, second=b) for n, (name, a, b) in enumerate(rows, 1))
    return Chart(words=WORDS, plain=PLAIN, rows=tuple(drawn))


def opened(found: Drawn) -> Image.Image:
    picture = Image.open(io.BytesIO(found.data))
    assert picture.format == "PNG"
    assert picture.size == (found.width, found.height)
    return picture.convert("RGB")


def filled(picture: Image.Image) -> int:
    """Pixels of the bars that are filled, near enough."""
    return sum(count for count, pixel in picture.getcolors(2**24) or () if _near(pixel))


def _near(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 24 for one, other in zip(pixel, (11, 87, 208), strict=True))


@pytest.mark.parametrize("font", [charts.font(), None], ids=["chinese", "latin"])
def test_a_longer_bar_is_drawn_for_more_and_none_for_nothing(font: Path | None) -> None:
    some = opened(charts.drawn(chart(("志愿者1", 40, 10)), font))
    more = opened(charts.drawn(chart(("志愿者1", 40, 30)), font))
    none = opened(charts.drawn(chart(("志愿者1", 40, 0)), font))
    assert filled(none) < filled(some) < filled(more)


def test_it_grows_with_its_rows_and_is_no_larger_than_a_letter() -> None:
    one, many = (charts.draw(chart(*(("欧阳" * 9, 10**6, n) for n in range(count)))) for count in (1, 16))
    assert many.height - one.height == 15 * charts.ROW
    assert len(many.data) < 100_000


def test_without_a_font_that_has_chinese_nothing_is_asked_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_wanted: Path | None = None) -> Path:
        raise poster.NoFontError

    monkeypatch.setattr(poster, "font_file", missing)
    charts.font.cache_clear()
    try:
        assert charts.font() is None
        opened(charts.draw(chart(("志愿者1", 3, 1))))
    finally:
        charts.font.cache_clear()

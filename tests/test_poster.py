"""The poster: its code leads to the committee's public page, in both languages, on A4; a picture or a PDF."""

import io
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFont

from bot import cli, commands, poster
from bot.complaints import ComplaintError
from bot.web.links import Links
from config import settings
from config.settings import Settings
from dispatch import register
from dispatch.people import Committee
from handlers.texts import Catalogs
from store.schema import DATABASE, prepare
from tests.platforms.house import COMMITTEE

PAPER = 210 / 297
"""A4, width to height."""


@pytest.fixture(scope="module")
def font() -> Path:
    try:
        return poster.font_file()
    except poster.NoFontError:
        pytest.skip("no font with Chinese here: no poster can be drawn")


async def founded(found: Settings, *, demo: bool = False) -> Links:
    vault = commands.open_vault(found)
    prepare(found.data_dir / DATABASE)
    async with commands.opened(found) as (store, _):
        await store.load(register.parse("poster.toml", COMMITTEE), prune=False, demo=demo)
    return Links(vault.derive(b"web"), found.web.base_url)


def settings_of(data: Path) -> Settings:
    return settings.read(
        {"SUIDAO_DATA_DIR": str(data), "SUIDAO_WEB__PUBLIC_URL": "https://suidao.example.org"}
    )


def read(file: Path) -> str:
    with Image.open(file) as picture:
        assert abs(picture.width / picture.height - PAPER) < 0.001
        small = picture.convert("L").resize((picture.width // 2, picture.height // 2))
    (code,) = zxingcpp.read_barcodes(small)
    return str(code.text)


async def test_the_code_is_the_committees_page_until_posters_are_revoked(tmp_path: Path, font: Path) -> None:
    found, out = settings_of(tmp_path / "data"), io.StringIO()
    links, file = await founded(found), tmp_path / "p.png"
    for epoch, revoke in ((0, False), (1, True)):
        wish = commands.PosterWish(file=file, first="en", font=font, revoke=revoke)
        await commands.make_poster(found, wish, out)
        url = read(file)
        assert url.startswith("https://suidao.example.org/report/")
        assert links.open_poster(url.rpartition("/")[2])[1] == epoch
        assert url in out.getvalue()
    assert file.stat().st_size < 400_000


async def test_a_pdf_is_one_page_of_a4_and_a_demo_says_that_it_is_one(tmp_path: Path, font: Path) -> None:
    found, file = settings_of(tmp_path / "data"), tmp_path / "p.pdf"
    await founded(found, demo=True)
    await commands.make_poster(found, commands.PosterWish(file=file, font=font), io.StringIO())
    body = file.read_bytes()
    assert body.startswith(b"%PDF")
    assert body.count(b"/Type /Page\n") == 1 or b"/Count 1" in body
    assert b"595." in body  # points of A4's width
    with pypdfium2.PdfDocument(body) as document:
        document[0].render(scale=2).to_pil().save(tmp_path / "printed.png")
    assert read(tmp_path / "printed.png").startswith("https://suidao.example.org/report/")
    async with commands.opened(found) as (store, _):
        (committee,) = await store.committees()
    picture = poster.draw(
        poster.Notice(committee=committee, url="https://x.example/r"), Catalogs.load(), font
    )
    assert picture.getpixel((20, 20)) == (0x5B, 0x3A, 0x8C)


@pytest.mark.parametrize("url", ["https://x.example/report/a", "https://x.example/" + "r" * 180])
def test_everything_stays_within_the_edges_however_long_the_address(url: str, font: Path) -> None:
    committee = Committee(
        id=1, key="k", name="很长的名字" * 12, language="zh_CN", timezone="UTC", emergency={}, demo=True
    )
    picture = poster.draw(poster.Notice(committee=committee, url=url), Catalogs.load(), font)
    below = picture.crop((0, poster.HEIGHT - poster.EDGE, poster.WIDTH, poster.HEIGHT))
    beside = picture.crop((0, poster.EDGE + 10, poster.EDGE - 10, poster.HEIGHT))
    assert below.getcolors(2) == [(below.width * below.height, (255, 255, 255))]
    assert beside.getcolors(2) == [(beside.width * beside.height, (255, 255, 255))]


def test_without_a_font_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "_PLACES", (str(tmp_path),))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(poster.NoFontError, match="fonts-noto-cjk"):
        poster.font_file()
    (tmp_path / "x.ttf").write_bytes(b"no font")
    with pytest.raises(ComplaintError, match="font"):
        poster.font_file(tmp_path / "x.ttf")


def test_a_file_of_another_kind_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["poster", "--png", "poster.pdf"]) == cli.WRONG
    assert ".png" in capsys.readouterr().err


def test_a_collection_gives_the_font_of_mainland_china(font: Path) -> None:
    family, _ = ImageFont.truetype(str(font), 10, index=poster.simplified(font)).getname()
    assert family is not None
    assert not family.endswith((" JP", " KR", " TC", " HK"))

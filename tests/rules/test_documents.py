"""What becomes of a PDF: pictures of its pages, drawn by a process of its own, and nothing else of it."""

import time
from pathlib import Path

import pytest

from bot import documents
from bot.pictures import Darkroom, printed
from dispatch.errors import (
    DispatchError,
    DocumentLockedError,
    DocumentTooLongError,
    DocumentUnreadableError,
    PictureTooLargeError,
    PictureTooNarrowError,
)
from dispatch.pictures import LARGEST, MOST, SIDE
from tests import papers
from tests.papers import paper
from tests.photos import opened, photo

ONE = paper("Prescription 7")


async def test_each_page_is_a_picture_in_its_order_and_upright() -> None:
    pages = await Darkroom().develop(paper("first", "second", "third"))
    assert [(page.width, page.height) for page in pages] == [(1131, SIDE)] * 3
    assert len({page.data for page in pages}) == 3
    for page in pages:
        seen = opened(page.data).convert("L")
        assert seen.getpixel((600, 30)) == 0, "the black bar is at the top"
        assert seen.getpixel((600, 1500)) == 255, "paper is white"
        assert seen.crop((100, 700, 700, 900)).getextrema() == (0, 255), "the words can be seen"


@pytest.mark.parametrize("catalog", [papers.SCRIPT, papers.LAUNCHES], ids=["script", "program"])
def test_what_a_document_would_do_is_not_done_and_nothing_of_it_is_kept(catalog: bytes) -> None:
    sent = paper("calm", catalog=catalog)
    began = time.monotonic()
    (page,) = printed(sent)
    assert time.monotonic() - began < documents.PATIENCE_S / 2, "a script that never ends was not begun"
    assert opened(page.data).format == "JPEG"
    for word in (b"%PDF", b"JavaScript", b"calc.exe", b"alert", b"Exif"):
        assert word not in page.data


@pytest.mark.parametrize("size", [(14_400, 14_400), (595, 842), (842, 595), (60, 90)])
def test_pages_of_every_measure_are_as_large_as_is_of_use(size: tuple[int, int]) -> None:
    (page,) = printed(paper("x", size=size))
    assert max(page.width, page.height) <= SIDE
    assert (page.width > page.height) == (size[0] > size[1])


@pytest.mark.parametrize(
    ("sent", "refusal", "params"),
    [
        (b"%PDF-1.4 and then nothing of the kind", DocumentUnreadableError, {}),
        (ONE[:300], DocumentUnreadableError, {}),
        (paper(), DocumentUnreadableError, {}),
        (papers.locked(), DocumentLockedError, {}),
        (paper(*"x" * 11), DocumentTooLongError, {"pages": 11, "room": MOST}),
        (paper(*"x" * 500), DocumentTooLongError, {"pages": 500, "room": MOST}),
        (paper("x", size=(20, 2_000)), PictureTooNarrowError, {"limit": 20}),
        (ONE + bytes(LARGEST), PictureTooLargeError, {"limit": 10}),
    ],
    ids=["words", "cut off", "no page", "locked", "11 pages", "500 pages", "a strip", "too large"],
)
async def test_what_cannot_be_shown_whole_is_refused_with_its_reason(
    sent: bytes, refusal: type[DispatchError], params: dict[str, int]
) -> None:
    with pytest.raises(refusal) as refused:
        await Darkroom().develop(sent)
    assert (type(refused.value), dict(refused.value.params)) == (refusal, params)


@pytest.mark.parametrize(("limit", "small"), [("SECONDS", 1), ("MEMORY", 150 * 2**20)])
def test_a_document_that_unfolds_without_end_ends_its_process_and_not_ours(
    monkeypatch: pytest.MonkeyPatch, limit: str, small: int
) -> None:
    monkeypatch.setattr(documents, limit, small)
    assert len(printed(ONE)) == 1
    with pytest.raises(DocumentUnreadableError):
        printed(papers.bomb())


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PATIENCE_S", 0.001)
    with pytest.raises(DocumentUnreadableError):
        printed(paper(*"slowly"))


def test_the_process_that_opens_strangers_files_is_not_told_our_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import os, sys; sys.stdin.buffer.read(); open(sys.argv[0] + '.seen', 'w').write(repr(os.environ))"
    )
    monkeypatch.setattr(documents, "CHILD", spy)
    monkeypatch.setenv("SUIDAO_SECRET_KEY", "a key of ours")
    with pytest.raises(DocumentUnreadableError):
        printed(ONE)
    assert "a key of ours" not in (tmp_path / "spy.py.seen").read_text()


def test_a_photo_is_no_document_and_words_before_a_document_do_no_harm() -> None:
    assert not documents.is_document(photo())
    assert documents.is_document(b"\n\n" + ONE)
    assert len(printed(b"\n\n" + ONE)) == 1

"""The pictures that steps name: there, readable and small, or the start is refused and says which."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot import step_pictures
from bot.playbooks import load_playbooks
from config import playbooks
from dispatch import playbook_file
from dispatch.errors import BadFileError
from tests.photos import opened

OURS = load_playbooks(None)
STEPS = OURS["oxygen_refill"].steps


def png(side: int = 40, colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "PNG")
    return made.getvalue()


def moving() -> bytes:
    made = io.BytesIO()
    first, second = (Image.new("RGB", (40, 40), colour) for colour in ("red", "blue"))
    first.save(made, "PNG", save_all=True, append_images=[second])
    return made.getvalue()


def own(directory: Path, picture: str, data: bytes | None = None) -> Path:
    """A committee's own playbook with a picture at its second step."""
    text = 'based_on = "general"\nkind = "lamp"\nrecognise = ["灯"]\n'
    text += '[[steps]]\nzh_CN = "看"\nen = "Look"\n'
    text += f'[[steps]]\nzh_CN = "换"\nen = "Change"\npicture = "{picture}"\n'
    (directory / "lamp.toml").write_text(text, encoding="utf-8")
    (directory / "pictures").mkdir()
    if data is not None:
        (directory / "pictures" / picture).write_bytes(data)
    return directory


def test_a_committees_own_picture_is_found_drawn_anew_and_kept_with_the_job(tmp_path: Path) -> None:
    books = load_playbooks(own(tmp_path, "lamp.png", png()))
    found = step_pictures.load(tmp_path, books.values()).picture("lamp.png")
    assert found is not None
    assert opened(found.data).format == "JPEG"
    assert [step.picture for step in books["lamp"].steps] == ["", "lamp.png"]
    assert playbook_file.from_json(playbook_file.to_json(books["lamp"])) == books["lamp"]


def test_one_of_the_same_name_stands_before_ours_and_ours_serve_where_there_is_none(tmp_path: Path) -> None:
    books = load_playbooks(own(tmp_path, "oxygen_on.png", png()))
    both = step_pictures.load(tmp_path, books.values())
    ours = step_pictures.load(None, OURS.values())
    assert both.picture("oxygen_on.png") != ours.picture("oxygen_on.png")
    assert both.picture("oxygen_fill.png") == ours.picture("oxygen_fill.png")


@pytest.mark.parametrize(
    ("picture", "data", "said"),
    [
        ("lamp.png", lambda: None, "lamp.png is not there"),
        ("lamp.png", lambda: b"<svg/>", "cannot be read"),
        ("lamp.png", lambda: png()[:60], "cannot be read"),
        ("lamp.png", moving, "stands still"),
        ("lamp.jpg", lambda: b"x" * (step_pictures.LARGEST + 1), "has more than 512 kB"),
        ("lamp.svg", lambda: b"<svg/>", "png, jpg or webp"),
        ("../lamp.png", lambda: None, "png, jpg or webp"),
        ("lamp.png/../../x.png", lambda: None, "png, jpg or webp"),
    ],
)
def test_what_is_no_picture_stops_the_start_by_file_step_and_field(
    tmp_path: Path, picture: str, data: Callable[[], bytes | None], said: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        load_playbooks(own(tmp_path, picture, data()))
    params = refused.value.params
    assert (params["file"], params["table"], params["field"]) == ("lamp.toml", "steps #2", "picture")
    assert said in str(params["expected"])


def test_all_pictures_of_a_playbook_are_one_sheet_for_a_phone() -> None:
    sheet = step_pictures.load(None, OURS.values()).sheet(STEPS)
    assert sheet is not None
    assert max(sheet.width, sheet.height) <= 1600
    assert len(sheet.data) < 200_000
    assert opened(sheet.data).size == (sheet.width, sheet.height)
    assert step_pictures.load(None, ()).sheet(STEPS) is None


def test_every_picture_of_ours_is_named_by_a_step_small_and_has_its_drawing_beside_it() -> None:
    folder = playbooks.OURS / step_pictures.FOLDER
    named = {step.picture for book in OURS.values() for step in book.steps if step.picture}
    assert {path.name for path in folder.glob("*.png")} == named
    assert {path.stem for path in folder.glob("*.svg")} == {name.partition(".")[0] for name in named}
    assert all(path.stat().st_size < 40_000 for path in folder.glob("*.png"))
    for path in folder.glob("*.svg"):
        words = re.findall(r"<text[^>]*>([^<]*)<", path.read_text(encoding="utf-8"))
        assert set(words) <= {"MAX", "MIN"}, path.name  # what stands on the bottle itself, in every language

"""The table of platforms in the README says what the gateways declare, and nothing else."""

from dataclasses import fields
from pathlib import Path

import pytest

from bot import platforms
from bot.platforms import BEGIN, COLUMNS, PLATFORMS, README, table, written
from handlers.gateways import Abilities


def test_the_readme_shows_the_table_as_it_would_be_made_now() -> None:
    page = README.read_text(encoding="utf-8")
    assert page == written(page), "run `make platforms`"


def test_every_ability_has_a_column_and_every_platform_folder_a_row() -> None:
    assert list(COLUMNS) == [field.name for field in fields(Abilities)]
    folders = {path.parent.name for path in Path(platforms.__file__).parent.glob("*/gateway.py")}
    assert folders == {name.split(maxsplit=1)[0].lower() for name in PLATFORMS}
    assert table().count("\n") == 2 + len(PLATFORMS)


def test_a_page_without_its_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="marks"):
        written("# A page\n")
    with pytest.raises(ValueError, match="marks"):
        written(BEGIN)

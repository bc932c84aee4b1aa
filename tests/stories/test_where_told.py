"""Where a story is told is said by its name (`conftest`): every name there is one of a story or a file."""

import ast
from pathlib import Path

from tests.stories import conftest


def stories() -> set[str]:
    """Every story, as file and function."""
    return {
        f"{file.stem}::{node.name}"
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AsyncFunctionDef)
    }


def test_whatever_is_named_there_exists() -> None:
    files = {each.partition("::")[0] for each in stories()}
    assert files >= conftest.ON_MATRIX
    assert stories() >= conftest.ALSO_ON_MATRIX
    assert {each.partition("::")[2] for each in stories()} >= conftest.LEFT_OUT

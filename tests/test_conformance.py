"""docs/reliability.md names the tests that show each of the 35 lines of conformance: they are there, and each
line has one that bears its number."""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
LINES = range(1, 36)


@cache
def shown() -> Mapping[int, tuple[str, ...]]:
    """The tests by the number of the line."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(number): tuple(re.findall(r"`(\S+::\S+)`", tests)) for number, tests in rows}


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions)


def test_every_line_stands_there_once_and_in_order() -> None:
    assert list(shown()) == list(LINES)


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_shown_by_tests_that_exist(line: int) -> None:
    assert shown()[line]
    for named in shown()[line]:
        file, name = named.split("::")
        assert name in names_in(file), named


@pytest.mark.parametrize("line", LINES)
def test_every_line_has_a_test_named_after_it(line: int) -> None:
    numbered = f"::test_conformance_{line:02d}_"
    assert any(numbered in named for named in shown()[line])

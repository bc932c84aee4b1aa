"""Words in columns: how wide they are, and where lines break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.widths import behind, padded, width, wrapped


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("没人应", 6), ("110打过了", 9), ("，", 2), ("e\u0301", 1), ("“门”", 4)],
)
def test_a_chinese_character_takes_two_columns_and_a_letter_one(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, ("",)),
        ("knock three times", 9, ("knock", "three", "times")),
        ("敲门三次，听声音", 8, ("敲门三次，", "听声音")),
        ("打110请民警", 6, ("打110", "请民警")),
        ("unbelievable", 5, ("unbel", "ievab", "le")),
        ("  a   b  ", 10, ("a b",)),
    ],
)
def test_lines_break_at_blanks_and_between_chinese_characters(
    text: str, columns: int, lines: tuple[str, ...]
) -> None:
    assert wrapped(text, columns) == lines


@given(text=st.text(alphabet="ab 门，。 110x"), columns=st.integers(min_value=4, max_value=30))
def test_no_word_is_lost_and_no_line_is_too_long_but_for_its_marks(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line.rstrip("，。 ")) <= columns for line in lines)


def test_what_follows_stands_below_the_first_line() -> None:
    assert list(behind(" 1  ", "one two", 8)) == [" 1  one", "    two"]
    assert padded("门", 4) == "门  "

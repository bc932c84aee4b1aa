"""A long answer in several messages: nothing of it is lost, and none of them is too long."""

from hypothesis import given
from hypothesis import strategies as st

from bot import wording

LIMIT = 40
LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=LIMIT // 2), max_size=30)


@given(LINES)
def test_no_part_is_too_long_and_no_line_is_lost_or_cut(lines: list[str]) -> None:
    parts = wording.parts("\n".join(lines), LIMIT)
    assert all(len(part.encode("utf-16-le", "surrogatepass")) // 2 <= LIMIT for part in parts)
    kept = [line for part in parts for line in part.split("\n") if line]
    assert kept == [line for line in lines if line]


def test_it_is_parted_between_blocks_where_it_can_be() -> None:
    blocks = ["a\nb\nc", "d\ne", "f" * 30]
    assert wording.parts("\n\n".join(blocks), LIMIT) == ["a\nb\nc\n\nd\ne", "f" * 30]


def test_what_fits_is_one_message() -> None:
    assert wording.parts("one\n\ntwo", LIMIT) == ["one\n\ntwo"]

"""What people write of a round's doors."""

import pytest

from dispatch.doors import listed
from dispatch.rounds import Found, Visit
from handlers import round_words

WELL, TOLD, NONE = Found.WELL, Found.PASSED_ON, Found.NO_ANSWER


@pytest.mark.parametrize(
    ("said", "numbers", "found"),
    [
        ("3 ok", (3,), WELL),
        ("3 OK.", (3,), WELL),
        ("3 ✓", (3,), WELL),
        ("3好", (3,), WELL),
        ("３ 没事", (3,), WELL),
        ("1-4 好", (1, 2, 3, 4), WELL),
        ("1、2，5 都好", (1, 2, 5), WELL),
        ("1到3 平安", (1, 2, 3), WELL),
        ("1 2 2 ok", (1, 2), WELL),
        ("3 没人应", (3,), NONE),
        ("3号无人应答", (3,), NONE),
        ("3 no answer", (3,), NONE),
        ("3 敲不开", (3,), NONE),
        ("1-2 told", (1, 2), TOLD),
        ("6 已转告", (6,), TOLD),
    ],
)
def test_it_is_read_however_it_is_written(said: str, numbers: tuple[int, ...], found: Found) -> None:
    assert round_words.read(said) == Visit(numbers=numbers, found=found)


@pytest.mark.parametrize(
    "said",
    [
        *("", "3", "ok", "好", "0 ok", "4-1 ok", "61 ok", "3 got it", "3 card 1", "3 ok 4 没人应"),
        *("3号楼502 没人应", "3号楼没人应门", "3 没人应，请派人", "9:00 敲门没人应", "3 不好"),
    ],
)
def test_what_is_not_that_alone_is_not_read_as_that(said: str) -> None:
    assert round_words.read(said) is None


def test_in_front_of_nobody_the_rounds_number_may_stand_before_it() -> None:
    of_job, _ = round_words.overheard("57 3 没人应")
    assert (of_job.job_id, of_job.visit.numbers) == (57, (3,))
    both = round_words.overheard("5 3 好")  # door 3 of round 5, or the doors 5 and 3 of the only one
    assert [(each.job_id, each.visit.numbers) for each in both] == [(5, (3,)), (None, (5, 3))]
    assert round_words.overheard("3号楼502 没人应") == ()


@pytest.mark.parametrize(
    ("numbers", "said"), [((), ""), ((4,), "4"), ((1, 2, 3, 7), "1-3, 7"), ((1, 3, 4), "1, 3-4")]
)
def test_numbers_are_told_in_spans(numbers: tuple[int, ...], said: str) -> None:
    assert listed(numbers) == said

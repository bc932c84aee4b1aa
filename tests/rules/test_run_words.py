"""What is ticked off at a stop, as people write it; and what is not."""

import pytest

from dispatch.runs import Act, Tick
from dispatch.stops import Good, Handed, Stop, owed
from handlers import run_words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("1 got it", Tick(number=1, act=Act.GOT)),
        ("got it", Tick(number=1, act=Act.GOT)),
        ("2 拿到了！", Tick(number=2, act=Act.GOT)),
        ("2. Not here.", Tick(number=2, act=Act.NOT_HERE)),
        ("3 没有", Tick(number=3, act=Act.NOT_HERE)),
        ("1 next", Tick(number=1, act=Act.NEXT)),
        ("1 下一家 瑞金医院", Tick(number=1, act=Act.NEXT, hospital="瑞金医院")),
        ("12 pass on", Tick(number=12, act=Act.PASS_ON)),
        ("转出", Tick(number=1, act=Act.PASS_ON)),
        ("1 card", Tick(number=1, act=Act.RECEIVED, good=Good.CARD, count=1)),
        ("1 收卡2张", Tick(number=1, act=Act.RECEIVED, good=Good.CARD, count=2)),
        ("2 cash 200", Tick(number=2, act=Act.RECEIVED, good=Good.CASH, count=200)),
        ("2 收现金两百元", Tick(number=2, act=Act.RECEIVED, good=Good.CASH, count=200)),
        ("1 back prescription", Tick(number=1, act=Act.RETURNED, good=Good.PRESCRIPTION, count=1)),
        ("2 还现金35", Tick(number=2, act=Act.RETURNED, good=Good.CASH, count=35)),
        ("2 back cash 0", Tick(number=2, act=Act.RETURNED, good=Good.CASH, count=0)),
    ],
)
def test_what_people_write_is_ticked_off(words: str, wanted: Tick) -> None:
    assert run_words.read(words) == wanted


@pytest.mark.parametrize(
    "words", ["", "1", "1 teapot", "cash 12345678", "1 got it and went home", "拿" * 9000]
)
def test_what_cannot_be_read_ticks_nothing_off(words: str) -> None:
    assert run_words.read(words) is None


@pytest.mark.parametrize(
    ("handed", "count"),
    [
        (Handed(good=Good.CARD), 0),
        (Handed(good=Good.CARD, received=2, returned=1), 1),
        (Handed(good=Good.CARD, received=2, returned=2), 0),
        (Handed(good=Good.CASH, received=200), 1),
        (Handed(good=Good.CASH, received=200, returned=0), 0),
    ],
)
def test_what_was_received_is_owed_until_it_is_given_back(handed: Handed, count: int) -> None:
    stop = Stop(committee_id=1, job_id=1, number=1, hospital="", handed=(handed,))
    assert owed([stop]) == count

"""Telegram's limits, counted as Telegram counts: in every stretch of a second and of a minute."""

import pytest

from bot.telegram.limits import BOT, GROUP, Limit
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from store.bookings import Bookings

START: Micros = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("limit", "stretch", "most"),
    [
        pytest.param(BOT, SECOND, 30, id="a bot, a second"),
        pytest.param(GROUP, MINUTE, 20, id="a group, a minute"),
    ],
)
def test_no_stretch_of_time_holds_more_than_telegram_allows(limit: Limit, stretch: Micros, most: int) -> None:
    bookings = Bookings(slower=1)
    moments = sorted(  # every third is urgent: both lanes are full
        bookings.book([limit(1)], urgent=n % 3 == 0, at=START, latest=START + HOUR) for n in range(300)
    )
    counts = [sum(start <= each < start + stretch for each in moments) for start in moments]
    assert max(counts) <= most
    assert max(counts) >= most - 2  # nor is it given away


def test_each_bot_and_each_chat_has_a_gate_of_its_own() -> None:
    gates = [BOT(1), BOT(2), GROUP(1, -5), GROUP(2, -5), GROUP(1, -6), GROUP("1, -5"), GROUP('1", "-5')]
    assert len({gate.key for gate in gates}) == len(gates)


def test_a_chat_is_the_same_by_number_and_by_text() -> None:
    assert GROUP(1, -5) == GROUP("1", "-5")

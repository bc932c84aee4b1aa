"""Who of a building hears of its status in a chat, and how many households nobody reaches so."""

from collections.abc import Sequence

import pytest

from dispatch import households
from dispatch.households import Dweller, Heard

NOBODY: frozenset[int] = frozenset()


def home(number: int, door: str | None = None) -> Dweller:
    """A household that somebody listed."""
    return Dweller(household=number, door=door)


def lives(door: str | None = None, *chats: int, at: int | None = None) -> Dweller:
    """A resident."""
    return Dweller(household=at, door=door, chats=frozenset(chats))


@pytest.mark.parametrize(
    ("dwellers", "chats", "counted", "without"),
    [
        ((), NOBODY, 0, 0),
        ((home(1, "a"),), NOBODY, 1, 1),  # listed, and nobody at risk there
        ((lives("a"), lives("b", 7)), {7}, 2, 1),
        ((lives("a"), lives("a", 7)), {7}, 1, 0),  # one door: they tell each other
        ((lives("a", 7), lives("b", 7)), {7}, 2, 0),  # one daughter of two doors
        ((lives("a", 7, 8),), {7, 8}, 1, 0),
        ((home(1, "a"), lives(None, 7, at=1), lives("a")), {7}, 1, 0),  # by the household, and by its door
        ((home(1), lives(None, 7, at=1), lives("a")), {7}, 2, 1),
        ((home(1), home(2)), NOBODY, 2, 2),
        ((lives(), lives()), NOBODY, 2, 2),  # nobody knows that they live together
        ((lives(None, 7), lives()), {7}, 2, 1),
    ],
)
def test_a_household_is_a_door_or_what_somebody_listed(
    dwellers: Sequence[Dweller], chats: frozenset[int], counted: int, without: int
) -> None:
    for order in (dwellers, dwellers[::-1]):
        assert households.heard(order) == Heard(chats=frozenset(chats), households=counted, without=without)


def test_several_buildings_are_counted_together_and_a_chat_once() -> None:
    first, second = households.heard([lives("a", 7)]), households.heard([lives("b", 7), lives("c")])
    assert households.together([first, second]) == Heard(chats=frozenset({7}), households=3, without=1)
    assert households.together([]) == Heard(chats=NOBODY, households=0, without=0)

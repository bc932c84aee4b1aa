"""Households of a building, as far as it matters how word reaches them: which of them hear by a chat of their
family's, and how many nobody reaches so.

The register knows people at risk, households that somebody listed, and nobody else: counted are those. Knows
no name and no door: what stands for one is enough to tell two apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.people import Address
from dispatch.telling import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Dweller:
    """Somebody whom the register has in a building, or a household of it. `household` is its number; `door`
    stands for where it is, and does not say it. Either may be unknown."""

    household: int | None = None
    door: str | None = None
    chats: frozenset[int] = frozenset()
    """Addresses where they or their family read of the building. SMS is no chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How word of a building goes round: so many households, of which so many have nobody with a chat."""

    chats: frozenset[int]
    households: int
    without: int


class Households(Protocol):
    """The part of the store that knows them."""

    async def dwellers(self, committee_id: int, building_id: int) -> tuple[Dweller, ...]:
        """Everybody whom the register has there, and its households, whose family counts at this moment."""

    async def kin_in(self, address: Address, building_id: int) -> Family | None:
        """As whose family the reader of an address hears of a building; None where that is nobody there any
        more."""

    async def home_of(self, family: Family) -> int | None:
        """The building of the one for whom they care, where it is known."""


def heard(dwellers: Iterable[Dweller]) -> Heard:
    """Count a building's households. Whoever lives behind one door, or in one listed household, is one; those
    of whom neither is known are one each."""
    found = tuple(dwellers)
    doors = {each.household: each.door for each in found if each.household is not None and each.door}
    homes: dict[object, frozenset[int]] = {}
    for number, each in enumerate(found):
        home = _home(each, doors) or number
        homes[home] = homes.get(home, frozenset()) | each.chats
    return Heard(
        chats=frozenset().union(*homes.values()),
        households=len(homes),
        without=sum(not chats for chats in homes.values()),
    )


def together(counted: Sequence[Heard]) -> Heard:
    """Several buildings as one."""
    return Heard(
        chats=frozenset().union(*(each.chats for each in counted)),
        households=sum(each.households for each in counted),
        without=sum(each.without for each in counted),
    )


def _home(dweller: Dweller, doors: Mapping[int, str]) -> tuple[str, object] | None:
    """What tells a household from others of the building; None where nothing is known of it."""
    door = dweller.door or doors.get(dweller.household or 0)
    if door:
        return "door", door
    return None if dweller.household is None else ("household", dweller.household)

"""People who may stand in the register twice, under two keys.

Two neighbours may well have one name, so nothing follows from it: it is said, and who is who people decide.
"""

from collections import defaultdict
from collections.abc import Sequence

from dispatch.headings import fold
from dispatch.people import Person, Roster


def namesakes(roster: Roster) -> Sequence[Sequence[Person]]:
    """Those of one name, however it was typed, who live in one building, or of whom nobody said where; each
    group in the register's order. Somebody who left or belongs to another committee is none of them."""
    found: dict[tuple[str, int | None], list[Person]] = defaultdict(list)
    for person in roster.people.values():
        if person.active and not person.guest:
            found[fold(person.name), person.building_id].append(person)
    return [group for group in found.values() if len(group) > 1]

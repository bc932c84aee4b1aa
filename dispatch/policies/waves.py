"""Waves by the clock: the nearest five, then ten, then twenty, then all. The fallback of every playbook."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import MINUTE, Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave

ALL = 1_000_000
"""More than any committee has."""

MEASURED: tuple[tuple[Micros, int], ...] = ((0, 5), (2 * MINUTE, 10), (4 * MINUTE, 20), (6 * MINUTE, ALL))
"""How long after the posting how many more are asked: twice as many each two minutes (Recipe A)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """Asks the nearest in steps: `after` the posting so many more, whatever anybody answered."""

    steps: tuple[tuple[Micros, int], ...] = MEASURED

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,
        record: Record,  # noqa: ARG002 - the policies' common shape
    ) -> Wave:
        """Those whose step has come. A step that was missed is made good."""
        passed = now - search.posted_at
        due = sum(count for after, count in self.steps if after <= passed)
        wanted = due if search.most is None else min(due, search.most)
        chosen = people[: max(0, wanted - len(search.asked))]
        later = [search.posted_at + after for after, _ in self.steps if after > passed]
        more = len(people) > len(chosen) and search.allowance != len(chosen)
        return Wave(
            people=tuple(person.id for person in chosen), look_at=min(later) if later and more else None
        )

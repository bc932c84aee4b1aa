"""Those who have not been asked for longest, once: fair, and blind to everything else."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave

_NEVER = 1 << 40
"""Jobs: longer than anybody has rested who was ever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """Asks `count` people at once, those who were never asked first, and nobody after them."""

    count: int = 10

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,  # noqa: ARG002 - the policies' common shape
        record: Record,
    ) -> Wave:
        """The longest rested; of equals those who stand first."""
        wanted = self.count if search.most is None else min(self.count, search.most)
        missing = max(0, wanted - len(search.asked))

        def rest(person: Candidate) -> int:
            found = record.rest(person.id)
            return _NEVER if found is None else found

        return Wave(people=tuple(person.id for person in heapq.nlargest(missing, people, key=rest)))

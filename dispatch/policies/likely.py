"""The few whom it is best to ask, once: by how likely they accept now, less what resting on would add to
it."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Asks `count` people at once, wherever they are, and nobody after them."""

    count: int = 10

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,  # noqa: ARG002 - the policies' common shape
        record: Record,
    ) -> Wave:
        """The best of them; of equals those who stand first."""
        wanted = self.count if search.most is None else min(self.count, search.most)
        missing = max(0, wanted - len(search.asked))
        best = heapq.nlargest(missing, people, key=lambda person: record.weigh(person.id, search.facets)[1])
        return Wave(people=tuple(person.id for person in best))

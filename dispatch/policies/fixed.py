"""The nearest few, once: what most systems do."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Asks the `count` nearest, and nobody after them."""

    count: int = 5

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,  # noqa: ARG002 - the policies' common shape
        record: Record,  # noqa: ARG002 - the same
    ) -> Wave:
        """The nearest who are missing to `count`."""
        wanted = self.count if search.most is None else min(self.count, search.most)
        missing = max(0, wanted - len(search.asked))
        return Wave(people=tuple(person.id for person in people[:missing]))

"""The nearest few, and somebody else for each who refuses: silence is waited out."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Reply, Search
from dispatch.policies.wave import Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Keeps `count` people asked who have not refused, nearest first."""

    count: int = 5

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,  # noqa: ARG002 - the policies' common shape
        record: Record,  # noqa: ARG002 - the same
    ) -> Wave:
        """Those who are missing to `count`. It is called again when somebody refuses."""
        waiting = sum(asked.reply is not Reply.REFUSED for asked in search.asked)
        missing = max(0, self.count - waiting)
        if search.allowance is not None:
            missing = min(missing, search.allowance)
        return Wave(people=tuple(person.id for person in people[:missing]))

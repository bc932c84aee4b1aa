"""One after the other, as a staff member with a list and a telephone does it: fewest asked, and slow."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import MINUTE, Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Reply, Search
from dispatch.policies.wave import Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAtATime:
    """Asks the nearest; the next one when that one has refused, or was silent for `patience` (a minute: the
    median answer takes as long)."""

    patience: Micros = MINUTE

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,
        record: Record,  # noqa: ARG002 - the policies' common shape
    ) -> Wave:
        """One person or nobody."""
        last = search.asked[-1] if search.asked else None
        if last is not None and last.reply is not Reply.REFUSED and now < last.at + self.patience:
            return Wave(look_at=last.at + self.patience)
        if not people or search.allowance == 0:
            return Wave()
        return Wave(people=(people[0].id,), look_at=now + self.patience)

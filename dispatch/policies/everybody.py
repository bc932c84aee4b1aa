"""Everybody at once: surest, and dearest. It burns the pool, and is here to be compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """Asks all who may be asked, as soon as they may."""

    def next_wave(
        self,
        search: Search,
        people: Sequence[Candidate],
        now: Micros,  # noqa: ARG002 - the policies' common shape
        record: Record,  # noqa: ARG002 - the same
    ) -> Wave:
        """All of them, and nothing after that."""
        return Wave(people=tuple(person.id for person in people[: search.allowance]))

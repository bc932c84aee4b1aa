"""Policies by somebody else, for the tests of the simulator."""

from collections.abc import Sequence

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search
from dispatch.policies.wave import Wave


class Two:
    """The two nearest, once."""

    def next_wave(self, search: Search, people: Sequence[Candidate], now: Micros, record: Record) -> Wave:
        return Wave(people=tuple(person.id for person in people[: 2 - len(search.asked)]))


class Pushy:
    """The nearest, over and over."""

    def next_wave(self, search: Search, people: Sequence[Candidate], now: Micros, record: Record) -> Wave:
        return Wave(people=(people[0].id, people[0].id), look_at=now + 1)


class Late:
    """Wants to have been woken before."""

    def next_wave(self, search: Search, people: Sequence[Candidate], now: Micros, record: Record) -> Wave:
        return Wave(look_at=now)


NOTHING = object()

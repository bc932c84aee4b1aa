"""Which leaders were called for a job and did not answer before the ladder went on without them.

Read from the ledger, so that a card's timeline and the brief tell the same. It knows no words, and blames
nobody for a call that somebody else answered in time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.claims import Ask
from dispatch.events import Entry, EventKind
from dispatch.moments import Micros

CALLS = frozenset({EventKind.CALLED, EventKind.EXHAUSTED, EventKind.CALLED_AGAIN})
"""Entries by which leaders are called."""

_PASSED = CALLS | {EventKind.RUNG_EMPTY, EventKind.REPEATED}
"""The ladder goes on: whoever was called before has not answered."""

_OVER = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.SETTLED,
        EventKind.HANDED_ON,
        EventKind.CLAIMED,
        EventKind.ASSIGNED,
        EventKind.FINISHED,
        EventKind.CLOSED,
        EventKind.HELP,
        EventKind.SILENT,
        EventKind.RAISED,
        EventKind.REOPENED,
    }
)
"""Somebody has answered, or another call has begun: nobody is waited for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """They were called at `since`, and the ladder went on at `until`, with the entry of this `version`."""

    people: tuple[int, ...]
    since: Micros
    until: Micros
    version: int


@dataclass(frozen=True, slots=True)
class _Called:
    at: Micros
    people: tuple[int, ...]


def silences(entries: Sequence[Entry], asks: Sequence[Ask]) -> Iterator[Silence]:
    """Every silence of a job, oldest first. `entries` is its ledger, oldest first."""
    called = _called(asks)
    waiting: list[_Called] = []
    for entry in entries:
        if entry.kind in _OVER:
            waiting = []
        elif entry.actor_id is not None:  # a note is a sign of life as well
            waiting = [_but(each, entry.actor_id) for each in waiting]
        if entry.kind in _PASSED:
            silent = [each for each in waiting if each.at < entry.at]
            people = tuple(dict.fromkeys(who for each in silent for who in each.people))
            if people:
                since = min(each.at for each in silent)
                yield Silence(people=people, since=since, until=entry.at, version=entry.version)
            waiting = [each for each in waiting if each.at >= entry.at]
        if entry.kind in CALLS and entry.loop is not None and entry.step is not None:
            waiting.append(_Called(entry.at, called.get((entry.loop, entry.step), ())))


def _called(asks: Sequence[Ask]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Leaders by the loop and step in which they were called."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for ask in asks:
        if ask.leader:
            step = ask.loop, ask.step
            found[step] = (*found.get(step, ()), ask.person_id)
    return found


def _but(call: _Called, person: int) -> _Called:
    return _Called(call.at, tuple(who for who in call.people if who != person))

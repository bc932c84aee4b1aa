"""Which leaders were called for a job and did not answer before the ladder went on without them.

Read from the ledger, so that a card's timeline and the brief tell the same. It knows no words, and blames
nobody for a call that somebody else answered in time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dispatch.claims import Ask
from dispatch.events import Entry, EventKind
from dispatch.moments import Micros

_EVERYBODY = frozenset({EventKind.EXHAUSTED, EventKind.CALLED_AGAIN})
CALLS = _EVERYBODY | {EventKind.CALLED, EventKind.RUNG_AGAIN}
"""Entries by which leaders are called."""

_PASSED = CALLS | {EventKind.RUNG_EMPTY, EventKind.REPEATED}
"""The ladder goes on: whoever was called before has not answered. A rung with a clock of its own has as long
as that clock says, whatever else fires meanwhile; and nobody else is passed by it."""

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
    """They were called at `since`, and the ladder went on at `until`, with the entry of this `version`.
    `rung` is set where nobody at all of a rung answered before its own clock called it again."""

    people: tuple[int, ...]
    since: Micros
    until: Micros
    version: int
    rung: str = ""


@dataclass(frozen=True, slots=True)
class _Called:
    at: Micros
    people: tuple[int, ...]
    rung: str = ""
    """Of a rung with a clock of its own."""
    whole: bool = True
    """Nobody of them has given a sign."""

    def passed(self, entry: Entry) -> bool:
        """Whether their time is over with an entry by which the ladder goes on."""
        if self.at >= entry.at:
            return False
        if entry.kind is EventKind.RUNG_AGAIN:
            return self.rung == _own_rung(entry)
        return not self.rung or self.rung == _own_rung(entry) or entry.kind in _EVERYBODY


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
            silent = [each for each in waiting if each.passed(entry)]
            people = tuple(dict.fromkeys(who for each in silent for who in each.people))
            if people:
                since = min(each.at for each in silent)
                again = entry.kind is EventKind.RUNG_AGAIN and all(each.whole for each in silent)
                rung = _own_rung(entry) if again else ""
                until, version = entry.at, entry.version
                yield Silence(people=people, since=since, until=until, version=version, rung=rung)
            waiting = [each for each in waiting if not each.passed(entry)]
        if entry.kind in CALLS and entry.loop is not None and entry.step is not None:
            people = called.get((entry.loop, entry.step), ())
            waiting.append(_Called(entry.at, people, _own_rung(entry)))


def _own_rung(entry: Entry) -> str:
    """The rung that is called, if it has a clock of its own: those calls are numbered."""
    return str(entry.data["rung"]) if "number" in entry.data else ""


def _called(asks: Sequence[Ask]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Leaders by the loop and step in which they were called."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for ask in asks:
        if ask.leader:
            step = ask.loop, ask.step
            found[step] = (*found.get(step, ()), ask.person_id)
    return found


def _but(call: _Called, person: int) -> _Called:
    left = tuple(who for who in call.people if who != person)
    return call if left == call.people else replace(call, people=left, whole=False)

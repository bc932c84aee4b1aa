"""What the ledger of a job must say: DESIGN.md's rules written a second time, without the program's own.

The model reads a job's ledger from the first entry to the last. What a person did is taken as it stands; what
the clock did is foretold: whom it asks or calls, as which step of which loop, and from when on. It knows one
place a job, and deadlines of claims that never come.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.chaos.storm.scripts import SECOND, Script

Micros = int
Healthy = Callable[[Micros, Micros], Micros]
"""How long of the time between two moments the program was left alone."""

LOST, TWICE = "lost", "twice"


class Entry(NamedTuple):
    """One entry of a ledger, without anybody's words."""

    version: int
    kind: str
    at: Micros
    actor: int | None
    loop: int | None
    step: int | None
    data: Mapping[str, Any]

    @property
    def whom(self) -> str:
        """Whom a step asks or calls."""
        return str(self.data.get("to") or self.data.get("rung") or "")


class Fault(NamedTuple):
    """Where a ledger departs from the model; `what` is LOST or TWICE."""

    what: str
    version: int
    why: str


class Due(NamedTuple):
    """What the clock will do, from this moment on."""

    at: Micros
    kind: str
    whom: str = ""


class WrongError(Exception):
    """The ledger departs from the model here."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(why)
        self.what = what


@dataclass(slots=True)
class _Waiting:
    person: int
    since: Micros
    offered_until: Micros | None = None


CLOCKED = frozenset(
    {
        "asked",
        "called",
        "rung_empty",
        "urged",
        "lapsed",
        "repeated",
        "exhausted",
        "called_again",
        "rung_again",
        "offer_lapsed",
    }
)
"""What happens by itself, when its time has come."""


class Model:
    """One job as it should stand after each entry."""

    def __init__(self, script: Script, *, staff: bool = True) -> None:
        self._script = script
        self._steps = script.sequence()
        self._staff = staff
        self.closed = False
        self.holder: int | None = None
        self.waiting: list[_Waiting] = []
        self.must: deque[tuple[str, str]] = deque()
        """What the same decision must say next."""
        self.loop = self.step = self.position = self.repeats = 0
        self.asked = 0
        """People asked in this loop."""
        self.due: Micros | None = None
        self.urge: Micros | None = None
        self.urged = False
        self.leader: int | None = None
        self.exhausted = False
        self.again: Micros | None = None
        """When the office is called by its own clock."""
        self.calls = 0
        """How often the office was called in this call."""
        self.last_at: Micros = 0

    @property
    def running(self) -> bool:
        """Somebody is still to be called or urged."""
        return self.due is not None or self.urge is not None

    def nexts(self) -> list[Due]:
        """All that the clock waits for; of two that are due, the first in this order comes first."""
        if self.closed:
            return []
        found = [Due(w.offered_until, "offer_lapsed") for w in self.waiting if w.offered_until is not None]
        if self.urge is not None:
            found.append(Due(self.urge, "lapsed" if self.urged else "urged"))
        if self.due is not None:
            found.append(Due(self.due, *self._call()))
        if self.again is not None:
            found.append(Due(self.again, "rung_again", "office"))
        return found

    def end(self) -> None:
        """Nothing more stands in the ledger. Raises `WrongError`."""
        if self.must:
            raise WrongError(LOST, f"the last decision did not say {self.must[0][0]}")

    def read(self, entry: Entry, number: int) -> Due | None:
        """Go on to the state after this entry, the ledger's `number`th. Returns what had been due, for an
        entry of the clock. Raises `WrongError`."""
        if entry.version != number:
            raise WrongError(LOST, f"entry {number} is version {entry.version}")
        foretold: Due | None = None
        if self.must:
            self._follows(entry)
        elif entry.kind in CLOCKED:
            foretold = self._foretold(entry)
        self._count(entry)
        self.last_at = entry.at
        apply = getattr(self, f"_{entry.kind}", None)
        if apply is None:
            raise WrongError(TWICE, "nobody in a storm does that")
        apply(entry)
        return foretold

    def _follows(self, entry: Entry) -> None:
        kind, whom = self.must.popleft()
        if (entry.kind, entry.whom) != (kind, whom) or entry.at != self.last_at:
            raise WrongError(LOST, f"the same decision must go on with {kind} {whom}".rstrip())

    def _foretold(self, entry: Entry) -> Due:
        due = next((each for each in self.nexts() if each.at <= entry.at), None)
        if due is None:
            coming = ", ".join(f"{d.kind} in {(d.at - entry.at) / SECOND:.3f} s" for d in self.nexts())
            raise WrongError(TWICE, f"nothing was due ({coming or 'ever'})")
        said, called = (entry.kind, entry.whom), (due.kind, due.whom)
        empty = due.kind == "called" and said == ("rung_empty", due.whom)
        if said != called and not empty:
            raise WrongError(LOST, f"due was {due.kind} {due.whom}".rstrip())
        return due

    def _count(self, entry: Entry) -> None:
        if (entry.loop is None) != (entry.step is None):
            raise WrongError(LOST, "a step without its loop")
        if entry.step is None:
            return
        if (entry.loop, entry.step) != (self.loop, self.step):
            raise WrongError(LOST, f"the next step is {self.step} of loop {self.loop}")
        self.step += 1

    def _call(self) -> tuple[str, str]:
        if self.exhausted:
            return "called_again", ""
        if self.position < len(self._steps):
            _, kind, whom = self._steps[self.position]
            return kind, whom
        return ("exhausted", "") if self.repeats + 1 >= self._script.loops else ("repeated", "")

    def _start(self, at: Micros) -> None:
        """The call begins afresh."""
        self.loop += 1
        self.step = self.position = self.repeats = self.asked = 0
        self.due = at + self._steps[0][0]
        self.urge, self.urged, self.leader, self.exhausted = None, False, None, False
        self.again, self.calls = None, 0
        if self._script.life and self._staff:
            self.must.append(("called", "staff"))

    def _stop(self) -> None:
        self.due = self.urge = self.again = None
        self.urged = self.exhausted = False

    def _posted(self, entry: Entry) -> None:
        if self.loop:
            raise WrongError(TWICE, "it was posted before")
        self._start(entry.at)

    def _asked(self, entry: Entry) -> None:
        self.asked += int(entry.data["count"])
        # A wave that reached nobody is not waited for; but whoever was asked before keeps their time.
        following = self.position + 1
        last = following < len(self._steps) and self._steps[following][1] == "called"
        self._move_on(waits=bool(entry.data["count"]) or (last and bool(self.asked)))

    def _called(self, entry: Entry) -> None:
        if entry.whom not in ("staff", "last_resort"):
            self._move_on(waits=True)
        if entry.whom == "office":
            self._rung_again(entry)

    def _rung_again(self, entry: Entry) -> None:
        """However late it was: the next time counts from now."""
        if entry.data.get("number") != self.calls + 1:
            raise WrongError(LOST, f"the office was called {self.calls} times before")
        self._wind(entry.at)

    def _wind(self, at: Micros) -> None:
        """The office was called, by whatever."""
        self.calls += 1
        self.again = at + self._script.office_every * SECOND

    def _rung_empty(self, entry: Entry) -> None:
        if entry.whom == "duty":
            self.must.append(("called", "last_resort"))
        self._move_on(waits=False)

    def _move_on(self, *, waits: bool) -> None:
        assert self.due is not None
        following = self.position + 1
        if waits and following < len(self._steps):
            self.due += self._steps[following][0] - self._steps[self.position][0]
        elif waits:
            self.due += self._script.urge_every * SECOND
        self.position = following
        self._hold()

    def _hold(self) -> None:
        """As long as a leader has it in hand only waves go on."""
        rung = self.position >= len(self._steps) or self._steps[self.position][1] == "called"
        if self.urge is not None and rung:
            self.due = None

    def _repeated(self, _entry: Entry) -> None:
        assert self.due is not None
        self.repeats += 1
        self.loop += 1
        self.step = self.position = self.asked = 0
        self.due += self._steps[0][0]

    def _exhausted(self, entry: Entry) -> None:
        self.repeats += 1
        self.exhausted = True
        self._called_again(entry)

    def _called_again(self, entry: Entry) -> None:
        self.due = entry.at + self._script.exhausted_every * SECOND
        if self.calls:
            self._wind(entry.at)

    def _acknowledged(self, entry: Entry) -> None:
        if not self.running:
            raise WrongError(TWICE, "nobody was being called")
        if self.leader == entry.actor and not self.urged:
            raise WrongError(TWICE, "the same leader had acknowledged it")
        self.leader, self.urged = entry.actor, False
        self.urge = entry.at + self._script.urge_every * SECOND
        self.again = None
        self._hold()

    def _urged(self, entry: Entry) -> None:
        self.urged = True
        self.urge = entry.at + self._script.urge_every * SECOND

    def _lapsed(self, entry: Entry) -> None:
        self.leader, self.urge, self.urged = None, None, False
        self.due = entry.at if self.due is None else self.due
        if self.calls:
            self.again = entry.at + self._script.office_every * SECOND

    def _claimed(self, entry: Entry) -> None:
        if self.holder is not None:
            raise WrongError(TWICE, "the place was taken")
        offered = [
            w.person for w in self.waiting if w.offered_until is not None and w.offered_until > entry.at
        ]
        if offered and entry.actor not in offered and not self._script.life:
            raise WrongError(TWICE, "the place was kept for somebody else")
        self.waiting = [w for w in self.waiting if w.person != entry.actor]
        self.holder = entry.actor
        self._stop()

    def _waitlisted(self, entry: Entry) -> None:
        if any(w.person == entry.actor for w in self.waiting):
            raise WrongError(TWICE, "they waited already")
        assert entry.actor is not None
        # Two who tapped in the same moment wait in the order of their taps, not of their entries.
        self.waiting.append(_Waiting(entry.actor, entry.at))
        self.waiting.sort(key=lambda each: each.since)

    def _released(self, entry: Entry) -> None:
        if self.holder is None or self.holder != entry.data["person"]:
            raise WrongError(TWICE, "they did not have it")
        self.holder = None
        self._offer_or_reopen(entry.at)

    def _offer_or_reopen(self, at: Micros) -> None:
        kept = any(w.offered_until is not None and w.offered_until > at for w in self.waiting)
        if not kept or self._script.life:
            free = next((w for w in self.waiting if w.offered_until is None), None)
            if free is not None:
                free.offered_until = at + self._script.offer * SECOND
                self.must.append(("offered", ""))
                kept = True
        if (not kept or self._script.life) and not self.running:
            self.must.append(("reopened", ""))

    def _offered(self, _entry: Entry) -> None:
        """Noted when it was foretold."""

    def _reopened(self, entry: Entry) -> None:
        self._start(entry.at)

    def _offer_lapsed(self, entry: Entry) -> None:
        gone = next(w for w in self.waiting if w.offered_until is not None and w.offered_until <= entry.at)
        if entry.data.get("person") != gone.person:
            raise WrongError(LOST, "somebody else's offer had lapsed")
        self.waiting.remove(gone)
        if self.holder is None:
            self._offer_or_reopen(entry.at)

    def _finished(self, entry: Entry) -> None:
        if self.holder is None or self.holder != entry.data["person"]:
            raise WrongError(TWICE, "they did not have it")
        self.must.append(("closed", ""))

    def _closed(self, _entry: Entry) -> None:
        if self.closed:
            raise WrongError(TWICE, "it was closed before")
        self.closed = True
        self.waiting.clear()


def check(
    script: Script,
    ledger: Sequence[Entry],
    healthy: Healthy,
    end: Micros,
    window: Micros,
    *,
    every: bool = True,
) -> Fault | None:
    """The first departure of a ledger from the model; None where there is none. Whatever is decided later
    than `window` of healthy time after it was due counts as lost, and so does what was due that long before
    `end` and has not been decided; without `every` only the latter."""
    model = Model(script)
    for number, entry in enumerate(ledger, 1):
        try:
            waited = model.nexts()
            due = model.read(entry, number)
            if every:
                _in_time([due] if due else waited, entry.at, healthy, window)
        except WrongError as wrong:
            return Fault(wrong.what, entry.version, f"{entry.kind} {entry.whom}: {wrong}")
    try:
        model.end()
        _in_time(model.nexts(), end, healthy, window)
    except WrongError as wrong:
        return Fault(wrong.what, len(ledger), f"at the end: {wrong}")
    return None


def _in_time(waited: Sequence[Due], at: Micros, healthy: Healthy, window: Micros) -> None:
    for due in waited:
        late = healthy(due.at, at)
        if late > window:
            raise WrongError(LOST, f"{due.kind} {due.whom} was late by {late / SECOND:.1f} s of healthy time")

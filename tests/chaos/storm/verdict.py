"""What a storm came to: the ledgers against the model, the taps and the posts against what was answered, and
the outbox against the ledgers. Every number but the first and the last is to be 0."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.storm import model
from tests.chaos.storm.crowd import Journal
from tests.chaos.storm.model import LOST, TWICE, Entry, Fault, Healthy, Micros
from tests.chaos.storm.records import Owed, Records
from tests.chaos.storm.scripts import SCRIPTS
from tests.chaos.storm.town import LADDER, Town

SETTLED = frozenset({"delivered", "not_reached", "obsolete", "unknown", "unreachable"})
"""What a row of the outbox may have come to."""

CALLS = frozenset({"alert", "help"})
"""How somebody is told who is called."""


_COUNTS = ("rungs", "lost", "twice", "unaccounted", "kills", "jobs", "taps", "rows", "tracebacks")


@dataclass(slots=True)
class Totals:
    """Counts of one storm, or of several."""

    rungs: int = 0
    lost: int = 0
    twice: int = 0
    unaccounted: int = 0
    kills: int = 0
    jobs: int = 0
    taps: int = 0
    rows: int = 0
    tracebacks: int = 0
    """In the logs: something was not foreseen, even where nothing came of it."""
    faults: list[str] = field(default_factory=list)
    """What those lines begin and end with, each once."""
    offences: list[str] = field(default_factory=list)
    """The first things that were wrong, with the ledger of the job."""

    @property
    def clean(self) -> bool:
        """Nothing is wrong, and something has been looked at."""
        return bool(self.rungs) and not (self.lost or self.twice or self.unaccounted)

    def add(self, other: "Totals") -> None:
        """Count another storm in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.offences += other.offences

    def as_json(self) -> dict[str, int]:
        """The numbers alone."""
        return {name: getattr(self, name) for name in _COUNTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How late anything may be: `window` microseconds that the program was left alone. Without `every` only
    what is late at the end counts, as where the clock was moved."""

    healthy: Healthy
    end: Micros
    window: Micros
    every: bool = True

    def ledgers(self, records: Records, totals: Totals) -> None:
        """Every job's ledger against the model."""
        for job, kind in sorted(records.kinds.items()):
            ledger = records.ledgers.get(job, ())
            fault = self._fault(kind, ledger)
            if fault is None and records.versions[job] != len(ledger):
                fault = Fault(LOST, len(ledger), f"the job is at version {records.versions[job]}")
            if fault is None:
                continue
            if fault.what == TWICE:
                totals.twice += 1
            else:
                totals.lost += 1
            totals.offences.append("\n".join([f"job {job} ({kind}), {fault.what}", *told(ledger, fault)]))

    def _fault(self, kind: str, ledger: Sequence[Entry]) -> Fault | None:
        script = SCRIPTS[kind]
        return model.check(script, ledger, self.healthy, self.end, self.window, every=self.every)


def told(ledger: Sequence[Entry], fault: Fault) -> Iterator[str]:
    """A ledger for whoever looks for the mistake: moments from the posting, numbers and keys only."""
    for entry in ledger:
        step = "" if entry.step is None else f"loop {entry.loop} step {entry.step}"
        late = (entry.at - ledger[0].at) / 1_000_000
        mark = f"   <-- {fault.why}" if entry.version == fault.version else ""
        yield f"  v{entry.version:<3} {late:10.3f} s  {entry.kind} {entry.whom} {step}{mark}"


def answered(journal: Journal, records: Records, totals: Totals) -> None:
    """Every post and every tap that was answered is in the database."""
    totals.taps += len(journal.taps)
    totals.jobs += len(records.kinds)
    found = [
        f"job {job} was answered and is not there"
        for job in journal.jobs.values()
        if job not in records.kinds
    ]
    if len(set(journal.jobs.values())) != len(journal.jobs) or journal.disagreeing:
        found.append("two posts of one key are two jobs, or those of two keys one")
    found += journal.odd
    for tap in journal.taps:
        if tap.mark not in records.receipts:
            found.append(f"job {tap.job}: a tap ({tap.verb}) was answered and is not there")
        elif tap.won and not any(
            entry.kind == "claimed" and entry.actor == tap.person for entry in records.ledgers[tap.job]
        ):
            found.append(f"job {tap.job}: somebody was told to have it and never had")
    totals.unaccounted += len(found)
    totals.offences += found


def outbox(town: Town, records: Records, totals: Totals) -> None:
    """Every row has come to an end; whoever was called is owed a row by the same decision; nobody two."""
    totals.rows += len(records.owed)
    found = [f"{row.cause}: a row is {row.status}" for row in records.owed if row.status not in SETTLED]
    # A rung's message is a row of the decision that called it: the next one of the job, by version.
    of_job: defaultdict[int, dict[int, list[Owed]]] = defaultdict(dict)
    for row in records.owed:
        words = row.cause.split()
        if words[0] == "job" and words[-1] == "card":
            of_job[row.job].setdefault(int(words[2].removeprefix("v")), []).append(row)
    for job, ledger in records.ledgers.items():
        found += [f"job {job}: {why}" for why in _uncalled(town, ledger, of_job[job])]
    doubled = Counter((row.cause, row.person) for row in records.owed)
    found += [f"{cause}: owed twice" for (cause, _), count in doubled.items() if count > 1]
    totals.unaccounted += len(found)
    totals.offences += found


def _uncalled(town: Town, ledger: Sequence[Entry], owed: dict[int, list[Owed]]) -> Iterator[str]:
    for entry in ledger:
        if entry.kind != "called" or entry.whom not in LADDER:
            continue
        decided = min((version for version in owed if version >= entry.version), default=None)
        person = town.people[LADDER[entry.whom]]
        rows = () if decided is None else owed[decided]
        if not any(row.person == person and row.kind in CALLS for row in rows):
            yield f"v{entry.version} called {entry.whom}, and owed them nothing"

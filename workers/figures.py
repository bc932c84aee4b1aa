"""What the program counts of itself, for Prometheus: how late it decides and delivers, what it had to repair.

Labels are names of kinds, platforms and results: never a committee, a person or a job. What has been counted
is forgotten with the process.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from dispatch.events import EventKind
from dispatch.lateness import Timed
from dispatch.moments import SECOND, Micros
from dispatch.situation import Decision

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""What `Figures.text` is."""

DECIDED_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
"""From a quarter of a queue's look to the sweep (two seconds), the auditor's bound (15 s) and beyond; the aim
is 0.2 s."""

HANDED_OVER_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1200.0)
"""The same and what a platform's own limit adds: three hundred cards to one group take twenty minutes."""


class Figures:
    """Counts; each method is a few microseconds and may be called from anywhere on the event loop."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._decisions = self._counter("decisions", "Ledger entries written, by kind.", "kind")
        # Made once: a label that is looked up by its name costs as much again as counting.
        self._kinds = {kind: self._decisions.labels(kind.value) for kind in EventKind}
        self._decided = self._seconds("decision_lateness_seconds", "From due to decided.", DECIDED_S)
        self._deliveries = self._counter("deliveries", "Cards tried, by result.", "platform", "result")
        self._handed_over = self._seconds(
            "delivery_lateness_seconds", "From owed to handed to the platform.", HANDED_OVER_S, "platform"
        )
        self._repairs = self._counter("repairs", "Late rows that the auditor made good.", "what")
        self._stuck = self._counter("stuck", "Late rows that stayed late all the same.", "what")
        self._late = self._gauge("late_rows", "Late rows at the last audit.", "what")
        self._audit = self._gauge("last_audit_timestamp_seconds", "When the last audit went through.")
        self._heartbeats = self._counter("heartbeats", "Heartbeats, by result.", "result")
        self._synthetic = self._counter("synthetic_jobs", "Synthetic jobs, by result.", "result")
        self._loop = self._gauge("synthetic_seconds", "How long the last synthetic job took.")
        self._outages = self._counter("queue_outages", "Times that the queue was found not to answer.")
        self._steps = self._counter("clock_steps", "Times that the wall clock was moved.")
        for what in Timed:  # there from the start, so that the first one is seen as a rise from nothing
            self._repairs.labels(what.value)
            self._stuck.labels(what.value)
        for result in ("closed", "missed"):
            self._synthetic.labels(result)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it (`CONTENT_TYPE`)."""
        return generate_latest(self._registry)

    def decision(self, decision: Decision, now: Micros) -> None:
        """Something was decided about a job, and is kept by `now`. Synthetic jobs count for nothing but the
        clock, which is what they are there for."""
        before = decision.before.job
        by_the_clock = decision.answer is None and before.version > 0
        if by_the_clock and before.look_at is not None and before.look_at <= now:
            self._decided.observe((now - before.look_at) / SECOND)
        if decision.after.roster.committee.unseen:
            return
        for event in decision.events:
            self._kinds[event.kind].inc()

    def delivery(self, platform: str, result: str, late: Micros | None) -> None:
        """A card was tried; `late` where it was for the first time and rings somebody."""
        self._deliveries.labels(platform, result).inc()
        if late is not None:
            self._handed_over.labels(platform).observe(late / SECOND)

    def audited(self, now: Micros, late: dict[Timed, int]) -> None:
        """An audit went through."""
        self._audit.set(now / SECOND)
        for what in Timed:
            self._late.labels(what.value).set(late.get(what, 0))

    def repaired(self, what: Timed) -> None:
        """The auditor made something good."""
        self._repairs.labels(what.value).inc()

    def stuck(self, what: Timed) -> None:
        """Something stayed late although the auditor had seen to it."""
        self._stuck.labels(what.value).inc()

    def heartbeat(self, result: str) -> None:
        """`sent`, `failed`, or `held_back`."""
        self._heartbeats.labels(result).inc()

    def synthetic(self, seconds: float | None) -> None:
        """A synthetic job went round in so many seconds, or (None) was missed."""
        self._synthetic.labels("missed" if seconds is None else "closed").inc()
        if seconds is not None:
            self._loop.set(seconds)

    def queue_outage(self) -> None:
        """The queue does not answer, and did so before."""
        self._outages.inc()

    def clock_step(self) -> None:
        """The wall clock was moved."""
        self._steps.inc()

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, namespace="suidao", registry=self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, namespace="suidao", registry=self._registry)

    def _seconds(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, about, labels, namespace="suidao", buckets=buckets, registry=self._registry)

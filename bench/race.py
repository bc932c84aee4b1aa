"""280 people claim one job at the same moment, through the service, with everything kept for good."""

from bench import claim
from bench.report import Aim, Figure, Outcome, p99

ROUNDS = 7
"""An odd number; five seconds in all."""


async def measure() -> Outcome:
    """How many of the 280 hold the place afterwards, in the worst round, and how long until a claim was
    kept."""
    runs = await claim.races(ROUNDS)
    winners = max((run.held for run in runs), key=lambda held: abs(held - 1))
    slowest = p99([wait for run in runs for wait in run.waits_ms])
    figures = (
        Figure(name="winners", ours=winners, aim=Aim(sign="=", limit=1)),
        Figure(name="p99 ms of 280 claims at once", ours=slowest),
    )
    return Outcome(figures=figures, values={"winners": winners, "p99_ms": slowest})

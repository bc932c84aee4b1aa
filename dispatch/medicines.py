"""What medicine runs need from the store, as a protocol. Everything is asked for by committee id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from dispatch.jobs import Draft
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.situation import Decision, Situation
from dispatch.sources import Source
from dispatch.stops import Stock, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What became of it: the stop as it is then (None where nothing changed), and what was learned of a
    hospital: its name, and whether it had the medicine."""

    decision: Decision
    stop: Stop | None = None
    learned: tuple[str, bool] | None = None


class Medicines(Protocol):
    """The part of the store that keeps them."""

    async def stop_job(self, committee_id: int, nonce: str, mark: str = "") -> int | None:
        """The job of the request that was posted with this nonce. Raises `NonceUsedError` where a mark is
        given and the request had another one."""

    async def stop_from(self, source: Source, job_id: int) -> bool:
        """Whether a request of the job is from that system."""

    async def join_run(
        self, draft: Draft, job_id: int, decide: Callable[[Situation], Decision], now: Micros
    ) -> Saved:
        """Keep the request as one more stop of the job, where `decide` changes anything; a nonce that is
        known already changes nothing."""

    async def stops(self, committee_id: int, job_id: int) -> tuple[Stop, ...]:
        """The stops of a job, by number, decrypted; none where it is no run. The first one's door, phone and
        words are the job's own. The caller has asked the access table."""

    async def tick(
        self,
        committee_id: int,
        job_id: int,
        decide: Callable[[Situation, tuple[Stop, ...]], Ticked],
        now: Micros,
    ) -> Saved:
        """Load the job with its stops, decide, and save the job, the stop and what was learned of a hospital,
        or nothing."""

    async def stocks(self, committee_id: int, drug: str) -> tuple[Stock, ...]:
        """What is known of the hospitals that were asked for the medicine, newest first."""

    async def stock_counts(self, committee_id: int) -> Mapping[str, tuple[int, int]]:
        """Of each hospital how many medicines it was found to have, and how many not."""

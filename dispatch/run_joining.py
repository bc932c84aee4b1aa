"""Let a medicine request go with a run that nobody has taken yet.

The rules are `runs`'; here it is asked which run it could be, and of two who ask at once none is lost.
"""

from dispatch import runs
from dispatch.jobs import Draft, Job
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.ports import Distances, Store
from dispatch.sources import Source


async def join(
    store: Store, draft: Draft, now: Micros, distances: Distances, source: Source | None = None
) -> Saved | None:
    """The run that the request goes with from now on, or went with before; None where it is to be a job of
    its own. The same nonce again finds the same run. Raises `NonceUsedError` where that was another request
    of the `source`."""
    if draft.request is None:
        return None
    known = await store.stop_job(draft.committee_id, draft.nonce, draft.mark)
    if known is not None:
        return Saved(job_id=known, decision=None)
    jobs = () if draft.request.alone else await store.open_jobs(draft.committee_id)
    for job in jobs:
        if not runs.joinable(job, draft, now) or not _told(job, source):
            continue
        saved = await store.join_run(
            draft, job.id, lambda found: runs.joined(draft, found, now, distances), now
        )
        if saved.decision is None or saved.decision.changed:
            return saved
    return None


def _told(job: Job, source: Source | None) -> bool:
    """The other system hears what happens to the job. What is reported goes to the system that began it; one
    that has no webhook asks for itself."""
    return source is None or not source.told or job.source_id == source.id

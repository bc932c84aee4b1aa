"""Let a medicine request go with a run that nobody has taken yet.

The rules are `runs`'; here it is asked which run it could be, and of two who ask at once none is lost.
"""

from dispatch import runs
from dispatch.jobs import Draft
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.ports import Distances, Store


async def join(store: Store, draft: Draft, now: Micros, distances: Distances) -> Saved | None:
    """The run that the request goes with from now on, or went with before; None where it is to be a job of
    its own. The same nonce again finds the same run."""
    if draft.request is None:
        return None
    known = await store.stop_job(draft.committee_id, draft.nonce)
    if known is not None:
        return Saved(job_id=known, decision=None)
    jobs = () if draft.request.alone else await store.open_jobs(draft.committee_id)
    for job in jobs:
        if not runs.joinable(job, draft, now):
            continue
        saved = await store.join_run(
            draft, job.id, lambda found: runs.joined(draft, found, now, distances), now
        )
        if saved.decision is None or saved.decision.changed:
            return saved
    return None

"""Look at jobs when their time has come.

An alarm carries no fact, only which part of the jobs it rings for. Whether anything is due is decided from
the state of that moment, so an alarm that is early, late, repeated or stale changes nothing.
"""

import asyncio
import logging
from collections.abc import Sequence

from dispatch.errors import DispatchError, UnknownJobError
from dispatch.kept import Due
from dispatch.service import Service
from workers import faults

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Jobs decided side by side: they share their commits, and taps still get their turn in between."""


async def look(service: Service, committee_id: int, job_id: int) -> None:
    """Let the clock act on one job. A job that is no longer there is nobody's error."""
    try:
        await service.look(committee_id, job_id)
    except UnknownJobError:
        log.info("job %d is gone; its alarm is ignored", job_id)


async def look_due(service: Service, shard: int, shards: int, under_way: set[Due]) -> None:
    """Look at every job of the shard whose time has come. One task rings for all jobs of one moment.

    Those of `under_way` are left to the task that is at them: where one moment follows on the other, each
    would find once more what those before it are still deciding."""
    while True:
        due = await service.store.due(service.clock.now(), AT_ONCE, shard, shards)
        mine = [one for one in due if one not in under_way]
        under_way.update(mine)
        try:
            failed = await look_all(service, mine)
        finally:
            under_way.difference_update(mine)
        if len(due) < AT_ONCE or failed or not mine:
            return


async def look_all(service: Service, due: Sequence[Due]) -> int:
    """Look at many jobs at once; one that fails does not hold up the others. Returns how many failed."""
    done = await asyncio.gather(*(look_safely(service, one.committee_id, one.job_id) for one in due))
    return done.count(False)


async def look_safely(service: Service, committee_id: int, job_id: int) -> bool:
    """The same, but what goes wrong is logged, since the sweep tries again. Returns whether it went well."""
    try:
        await look(service, committee_id, job_id)
    except DispatchError as error:
        log.warning("job %d could not be looked at (%s); the sweep tries again", job_id, error.key)
        return False
    except Exception as error:  # noqa: BLE001 - it is told without its text
        # A rule that fails on one job must not stop the clock of every other job.
        faults.tell(log, error, "job %d could not be looked at; the sweep tries again", job_id)
        return False
    return True

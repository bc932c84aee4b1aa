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


async def look_due(service: Service, shard: int, shards: int) -> None:
    """Look at the jobs of the shard whose time has come, and ring for those beyond `AT_ONCE`: a task that
    went on for seconds would be ended in the middle, and the rest wait for the sweep."""
    now = service.clock.now()
    due = await service.store.due(now, AT_ONCE, shard, shards)
    if await look_all(service, due) and len(due) == AT_ONCE:
        service.bell.look(due[-1].committee_id, due[-1].job_id, service.clock.now())


async def look_all(service: Service, due: Sequence[Due]) -> bool:
    """Look at many jobs at once; one that fails does not hold up the others. True when some were looked at
    and all went well.

    Those that this process is at already are left to whoever began: where one moment follows on the other,
    each would find once more what those before it are still deciding."""
    mine = [one for one in due if one not in service.looking]
    service.looking.update(mine)
    try:
        done = await asyncio.gather(*(look_safely(service, one.committee_id, one.job_id) for one in mine))
    finally:
        service.looking.difference_update(mine)
    return bool(mine) and all(done)


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

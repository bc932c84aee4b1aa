"""`python -m bench.bare_alarms QUEUE`: stock ARQ, a task for each alarm that does nothing.

It works until its input ends; then it writes how late each task was, in microseconds, as JSON. Its settings
are those of the program's own worker.
"""

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any, cast

from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

from store.clock import WallClock
from store.queue import redis_settings
from workers import settings as arq

TASK = "bare"


async def work(where: str) -> None:
    """Be a worker until told to end."""
    late: list[int] = []

    async def look(_ctx: dict[str, Any], due: int) -> None:
        late.append(WallClock().now() - due)

    worker = Worker(
        functions=[func(cast("WorkerCoroutine", look), name=TASK)],
        redis_settings=redis_settings(where),
        handle_signals=False,
        max_jobs=arq.ALARMS_AT_ONCE,
        job_timeout=arq.ALARM_TIMEOUT_S,
        keep_result=0,
        poll_delay=arq.POLL_S,
        log_results=False,
    )
    working = asyncio.create_task(worker.async_run())
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    await worker.close()
    print(json.dumps(late), flush=True)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))

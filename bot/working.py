"""Parts that run side by side until the process leaves; what each of them does is not known here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress

from workers import faults

_log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 1.5
"""Seconds for what is running to end after a signal; with the last rings and a queue server that hangs it
makes five."""


@asynccontextmanager
async def working(*parts: Awaitable[None]) -> AsyncIterator[None]:
    """Run them as long as the block does; one that ends by itself with a fault is said loudly."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: asyncio.Future[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        faults.tell(_log, error, "a part of the program ended (part %d): restart it", 0)

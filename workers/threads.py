"""Running what blocks beside the event loop: each in a thread of its own, with a bound and an end."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TypeVar

from handlers.gateways import Begin

R = TypeVar("R")


class Threads:
    """Runs what blocks, each in a thread that keeps nobody from leaving: a program's end waits for none.

    `of_one` bounds what is done by one and the same service, so that others have places left."""

    def __init__(self, at_once: int, of_one: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._free_of = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(of_one))

    async def run(
        self, work: Callable[[], R], within_s: float, whose: str = "", begin: Begin | None = None
    ) -> R:
        """What `work` gives; it must raise nothing. Its service is told by `whose`. `begin` is awaited once
        there is a place for it, and what that raises is raised.

        Raises `TimeoutError` where there is no place within that time, no thread, or no result within as
        much time again; the place is free again only once the work has ended."""
        with ExitStack() as places:
            async with asyncio.timeout(within_s):
                for each in (self._free_of[whose], self._free):
                    await each.acquire()
                    places.callback(each.release)
            if begin is not None:
                await begin()
            done = self._started(work, places)
        async with asyncio.timeout(within_s):
            return await done

    def _started(self, work: Callable[[], R], places: ExitStack) -> asyncio.Future[R]:
        """The thread has the places from now on."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()

        def settle(result: R) -> None:
            taken.close()
            if not done.done():
                done.set_result(result)

        def thread() -> None:
            result = work()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, result)

        try:
            threading.Thread(target=thread, name="service", daemon=True).start()
        except RuntimeError as error:
            raise TimeoutError("the system gives no more threads") from error
        taken = places.pop_all()
        return done

"""Making a work again when it came to nothing: somebody else was first, or the connection broke.

What was decided is decided anew each time, on what is there then.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from dispatch.errors import ConflictError, OutcomeUnknownError, StoreUnavailableError
from dispatch.frozen import changed
from store.engine import LastLookLostError, Query, Work

R = TypeVar("R")

ATTEMPTS = 5
"""Times that a work is made by itself, at most, after one in company. On one writer, and where a job is held
while it is decided about, it is made once; five losses in a row mean that something else is wrong."""


async def insist(
    run: Callable[[Work[R]], Awaitable[R]], make: Callable[[], Work[R]], *, repeatable: bool = True
) -> R:
    """Have an engine run what `make` makes, again where that helps.

    `repeatable` says that doing it twice amounts to doing it once: then it is made again also where nobody
    knows whether it was kept. Raises what the last attempt raised; but `OutcomeUnknownError` stays what is
    said as long as nothing better is known.
    """
    unknown: OutcomeUnknownError | None = None
    alone = False
    locks: Sequence[Query] = ()
    for left in reversed(range(1 + ATTEMPTS)):
        work = make() if left == ATTEMPTS else changed(make(), alone=alone, locks=locks)
        try:
            return await run(work)
        except LastLookLostError as error:
            if not left:
                raise
            # Under the lock it cannot lose again, and in company all wait for it once. Whoever was only in
            # such company, and is undone by it again, needs none.
            alone, locks = left < ATTEMPTS, error.locks or locks
        except ConflictError:
            if not left:
                raise
            alone = True
        except OutcomeUnknownError as error:
            if not (left and repeatable):
                raise
            unknown, alone = error, True
        except StoreUnavailableError as error:
            if unknown is None:
                raise
            raise unknown from error
    raise AssertionError("the last attempt returns or raises")

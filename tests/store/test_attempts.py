"""How a work is made again: in whose company, and with what taken first."""

from collections.abc import Sequence

import pytest

from dispatch.errors import ConflictError
from store.attempts import ATTEMPTS, insist
from store.engine import LastLookLostError, Plan, Query, Work, nothing

LOCK = Query("offers_in_turn", {"committee_id": 7})

Made = tuple[bool, Sequence[Query]]
"""Whether an attempt was made alone, and what was taken first."""


def made() -> Work[None]:
    return Work((), lambda _: Plan((), nothing))


async def attempts(*losses: Exception) -> list[Made]:
    """How each was made, where the first of them came to nothing in these ways."""
    found: list[Made] = []

    async def run(work: Work[None]) -> None:
        found.append((work.alone, work.locks))
        if len(found) <= len(losses):
            raise losses[len(found) - 1]

    await insist(run, made)
    return found


async def test_whoever_lost_the_last_look_locks_first_and_stays_in_company() -> None:
    assert await attempts(LastLookLostError([LOCK])) == [(False, ()), (False, [LOCK])]


async def test_whoever_is_undone_by_others_a_second_time_goes_alone() -> None:
    lost = LastLookLostError(())
    assert await attempts(lost, lost) == [(False, ()), (False, ()), (True, ())]


async def test_a_conflict_is_decided_anew_alone_and_a_lock_is_kept() -> None:
    assert await attempts(ConflictError()) == [(False, ()), (True, ())]
    assert await attempts(LastLookLostError([LOCK]), ConflictError()) == [
        (False, ()),
        (False, [LOCK]),
        (True, [LOCK]),
    ]


async def test_what_loses_every_time_is_said_to_be_a_conflict() -> None:
    with pytest.raises(ConflictError):
        await attempts(*(LastLookLostError([LOCK]) for _ in range(1 + ATTEMPTS)))

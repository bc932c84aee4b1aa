"""A process that claims a job for many people at once, beside others that do the same."""

import asyncio
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path

from dispatch.verbs import AnswerKey
from store import open_store
from store.crypto import Vault
from tests.store import samples
from tests.store.samples import OurClock

TOGETHER_WITHIN = 60.0
"""Seconds for the slowest to start on a busy machine; then the test fails instead of hanging."""

_door: list[Barrier] = []


def stand_at(door: Barrier) -> None:
    """What a process does first: it learns of the door through which all go together."""
    _door.append(door)


def claim(
    data: Path, url: str | None, committee_id: int, job_id: int, people: Sequence[int]
) -> list[AnswerKey]:
    """What each of them is answered."""
    return asyncio.run(_claim(data, url, committee_id, job_id, people))


async def _claim(
    data: Path, url: str | None, committee_id: int, job_id: int, people: Sequence[int]
) -> list[AnswerKey]:
    store = await open_store(data, Vault.open(data, None), OurClock(), database_url=url)
    await asyncio.to_thread(_door[0].wait, TOGETHER_WITHIN)
    taps = (store.change(committee_id, job_id, samples.claim(person)) for person in people)
    saved = await asyncio.gather(*taps)
    await store.close()
    answers = [each.decision.answer for each in saved if each.decision is not None]
    return [answer.key for answer in answers if answer is not None]

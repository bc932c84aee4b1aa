"""Killed, or told to leave, while Telegram thinks about new cards: no phone has one twice, what nobody knows
is *unknown*, and what had not been begun goes out (CONFORMANCE.md 4)."""

import asyncio
import signal
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.chaos.runs import Home, Place
from tests.chaos.test_leaving_telegram import Town, the_town

THINKS_S = 30.0
"""Longer than a program that leaves may wait."""

SENDS = """
SELECT o.status, a.value FROM outbox o JOIN addresses a ON a.id = o.address_id
WHERE o.job_id = ? AND a.platform = 'telegram' ORDER BY o.id
"""


def cards(town: Town, job: int) -> Counter[int]:
    """How many cards of the job stand on each phone."""
    found = {phone.id: phone.sees(town.account) for phone, _ in town.phones}
    return Counter(phone for phone, seen in found.items() for each in seen if f"#{job}" in each.text)


def statuses(town: Town, job: int) -> Counter[str]:
    """What became of the job's cards on Telegram."""
    return Counter(status for status, _ in town.run.rows(SENDS, job))


def _any_card(town: Town, job: int) -> bool:
    return bool(cards(town, job))


def _nothing_owed(town: Town, job: int) -> bool:
    return not statuses(town, job)["owed"]


async def ended(town: Town, way: str) -> None:
    if way == "killed":
        await asyncio.to_thread(town.run.kill)
    else:
        assert await asyncio.to_thread(town.run.told, signal.SIGTERM) == 0


@pytest.mark.timeout(120)
async def test_conformance_04_alone_a_card_that_was_on_its_way_at_the_end_is_unknown_and_stands_once(
    home: Home, place: Place, tmp_path: Path
) -> None:
    async with the_town(home, place, tmp_path, webhook=False) as town:
        for way in ("killed", "told to leave"):
            town.server.faults.slow(THINKS_S, "sendMessage", times=None)
            job = await asyncio.to_thread(town.run.posted, f"3号楼502 敲门无应答 80岁独居 {way}")
            assert await town.server.until(partial(_any_card, town, job))
            await ended(town, way)
            before = cards(town, job)
            assert set(statuses(town, job)) == {"owed"}
            assert set(before.values()) == {1}

            town.server.faults.clear()
            await asyncio.to_thread(town.run.start)
            assert await town.server.until(partial(_nothing_owed, town, job))
            assert set(cards(town, job).values()) == {1}
            assert before <= cards(town, job)
            assert statuses(town, job)["unknown"] >= len(before)
        assert "Traceback" not in town.run.log

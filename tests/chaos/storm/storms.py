"""One storm from its first post to its verdict."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.chaos.storm import verdict
from tests.chaos.storm.crowd import Crowd
from tests.chaos.storm.diary import now
from tests.chaos.storm.house import Gale, House, batter
from tests.chaos.storm.records import Records
from tests.chaos.storm.verdict import Judge, Totals

WINDOW_S = 5.0
"""Seconds that the program was left alone, after which whatever was due must have been decided
(CONFORMANCE 5)."""

OWED_S = 60.0
"""Seconds without one message more, after which whatever is still owed is taken for forgotten: a card that a
dead process had begun counts as *unknown* after half of them."""

CLOSED_S = 180.0
"""Seconds for closing what is open at the end: each of the staff may tap three times a second."""

STAYING = ("v1", "zhao")
"""Whose pages are open all the time: a volunteer's, and that of a leader who follows every job."""

LOOK_S = 20.0
"""Seconds between two looks at how far a long storm is."""

_OPEN = "SELECT id FROM jobs WHERE status <> 'closed'"
_STILL_OWED = "SELECT count(*) FROM outbox WHERE status = 'owed'"
_STEPS = "SELECT count(*) FROM ledger WHERE step IS NOT NULL"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What blows, and for how long: `seconds`, or until `rungs` more were decided, which takes `seconds` at
    most. `posts` are a second."""

    gale: Gale
    seconds: float
    rungs: int = 0
    posts: float = 3.0


@asynccontextmanager
async def everybody(house: House, chance: random.Random) -> AsyncIterator[Crowd]:
    """The people of a house that is up, signed in; some stay on their pages."""
    crowd = Crowd(house.town, house.where, chance)
    staying: list[asyncio.Task[None]] = []
    try:
        await crowd.sign_in()
        staying += [asyncio.create_task(crowd.stay(key)) for key in STAYING]
        yield crowd
    finally:
        for each in staying:
            each.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
        await crowd.close()


async def storm(house: House, weathers: Sequence[Weather], chance: random.Random, say: Say) -> Totals:
    """Let them blow over a house that is up, one after the other, let everything settle, and judge."""
    async with everybody(house, chance) as crowd:
        for weather in weathers:
            posting = asyncio.create_task(crowd.post(weather.posts))
            try:
                await _blow(house, weather, chance, say)
            finally:
                posting.cancel()
                await asyncio.wait((posting,))
        await asyncio.sleep(WINDOW_S + 1)  # what was lost is late by then
        await close_all(house, crowd)
        rules = Judge(healthy=house.diary.healthy, end=now(), window=round(WINDOW_S * 1_000_000))
        totals = Totals(kills=house.diary.kills)
        records = await house.base.records()
        rules.ledgers(records, totals)
        return judge(house, crowd, records, totals)


async def _blow(house: House, weather: Weather, chance: random.Random, say: Say) -> None:
    blows, loop = house.blows(weather.gale.blows), asyncio.get_running_loop()
    if not weather.rungs:
        await batter(blows, house.diary, weather.seconds, weather.gale, chance)
        return
    end, wanted = loop.time() + weather.seconds, weather.rungs + await house.base.count(_STEPS)
    while loop.time() < end:
        await batter(blows, house.diary, LOOK_S, weather.gale, chance)
        steps = await house.base.count(_STEPS)
        say(f"  {weather.gale.blows}: {steps} of {wanted} rungs, {house.diary.kills} kills")
        if steps >= wanted:
            return


async def close_all(house: House, crowd: Crowd) -> None:
    """Everybody finishes, staff close what is open, and what is owed is told. Bounded."""
    try:
        async with asyncio.timeout(CLOSED_S):
            await crowd.drain()
            while left := await house.base.rows(_OPEN):
                await asyncio.gather(*(crowd.complete(job) for (job,) in left))
    except TimeoutError:
        open_still = len(await house.base.rows(_OPEN))
        why = f"not closed within {CLOSED_S:.0f} s: {open_still} jobs, {crowd.busy} of the crowd at something"
        raise RuntimeError(why) from None
    await _told(house)


async def _told(house: House) -> None:
    """Wait until nothing is owed, or nothing of it has been done for long enough."""
    loop, least = asyncio.get_running_loop(), None
    end = loop.time() + OWED_S
    while (left := await house.base.count(_STILL_OWED)) and loop.time() < end:
        if least is None or left < least:
            least, end = left, loop.time() + OWED_S
        await asyncio.sleep(0.5)


def judge(house: House, crowd: Crowd, records: Records, totals: Totals) -> Totals:
    """Besides the ledgers: what was answered, and what was owed."""
    totals.rungs += records.rungs
    verdict.answered(crowd.journal, records, totals)
    verdict.outbox(house.town, records, totals)
    faults = [line for line in house.said().splitlines() if "Traceback" in line]
    totals.tracebacks += len(faults)
    totals.faults += sorted({f"{line[21:100]} ... {line[-100:]}" for line in faults})
    return totals

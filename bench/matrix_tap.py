"""One volunteer taps a card in a room of 280: how long until another member's client shows who has it.

A hundred times, ours and the bare bot by turns. Both work in processes of their own, on the same homeserver.
Ours commits the claim, edits the card in the room, the winner's private one and the desk's; the bare bot
edits its one message.
"""

import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import crowd, processes
from bench.matrix_bare import KEY
from bench.matrix_crowd import Town
from bench.matrix_town import town
from bench.matrix_watcher import Sight
from bench.report import Aim, Figure, Outcome, median, p99

TAPS = 100

WINNERS = 10
"""Volunteers who tap, by turns: each has a private room with the bot from a claim that is not counted."""


async def measure(*, volunteers: int = crowd.VOLUNTEERS, taps: int = TAPS, winners: int = WINNERS) -> Outcome:
    """Post a card for each tap, tap them one after the other, and see the edits."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        async with town(Path(name), volunteers) as (here, programs):
            cards = list((await here.post(winners + taps)).values())
            bare = await here.post_bare(winners + taps)
            await here.introduce()
            waits, bare_waits = await _tapped(here, cards, bare, winners)
            memory = processes.resident_mb(programs.ours)
            claimed = here.tally.claimed()
    return outcome(waits[winners:], bare_waits[winners:], claimed - winners, memory)


async def _tapped(
    here: Town, cards: Sequence[str], bare: Sequence[str], winners: int
) -> tuple[list[float], list[float]]:
    waits: list[float] = []
    bare_waits: list[float] = []
    for number, (ours, theirs) in enumerate(zip(cards, bare, strict=True)):
        who = number % winners
        waits.append(await _tap(here, who, here.room, ours, f"志愿者{who + 1}"))
        bare_waits.append(await _tap(here, who, here.bare_room, theirs, here.volunteers[who].user_id))
    return waits, bare_waits


async def _tap(here: Town, who: int, room: str, card: str, name: str) -> float:
    """Milliseconds from the tap until the watcher's client shows that somebody of this name has it."""
    told = re.compile(rf"{re.escape(name)}(?!\d)")

    def shown(sight: Sight) -> bool:
        return sight.edits == card and told.search(sight.body) is not None

    before = len(here.watcher.sights)
    began = time.perf_counter()
    await here.volunteers[who].react(room, card, KEY)
    sight = await here.watcher.sees(shown, "the card with its winner", after=before)
    await here.rest()
    return (sight.at - began) * 1000


def outcome(waits: Sequence[float], bare: Sequence[float], claimed: int, memory: float) -> Outcome:
    """What is told of these milliseconds, ours and the bare bot's."""
    middle, bare_middle, most, bare_most = median(waits), median(bare), p99(waits), p99(bare)
    aim = Aim(sign="≤", limit=1.5, of_ratio=True)
    figures = (
        Figure(name="claims", ours=claimed, aim=Aim(sign="=", limit=len(waits))),
        Figure(name=f"p50 ms of {len(waits)} taps", ours=middle, bare=bare_middle),
        Figure(name=f"p99 ms of {len(waits)} taps", ours=most, bare=bare_most, aim=aim),
        Figure(name="MB, the program and its queue", ours=memory),
    )
    values = {
        "p50_ms": middle,
        "p99_ms": most,
        "bare_p50_ms": bare_middle,
        "bare_p99_ms": bare_most,
        "claims": claimed,
        "memory_mb": memory,
    }
    return Outcome(figures=figures, values=values)

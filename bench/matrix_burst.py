"""280 volunteers react below one card at the same moment: who has it, and how long until all of it is over.

Over means: every reaction is handled, the card in the room shows the winner, and those who lost have been
answered in its thread. The bare bot handles as many reactions to a card of its own, and edits it once.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import crowd, processes
from bench.matrix_bare import KEY
from bench.matrix_crowd import Town, until
from bench.matrix_town import Programs, town
from bench.report import Aim, Figure, Outcome, median
from bot.matrix.contents import REACTION

ROUNDS = 3
"""Cards, ours and bare by turns; each costs the server a thousand events."""


NAMED = "志愿者"
"""How every volunteer is called: in a card nobody is but who has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What became of one card of ours."""

    seconds: float
    winners: int
    edits: int
    answers: int


async def measure(*, volunteers: int = crowd.VOLUNTEERS, rounds: int = ROUNDS) -> Outcome:
    """Post a card for each round, and let everybody tap it."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        async with town(Path(name), volunteers) as (here, programs):
            jobs, bare_cards = await here.post(rounds), await here.post_bare(rounds)
            await here.introduce()
            found: list[Round] = []
            bare: list[float] = []
            for (job, card), other in zip(jobs.items(), bare_cards, strict=True):
                found.append(await _ours(here, job, card))
                bare.append(await _bare(here, programs, other))
            memory = processes.resident_mb(programs.ours)
    return outcome(found, bare, volunteers, memory)


async def _ours(here: Town, job: int, card: str) -> Round:
    before, answered = len(here.watcher.sights), here.tally.answered()
    everybody = answered + len(here.volunteers)
    began = time.perf_counter()

    async def handled() -> float:
        await until(lambda: here.tally.answered() == everybody, "every reaction handled")
        return time.perf_counter()

    async def shown() -> float:
        sight = await here.watcher.sees(
            lambda each: each.edits == card and NAMED in each.body, "the winner", after=before
        )
        return sight.at

    async def told() -> float:
        sight = await here.watcher.sees(lambda each: each.thread == card, "the thread's answer", after=before)
        return sight.at

    _, *ends = await asyncio.gather(_all_tap(here, here.room, card), handled(), shown(), told())
    await here.rest()
    since = here.watcher.sights[before:]
    edits = sum(each.edits == card for each in since)
    answers = sum(each.thread == card for each in since)
    return Round(seconds=max(ends) - began, winners=here.tally.holders(job), edits=edits, answers=answers)


async def _bare(here: Town, programs: Programs, card: str) -> float:
    before = len(here.watcher.sights)
    began = time.perf_counter()
    sight, _ = await asyncio.gather(
        here.watcher.sees(lambda each: each.edits == card, "the bare bot's edit", after=before),
        _all_tap(here, here.bare_room, card),
    )
    # The last one alone: of those that a sync leaves out the library hears nothing.
    taps = [each for each in here.server.kept.events([here.bare_room]) if each.kind == REACTION]
    await until(lambda: taps[-1].event_id in programs.handled, "the bare bot's last reaction handled")
    ended = time.perf_counter()
    await here.rest()
    return max(sight.at, ended) - began


async def _all_tap(here: Town, room: str, card: str) -> None:
    await asyncio.gather(*(each.react(room, card, KEY) for each in here.volunteers))


def outcome(rounds: Sequence[Round], bare: Sequence[float], volunteers: int, memory: float) -> Outcome:
    """What is told of these cards, ours and the bare bot's seconds."""
    # The worst of all rounds: one with two winners, or without one, must not hide behind the others.
    winners = max((found.winners for found in rounds), key=lambda count: abs(count - 1))
    ours, others = median([found.seconds for found in rounds]), median(bare)
    edits, answers = (max(found.edits for found in rounds), max(found.answers for found in rounds))
    aim = Aim(sign="≤", limit=1.5, of_ratio=True)
    figures = (
        Figure(name="winners", ours=winners, aim=Aim(sign="=", limit=1)),
        Figure(name=f"s until all {volunteers} taps are over", ours=ours, bare=others, aim=aim),
        Figure(name="edits of the card, at most", ours=edits, bare=1),
        Figure(name="answers to who lost, at most", ours=answers),
        Figure(name="MB, the program and its queue", ours=memory),
    )
    values = {
        "winners": winners,
        "all_s": ours,
        "bare_all_s": others,
        "edits": edits,
        "answers": answers,
        "memory_mb": memory,
    }
    return Outcome(figures=figures, values=values)

"""The program is stopped in its tracks while 280 taps hit 40 cards: how many are claimed after it wakes up.

A server tells a client of a room's newest hundred events only; what was tapped before has to be read back.
"""

import asyncio
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from bench import crowd
from bench.matrix_bare import KEY
from bench.matrix_crowd import Town, until
from bench.matrix_town import town
from bench.report import Aim, Figure, Outcome

CARDS = 40
"""With so many, what was measured to lose most of them in the libraries' own loops."""


async def measure(*, volunteers: int = crowd.VOLUNTEERS, cards: int = CARDS) -> Outcome:
    """Freeze, tap, wake up, and count."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        async with town(Path(name), volunteers) as (here, programs):
            events = list((await here.post(cards)).values())
            await here.introduce()
            programs.ours.send_signal(SIGSTOP)
            try:
                await _tap_all(here, events)
                while_frozen = here.tally.answered()
            finally:
                programs.ours.send_signal(SIGCONT)
            seconds = await _seconds(here, volunteers)
            claimed, answered = here.tally.claimed(), here.tally.answered()
    assert while_frozen == 0, "it was frozen"
    return outcome(cards=cards, claimed=claimed, answered=answered, taps=volunteers, seconds=seconds)


def outcome(*, cards: int, claimed: int, answered: int, taps: int, seconds: float) -> Outcome:
    """What is told of it."""
    figures = (
        Figure(name="cards", ours=cards),
        Figure(name="cards claimed, by one each", ours=claimed, aim=Aim(sign="=", limit=cards)),
        Figure(name="taps that counted", ours=answered, aim=Aim(sign="=", limit=taps)),
        Figure(name="s until all are handled", ours=seconds),
    )
    values = {"cards": cards, "claimed": claimed, "answered": answered, "seconds": seconds}
    return Outcome(figures=figures, values=values)


async def _tap_all(here: Town, events: list[str]) -> None:
    """Everybody taps one card, the cards by turns."""
    taps = (
        each.react(here.room, events[number % len(events)], KEY)
        for number, each in enumerate(here.volunteers)
    )
    await asyncio.gather(*taps)


async def _seconds(here: Town, taps: int) -> float:
    """Until every tap is handled, or nobody would wait for it any longer: then what is missing is told."""
    began = time.perf_counter()
    with suppress(TimeoutError):
        await until(lambda: here.tally.answered() == taps, "every tap handled")
    return time.perf_counter() - began

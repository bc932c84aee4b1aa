"""How simulated people behave: every distribution with where it comes from. Pure; all chance is handed in.

Times are drawn as in life; whoever uses them divides by the speed.
"""

import math
from dataclasses import dataclass
from random import Random

from dispatch.geography import Point, haversine


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Chances from 0 to 1, medians in seconds. What is called our estimate has no source but experience.

    Recipe A is one job of the simulator: 150 volunteers around it, with the shares and delays that were set
    for this project (docs/matching.md). The demo shares its figures, so that it looks like what is
    simulated."""

    accepts: float = 0.23  # Recipe A: of those who are asked
    refuses: float = 0.20  # Recipe A; the rest is silent
    answer_s: float = 60.0  # Recipe A: median until somebody taps, lognormal: a few are very late
    answer_sigma: float = 1.0  # Recipe A
    turnout_s: float = 105.0  # Recipe A: median from the tap to the door, lognormal
    turnout_sigma: float = 0.6  # Recipe A
    detour: float = 1.3  # Recipe A: path to straight line
    pace_m_s: float = 1.8  # Recipe A: a brisk walk, or a bicycle part of the way
    near_m: float = 120.0  # our estimate: how far it is where nobody knows where
    work_s: float = 720.0  # our estimate: median at the door, within the 30 minutes that playbooks allow
    work_sigma: float = 0.5  # our estimate
    step_s: float = (
        90.0  # our estimate: median at one step of several: a knock and a wait, a call, a neighbour
    )
    step_sigma: float = 0.6  # our estimate
    finds_well: float = (
        0.7  # our estimate: of doors at which somebody was missed, those behind which all is well
    )
    gives_back: float = 0.05  # our estimate: something came up between the tap and the door
    falls_silent: float = 0.05  # our estimate: took it and forgot the telephone
    needs_help: float = 0.02  # field notes: volunteers fainted in the heat and staff had to come
    minds_a_nudge: float = 0.85  # our estimate: of those who are asked whether they are still on it
    leader_answers: float = (
        0.6  # our estimate: of leaders, each time they are called; the ladder is for the rest
    )
    leader_assigns: float = 0.5  # our estimate: of urged leaders, who ring somebody and give them the job
    settles_s: float = 240.0  # our estimate: median until a leader has dealt with trouble at work


DEMO = Habits()


class Dice:
    """Draws from the habits. The same random source gives the same people."""

    def __init__(self, random: Random, habits: Habits = DEMO) -> None:
        self.habits = habits
        self.random = random

    def happens(self, chance: float) -> bool:
        """It does this time."""
        return self.random.random() < chance

    def answer(self) -> float:
        """Seconds until somebody who was asked taps."""
        return self._lognormal(self.habits.answer_s, self.habits.answer_sigma)

    def step(self) -> float:
        """Seconds until somebody says what they found at a step."""
        return self._lognormal(self.habits.step_s, self.habits.step_sigma)

    def turnout(self) -> float:
        """Seconds from the tap to the own door."""
        return self._lognormal(self.habits.turnout_s, self.habits.turnout_sigma)

    def walk(self, home: Point | None, place: Point | None) -> float:
        """Seconds on the way."""
        straight = self.habits.near_m if home is None or place is None else haversine(home, place)
        return straight * self.habits.detour / self.habits.pace_m_s

    def work(self) -> float:
        """Seconds at the door."""
        return self._lognormal(self.habits.work_s, self.habits.work_sigma)

    def settle(self) -> float:
        """Seconds until a leader has dealt with trouble."""
        return self._lognormal(self.habits.settles_s, self.habits.work_sigma)

    def wait(self, mean: float) -> float:
        """Seconds until the next of things that come by themselves, `mean` seconds apart."""
        return self.random.expovariate(1 / mean)

    def _lognormal(self, median: float, sigma: float) -> float:
        return self.random.lognormvariate(math.log(median), sigma)

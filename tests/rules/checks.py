"""The welfare check as it is shipped, and how each of its steps is come to."""

from collections.abc import Mapping

from bot.playbooks import load_playbooks
from dispatch import walking
from dispatch.instructions import CLOSE
from dispatch.jobs import Priority
from dispatch.verbs import Verb
from tests.rules.builders import Play, situation
from tests.rules.plays import ANA

CHECK = load_playbooks(None)["welfare_check"]
HIDES = frozenset({"unit", "phone", "text", "resident", "keyholder", "family"})
"""Everybody whom its steps are about is known, so that none of them is left out."""

LATER = ""
"""Nothing is tapped, and the step's own clock moves it on."""


def ways() -> Mapping[str, tuple[str, ...]]:
    """Of every step of the welfare check that can be come to a shortest way there, from the door."""
    ahead = [CHECK.steps[0].key]
    found: dict[str, tuple[str, ...]] = {ahead[0]: ()}
    while ahead:
        step = CHECK.step_of[ahead.pop(0)]
        leads = {f"{step.key}.{each.key}": each.to for each in step.findings}
        leads |= {} if step.recheck is None else {LATER: step.recheck.to}
        for tap, to in leads.items():
            if to != CLOSE and to not in found:
                found[to] = (*found[step.key], tap)
                ahead.append(to)
    return found


WAYS = ways()


def at_step(step: str, priority: Priority = CHECK.priority) -> Play:
    """Ana at that step of a welfare check that was posted as so urgent."""
    play = Play(situation(CHECK, hides=HIDES, priority=priority))
    for verb in (Verb.CLAIM, Verb.ARRIVE):
        play.does(ANA, verb)
    for tap in WAYS[step]:
        now = walking.current(play.job, CHECK)
        assert now is not None
        if tap != LATER:
            play.does(ANA, Verb.FIND, finding=tap)
        elif now.recheck is not None:
            play.lives(now.recheck.after)
    there = walking.current(play.job, CHECK)
    assert (there is not None and there.key, play.job.places) == (step, 1)
    return play

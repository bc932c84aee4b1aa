"""Where the steps of a guided playbook lead: what the drawing and the check of a file ask of the graph.

A step about somebody whom nobody knows is left out, and who is known differs from job to job. So the same
steps are a graph for every set of contacts that may be known, here a *world*, and what holds must hold in
each of them. Knows no file and no job.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

from dispatch.instructions import CLOSE, Instruction

World = frozenset[str]
"""The wanted contacts that are known."""

Steps = Mapping[str, Instruction]
"""By key, in the file's order: the first one is where the walk begins."""


def worlds(steps: Steps) -> tuple[World, ...]:
    """All that can be the case, everything known first."""
    wanted = sorted({step.wants for step in steps.values() if step.wants})
    sizes = range(len(wanted), -1, -1)
    return tuple(frozenset(known) for size in sizes for known in combinations(wanted, size))


def passing(steps: Steps) -> tuple[str, ...]:
    """Steps whose `otherwise` leads back to themselves. The questions below may only be asked where there are
    none."""
    return tuple(key for key in steps if key in _followed(steps, key))


def entries(steps: Steps) -> frozenset[str]:
    """The steps that may be the first."""
    return frozenset(_first(steps, world) for world in worlds(steps))


def resolved(key: str, steps: Steps, world: World) -> str:
    """The step itself, or what comes in its place in this world."""
    while steps[key].wants and steps[key].wants not in world:
        key = steps[key].otherwise
    return key


def unreached(steps: Steps) -> tuple[str, ...]:
    """Steps to which nothing leads, whoever is known."""
    reached = frozenset[str]().union(*(_reached(steps, world) for world in worlds(steps)))
    return tuple(key for key in steps if key not in reached)


def returned_to(steps: Steps) -> frozenset[str]:
    """Steps that some other, or they themselves, lead to."""
    return frozenset(to for world in worlds(steps) for ways in onward(steps, world).values() for to in ways)


def endless(steps: Steps) -> Iterator[tuple[str, World]]:
    """Steps from which no way ends, with a world in which that is so: not one closes the job or calls."""
    for world in worlds(steps):
        ways, ended = onward(steps, world), {key for key, step in steps.items() if _ends(step)}
        while more := {key for key in ways if key not in ended and ended.intersection(ways[key])}:
            ended |= more
        yield from ((key, world) for key in sorted(_reached(steps, world) - ended))


def circling(steps: Steps) -> tuple[str, ...]:
    """Steps on a way that leads back to them and on which no step has a time of its own."""
    found: set[str] = set()
    timed = {key for key, step in steps.items() if step.recheck is not None}
    for world in worlds(steps):
        timeless = {key: ways - timed for key, ways in onward(steps, world).items() if key not in timed}
        found |= {key for key, ways in timeless.items() if key in _closure(ways, timeless.__getitem__)}
    return tuple(key for key in steps if key in found)


def onward(steps: Steps, world: World) -> Mapping[str, frozenset[str]]:
    """From each step that there is in this world to those that may come next, a close left out."""
    return {
        key: frozenset(resolved(to, steps, world) for to in _ways(step))
        for key, step in steps.items()
        if not step.wants or step.wants in world
    }


def _ways(step: Instruction) -> list[str]:
    recheck = [step.recheck.to] if step.recheck is not None else []
    return [to for to in (*(each.to for each in step.findings), *recheck) if to != CLOSE]


def _ends(step: Instruction) -> bool:
    """Some finding closes the job or calls leaders, or its time does."""
    rings = step.recheck is not None and step.recheck.calls
    return rings or any(each.to == CLOSE or each.calls for each in step.findings)


def _first(steps: Steps, world: World) -> str:
    return resolved(next(iter(steps)), steps, world)


def _reached(steps: Steps, world: World) -> frozenset[str]:
    return _closure([_first(steps, world)], onward(steps, world).__getitem__)


def _closure(first: Iterable[str], ways: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Everything that can be come to, the first ones included."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += ways(key)
    return frozenset(found)


def _followed(steps: Steps, key: str) -> Iterator[str]:
    """What comes in a step's place, again and again, until nothing does or it has come round."""
    for _ in steps:
        key = steps[key].otherwise
        if not key:
            return
        yield key

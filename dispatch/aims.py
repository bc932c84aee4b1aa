"""How soon, and how surely, somebody should be found who goes: by how urgent the job is.

A playbook's `seeking` says it for jobs as urgent as the kind usually is, and may say it for each priority
(`[seeking.urgent]`, `[seeking.normal]`); what it leaves unsaid follows here. Where life is at stake no policy
asks, and nothing is aimed at.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dispatch.jobs import Priority
from dispatch.moments import Micros
from dispatch.playbook import Aim, Playbook, Seeking, WaveTo
from dispatch.policies.registry import POLICIES
from dispatch.tables import Table

SOUGHT = (Priority.URGENT, Priority.NORMAL)
"""Jobs for which a policy asks."""

SOONER = 3
"""An urgent job is wanted in a third of a normal one's time, where the file does not say: five minutes of a
quarter of an hour, as our own playbooks have it (0050)."""

SHORTEST = 2
"""And in no less than twice the time of a median answer: what the adaptive policy's curve was made for begins
there (docs/matching.md)."""

SURE = (0.5, 0.9999)
"""What a search may aim at: below it a coin would do, and nothing is ever certain."""
_CHANCE = f"a probability from {SURE[0]} to {SURE[1]}, such as 0.99"

Delay = Callable[[Table, str], Micros]
"""Reads a length of time from a field of a table (`playbook_file.delay`)."""


def aim(playbook: Playbook, priority: Priority) -> Aim:
    """What is aimed at for a job of that priority, counted from when its people are asked. The playbook must
    have `seeking`."""
    seeking = playbook.seeking
    if seeking is None:
        raise ValueError("this playbook leaves nobody to a policy")
    said = seeking.by_priority.get(priority)
    return said or Aim(within=_usual(playbook, seeking, priority), chance=seeking.chance)


def parse(table: Table, delay: Delay) -> Seeking:
    """The table of a playbook's file. Raises `BadFileError`."""
    table.only("policy", "within", "chance", "answers", *(priority.value for priority in SOUGHT))
    chance = _chance(table, None)
    return Seeking(
        policy=table.choice("policy", sorted(POLICIES)),
        within=delay(table, "within"),
        chance=chance,
        answers=delay(table, "answers"),
        by_priority={
            priority: _aim(table.table(priority.value), chance, delay)
            for priority in SOUGHT
            if table.has(priority.value)
        },
    )


def check(top: Table, playbook: Playbook) -> None:
    """Raises `BadFileError` where an urgent job would be wanted later than a normal one."""
    if playbook.seeking is None:
        return
    urgent, normal = (aim(playbook, priority).within for priority in SOUGHT)
    if urgent <= normal:
        return
    table = top.table("seeking")
    if table.has(Priority.URGENT.value):
        table.table(Priority.URGENT.value).fail("within", "a time no longer than what a normal job has")
    table.table(Priority.NORMAL.value).fail("within", "a time no shorter than what an urgent job has")


def paced(seeking: Seeking | None, quicker: Callable[[Micros], Micros]) -> Seeking | None:
    """The same with every time made shorter by `quicker`."""
    if seeking is None:
        return None
    return replace(
        seeking,
        within=quicker(seeking.within),
        answers=quicker(seeking.answers),
        by_priority={
            priority: replace(each, within=quicker(each.within))
            for priority, each in seeking.by_priority.items()
        },
    )


def plain(seeking: Seeking | None) -> dict[str, object]:
    """As it is kept; nothing where there is none, so that older playbooks keep their digest. What is said by
    priority stands beside it: an earlier release reads the rest, and not this."""
    if seeking is None:
        return {}
    fields = {name: getattr(seeking, name) for name in ("policy", "within", "chance", "answers")}
    aims = {
        priority.value: {"within": each.within, "chance": each.chance}
        for priority, each in seeking.by_priority.items()
    }
    return {"seeking": fields, **({"aims": aims} if aims else {})}


def read(plain: Mapping[str, Any]) -> Seeking | None:
    """What `plain` wrote, in the whole of what is kept."""
    if "seeking" not in plain:
        return None
    aims = {Priority(priority): Aim(**each) for priority, each in plain.get("aims", {}).items()}
    return Seeking(**plain["seeking"], by_priority=aims)


def _usual(playbook: Playbook, seeking: Seeking, priority: Priority) -> Micros:
    within = seeking.within
    if priority is Priority.URGENT and playbook.priority is Priority.NORMAL:
        return min(within, max(within // SOONER, SHORTEST * seeking.answers))
    if priority is Priority.NORMAL and playbook.priority is not Priority.NORMAL:
        return max(within, min(within * SOONER, _all_asked(playbook, within * SOONER)))
    return within


def _all_asked(playbook: Playbook, otherwise: Micros) -> Micros:
    """When everybody is asked anyhow: nobody need be found any later."""
    passed = 0
    for wave in playbook.waves:
        passed += wave.after
        if wave.to is not WaveTo.NEAREST:
            return passed
    return otherwise


def _aim(table: Table, usual: float, delay: Delay) -> Aim:
    table.only("within", "chance")
    return Aim(within=delay(table, "within"), chance=_chance(table, usual))


def _chance(table: Table, usual: float | None) -> float:
    chance = table.number("chance", _CHANCE)
    chance = usual if chance is None else chance
    if chance is None or not SURE[0] <= chance <= SURE[1]:
        table.fail("chance", _CHANCE)
    return chance

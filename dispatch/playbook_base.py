"""A playbook's file that says only what is different from another one: a committee's own time to look again,
its own words, its own waits. The rest stays as it is there, and follows it when that one is bettered.

Sees plain mappings; whether what comes out is a playbook is for `playbook_file` to say.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from dispatch.instructions_file import recheck_time
from dispatch.playbook_file import delay
from dispatch.tables import Table

Contents: TypeAlias = Mapping[str, object]

BASE = "based_on"
RECHECK = "recheck"
"""The time of every step that has one."""

_JOINED = ("deadlines", "needs", "seeking")
"""Tables of which single fields may be changed; any other field is replaced as a whole."""


def based(data: Contents) -> bool:
    """The file names another playbook that it is a copy of."""
    return BASE in data


def filled(file: str, data: Contents, bases: Mapping[str, Contents]) -> Contents:
    """The whole contents, by the kinds of those that it may be based on. Raises `BadFileError`."""
    top = Table(file, "", data)
    base = bases[top.choice(BASE, sorted(bases))]
    own = {field: value for field, value in data.items() if field not in (BASE, RECHECK)}
    for field in _JOINED:
        given, there = own.get(field), base.get(field)
        if isinstance(given, Mapping) and isinstance(there, Mapping):
            own[field] = {**there, **given}
    whole = {**base, **own}
    return {**whole, "steps": _timed(top, whole.get("steps"))} if top.has(RECHECK) else whole


def _timed(top: Table, steps: object) -> list[object]:
    """The steps with the file's own time in each that has one."""
    recheck_time(top, RECHECK, delay)
    listed = list(steps) if isinstance(steps, Sequence) else []
    if not any(map(_has_time, listed)):
        top.fail(RECHECK, "a playbook in which some step has a time of its own")
    return [_with_time(step, top.text(RECHECK)) for step in listed]


def _has_time(step: object) -> bool:
    return isinstance(step, Mapping) and isinstance(step.get("recheck"), Mapping)


def _with_time(step: object, after: str) -> object:
    if not isinstance(step, Mapping) or not _has_time(step):
        return step
    return {**step, "recheck": {**step["recheck"], "after": after}}

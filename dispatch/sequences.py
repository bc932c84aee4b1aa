"""What a call goes through: the waves and rungs of a playbook, in order, and when each of them fires.

Knows no job: which of them has fired, and what follows from that, is said in `escalation`.
"""

from dataclasses import dataclass, replace

from dispatch import seeking
from dispatch.jobs import CallCause, Priority
from dispatch.moments import Micros
from dispatch.playbook import Playbook, RungCall, Wave, WaveTo

_REMEMBERED = 256
"""Sequences that are kept: a dozen for each of a few kinds, and those of older playbooks."""

_MADE: "dict[tuple[int, Priority, CallCause], tuple[Playbook, tuple[Entry, ...]]]" = {}
"""By the playbook itself, which is kept beside it, so that its `id` is nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a call's sequence; `offset` counts from the start of the loop."""

    offset: Micros
    what: Wave | RungCall


def sequence(playbook: Playbook, priority: Priority, cause: CallCause) -> tuple[Entry, ...]:
    """What a call goes through, by offset.

    Normally the waves, then the rungs, each `after` the one before. For a life-threatening job the
    first rung and every wave but the whole group fire at once (FIELD_NOTES.md, R13), the other rungs
    keep their distance from the first. A call for any other cause than a free place is rungs only,
    the first at once. It is made once a playbook: every decision asks for it several times.
    """
    key = (id(playbook), priority, cause)
    found = _MADE.get(key)
    if found is None or found[0] is not playbook:
        if len(_MADE) >= _REMEMBERED:
            _MADE.clear()
        found = _MADE[key] = (playbook, _made(playbook, priority, cause))
    return found[1]


def _made(playbook: Playbook, priority: Priority, cause: CallCause) -> tuple[Entry, ...]:
    if cause is not CallCause.UNCLAIMED:
        return _rungs_from_now(playbook)
    if priority is not Priority.LIFE:
        entries = _one_after_another(playbook.waves + playbook.rungs)
        return tuple(filter(_not_counted, entries)) if seeking.seeks(playbook, priority) else entries
    waves = [_at_once(wave) for wave in playbook.waves]
    entries = (*_one_after_another(tuple(waves)), *_rungs_from_now(playbook))
    return tuple(sorted(entries, key=lambda entry: entry.offset))


def _one_after_another(calls: tuple[Wave | RungCall, ...]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    offset = 0
    for call in calls:
        offset += call.after
        entries.append(Entry(offset=offset, what=call))
    return tuple(entries)


def _rungs_from_now(playbook: Playbook) -> tuple[Entry, ...]:
    rungs = [replace(rung, after=0) if index == 0 else rung for index, rung in enumerate(playbook.rungs)]
    return _one_after_another(tuple(rungs))


def _not_counted(entry: Entry) -> bool:
    """Instead of the counted waves a policy says whom to ask; what follows them keeps its time."""
    return isinstance(entry.what, RungCall) or entry.what.to is not WaveTo.NEAREST


def _at_once(wave: Wave) -> Wave:
    return wave if wave.to is WaveTo.GROUP else replace(wave, after=0)

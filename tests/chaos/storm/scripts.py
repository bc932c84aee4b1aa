"""The kinds of job that a storm posts: playbooks whose delays are seconds; the same numbers for the model.

A playbook's file and what the model expects of it are written from one place, so neither can be wrong alone.
"""

from dataclasses import dataclass
from pathlib import Path

SECOND = 1_000_000

QUIET = "24h"
"""Deadlines of claims: none falls due in a storm, even where the clock is moved by hours."""

Step = tuple[str, int]
"""Who is asked or called, and how many seconds after the step before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How one kind of job calls for people; times in seconds."""

    kind: str
    word: str
    priority: str
    waves: tuple[Step, ...]
    rungs: tuple[Step, ...]
    loops: int = 2
    urge_every: int = 2
    exhausted_every: int = 4
    offer: int = 2
    office_every: int = 3
    """The office is called again this often, once it was called."""

    @property
    def life(self) -> bool:
        """Life is at stake: staff, the waves and the first rung are called at the moment of posting."""
        return self.priority == "life"

    def sequence(self) -> tuple[tuple[int, str, str], ...]:
        """What one loop goes through: (microseconds from its start, `asked` or `called`, whom), by time."""
        if not self.life:
            return _chain(
                [("asked", *wave) for wave in self.waves] + [("called", *rung) for rung in self.rungs]
            )
        waves = [("asked", to, after if to == "group" else 0) for to, after in self.waves]
        rungs = [("called", to, after if number else 0) for number, (to, after) in enumerate(self.rungs)]
        return tuple(sorted((*_chain(waves), *_chain(rungs)), key=lambda step: step[0]))


def _chain(steps: list[tuple[str, str, int]]) -> tuple[tuple[int, str, str], ...]:
    found, offset = [], 0
    for kind, whom, after in steps:
        offset += after * SECOND
        found.append((offset, kind, whom))
    return tuple(found)


_LADDER = (("duty", 1), ("deputy", 1), ("director", 1), ("office", 1))

URGENT = Script(
    kind="urgent_storm",
    word="急事演习",
    priority="urgent",
    waves=(("nearest", 0), ("group", 1)),
    rungs=_LADDER,
)
LIFE = Script(
    kind="life_storm",
    word="救命演习",
    priority="life",
    waves=(("nearest", 0), ("group", 1)),
    rungs=_LADDER,
)
SCRIPTS = {script.kind: script for script in (URGENT, LIFE)}

_FILE = """\
kind = "{kind}"
title = {{ zh_CN = "{word}", en = "Drill {kind}" }}
icon = "🔔"
priority = "{priority}"
recognise = ["{word}"]
require = ["building"]
reveal = ["unit", "text"]
places = 1
loops = {loops}
{steps}
[deadlines]
claimed_to_started = "{quiet}"
started_to_done = "{quiet}"
nudge_grace = "{quiet}"
waitlist_offer = "{offer}s"
urge_every = "{urge_every}s"
exhausted_every = "{exhausted_every}s"

[example]
zh_CN = "3号楼 {word}"
en = "Building 3 {word}"
"""


UNLIMITED = {"SUIDAO_REVEALS__A_DAY": "1000", "SUIDAO_REVEALS__GIVEN_BACK": "100"}
"""A storm's people take and give back more in minutes than anybody does in a day."""


def write(folder: Path) -> None:
    """Write the playbooks into a folder for SUIDAO_PLAYBOOKS_DIR."""
    folder.mkdir(exist_ok=True)
    for script in SCRIPTS.values():
        steps = [_step("waves", to, after) for to, after in script.waves]
        steps += [
            _step("rungs", to, after, every=script.office_every if to == "office" else None)
            for to, after in script.rungs
        ]
        text = _FILE.format(
            kind=script.kind,
            word=script.word,
            priority=script.priority,
            loops=script.loops,
            steps="".join(steps),
            quiet=QUIET,
            offer=script.offer,
            urge_every=script.urge_every,
            exhausted_every=script.exhausted_every,
        )
        (folder / f"{script.kind}.toml").write_text(text, encoding="utf-8")


def _step(table: str, to: str, after: int, *, every: int | None = None) -> str:
    count = "count = 1\n" if to == "nearest" else ""
    clock = "" if every is None else f'every = "{every}s"\n'
    return f'\n[[{table}]]\nto = "{to}"\nafter = "{after}s"\n{count}{clock}'

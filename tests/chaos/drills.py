"""Playbooks whose delays are seconds, so that a real clock can be waited for; each is known by one word."""

from collections.abc import Sequence
from pathlib import Path

LADDER = "三级演习"
"""The word in a message for the drill whose three rungs come a second apart and whose last takes an hour."""

STORM = "风暴演习"
"""The word for the drill that never rests: a step a second, twice through, then everybody every second."""

ONE_STEP = "一步演习"
"""The word for the drill whose only further step within the hour comes after two seconds."""

LADDER_STEPS = ("asked group", "called duty", "called deputy", "called director")
"""What the ladder drill does within three seconds."""

_ONCE = ("asked nearest", "asked group", "called duty", "called deputy", "called director", "called office")
STORM_STEPS = (*_ONCE, "repeated", *_ONCE, "exhausted")
"""What the storm drill does before it only calls everybody again."""

_TEXT = """\
kind = "{kind}"
title = {{ zh_CN = "{word}", en = "Drill {kind}" }}
icon = "🔔"
priority = "urgent"
recognise = ["{word}"]
require = ["building"]
reveal = ["unit", "phone", "text", "resident"]
places = 1
loops = 2
{steps}
[deadlines]
claimed_to_started = "1h"
started_to_done = "1h"
nudge_grace = "1h"
waitlist_offer = "1h"
urge_every = "1s"
exhausted_every = "1s"

[example]
zh_CN = "3号楼 {word}"
en = "Building 3 {word}"
"""

Step = tuple[str, str]
"""Who is asked or called, and after how long."""


def write(folder: Path) -> None:
    """Write all drills into a folder for SUIDAO_PLAYBOOKS_DIR."""
    folder.mkdir()
    rungs = (("duty", "1s"), ("deputy", "1s"), ("director", "1s"), ("office", "1h"))
    _write(folder, "ladder_drill", LADDER, (("group", "0s"),), rungs)
    every_second = tuple((rung, "1s") for rung, _ in rungs)
    _write(folder, "storm_drill", STORM, (("nearest", "0s"), ("group", "1s")), every_second)
    _write(folder, "one_step_drill", ONE_STEP, (("group", "0s"),), (("duty", "2s"), ("deputy", "1h")))


def _write(folder: Path, kind: str, word: str, waves: Sequence[Step], rungs: Sequence[Step]) -> None:
    steps = [_step("waves", to, after) for to, after in waves]
    steps += [_step("rungs", to, after) for to, after in rungs]
    text = _TEXT.format(kind=kind, word=word, steps="".join(steps))
    (folder / f"{kind}.toml").write_text(text, encoding="utf-8")


def _step(table: str, to: str, after: str) -> str:
    count = "count = 1\n" if to == "nearest" else ""
    return f'\n[[{table}]]\nto = "{to}"\nafter = "{after}"\n{count}'

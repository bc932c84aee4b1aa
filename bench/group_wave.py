"""A playbook whose only wave is the whole group, at once: for benches in which everybody sees one card."""

import re
from pathlib import Path

from bench import crowd
from config.playbooks import OURS

WAVE = '[[waves]]\nafter = "0s"\nto = "group"\n\n'
"""In place of the waves that the playbook comes with, which reach the group after six minutes."""

CALM = "2h"
"""Leaders are called after this long where they are to be left alone: every bench is over by then."""

_AFTER = re.compile(r'^after = "\w+"', re.MULTILINE)


def write(folder: Path, *, calm: bool = False) -> None:
    """The program's own playbook but for that wave, in a new folder; `calm` leaves the leaders alone."""
    name = f"{crowd.KIND}.toml"
    text = (OURS / name).read_text(encoding="utf-8")
    before, waves, after = text.partition("\n[[waves]]\n")
    assert waves, "the playbook has waves"
    before, _, _ = before.partition("\n[seeking]\n")  # no policy beside it
    rungs = after[after.index("[[rungs]]\n") :]
    if calm:
        rungs = _AFTER.sub(f'after = "{CALM}"', rungs)
    folder.mkdir()
    (folder / name).write_text(f"{before}\n{WAVE}{rungs}", encoding="utf-8")

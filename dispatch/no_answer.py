"""What *no answer* at a round's door opens, and the part of a playbook that says so: the table `[no_answer]`.

Knows no round and no store.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.tables import Table

_NAME = r"[a-z][a-z0-9_]{0,31}"
_FOUND = rf"{_NAME}\.{_NAME}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """The kind of job that is opened, and which finding of its steps is known by then, as `knock.none`;
    empty: it begins at its first step."""

    opens: str
    found: str = ""


def parse(table: Table) -> NoAnswer:
    """The table of a playbook's file; whether there is such a kind, other files say. Raises
    `BadFileError`."""
    table.only("opens", "found")
    return NoAnswer(
        opens=table.text(
            "opens", pattern=_NAME, expected="the kind of job that looks after whoever does not answer"
        ),
        found=table.text(
            "found", "", pattern=_FOUND, expected="a step and a finding of that kind, such as knock.none"
        ),
    )


def plain(said: NoAnswer | None) -> dict[str, object]:
    """As it is kept; nothing where there is none, so that older playbooks keep their digest."""
    return {} if said is None else {"no_answer": {"opens": said.opens, "found": said.found}}


def read(kept: Mapping[str, str] | None) -> NoAnswer | None:
    """What `plain` wrote."""
    return None if kept is None else NoAnswer(**kept)

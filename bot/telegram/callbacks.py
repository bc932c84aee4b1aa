"""What a button carries: at most 64 bytes that Telegram brings back when it is tapped.

Anybody can forge them, so they authorise nothing: they say what was tapped, and the access table says who
may. Knows no keyboard and no job.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dispatch.errors import MalformedError
from dispatch.verbs import IN_WORDS, SEEING, Verb

LIMIT = 64
"""Bytes of a button's data, Telegram's own limit."""

REMEMBERED = 256
"""Buttons that are read once: of each job there are some ten, and a burst of taps is about one or a few."""

LARGEST = 2**63 - 1
"""Of a job's id and a version: what a column of the store holds."""

_LAYOUT = "1"
"""The first character. Another layout gets another one, so that buttons of an old release are told apart."""

_NEVER = SEEING | IN_WORDS
"""Verbs that are on no button."""

_FIGURES = "0123456789abcdefghijklmnopqrstuvwxyz"
_PARTS = re.compile(r"1([dckb])([a-z_]*)\.(0|[1-9a-z][0-9a-z]*)\.(0|[1-9a-z][0-9a-z]*)\.(.*)", re.DOTALL)


class Menu(StrEnum):
    """What a tap does: the verb itself, or only another keyboard below the same card."""

    DO = "d"
    CHOOSE = "c"
    """Show whom to choose from; `choice` is the page, from 0."""
    CONFIRM = "k"
    """Ask once more."""
    BACK = "b"
    """Show the card's own buttons again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A button. Without a `verb` it belongs to no card: `choice` then is what the person says by it."""

    verb: Verb | None
    job_id: int = 0
    version: int = 0
    choice: str = ""
    menu: Menu = Menu.DO


def pack(tap: Tap) -> str:
    """The tap as a button's data. Raises `ValueError` for what does not fit into one."""
    verb = "" if tap.verb is None else tap.verb.value
    data = f"{_LAYOUT}{tap.menu.value}{verb}.{_short(tap.job_id)}.{_short(tap.version)}.{tap.choice}"
    _check_length(data)
    if tap.verb in _NEVER:
        raise ValueError(f"{tap.verb} is on no button")
    return data


@lru_cache(REMEMBERED)
def unpack(data: str) -> Tap:
    """The tap that was packed. Raises `MalformedError` for anything that `pack` does not make.

    Remembered, since a whole group taps the same button."""
    if not (found := _PARTS.fullmatch(data)):
        raise MalformedError
    menu, verb, job, version, choice = found.groups()
    try:
        _check_length(data)
        tap = Tap(
            verb=Verb(verb) if verb else None,
            job_id=_long(job),
            version=_long(version),
            choice=choice,
            menu=Menu(menu),
        )
    except ValueError as error:
        raise MalformedError from error
    if tap.verb in _NEVER:
        raise MalformedError
    return tap


def _check_length(data: str) -> None:
    """Raises `ValueError`, also for halves of characters, which have no bytes at all."""
    if len(data.encode()) > LIMIT:
        raise ValueError(f"a button of more than {LIMIT} bytes")


def _short(number: int) -> str:
    """In base 36, which the largest id needs 13 characters of."""
    if not 0 <= number <= LARGEST:
        raise ValueError("a number that no id is")
    figures = ""
    while number:
        number, figure = divmod(number, len(_FIGURES))
        figures = _FIGURES[figure] + figures
    return figures or "0"


def _long(figures: str) -> int:
    number = int(figures, len(_FIGURES))
    if number > LARGEST:
        raise ValueError("a number that no id is")
    return number

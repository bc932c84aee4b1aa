"""One thing put wrong in a file's contents that are otherwise good."""

import copy
from collections.abc import Callable
from typing import Any

Contents = dict[str, Any]
Change = Callable[[Contents], object]


def changed(good: Contents, change: Change) -> Contents:
    """A copy of the good contents with the change made."""
    contents = copy.deepcopy(good)
    change(contents)
    return contents


def put(*path: str | int, value: object) -> Change:
    """Put a value where the path leads."""

    def change(contents: Any) -> None:
        for part in path[:-1]:
            contents = contents[part]
        contents[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    """Take away what the path leads to."""

    def change(contents: Any) -> None:
        for part in path[:-1]:
            contents = contents[part]
        del contents[path[-1]]

    return change


def again(table: str, **other: object) -> Change:
    """The table's first entry a second time, with other values."""
    return lambda contents: contents[table].append(copy.deepcopy(contents[table][0]) | other)

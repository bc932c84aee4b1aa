"""What is said at a console when something was expected to go wrong: one line that says what to do.

Texts for people's pages are made elsewhere, in their language; here nobody is known yet, so it is English.
"""

import errno
import sqlite3

from config.settings import SettingsError
from dispatch.errors import BadFileError, DispatchError, StoreUnavailableError
from store.errors import StartError

_UNAVAILABLE = {
    "disk_full": "the disk is full; free some space and try again (nothing was lost)",
    "read_only": "the database cannot be written; check the permissions of the data folder",
    "locked": "another program holds the database; wait for it, or stop it",
    "bucket": "the bucket of the pictures cannot be used; suidao doctor tells more (nothing was lost)",
    "away": "the database does not answer; start it, or mend SUIDAO_DATABASE_URL",
}


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""No room is left, on the disk or for this user."""


class ComplaintError(Exception):
    """A command cannot do what was asked; the message is the line."""


EXPECTED = (ComplaintError, SettingsError, DispatchError, OSError, sqlite3.Error)
"""What a command may fail with; anything else is a fault of the program and keeps its traceback."""


def line(error: Exception) -> str:
    """One line for one of the `EXPECTED` errors."""
    match error:
        case BadFileError():
            return bad_file(error)
        case StoreUnavailableError():
            reason = str(error.params.get("reason", ""))
            return _UNAVAILABLE.get(reason, "the database cannot be used just now; suidao doctor tells more")
        case StartError() | ComplaintError() | SettingsError():
            return " ".join(str(error).split())
        case DispatchError():
            return f"refused: {error.key}"
        case OSError():
            return _system(error)
        case _:
            return f"the database cannot be read ({error}); suidao doctor tells more"


def _system(error: OSError) -> str:
    if error.errno in _FULL:
        return _UNAVAILABLE["disk_full"]
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or 'the system refused'}{place}; check the path and its permissions"


def bad_file(error: BadFileError) -> str:
    """`committee.toml: people #3 (wang): building: expected ...`."""
    params = {name: str(value) for name, value in error.params.items()}
    place = [params.get(name, "") for name in ("file", "table", "field")]
    expected = params.get("expected", "something else")
    if any(place[1:]):
        expected = f"expected {expected}"
    return ": ".join(part for part in (*place, expected) if part)

"""Many accounts at once: what a registration leaves in the server's file, written there while it runs.

A story has twenty people, of whom the server is asked to do something by five; registering each would be a
tenth of all that it does for the story. Written here is what no answer of the server is kept of before the
account is there: the account, its name, one device and its token. `test_matrix_server` holds the two kinds
of accounts against each other.
"""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

from tests.platforms.matrix_server.accounts import Member

BUSY_S = 30.0
"""How long the file may be another's, while others use the machine; it is for a thousandth of a second."""

_PATTERN = "SELECT password_hash, creation_ts FROM users LIMIT 1"
"""Somebody who was registered in the usual way: everybody has the same password."""

_ROWS = (
    "INSERT INTO users (name, password_hash, creation_ts, admin, is_guest, deactivated, shadow_banned,"
    " approved, locked, suspended)"
    " VALUES (:user_id, :password_hash, :created, 0, 0, 0, FALSE, TRUE, FALSE, FALSE)",
    "INSERT INTO profiles (user_id, displayname, full_user_id) VALUES (:local, :name, :user_id)",
    "INSERT INTO devices (user_id, device_id, hidden) VALUES (:user_id, :device_id, FALSE)",
    "INSERT INTO access_tokens (id, user_id, device_id, token, last_validated, used)"
    " VALUES (:number, :user_id, :device_id, :token, :created * 1000, FALSE)",
)


class Populace:
    """Writes accounts into the file of a server on which one account was registered already."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "homeserver.db"
        # The server counts its tokens upwards from 1, and from the greatest that it finds when it starts.
        self._numbers = count(-1, -1)

    def add(self, people: Iterable[Member]) -> None:
        """Make them known to the server, signed in with these devices and tokens."""
        with closing(sqlite3.connect(self._file, timeout=BUSY_S)) as connection, connection:
            password_hash, created = connection.execute(_PATTERN).fetchone()
            rows = [self._row(each, password_hash, created) for each in people]
            for statement in _ROWS:
                connection.executemany(statement, rows)

    def _row(self, member: Member, password_hash: str, created: int) -> dict[str, object]:
        return {
            "user_id": member.user_id,
            "local": member.user_id.partition(":")[0].removeprefix("@"),
            "name": member.name,
            "device_id": member.device_id,
            "token": member.access_token,
            "password_hash": password_hash,
            "created": created,
            "number": next(self._numbers),
        }


def invented(locals_and_names: Sequence[tuple[str, str]], server_name: str, password: str) -> list[Member]:
    """Accounts of these local parts and shown names, as nobody has them yet."""
    return [
        Member(
            user_id=f"@{local}:{server_name}",
            access_token=f"syt_{secrets.token_urlsafe()}",
            device_id=secrets.token_hex(5).upper(),
            name=name,
            password=password,
        )
        for local, name in locals_and_names
    ]

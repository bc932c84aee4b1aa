"""The bot's keys: one database that holds them, one device that is signed by its own account.

A device whose keys were lost would read nothing and be read by nobody, and nobody would notice. So the server
is asked at every start what it knows of this device, and what does not fit is said or mended.
"""

import asyncio
import base64
import hashlib
import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mautrix.client import Client
from mautrix.crypto import OlmMachine
from mautrix.crypto.store.asyncpg import PgCryptoStateStore, PgCryptoStore
from mautrix.errors import MatrixError
from mautrix.types import EncryptionKeyAlgorithm, QueryKeysResponse, UserID
from mautrix.util.async_db import Database

from store.errors import StartError

log = logging.getLogger(__name__)

DATABASE = "matrix.db"
"""The file's name in the data folder."""

PUBLISH_TRIES = 3
"""Times that keys are looked for and published: while we ask, a sync may publish some of them and have the
library believe that it was all."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PLAIN = 0xFF
"""The part of an error's code that is not its finer kind."""

_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
"""A key that was given out must not be forgotten in a power cut: the same one would be used twice."""


class KeysLostError(StartError):
    """The server knows this device by other keys than ours, and we cannot become another device."""

    key = "matrix_keys_lost"
    sentence = (
        "The Matrix keys of device {device} are lost ({path} is missing, or is another bot's), so nothing "
        "encrypted could be read or written: put the file back from a backup, or set SUIDAO_MATRIX__PASSWORD "
        "(or a new access token), with which the bot becomes a new device."
    )


class KeysUnreadableError(StartError):
    """The key store was sealed with another key."""

    key = "matrix_keys_unreadable"
    sentence = (
        "{path} cannot be opened with this key: put the right key back (secret.key or SUIDAO_SECRET_KEY). "
        "If it is lost, delete {path} and matrix.json: the bot then signs in as a new device."
    )


class KeysDamagedError(StartError):
    """The key store is no database, or torn."""

    key = "matrix_keys_damaged"
    sentence = (
        "{path}, which holds the keys of the Matrix bot, is damaged: delete it, and set "
        "SUIDAO_MATRIX__PASSWORD (or a new access token): the bot then signs in as a new device."
    )


@dataclass(frozen=True, slots=True)
class KeyStore:
    """Everything that the library keeps: keys, who is in which room, which rooms are encrypted."""

    database: Database
    keys: PgCryptoStore
    states: PgCryptoStateStore


def check_store(data: Path) -> None:
    """See that the key store is whole, where there is one. Changes nothing in it. Raises
    `KeysDamagedError`."""
    path = data / DATABASE
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PLAIN not in _DAMAGED:
            raise
        raise KeysDamagedError(path=str(path)) from error
    if said != "ok":
        raise KeysDamagedError(path=str(path))


async def open_store(data: Path, user_id: str, secret: bytes) -> KeyStore:
    """The one database of the data folder, made where there is none. The caller stops `database`.

    Raises `KeysDamagedError`."""
    await asyncio.to_thread(check_store, data)
    path = data / DATABASE
    path.touch(mode=0o600, exist_ok=True)
    database = Database.create(
        f"sqlite://{quote(str(path.resolve()))}",
        upgrade_table=PgCryptoStore.upgrade_table,
        db_args={"init_commands": list(_PRAGMAS)},
        log=logging.getLogger("mau.db"),
        owner_name="suidao",
    )
    await database.start()
    states = PgCryptoStateStore(database)
    await PgCryptoStateStore.upgrade_table.upgrade(database)
    pickle = base64.b64encode(hashlib.blake2b(b"olm", key=secret[:64], digest_size=32).digest()).decode()
    return KeyStore(database, PgCryptoStore(user_id, pickle, database), states)


class Device:
    """The bot's own device."""

    def __init__(self, client: Client, store: KeyStore, path: Path) -> None:
        self.machine = OlmMachine(client, store.keys, store.states)
        self._client = client
        self._store = store
        self._path = path / DATABASE

    async def load(self) -> None:
        """Take the keys from the database, or make new ones. Asks nobody. Raises `KeysUnreadableError`."""
        try:
            await self.machine.load()
        except Exception as error:  # the library has no name of its own for a wrong key
            raise KeysUnreadableError(path=str(self._path)) from error

    async def lost(self) -> bool:
        """The server knows this device by keys that are not ours. Raises what a request raises."""
        known = self._identity(await self._known())
        return known is not None and known != self.machine.own_identity.identity_key

    def lost_for_good(self) -> KeysLostError:
        """What to say where there is no way out."""
        return KeysLostError(device=str(self._client.device_id), path=str(self._path))

    async def publish(self) -> None:
        """Make our keys known where the server knows none. Repeating is safe. Raises what a request
        raises."""
        await self._store.keys.put_device_id(self._client.device_id)
        account = self.machine.account
        if account is None:
            return
        for _ in range(PUBLISH_TRIES):
            missing = self._identity(await self._known()) is None
            if missing:
                account.shared = False
            await self.machine.share_keys()
            if not missing:
                return

    async def sign(self, recovery: str) -> str:
        """Sign the device by its account, so that nobody is warned of it and nobody leaves it out. Gives the
        recovery key, which is new when there was none. Raises what a request raises."""
        known = await self._known()
        own = UserID(self._client.mxid)
        try:
            if own in known.master_keys and self._signed(known):
                return recovery
            if recovery and own in known.master_keys:
                await self.machine.verify_with_recovery_key(recovery)
                return recovery
            if own in known.master_keys:
                log.warning(
                    "the bot's Matrix device is not verified: its account was set up for verification by "
                    "another client, whose recovery key is not known here. Some clients will warn of the "
                    "bot, or show it nothing encrypted; docs/matrix.md tells how to mend it"
                )
                return ""
            return await self.machine.generate_recovery_key()
        except ValueError as error:
            log.warning("the bot's Matrix device could not be verified (%s)", type(error).__name__)
            return recovery

    def _identity(self, known: QueryKeysResponse) -> str | None:
        devices = known.device_keys.get(UserID(self._client.mxid), {})
        keys = devices.get(self._client.device_id)
        if keys is None:
            return None
        found = (
            key for name, key in keys.keys.items() if name.algorithm == EncryptionKeyAlgorithm.CURVE25519
        )
        return next(found, None)

    def _signed(self, known: QueryKeysResponse) -> bool:
        own = UserID(self._client.mxid)
        keys, signer = known.device_keys[own].get(self._client.device_id), known.self_signing_keys.get(own)
        if keys is None or signer is None:
            return False
        return any(name.key_id == signer.first_key for name in keys.signatures.get(own, {}))

    async def _known(self) -> QueryKeysResponse:
        """What the server knows of our account."""
        answer = await self._client.query_keys([UserID(self._client.mxid)])
        if answer.failures:
            raise MatrixError("the server does not tell its own keys")
        return answer

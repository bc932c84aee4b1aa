"""The command that gives everything sealed a new key, while the program is stopped.

The key file lists both keys for as long as that takes; where the key is a setting, whoever sets it lists
both.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from cryptography.fernet import Fernet

from bot import bucket, folder
from bot.commands import open_vault
from bot.complaints import ComplaintError
from config.settings import Settings
from store import open_store, revision, rotation
from store.crypto import KEY_FILE, Vault

HOW = (
    "SUIDAO_SECRET_KEY holds one key: make a new one, put it in front and a comma behind it, then run this "
    'again (python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())")'
)
"""What to do where the key is a setting."""


def rotate(settings: Settings, out: TextIO, *, links: bool) -> None:
    """Seal everything anew. Raises `ComplaintError` and `StartError`; what was done until then stays done,
    and running it again goes on with it."""
    with folder.hold(settings.data_dir):
        asyncio.run(_rotate(settings, out, links=links))


async def _rotate(settings: Settings, out: TextIO, *, links: bool) -> None:
    if await revision(settings.data_dir, settings.database) is None:
        raise ComplaintError("there is no database yet: nothing is sealed")
    await _verified(settings, open_vault(settings))
    own = settings.secret_key is None
    if own:
        _begin(settings.data_dir / KEY_FILE)
    vault = open_vault(settings)
    if not own and vault.single:
        raise ComplaintError(HOW)
    await _verified(settings, vault)
    if vault.turned and not links:
        out.write("Everything is sealed by the first key already.\n")
    else:
        async with rotation.opened(settings.data_dir, settings.database) as base:
            await rotation.rotate(base, vault, _teller(out), links=links, bucket=bucket.chosen(settings))
    _end(settings, out, own=own, links=links)


async def _verified(settings: Settings, vault: Vault) -> None:
    """The vault opens the database, which has today's shape afterwards."""
    store = await open_store(settings.data_dir, vault, database_url=settings.database)
    await store.close()


def _teller(out: TextIO) -> rotation.Told:
    def told(table: str, rows: int) -> None:
        if rows:
            out.write(f"  {table}: {rows}\n")
            out.flush()

    return told


def _begin(path: Path) -> None:
    """A new key in front of the one that is there; where two are there already it was begun before."""
    keys = path.read_text(encoding="ascii").split()
    if len(keys) == 1:
        _write(path, [Fernet.generate_key().decode(), *keys])


def _end(settings: Settings, out: TextIO, *, own: bool, links: bool) -> None:
    if own:
        path = settings.data_dir / KEY_FILE
        new, *old = path.read_text(encoding="ascii").split()
        kept = path.with_name(f"{KEY_FILE}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        if old:
            _write(kept, old)
        _write(path, [new])
        out.write(f"Done: {path} holds the new key alone. Keep it as you kept the old one.\n")
        if old:
            out.write(
                f"  The old key is in {kept}. Backups made before open with that one only: keep it with\n"
            )
            out.write("  them, apart from here, or delete both.\n")
    else:
        out.write("Done: remove the old key from SUIDAO_SECRET_KEY now; nothing needs it any more\n")
        out.write("  but backups made before, which open with that one only.\n")
    if links:
        out.write(
            "  Every personal link, poster and code that was given out is useless: suidao invite anew.\n"
        )


def _write(path: Path, keys: list[str]) -> None:
    """All of it or none, on the disk before anything is sealed by it."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

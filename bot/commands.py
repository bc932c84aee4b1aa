"""What the commands do that work on a data folder and end: load, invite, migrate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from bot import committee, folder
from bot.invite import Invitation, choose_committee, invite, print_links
from bot.web.links import Links
from config.settings import Settings
from store import SqlStore, open_store, schema
from store.crypto import Vault

LOOPBACK = ("127.", "localhost", "[::1]")
"""How the hosts begin that only this machine reaches."""


def open_vault(settings: Settings) -> Vault:
    """The vault of the data folder, which is made when it is not there. Raises `StartError`."""
    folder.prepare(settings.data_dir)
    secret = settings.secret_key
    return Vault.open(settings.data_dir, secret.get_secret_value() if secret else None)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[SqlStore, Vault]]:
    """The data folder's store and vault, for as long as the block runs."""
    vault = open_vault(settings)
    store = await open_store(settings.data_dir, vault)
    try:
        yield store, vault
    finally:
        await store.close()


async def load(settings: Settings, file: Path, out: TextIO, *, prune: bool) -> None:
    """Load a committee's file, all or nothing; twice changes nothing."""
    register = committee.read_committee(file)
    async with opened(settings) as (store, _):
        counts = await store.load(register, prune=prune, demo=False)
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    out.write(f"{register.committee['key']}: {said}\n")


async def make_invitation(settings: Settings, person: str, key: str | None, *, revoke: bool) -> Invitation:
    """A personal link for the person of that key. Raises `ComplaintError`."""
    async with opened(settings) as (store, vault):
        links = Links(vault.derive(b"web"), settings.web.base_url)
        return await invite(store, links, await choose_committee(store, key), person, revoke=revoke)


def show_invitation(invitation: Invitation, out: TextIO) -> None:
    """Print it, on a terminal as a QR code too, and say so when nobody else can open it."""
    print_links([invitation], out, qr=out.isatty())
    host = invitation.url.partition("://")[2]
    if host.startswith(LOOPBACK):
        out.write("\n  This link opens on this machine only: set SUIDAO_WEB__PUBLIC_URL for others.\n")


async def migrate(settings: Settings, out: TextIO) -> None:
    """Bring the database to the shape of this release; nothing to do is fine."""
    before = schema.revision(settings.data_dir / schema.DATABASE)
    async with opened(settings):
        pass
    said = (
        "is up to date"
        if before == schema.HEAD
        else f"was brought from {before or 'nothing'} to {schema.HEAD}"
    )
    out.write(f"The database {said}.\n")

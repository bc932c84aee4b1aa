"""What the commands do that work on a data folder and end: load, invite, migrate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot import committee, folder, holes, overlaps, slips
from bot.codes import Codes
from bot.invite import Invitation, choose_committee, invite, matrix_words, print_links, telegram_link
from bot.plans import Plans
from bot.web.links import Links
from config.settings import Settings, Telegram
from store import SqlStore, open_store, revision, schema
from store.clock import WallClock
from store.crypto import Vault
from store.errors import StartError

NO_ANSWER = (
    "No link into Telegram: it did not answer within {seconds} seconds. Try again when it can be reached."
)
"""What is said where only Telegram knows what the bot is called."""

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
    store = await open_store(settings.data_dir, vault, database_url=settings.database)
    try:
        yield store, vault
    finally:
        await store.close()


async def load(settings: Settings, file: Path, out: TextIO, *, prune: bool) -> None:
    """Load a committee's file, all or nothing; twice changes nothing."""
    register = committee.read_committee(file)
    plan = committee.read_plan(file, register)
    async with opened(settings) as (store, _):
        counts = await store.load(register, prune=prune, demo=False)
        named = next(each for each in await store.committees() if each.key == register.committee["key"])
        roster = await store.roster(named.id)
        now = WallClock().now()
        gaps, doubled = holes.told(roster, now), overlaps.told(roster, now)
        unread = slips.told(roster, await store.secrets(named.id))
    if plan is not None:
        Plans(settings.data_dir).keep(str(register.committee["key"]), plan)
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    out.write(f"{register.committee['key']}: {said}\n")
    out.writelines(f"  Nobody is on duty {gap}.\n" for gap in gaps)
    out.writelines(f"  Planned twice, and the first counts: {line}.\n" for line in doubled)
    out.writelines(f"  Cannot be read: {line}\n" for line in unread)


async def make_invitation(settings: Settings, person: str, key: str | None, *, revoke: bool) -> Invitation:
    """A personal link for the person of that key, and one into each chat that is used. Raises
    `ComplaintError`."""
    async with opened(settings) as (store, vault):
        links = Links(vault.derive(b"web"), settings.web.base_url)
        chosen = await choose_committee(store, key)
        found = await invite(store, links, chosen, person, revoke=revoke)
        codes, known = Codes(vault.derive(b"invite")), await store.person(chosen.id, person)
        if settings.matrix.used and settings.matrix.user_id:
            written = matrix_words(codes, settings.matrix.user_id, known, WallClock().now())
            found = replace(found, written=written)
        if not settings.telegram.used:
            return found
        # Asked last: what was revoked is revoked even if somebody does not wait for Telegram.
        name, lacking = await _telegram_name(settings.telegram, chosen.key)
        if not name:
            return replace(found, lacking=lacking)
        return replace(found, chats=(telegram_link(codes, name, known, WallClock().now()),))


async def _telegram_name(telegram: Telegram, committee: str) -> tuple[str, str]:
    """The name of the committee's bot; where it cannot be learnt, a sentence that says why, or none where the
    committee has no bot."""
    from bot.telegram.bots import ASK_S, Bots, NoBotError  # noqa: PLC0415 - four seconds: only where it is used

    try:
        bots = Bots(telegram)
        try:
            name = await bots.find(committee)
        finally:
            await bots.close()
    except NoBotError:
        return "", ""
    except StartError as error:
        return "", f"No link into Telegram: {error}"
    return name, NO_ANSWER.format(seconds=ASK_S)


def show_invitation(invitation: Invitation, out: TextIO) -> None:
    """Print it, on a terminal as a QR code too, and say so when nobody else can open it."""
    print_links([invitation], out, qr=out.isatty())
    host = invitation.url.partition("://")[2]
    if host.startswith(LOOPBACK):
        out.write("\n  This link opens on this machine only: set SUIDAO_WEB__PUBLIC_URL for others.\n")


async def migrate(settings: Settings, out: TextIO) -> None:
    """Bring the database to the shape of this release; nothing to do is fine."""
    before = await revision(settings.data_dir, settings.database)
    async with opened(settings):
        pass
    said = (
        "is up to date"
        if before == schema.HEAD
        else f"was brought from {before or 'nothing'} to {schema.HEAD}"
    )
    out.write(f"The database {said}.\n")

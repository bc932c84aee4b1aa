"""What the commands do that work on a data folder and end: invite, poster, migrate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from bot import bucket, folder
from bot.codes import Codes
from bot.invite import Invitation, choose_committee, invite, matrix_words, print_links, telegram_link
from bot.web.links import Links
from config.sections import Telegram
from config.settings import Settings
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
    store = await open_store(
        settings.data_dir, vault, database_url=settings.database, bucket=bucket.chosen(settings)
    )
    try:
        yield store, vault
    finally:
        await store.close()


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
    _warn_of_loopback(invitation.url, out)


def _warn_of_loopback(url: str, out: TextIO) -> None:
    if url.partition("://")[2].startswith(LOOPBACK):
        out.write("\n  This link opens on this machine only: set SUIDAO_WEB__PUBLIC_URL for others.\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterWish:
    """What kind of poster is wanted: a PDF or a picture, by the name of the file."""

    file: Path
    committee: str | None = None
    first: str = "zh_CN"
    font: Path | None = None
    revoke: bool = False


async def make_poster(settings: Settings, wish: PosterWish, out: TextIO) -> None:
    """Draw a committee's poster; with `revoke` those that hang lead nowhere from now on. Raises
    `ComplaintError`; nothing is revoked then."""
    from bot import poster  # noqa: PLC0415 - pictures and codes: only for this command
    from handlers.texts import Catalogs  # noqa: PLC0415 - the same

    font = poster.font_file(wish.font)
    async with opened(settings) as (store, vault):
        chosen = await choose_committee(store, wish.committee)
        if wish.revoke:
            await store.replace_posters(chosen.id)
            chosen = await choose_committee(store, chosen.key)
    links = Links(vault.derive(b"web"), settings.web.base_url)
    notice = poster.Notice(
        committee=chosen, url=links.poster(chosen.id, chosen.poster_epoch), first=wish.first
    )
    poster.save(poster.draw(notice, Catalogs.load(), font), wish.file)
    poster.say(notice, wish.file, out)
    _warn_of_loopback(notice.url, out)


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

"""The commands about other systems that post jobs: let one in, list them, let one go.

A token is made here, printed once, and kept as a hash; nobody can print it again.
"""

import base64
import re
import secrets
from typing import TextIO
from urllib.parse import urlsplit

from bot.commands import opened
from bot.complaints import ComplaintError
from bot.invite import choose_committee
from config.settings import Settings
from dispatch.errors import SourceInUseError, UnknownSourceError
from dispatch.moments import to_datetime
from dispatch.sources import Listed
from store.clock import WallClock
from workers.reports import SECRET

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

TOKEN = "sds_"  # noqa: S105 - how a token begins, not one
"""So that a token which went astray is known for what it is."""

_SECRET_BYTES = 32
"""Of a token and of a webhook's secret: nobody guesses them."""


async def add(settings: Settings, key: str, committee: str | None, webhook: str | None, out: TextIO) -> None:
    """Let a system in and print its token, and the secret of its webhook. Raises `ComplaintError`."""
    if not KEY.fullmatch(key):
        raise ComplaintError(f"{key} is no name for a source: a-z, 0-9 and -, at most 40")
    url, token, secret = _address(webhook), f"{TOKEN}{secrets.token_urlsafe(_SECRET_BYTES)}", ""
    if url:
        secret = SECRET + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    async with opened(settings) as (store, _):
        chosen, now = await choose_committee(store, committee), WallClock().now()
        try:
            await store.add_source(chosen.id, key, token=token, webhook=url, secret=secret, now=now)
        except SourceInUseError as error:
            raise ComplaintError(
                f"{chosen.key} has a source {key}; for a new token, first: suidao source remove {key}"
            ) from error
    out.write(f"{chosen.key}: source {key} may post jobs at {settings.web.base_url}/api/jobs\n")
    out.write(f"  Token (it is not shown again):\n  {token}\n")
    if secret:
        out.write(f"  What proves that a report is from here (not shown again either):\n  {secret}\n")


async def remove(settings: Settings, key: str, committee: str | None, out: TextIO) -> None:
    """Let a system go: its token opens nothing from now on. Raises `ComplaintError`."""
    async with opened(settings) as (store, _):
        chosen = await choose_committee(store, committee)
        try:
            await store.remove_source(chosen.id, key, WallClock().now())
        except UnknownSourceError as error:
            raise ComplaintError(f"{chosen.key} has no source {key}; see suidao source list") from error
    out.write(f"{chosen.key}: source {key} is removed. Its jobs go on; it is told nothing more of them.\n")


async def show(settings: Settings, out: TextIO) -> None:
    """Print every committee's sources and what is owed to them."""
    async with opened(settings) as (store, _):
        for committee in await store.committees():
            listed = await store.sources(committee.id)
            out.write(f"{committee.key}: {len(listed)} sources\n")
            out.writelines(_line(each) for each in listed)


def _line(listed: Listed) -> str:
    since = to_datetime(listed.made_at).date().isoformat()
    if not listed.webhook:
        return f"  {listed.source.key}  since {since}  asks by itself\n"
    lost = f", {listed.given_up} given up" if listed.given_up else ""
    told = f"told at {_host(listed.webhook)}: {listed.owed} on their way{lost}"
    return f"  {listed.source.key}  since {since}  {told}\n"


def _host(url: str) -> str:
    """Where it is, without what may be secret in the rest of it."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _address(url: str | None) -> str:
    if url is None:
        return ""
    try:
        parts = urlsplit(url)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    if not fit or not url.isascii() or any(sign.isspace() for sign in url):
        raise ComplaintError("--webhook must be an address that begins with https:// (or http://)")
    return url

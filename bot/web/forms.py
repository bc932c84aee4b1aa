"""From a form's bytes to `Incoming`. What none of our forms can send is refused before any handler runs.

It knows the shape of our forms and nothing of what they mean: whether the verb is allowed, or the
building exists, is for others to say.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from dispatch.people import Address
from dispatch.verbs import IN_WORDS, SEEING, Verb, subject
from handlers.messages import Incoming

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 30
"""Our longest form has nine."""
DIGITS = 18
"""A row id or version fits in these; more would overflow an integer column."""
NONCE_CHARACTERS = 64
SHORT_FORM = ("kind", "building", "unit", "phone", "places", "headline")

BUTTONS = frozenset(Verb) - SEEING - IN_WORDS - {Verb.PICTURE}
"""Verbs that stand on a button; the others are never sent by one."""

Fields = Mapping[str, str]
Several = Mapping[str, tuple[str, ...]]


class UnreadableError(Exception):
    """Not a form of ours: another type, another encoding, or fields that none of our forms has."""


async def read(request: web.Request) -> Fields:
    """The form's fields; the first one wins where a name comes twice.

    Raises `UnreadableError`, and `web.HTTPRequestEntityTooLarge` above the application's limit."""
    return {name: values[0] for name, values in (await read_several(request, MOST_FIELDS)).items()}


async def read_several(request: web.Request, most: int) -> Several:
    """The same of a form in which a name may come several times, with `most` fields in all."""
    if request.content_type != FORM_TYPE:
        raise UnreadableError
    body = await request.read()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError as error:  # includes UnicodeDecodeError
        raise UnreadableError from error
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    return fields


def tap(address: Address, fields: Fields) -> Incoming:
    """A button: verb, job, version, and what the button asked for. Raises `UnreadableError`."""
    try:
        verb = Verb(fields.get("verb", ""))
    except ValueError as error:
        raise UnreadableError from error
    if verb not in BUTTONS:
        raise UnreadableError
    return Incoming(
        address=address,
        verb=verb,
        job_id=number(fields, subject(verb).value),
        version=number(fields, "version"),
        choice=fields.get("choice", ""),
        text=fields.get("text", ""),
        receipt=_receipt(address, fields),
    )


def message(address: Address, fields: Fields, nonce: str) -> Incoming:
    """A message for the post box or one of the short forms."""
    short = {name: fields[name] for name in SHORT_FORM if fields.get(name, "").strip()}
    return Incoming(
        address=address,
        text=fields.get("text", ""),
        nonce=nonce,
        fields=short if "kind" in short else {},
    )


def nonce(fields: Fields) -> str:
    """The form's hidden random value. Raises `UnreadableError`."""
    value = fields.get("nonce", "")
    if not value or len(value) > NONCE_CHARACTERS:
        raise UnreadableError
    return value


def number(fields: Fields, name: str) -> int:
    """A field that holds a row's id or a version. Raises `UnreadableError`."""
    value = fields.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= DIGITS):
        raise UnreadableError
    return int(value)


def _receipt(address: Address, fields: Fields) -> str:
    """What tells this tap from every other one, where the page gave it a mark (static/kept.js): nobody else's
    can be named by it. Raises `UnreadableError` for a mark that is none of ours."""
    mark = fields.get("receipt", "")
    if len(mark) > NONCE_CHARACTERS:
        raise UnreadableError
    return f"web:{address.id}:{mark}" if mark else ""

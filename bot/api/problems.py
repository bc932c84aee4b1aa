"""What went wrong, said to another system's makers: a status, a word that programs can compare, and in
English or Chinese what is wrong and what to do. Never anything of what was sent, which may be private.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from bot.api.shapes import Flaw, Problem
from handlers.texts import FALLBACK, Catalogs, Texts, mark

MEDIA_TYPE = "application/problem+json"

NAMES: Mapping[str, str] = {
    "json": "JSON (UTF-8)",
    "key_header": "Idempotency-Key",
    "token_header": "Authorization: Bearer TOKEN",
    "command": "suidao source add",
    "type_header": "Content-Type: application/json",
    "errors": "errors",
    "text": "text",
    "kind": "kind",
}
"""What is written alike in every language."""

TITLES: Mapping[str, tuple[int, str]] = {
    "malformed": (400, mark("The body is not {json}. Send one object.")),
    "no_key": (
        400,
        mark(
            "The header {key_header} is missing or unfit: 1 to 200 plain letters, digits and signs. Send the "
            "same one when you try again, and a new one for every new job."
        ),
    ),
    "no_token": (
        401,
        mark(
            "This needs the token of a source: {token_header}. Whoever looks after the machine makes one: "
            "{command}"
        ),
    ),
    "not_found": (404, mark("There is no such job of yours here.")),
    "no_such_address": (404, mark("There is nothing at this address. What there is stands in {document}")),
    "wrong_method": (405, mark("This address does not answer that method, but: {methods}")),
    "nonce_used": (
        409,
        mark(
            "Another job was posted with this {key_header}. Nothing was posted now: a new job needs a new "
            "one."
        ),
    ),
    "too_large": (413, mark("That is too large: at most {limit} bytes.")),
    "wrong_type": (415, mark("Send it as {type_header}")),
    "unfit": (422, mark("The body is not as it should be; {errors} says where. Nothing was posted.")),
    "too_often": (429, mark("That was too often. Try again after {seconds} s.")),
    "broken": (500, mark("Something went wrong here. Trying again with the same {key_header} is safe.")),
    "unavailable": (
        503,
        mark(
            "It could not be kept just now, or nobody knows whether it was. Trying again with the same "
            "{key_header} is safe."
        ),
    ),
}
"""Problem to its status and its sentence."""

_FLAWS: Mapping[str, str] = {
    "extra_forbidden": mark("There is no such field."),
    "string_too_long": mark("Too long: at most {max_length} characters."),
    "string_too_short": mark("This must not be empty."),
    "string_type": mark("This must be a text."),
    "literal_error": mark("This must be one of: {expected}."),
    "int_type": mark("This must be a whole number."),
    "greater_than_equal": mark("This must be at least {ge}."),
    "less_than_equal": mark("This must be at most {le}."),
    "empty": mark("There is neither {text} nor {kind}: one of them is needed."),
}
"""What a check found, as pydantic names it, to its sentence."""

_OTHER = mark("This is not what the published document says.")


class TroubleError(Exception):
    """Ends a request with this problem. `flaws` are what is wrong with the body, as pydantic lists them."""

    def __init__(
        self,
        key: str,
        *,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        flaws: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(key)
        self.key = key
        self.params = params or {}
        self.headers = headers or {}
        self.flaws = flaws

    @property
    def status(self) -> int:
        """The HTTP status."""
        return TITLES[self.key][0]


def unfit(error: ValidationError) -> TroubleError:
    """What a check of a body found."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return TroubleError("malformed")
    return TroubleError("unfit", flaws=found)


def told(trouble: TroubleError, texts: Texts) -> Problem:
    """The problem in a language."""
    status, sentence = TITLES[trouble.key]
    return Problem(
        type=f"urn:suidao:problem:{trouble.key}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=texts.say(sentence, **{**NAMES, **trouble.params}),
        errors=tuple(_flaw(each, texts) for each in trouble.flaws),
    )


def texts_for(header: str, catalogs: Catalogs) -> Texts:
    """The texts that an Accept-Language header likes best; English where it likes none of ours."""
    liked = sorted(map(_liking, header[:_READ].split(",")), key=lambda each: -each[1])
    ours = {language.split("_")[0] for language in catalogs.languages}
    found = (tag for tag, weight in liked if weight > 0 and tag.split("-")[0].lower() in ours)
    return catalogs.texts(next(found, FALLBACK))


_READ = 200
"""Characters of the header that are looked at: a browser's has sixty."""


def _liking(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().partition(";")
    try:
        return tag.strip(), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return tag.strip(), 0.0


def _flaw(found: Mapping[str, Any], texts: Texts) -> Flaw:
    where = "".join(f"/{_escaped(str(part))}" for part in found["loc"])
    sentence = _FLAWS.get(found["type"], _OTHER)
    return Flaw(pointer=where, detail=texts.say(sentence, **{**NAMES, **found.get("ctx", {})}))


def _escaped(part: str) -> str:
    """As RFC 6901 writes it; cut, since a field's name is what was sent."""
    return part[:_NAME].replace("~", "~0").replace("/", "~1")


_NAME = 60
"""Characters of a field's name that are sent back: ours have eight."""

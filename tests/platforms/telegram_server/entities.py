"""Formatted text: parse_mode HTML into text with entities, and back into canonical HTML.

Strict where the real server is strict (unknown, unclosed or crossed tags), offsets of errors in bytes as
there. Other parse modes are not modelled. Links, mentions and commands in plain text are not searched for.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.platforms.telegram_server.links import is_link, mentioned_user
from tests.platforms.telegram_server.refusals import RefusedError, mistake
from tests.platforms.telegram_server.wire import Json, length

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
SHOWN = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler"} | {
    name: name for name in ("code", "pre", "blockquote")
}
TOKEN = re.compile(r"<(?P<tag>[^>]*)(?P<end>>?)|&(?P<entity>#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")
ATTRIBUTE = re.compile(r"""([^\s=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.\-]+)))?""")


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text and what is formatted in it, counted in UTF-16 units."""

    text: str
    entities: tuple[Json, ...] = ()

    def stripped(self) -> "Formatted":
        """Without the white space at both ends, which the server never keeps."""
        head = length(self.text) - length(self.text.lstrip())
        text = self.text.strip()
        kept = []
        for entity in self.entities:
            start = max(entity["offset"] - head, 0)
            stop = min(entity["offset"] + entity["length"] - head, length(text))
            if stop > start:
                kept.append(entity | {"offset": start, "length": stop - start})
        return Formatted(text, tuple(kept))


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    attributes: dict[str, str] = field(default_factory=dict)


def parse_html(source: str) -> Formatted:
    """Raises `RefusedError` for what the real server cannot parse."""
    text, at = "", 0
    opened: list[_Open] = []
    entities: list[Json] = []
    for token in TOKEN.finditer(source):
        text += source[at : token.start()]
        at = token.end()
        if token["entity"] is not None:
            text += html.unescape(token[0])
            continue
        offset = len(source[: token.start()].encode())
        if token["tag"].startswith("/"):
            _close(token, offset, opened, text, entities)
        else:
            opened.append(_opening(token, offset, length(text)))
    if opened:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1].name}"')
    entities.sort(key=lambda each: (each["offset"], -each["length"]))
    return Formatted(text + source[at:], tuple(entities))


def _unparsable(why: str) -> RefusedError:
    return mistake(f"can't parse entities: {why}")


def _opening(token: re.Match[str], offset: int, start: int) -> _Open:
    if not token["end"]:
        raise _unparsable(f"Unclosed start tag at byte offset {offset}")
    name = re.split(r"\s", token["tag"], maxsplit=1)[0]
    rest = token["tag"].removeprefix(name)
    if name.lower() not in TYPES:
        raise _unparsable(f'Unsupported start tag "{name}" at byte offset {offset}')
    attributes = {each[0].lower(): html.unescape("".join(each[1:])) for each in ATTRIBUTE.findall(rest)}
    if name.lower() == "span" and attributes.get("class") != "tg-spoiler":
        raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    return _Open(name.lower(), start, attributes)


def _close(token: re.Match[str], offset: int, opened: list[_Open], text: str, entities: list[Json]) -> None:
    if not opened:
        raise _unparsable(f"Unexpected end tag at byte offset {offset}")
    if not token["end"]:
        raise _unparsable(f"Unclosed end tag at byte offset {offset}")
    tag, found = opened.pop(), token["tag"][1:].strip().lower()
    if found not in {tag.name, ""}:
        raise _unparsable(
            f'Unmatched end tag at byte offset {offset}, expected "</{tag.name}>", found "</{found}>"'
        )
    entity = _entity(tag, text)
    if entity is not None and entity["length"] > 0:
        _add(entity, tag, opened, entities)


def _add(entity: Json, tag: _Open, opened: list[_Open], entities: list[Json]) -> None:
    """`<pre><code class="language-x">` is one entity that knows its language."""
    language = tag.attributes.get("class", "").removeprefix("language-")
    if tag.name == "code" and language and opened and opened[-1].name == "pre":
        opened[-1].attributes["language"] = language
    else:
        entities.append(entity)


def _entity(tag: _Open, text: str) -> Json | None:
    entity: Json = {"type": TYPES[tag.name], "offset": tag.start, "length": length(text) - tag.start}
    if tag.name == "a":
        return _link(entity, tag.attributes.get("href", ""))
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        entity["type"] = "expandable_blockquote"
    if tag.name == "pre" and "language" in tag.attributes:
        entity["language"] = tag.attributes["language"]
    if tag.name == "tg-emoji":
        entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
    return entity


def _link(entity: Json, href: str) -> Json | None:
    """A link that the server does not recognise is dropped without a word: its text stays."""
    if (user := mentioned_user(href)) is not None:
        person = {"id": user, "is_bot": False, "first_name": ""}
        return entity | {"type": "text_mention", "user": person}
    return entity | {"url": href} if is_link(href) else None


def to_html(text: str, entities: Sequence[Json]) -> str:
    """How a reader's client could show it: escaped, one name a kind of tag, properly nested."""
    units = text.encode("utf-16-le")
    ends: list[tuple[int, str]] = []
    written: list[str] = []
    at = 0

    def write_until(stop: int) -> None:
        nonlocal at
        while ends and ends[-1][0] <= stop:
            end, tag = ends.pop()
            written.append(html.escape(units[2 * at : 2 * end].decode("utf-16-le"), quote=False))
            written.append(tag)
            at = end
        written.append(html.escape(units[2 * at : 2 * stop].decode("utf-16-le"), quote=False))
        at = stop

    for entity in sorted(entities, key=lambda each: (each["offset"], -each["length"])):
        if (tags := _tags(entity)) is not None:
            write_until(entity["offset"])
            written.append(tags[0])
            ends.append((entity["offset"] + entity["length"], tags[1]))
    write_until(len(units) // 2)
    return "".join(written)


def _tags(entity: Json) -> tuple[str, str] | None:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{html.escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if kind == "pre" and "language" in entity:
        return f'<pre><code class="language-{entity["language"]}">', "</code></pre>"
    return (f"<{SHOWN[kind]}>", f"</{SHOWN[kind]}>") if kind in SHOWN else None

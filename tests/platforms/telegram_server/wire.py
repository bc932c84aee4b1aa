"""What travels: JSON objects, and the way in which Telegram counts text."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""An object of the Bot API as it stands in a request or an answer. Its shape is the schema's business."""


def present(**fields: object) -> Json:
    """The fields that have a value: the Bot API leaves out what is absent, it never sends null."""
    return {name.rstrip("_"): value for name, value in fields.items() if value is not None}


def length(text: str) -> int:
    """In UTF-16 code units, as entities are counted. (For text limits the strictest reading.)"""
    return len(text.encode("utf-16-le")) // 2

"""How the program logs: one line each to stderr, with whatever looks like a phone number or a token masked.

Nothing private is to be logged in the first place; the mask is the last defence against a library's message
or a traceback that quotes one.
"""

import logging
import re
import sys
import time
from typing import TextIO

_MASKS = (
    # A link or cookie: whoever reads it is signed in.
    (re.compile(r"(/join/)[\w.~%-]+"), r"\1***"),
    (re.compile(r"(/runs/)[\w%-]+\.[\w%-]+"), r"\1***"),
    (re.compile(r"\b[\w-]{8,}\.[\w-]{4,}\.[\w-]{16,}"), "***"),
    # Encrypted fields: useless without the key, but not for a log.
    (re.compile(r"\bgAAAA[\w-]{20,}={0,2}"), "***"),
    # Passwords inside addresses, and keys or tokens that are said by name.
    (re.compile(r"(\w://)[^\s/@]+@"), r"\1***@"),
    (re.compile(r"(?i)\b(secret_key|token|password|secret)([\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+"), r"\1\2***"),
    # Phones: Chinese mobile and landline numbers, and international ones, with or without blanks.
    (re.compile(r"(?<![\w+])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "***"),
    (re.compile(r"(?<![\w+])0\d{2,3}[ -]\d{7,8}(?!\d)"), "***"),
    (re.compile(r"\+\d[\d ()-]{6,18}\d"), "***"),
)

_QUIET = {
    # One line a request would hold the token of every personal link that is opened.
    "aiohttp.access": logging.WARNING,
    # One line a task, and 280 of them a tap storm; failures are warnings.
    "arq": logging.WARNING,
    # Both tell what they do while they do it; only their complaints are news.
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
}


def masked(text: str) -> str:
    """The text with phone numbers, tokens and keys replaced by `***`. Masking twice changes nothing."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class Line(logging.Formatter):
    """`2026-11-21T09:00:00Z WARNING store.broker: what happened`, a traceback folded into the same line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """One line, masked; line breaks and other control characters cannot forge a second one."""
        text = super().format(record)
        lines = " | ".join(line.strip() for line in text.splitlines() if line.strip())
        return masked("".join(sign if sign.isprintable() else "�" for sign in lines))


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at that moment, which may be another than when it was made."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.StreamHandler.emit`."""
        self.stream = sys.stderr
        super().emit(record)


def setup(level: int = logging.INFO) -> None:
    """Send every logger's lines to stderr. Calling it again changes nothing."""
    root = logging.getLogger()
    root.setLevel(level)
    if not any(isinstance(handler.formatter, Line) for handler in root.handlers):
        handler = _Stderr()
        handler.setFormatter(Line())
        root.addHandler(handler)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)

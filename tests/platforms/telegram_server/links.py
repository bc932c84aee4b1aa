"""Addresses that Telegram opens: web links, tg:// links, and the deep links that start a bot."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

START = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a deep link may carry; a client silently drops anything else."""
HOME = frozenset({"t.me", "telegram.me", "telegram.dog"})


@dataclass(frozen=True, slots=True)
class DeepLink:
    """`t.me/<bot>?start=<param>`; `param` as it stands there, well formed or not."""

    bot: str
    param: str

    @property
    def opens(self) -> bool:
        """Whether a client would hand the parameter on."""
        return not self.param or START.fullmatch(self.param) is not None


def is_link(url: str) -> bool:
    """What may stand behind a button or in an anchor: http(s) to a host with a dot in it, or tg://.

    `tel:` is not among them, nor is `http://localhost`."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return bool(host)
    return parts.scheme in {"http", "https"} and ("." in host or ":" in host)


def deep_link(url: str) -> DeepLink | None:
    """The bot and parameter of a t.me link, or None for any other address."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.hostname in HOME and "start" in query:
        return DeepLink(parts.path.strip("/"), query["start"][0])
    if parts.scheme == "tg" and parts.hostname == "resolve" and "start" in query:
        return DeepLink(query.get("domain", [""])[0], query["start"][0])
    return None


def mentioned_user(url: str) -> int | None:
    """Whom `tg://user?id=` speaks of."""
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("id", [""])[0]
    return int(number) if (parts.scheme, parts.hostname) == ("tg", "user") and number.isdigit() else None

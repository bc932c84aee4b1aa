"""Phones and browsers that ring although their page is closed: where to send, and with which keys.

All of it is private: whoever has it can ring the phone, and an address tells which one it is.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a browser gives us so that it can be rung (RFC 8030, RFC 8291); the keys as it writes them."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

"""A way in which somebody wants to be woken: by their chats, or by a service that rings, and at what hours.

Values only. A service's address holds a secret (whoever knows it can ring that phone), so it is no part of
these: it lies sealed in the store, and what is shown of it is its service's name.
"""

from dataclasses import dataclass

CHAT = "chat"
"""What the committee's file calls a person's chats."""

DAY = 24 * 60
"""Minutes of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of every day, in minutes after local midnight; `until` is not in it. Where `until` is not behind
    `since` it goes on past midnight."""

    since: int
    until: int

    def hold(self, minute: int) -> bool:
        """This minute of the day is one of them."""
        if self.since < self.until:
            return self.since <= minute < self.until
        return minute >= self.since or minute < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWay:
    """One entry of somebody's list. `address_id` None means their chats; `hours` None means always."""

    address_id: int | None = None
    service: str = ""
    """Of an address: the scheme, such as `bark`."""
    hours: Hours | None = None


def hours_of(text: str) -> Hours | None:
    """The hours that a checked text names, such as `07:00-23:00`; None for an empty one, which is always."""
    if not text:
        return None
    since, until = map(_minute, text.split("-"))
    return Hours(since=since, until=until)


def service_of(address: str) -> str:
    """The scheme of a service's address."""
    return address.partition("://")[0].lower()


def masked(service: str) -> str:
    """How a service's address is shown: nothing of it but its scheme."""
    return f"{service}://…"


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)

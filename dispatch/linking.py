"""One person on several platforms: a short code, said on the one and typed on the other.

Nobody is ever taken for somebody because a name or a number is the same. A code counts for a quarter of an
hour and once; wrong ones are counted for whoever types them. Knows neither how anything is said nor how it is
kept.
"""

import secrets
from typing import Protocol

from dispatch.moments import MINUTE, Micros
from dispatch.people import Person

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I and L, which look alike on paper and on old screens."""

LENGTH = 8
"""31 signs to the power of eight are 850,000,000,000: with `MOST_TRIES` in `LASTS` nobody finds one that
counts, not with a thousand accounts and a thousand codes."""

LASTS: Micros = 15 * MINUTE
"""Long enough to fetch another phone, too short to be found in a chat later."""

MOST_TRIES = 5
"""Codes that do not count, of one account within `LASTS`."""

MOST_PAGE_TRIES = 100
"""The same of one address of the network: a whole compound may be behind one router, or one proxy."""


def fresh() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain(typed: str) -> str:
    """A code as it was made, however it was typed; empty for what cannot be one."""
    signs = "".join(typed.upper().replace("-", " ").split())
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


class Linking(Protocol):
    """What is kept for it; `dispatch.ports.Store` is one."""

    async def keep_link_code(self, person: Person, code: str, now: Micros) -> None:
        """From now until `LASTS` have passed this code stands for the person; no earlier one does."""

    async def link_owner(self, code: str, who: str, most: int, now: Micros) -> tuple[int, int]:
        """Committee and person for whom the code stands; `who` types it. One that does not count is kept in
        mind, `most` of them. Raises `CodeWrongError`, and `CodeTriedTooOftenError` whatever the code is."""

    async def spend_link_code(self, code: str, now: Micros) -> bool:
        """The code counts no more; False when it did not any more."""

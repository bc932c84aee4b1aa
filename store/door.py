"""The way in to a server that may be away: a moment is waited out, a long absence is known to all at once."""

import asyncio
import time
from collections.abc import Callable

from dispatch.errors import StoreUnavailableError
from store.outages import fail, is_end
from store.sessions import Pool, Session

PATIENCE_S = 2.0
"""Seconds for which a server that is away is waited for: it restarts in less, and whoever tapped waits."""

PAUSE_S = 0.05
"""Seconds between two knocks at its door while that lasts."""

LONG_PAUSE_S = 0.5
"""The same afterwards. Whoever comes in between is told at once: a queue of taps must not wait one after the
other for what the first of them found out."""


class Door:
    """Lets in by a pool's sessions. `lost` is called whenever nobody opens."""

    def __init__(self, pool: Pool, lost: Callable[[], None]) -> None:
        self._pool = pool
        self._lost = lost
        self._away_since: float | None = None
        self._knocked = 0.0

    async def enter(self) -> Session:
        """A session. Raises `StoreUnavailableError`."""
        while not self._given_up() or self._knocked + LONG_PAUSE_S <= time.monotonic():
            self._knocked = time.monotonic()
            try:
                session = await self._pool.acquire()
            except Exception as error:  # noqa: BLE001 - it is raised again, or the server is away
                self._missed()
                if not is_end(error) or self._given_up():
                    fail(error)
            else:
                self._away_since = None
                return session
            await asyncio.sleep(PAUSE_S)
        raise StoreUnavailableError(reason="away")

    def _missed(self) -> None:
        self._lost()
        if self._away_since is None:
            self._away_since = time.monotonic()

    def _given_up(self) -> bool:
        return self._away_since is not None and self._away_since + PATIENCE_S < time.monotonic()

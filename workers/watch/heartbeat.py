"""The sign of life for somebody outside: an address that is fetched as long as all is well, and only then.

Whoever watches it from outside notices what no program can tell of itself: that it is gone. The address is a
secret (whoever has it can say that all is well), so it stands in no log. It knows nothing of jobs.
"""

import asyncio
import logging
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from workers.figures import Figures
from workers.watch.health import Health

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""Seconds that the address may take to answer: more than any round trip, and a sixth of the usual minute."""

_REFUSED = 400
"""HTTP statuses from here on mean that it was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Which address is fetched, every so many seconds."""

    url: str
    every_s: float


class Heartbeat:
    """A task of its own: an address that hangs delays the next heartbeat and nothing else."""

    def __init__(
        self, outside: Outside, health: Health, figures: Figures, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._outside = outside
        self._health = health
        self._figures = figures
        self._patience_s = patience_s
        self._said = "sent"

    async def forever(self) -> None:
        """From the first audit on, until cancelled."""
        await self._health.first_audit.wait()
        async with ClientSession(timeout=ClientTimeout(total=self._patience_s)) as session:
            while True:
                await self.once(session)
                await asyncio.sleep(self._outside.every_s)

    async def once(self, session: ClientSession) -> None:
        """One heartbeat, or none: then the log says why, once for each reason."""
        if wrong := self._health.wrong():
            self._tell("held_back", "heartbeats are held back: " + ", ".join(wrong))
            return
        trouble = await self._fetch(session)
        if trouble:
            self._tell("failed", f"the heartbeat's address cannot be fetched ({trouble})")
        else:
            self._tell("sent", "sent")

    async def _fetch(self, session: ClientSession) -> str:
        """What went wrong, without a word of the address; empty where nothing did."""
        try:
            async with session.get(self._outside.url) as answer:
                return f"it answers {answer.status}" if answer.status >= _REFUSED else ""
        except (ClientError, OSError, ValueError) as error:  # a timeout is an OSError
            return type(error).__name__

    def _tell(self, result: str, said: str) -> None:
        self._figures.heartbeat(result)
        if said == self._said:
            return
        if result == "sent":
            log.info("heartbeats are sent again")
        else:
            log.error("%s", said)
        self._said = said

"""Once a week, at a civil hour: try every way that leaders listed, so that one that broke is known.

Sends nothing itself: it owes each way a test, which is delivered like anything else. What fails stands among
the unreached of the desk's page and in the log, by number. Whoever listed no ways is told in chats alone, and
those are proved by every card.
"""

import logging
from operator import attrgetter

from dispatch import drills, waking
from dispatch.people import Committee
from dispatch.ports import Bell, Clock, Store
from workers.looks import Looks

log = logging.getLogger(__name__)

LOOK_EVERY_S = 600.0
"""Seconds between two looks at the clock: a machine that was asleep, or whose clock was put right, is at most
ten minutes late."""


class Weekly:
    """Holds the week's drill of every committee, exactly once, whoever else looks after it as well. A drill
    that nobody held in time is made up for on the next day, at the same hours."""

    def __init__(self, store: Store, bell: Bell, clock: Clock) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock
        self._looks = Looks(
            store.committees,
            self._hold,
            attrgetter("id"),
            unseen="the week's drill could not be held",
            undone="the drill of committee %d could not be held",
            log=log,
        )

    async def once(self) -> None:
        """Hold what is due. Raises nothing that the next look could mend."""
        await self._looks.once()

    async def forever(self) -> None:
        """Look again and again, until cancelled."""
        await self._looks.forever(self._clock, LOOK_EVERY_S)

    async def _hold(self, committee: Committee) -> None:
        now = self._clock.now()
        week = drills.week(now, committee.timezone)
        if week is None or committee.demo or await self._store.drill_begun(committee.id, week):
            return
        roster = await self._store.roster(committee.id)
        listed = (waking.proved(roster, person) for person in roster.waking)
        addresses = tuple(dict.fromkeys(address for ways in listed for address in ways))
        if not addresses:
            return  # as soon as somebody lists one, it is tried
        cause = f"drill {committee.id} {week}"
        rows = await self._store.begin_drill(committee.id, addresses, now, cause, week)
        log.info("the drill of committee %d: %d ways are tried", committee.id, len(rows))
        self._bell.deliver(rows, later=True)

"""Once a day: let go of what nobody will ask for again.

Small transactions with a pause between them, so that whoever taps in the night waits for none of it. It
knows no job and rings nobody.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from config.sections import KEEP, Keep
from dispatch.errors import DispatchError
from dispatch.moments import HOUR, Micros, from_datetime, to_datetime
from dispatch.people import Committee
from dispatch.ports import Clock
from dispatch.registering import UPLOAD_KEPT

log = logging.getLogger(__name__)

DAY: Micros = 24 * HOUR

AT = time(4)
"""Local time: after the last job of the evening and before the first parcels (the field notes' secretaries
slept from two to five), and no zone's clocks are changed at four."""

AT_MOST = 1_000
"""Receipts to a transaction: it holds the writer for some milliseconds, less than a tap notices."""

SYNTHETIC: Micros = 24 * HOUR
"""How long the program's own jobs are kept: whoever is told that one was missed looks at it within a day."""

JOBS_AT_MOST = 20
"""Jobs or relays to a transaction: each is rows in a dozen tables."""

ROWS_AT_MOST = 200
"""Rows to a transaction that are found through their jobs, or are changed and not only taken away."""

PICTURES_AT_MOST = 20
"""Pictures to a transaction: each is a hundred pages of the database."""

PAUSE_S = 0.05
"""Seconds between two transactions: whoever taps has the writer for nine tenths of the time."""

UNDER_WAY: Micros = HOUR
"""How long an object in the bucket may wait for its picture: a hundred times as long as putting it takes."""

LOOK_EVERY_S = 600.0
"""Seconds between two looks at the clock. A long sleep until four would miss it on a machine that was asleep,
or whose clock was put right; ten minutes late is early enough."""


Forget = Callable[[Micros, int], Awaitable[int]]
"""Lets go of what is from before then, so many at most; how many there were."""


class Keeper(Protocol):
    """What the night's work needs of the store."""

    async def committees(self) -> tuple[Committee, ...]:
        """All committees, by key."""

    async def forget_receipts(self, before: Micros, limit: int) -> int:
        """Let go of the oldest receipts from before then; how many there were, `limit` at most."""

    async def forget_pictures(self, before: Micros, limit: int) -> int:
        """Let go of pictures of jobs that ended before then; how many there were, `limit` at most."""

    async def sweep_objects(self, before: Micros, limit: int) -> int:
        """The same for what lies in the bucket, and no picture has. Raises `PicturesUnavailableError`."""

    async def forget_wanted_pictures(self, before: Micros, limit: int) -> int:
        """The same for what was noted about fetching pictures that were sent before then."""

    async def forget_reports(self, before: Micros, limit: int) -> int:
        """The same for what was told to other systems, or given up, before then."""

    async def forget_relays(self, before: Micros, limit: int) -> int:
        """The same for what was passed on, or not, before then; but not for jobs handed to a committee."""

    async def forget_own_jobs(self, before: Micros, limit: int) -> int:
        """The same for jobs that the program made for itself and that ended before then."""

    async def forget_said(self, before: Micros, limit: int) -> int:
        """The same for the private text of jobs that ended before then."""

    async def forget_notes(self, before: Micros, limit: int) -> int:
        """The same for what people wrote down in such jobs."""

    async def forget_reveals(self, before: Micros, limit: int) -> int:
        """The same for who was shown what before then."""

    async def forget_register_log(self, before: Micros, limit: int) -> int:
        """The same for who changed the register before then."""

    async def forget_applications(self, before: Micros, limit: int) -> int:
        """The same for who applied, where it was decided before then."""

    async def drop_uploads(self, before: Micros) -> None:
        """Let go of files of the register that were sent before then and never confirmed."""

    async def drop_whereabouts(self, now: Micros) -> None:
        """Let go of where people were who shared it."""


class Nightly:
    """Forgets, once a night. A night that the program did not see is made up for when it starts: nothing
    needs to be remembered for that, since what was forgotten is not there."""

    def __init__(self, store: Keeper, clock: Clock, keep: Keep = KEEP) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._done: Micros = 0

    async def once(self) -> None:
        """Do the last night's work, unless it is done, and what is to be done by day as well. Raises nothing
        that the next look could mend."""
        try:
            await self._store.drop_uploads(self._clock.now() - UPLOAD_KEPT)
            await self._store.drop_whereabouts(self._clock.now())
            night = last_night(self._clock.now(), await self._store.committees())
            if night != self._done:
                for what, forget, before, at_most in self._work(night):
                    await self._forget(what, forget, before, at_most)
                self._done = night
        except DispatchError as error:
            log.warning("the night's work was not finished (%s %s); trying again", error.key, error.params)

    def _work(self, night: Micros) -> Sequence[tuple[str, Forget, Micros, int]]:
        store, keep = self._store, self._keep
        return (
            ("receipts", store.forget_receipts, night - keep.receipts_days * DAY, AT_MOST),
            ("fetches", store.forget_wanted_pictures, night - keep.receipts_days * DAY, AT_MOST),
            ("pictures", store.forget_pictures, night - keep.pictures_days * DAY, PICTURES_AT_MOST),
            ("private texts", store.forget_said, night - keep.private_days * DAY, JOBS_AT_MOST),
            ("notes", store.forget_notes, night - keep.notes_days * DAY, ROWS_AT_MOST),
            ("reveals", store.forget_reveals, night - keep.reveals_days * DAY, ROWS_AT_MOST),
            ("applications", store.forget_applications, night - keep.applications_days * DAY, JOBS_AT_MOST),
            (
                "changes of the register",
                store.forget_register_log,
                night - keep.register_days * DAY,
                ROWS_AT_MOST,
            ),
            ("reports", store.forget_reports, night - keep.told_days * DAY, AT_MOST),
            ("relays", store.forget_relays, night - keep.told_days * DAY, JOBS_AT_MOST),
            ("own jobs", store.forget_own_jobs, night - SYNTHETIC, JOBS_AT_MOST),
            # Last: a bucket that does not answer keeps nothing else back.
            ("objects", store.sweep_objects, night - UNDER_WAY, PICTURES_AT_MOST),
        )

    async def forever(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(LOOK_EVERY_S)

    async def _forget(self, what: str, forget: Forget, before: Micros, at_most: int) -> None:
        total = 0
        while (gone := await forget(before, at_most)) == at_most:
            total += gone
            await self._clock.sleep(PAUSE_S)
        if total + gone:
            log.info("the night's work: %d %s were let go of", total + gone, what)


def last_night(now: Micros, committees: Sequence[Committee]) -> Micros:
    """The last moment, `now` included, at which it was four where the first committee is, else in UTC."""
    zone = ZoneInfo(committees[0].timezone if committees else "UTC")
    local = to_datetime(now).astimezone(zone)
    day = local.date() if local.time() >= AT else local.date() - timedelta(days=1)
    return from_datetime(datetime.combine(day, AT, tzinfo=zone))

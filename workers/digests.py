"""The morning's digest: owed once a day to those who may see it, and the chart that follows its words.

What a digest says is made when it is sent. The chart is no promise: every figure of it stands in the words
that went before, so that a chart which a platform refuses is not sent later.
"""

import logging
from collections.abc import Mapping
from datetime import time
from operator import attrgetter
from zoneinfo import ZoneInfo

from dispatch import access
from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import Micros, to_datetime
from dispatch.people import PAGE, Address, Committee, Roster
from dispatch.ports import Bell, Clock, Store
from dispatch.verbs import Verb
from handlers.gateways import Delivery, Gateway, Sent, ShowsPictures
from handlers.messages import Shown
from handlers.router import Router
from workers import faults
from workers.looks import Looks

log = logging.getLogger(__name__)

AT = time(8)
"""Local time: when the duty passes, after the night and before the day (DESIGN.md, section 6)."""

UNTIL = time(12)
"""A digest that nobody sent in time (the program was down) is made up for until noon; then it is too late to
be of use, and tomorrow's tells the week all the same."""

LOOK_EVERY_S = 60.0
"""Seconds between two looks at the clock: one small query each, and nobody waits for the minute."""

TRIES, AGAIN_S = 5, 1.0
"""A chart waits so often for its turn behind the words: a chat takes about a message a second."""


class Daily:
    """Owes every committee's digest exactly once a day, whoever else looks after it as well."""

    def __init__(self, store: Store, bell: Bell, clock: Clock) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock
        self._looks = Looks(
            store.committees,
            self._owe,
            attrgetter("id"),
            unseen="the digests could not be made",
            undone="the digest of committee %d was not made",
            log=log,
        )

    async def once(self) -> None:
        """Owe what is due. Raises nothing that the next look could mend."""
        await self._looks.once()

    async def forever(self) -> None:
        """Look again and again, until cancelled."""
        await self._looks.forever(self._clock, LOOK_EVERY_S)

    async def _owe(self, committee: Committee) -> None:
        now = self._clock.now()
        name = morning(now, committee.timezone)
        if name is None or committee.demo or await self._store.digest_begun(committee.id, name):
            return
        readers = chats_of(await self._store.roster(committee.id), now)
        rows = await self._store.begin_digest(committee.id, [each.id for each in readers], now, name)
        if rows:
            log.info("the digest of committee %d: %d people get it", committee.id, len(rows))
            self._bell.deliver(rows, later=True)


class Digests:
    """What follows a digest's words."""

    def __init__(self, router: Router, gateways: Mapping[str, Gateway], clock: Clock) -> None:
        self._router = router
        self._gateways = gateways
        self._clock = clock

    async def follow(self, row: OutboxRow, sent: Sent) -> None:
        """Send the chart after the words of a digest that arrived. Nothing is done for other rows."""
        gateway = self._gateways.get(row.address.platform)
        arrived = row.kind is NoticeKind.DIGEST and sent.delivery is Delivery.DELIVERED
        if not arrived or not isinstance(gateway, ShowsPictures):
            return
        try:
            shown = await self._router.loads.picture(row.address, row.id)
            if shown is not None:
                await bring(gateway, row.address, shown, self._clock)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            # The words have arrived, and must not be sent again because of their chart.
            faults.tell(log, error, "the chart of outbox row %d was not sent", row.id)


async def bring(gateway: ShowsPictures, address: Address, shown: Shown, clock: Clock) -> None:
    """Show somebody a picture of no job in their own chat, when its turn comes; what a platform refuses is
    told and lost. Repeating makes a second one."""
    for _ in range(TRIES):
        sent = await gateway.show_picture(address, shown, None)
        if sent.delivery is not Delivery.RETRY:
            return
        await clock.sleep(sent.retry_after or AGAIN_S)
    log.info("a chart for address %d was not sent: its chat was full", address.id)


def morning(now: Micros, timezone: str) -> str | None:
    """The name of the digest that is to be sent at this moment; None while it is no hour for one."""
    local = to_datetime(now).astimezone(ZoneInfo(timezone))
    return f"digest {local.date().isoformat()}" if AT <= local.time() < UNTIL else None


def chats_of(roster: Roster, now: Micros) -> tuple[Address, ...]:
    """Where the digest goes: the first chat of each who may see it and is not out. A page has it always."""
    readers = (person for person in roster.people.values() if not person.out(now))
    allowed = [each for each in readers if access.allows(Verb.SEE_LOAD, each, roster.committee.id)]
    chats = (
        next((way for way in roster.ways.get(each.id, ()) if way.platform != PAGE), None) for each in allowed
    )
    return tuple(chat for chat in chats if chat is not None)

"""For which of the rows that are owed nobody is there to see a card: it is not made then, and comes up when
its page is opened.
"""

from collections.abc import Mapping, Sequence

from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from handlers.gateways import AsksWhoIsThere, Gateway


async def absent(rows: Sequence[OutboxRow], gateways: Mapping[str, Gateway]) -> frozenset[int]:
    """The ids of those rows whose cards would be made in vain; a platform is asked about all at once."""
    gone = {row.id for row in rows if not _reaches(row, gateways)}
    for platform, gateway in gateways.items():
        if isinstance(gateway, AsksWhoIsThere):
            perhaps = [row for row in rows if row.address.platform == platform and row.id not in gone]
            for wakes in (False, True):
                some = [row for row in perhaps if _rings(row) is wakes]
                if some:
                    nobody = await gateway.nobody_at([row.address for row in some], wakes=wakes)
                    gone |= {row.id for row in some if row.address.id in nobody}
    return frozenset(gone)


def _reaches(row: OutboxRow, gateways: Mapping[str, Gateway]) -> bool:
    gateway = gateways.get(row.address.platform)
    return gateway is not None and gateway.reaches(row.address)


def _rings(row: OutboxRow) -> bool:
    return row.kind.wakes or row.kind is NoticeKind.DRILL

"""The store's part about devices that ring although their page is closed: sealed, found by a keyed hash."""

import json
from collections.abc import Sequence

from dispatch.devices import Subscription
from dispatch.moments import Micros
from dispatch.people import Address
from store.attempts import insist
from store.engine import Plan, Query, Save, Work, nothing
from store.part import Part

MOST_DEVICES = 5
"""Of one person: a phone, the one before it, a desk and two borrowed ones. The oldest gives way."""

_MARK = "device"


class Devices(Part):
    """What `dispatch.ports.Store` promises of devices."""

    async def keep_device(self, address: Address, subscription: Subscription, now: Micros) -> None:
        """See `Store.keep_device`."""
        where = {"committee_id": address.committee_id, "address_id": address.id}
        told = [subscription.endpoint, subscription.p256dh, subscription.auth]
        sealed = self._vault.seal(json.dumps(told))
        mark = self._vault.mark(_MARK, subscription.endpoint)
        await self._save(
            (
                Save("save_device", {**where, "mark": mark, "subscription": sealed, "kept_at": now}),
                Save("drop_oldest_devices", {**where, "most": MOST_DEVICES}),
            )
        )

    async def drop_device(self, address: Address, endpoint: str) -> None:
        """See `Store.drop_device`."""
        where = {"committee_id": address.committee_id, "address_id": address.id}
        await self._save((Save("drop_device", {**where, "mark": self._vault.mark(_MARK, endpoint)}),))

    async def devices(self, address: Address) -> tuple[Subscription, ...]:
        """See `Store.devices`."""
        where = {"committee_id": address.committee_id, "address_id": address.id}
        rows = await self._engine.read(Query("devices_of", where))
        opened = (json.loads(self._vault.unseal(row["subscription"])) for row in rows)
        return tuple(
            Subscription(endpoint=endpoint, p256dh=p256dh, auth=auth) for endpoint, p256dh, auth in opened
        )

    async def ringing(self, committee_id: int) -> frozenset[int]:
        """See `Store.ringing`."""
        rows = await self._engine.read(Query("ringing_addresses", {"committee_id": committee_id}))
        return frozenset(row["address_id"] for row in rows)

    async def _save(self, saves: Sequence[Save]) -> None:
        await insist(self._engine.run, lambda: Work((), lambda _rows: Plan(saves, nothing)))

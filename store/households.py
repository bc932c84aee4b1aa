"""The store's part about households of a building: who is family of whom there, and reads of it in a chat.

No door is opened for it: two are told apart by what stands for them (`store.residents.door_index`).
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence

from dispatch.events import NoticeKind, Owed
from dispatch.households import Dweller
from dispatch.people import Address
from dispatch.relays import Relay
from dispatch.telling import Family
from store import families
from store.attempts import insist
from store.crypto import Vault
from store.engine import Params, Plan, Query, Row, Rows, stepwise
from store.part import Part

KIN = "kin_by_chat"
"""The statement whose rows are chats of family of somebody in a building of the committee."""


class HouseholdRows(Part):
    """What `dispatch.households.Households` promises."""

    async def dwellers(self, committee_id: int, building_id: int) -> tuple[Dweller, ...]:
        """See `Households.dwellers`."""
        where: Params = {"committee_id": committee_id, "building_id": building_id}

        def steps() -> Generator[Sequence[Query], Rows, Plan[tuple[Dweller, ...]]]:
            rows = yield (
                Query("households_in", where),
                Query("residents_in", where),
                kin(committee_id),
            )
            found = tuple(_dwellers(rows, building_id, self._vault))
            return Plan((), lambda _rows: found)

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def kin_in(self, address: Address, building_id: int) -> Family | None:
        """See `Households.kin_in`."""
        where = {"committee_id": address.committee_id, "building_id": building_id, "address_id": address.id}
        found = families.counting(await self._engine.read(Query("kin_at_address", where)), self._vault)
        return found[0] if found else None

    async def home_of(self, family: Family) -> int | None:
        """See `Households.home_of`."""
        where = {"committee_id": family.committee_id, "id": family.resident_id}
        rows = await self._engine.read(Query("home_of_resident", where))
        return rows[0]["building_id"] if rows else None


def kin(committee_id: int) -> Query:
    """Whoever hears of a building in a chat because of somebody there."""
    return Query(KIN, {"committee_id": committee_id})


def owed(relay: Relay, cards: Sequence[Owed], rows: Sequence[Row], vault: Vault) -> Sequence[Owed]:
    """What family of somebody in the relay's building are owed, beside these cards of it and by their cause:
    an address that has a card hears it once. Whoever said it is told nothing."""
    had = {each.address_id for each in cards}
    told = {
        each.address.id
        for each in _of_building(rows, relay.building_id, vault)
        if each.address and not (relay.by_id and each.address.person_id == relay.by_id)
    }
    return [
        Owed(cause=relay.card_cause, address_id=each, kind=NoticeKind.TOLD, urgent=False)
        for each in sorted(told - had)
    ]


def _dwellers(rows: Rows, building_id: int, vault: Vault) -> Iterable[Dweller]:
    chats: dict[int, set[int]] = defaultdict(set)
    for each in _of_building(rows[KIN], building_id, vault):
        if each.address is not None:
            chats[each.resident_id].add(each.address.id)
    for row in rows["households_in"]:
        yield Dweller(household=row["id"], door=row["unit_index"])
    for row in rows["residents_in"]:
        yield Dweller(
            household=row["household_id"], door=row["unit_index"], chats=frozenset(chats[row["id"]])
        )


def _of_building(rows: Sequence[Row], building_id: int | None, vault: Vault) -> Sequence[Family]:
    return families.counting([row for row in rows if row["building_id"] == building_id], vault)

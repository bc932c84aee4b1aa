"""The store's part about buildings' statuses: what a word or a look changes is kept in one transaction, with
the cards that tell it. What is decided is none of this module's business.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from dispatch import relays
from dispatch.declaring import Rule, Ruled, Ruling
from dispatch.events import NoticeKind
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.relays import Relay
from dispatch.sealing import Sealing
from store import households, outbox, people, seals
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, SaveMany
from store.part import Part
from store.relays import columns, owing, read_relays

_Saves: TypeAlias = list[Save | SaveMany]
_Steps: TypeAlias = Generator[Sequence[Query], Rows, Plan[Ruled]]


class SealingRows(Part):
    """What `dispatch.declaring.Sealings` promises."""

    async def rule_sealing(self, committee_id: int, rule: Rule) -> Ruled:
        """See `Sealings.rule_sealing`."""
        hold = people.hold(committee_id)
        return await self._insist(lambda: _ruled(committee_id, rule, self._vault), hold=hold)

    async def sealings_due(self, now: Micros, limit: int) -> tuple[int, ...]:
        """See `Sealings.sealings_due`."""
        rows = await self._engine.read(Query("sealings_due", {"now": now, "limit": limit}))
        return tuple(dict.fromkeys(row["committee_id"] for row in rows))

    async def sealings_said(self, committee_id: int, limit: int) -> tuple[Sealing, ...]:
        """See `Sealings.sealings_said`."""
        where = {"committee_id": committee_id, "limit": limit}
        return tuple(map(seals.one, await self._engine.read(Query("sealings_said", where))))

    async def status_notices(self, committee_id: int) -> tuple[Relay, ...]:
        """See `Sealings.status_notices`."""
        rows = await self._engine.read(Query("status_relays", {"committee_id": committee_id}))
        return read_relays({"status_relays": rows, "nobody_asked": ()}, "status_relays", "nobody_asked")


def _ruled(committee_id: int, rule: Rule, vault: Vault) -> _Steps:
    rows = yield people.roster_of(committee_id)
    roster = people.read_roster(rows)
    ruling = rule(roster, seals.marks(rows[seals.TABLE]))
    where = {"committee_id": committee_id}
    saves: _Saves = []
    if ruling.sealing is not None:
        rows = yield (
            Query("insert_sealing", seals.columns(ruling.sealing, ruling.marks[0], ruling.receipt)),
        )
        if not rows["insert_sealing"]:  # this very message, kept before
            return Plan((), lambda _rows: Ruled(ruling=Ruling()))
        saves.append(Save("raise_revision", where))
    saves += [
        Save("mark_sealing", {**where, "id": number, "told": mark.told, "look_at": mark.look_at})
        for number, mark in ruling.marks.items()
        if number
    ]
    saves += [Save("end_sealing", {**where, "id": number}) for number in ruling.over]
    made: list[Relay] = []
    for relay in ruling.notices:
        rows = yield (Query("insert_relay", columns(relay)),)
        if len(rows["insert_relay"]) > len(made):  # else it was told before
            made.append(replace(relay, id=rows["insert_relay"][-1]["id"]))
    if made:
        rows = yield (households.kin(committee_id),)
    for relay in made:
        saves += _owed(relay, roster, rows[households.KIN], vault)
    return Plan(saves, lambda given: Ruled(ruling=ruling, rows=_ids(saves, given)))


def _owed(relay: Relay, roster: Roster, kin: Sequence[Row], vault: Vault) -> Iterator[Save | SaveMany]:
    cards = relays.owed(relay, dict.fromkeys(relay.asked, NoticeKind.NUDGE), roster, relay.made_at)
    family = households.owed(relay, cards, kin, vault)
    return owing(relay, [*cards, *family], relay.made_at)


def _ids(saves: _Saves, given: Sequence[Sequence[Row]]) -> tuple[int, ...]:
    found = zip(saves, given, strict=True)
    return tuple(row["id"] for save, rows in found if save.name == outbox.OWED for row in rows)

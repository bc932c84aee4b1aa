"""The store's part about relays: what a look, a tap or somebody's word changes is kept in one transaction.

A committee's relays are decided one work after the other; what is decided is none of this module's business.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from dispatch import relays
from dispatch.errors import UnknownRelayError
from dispatch.events import Owed
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.relays import Entrusted, Kept, Pass, Passed, Relay, RelayKind, RelayState, Watch
from store import duty, guests, outbox, people
from store.attempts import insist
from store.engine import Params, Plan, Query, Row, Rows, Save, SaveMany, stepwise
from store.part import Part
from store.words import pack, unpack

_CHANGING = ("version", "starts_at", "ends_at", "rounds", "due_at", "taken_by", "decided_at")
"""Columns that a change writes as they are."""


class RelayRows(Part):
    """What `dispatch.ports.Store` promises of relays."""

    async def watches_due(self, now: Micros, limit: int) -> tuple[int, ...]:
        """See `Relays.watches_due`."""
        rows = await self._engine.read(Query("watches_due", {"now": now, "limit": limit}))
        return tuple(row["id"] for row in rows)

    async def watch(self, committee_id: int, decide: Pass, relay_id: int = 0) -> Kept:
        """See `Relays.watch`. Raises what `decide` raises."""
        hold = people.hold(committee_id)
        return await self._insist(lambda: _watched(committee_id, decide, relay_id), hold=hold)

    async def relay(self, committee_id: int, relay_id: int) -> Relay:
        """See `Relays.relay`."""

        def steps() -> Generator[Sequence[Query], Rows, Plan[Relay]]:
            found = read_relays((yield _one(committee_id, relay_id)), "relay_by_id", "asks_of_relay")
            if not found:
                raise UnknownRelayError
            return Plan((), lambda _rows: found[0])

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def relays(self, committee_id: int) -> tuple[Relay, ...]:
        """See `Relays.relays`."""

        def steps() -> Generator[Sequence[Query], Rows, Plan[tuple[Relay, ...]]]:
            found = read_relays((yield _alive(committee_id)), "relays_alive", "asks_alive")
            return Plan((), lambda _rows: found)

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def relay_committee(self, relay_id: int) -> int | None:
        """See `Relays.relay_committee`."""
        rows = await self._engine.read(Query("committee_of_relay", {"id": relay_id}))
        return rows[0]["committee_id"] if rows else None


def _watched(committee_id: int, decide: Pass, relay_id: int) -> Generator[Sequence[Query], Rows, Plan[Kept]]:
    where = {"committee_id": committee_id}
    rows = yield (
        Query("watch_of", where),
        Query("entrusted", where),
        Query("called_last", where),
        *_alive(committee_id),
        *_one(committee_id, relay_id),
        *people.roster_of(committee_id),
    )
    passed = decide(_watch(rows))
    made: list[Relay] = []
    for relay in passed.relays:
        if not relay.id:
            rows = yield (Query("insert_relay", columns(relay)),)
            if len(rows["insert_relay"]) > len(made):
                made.append(replace(relay, id=rows["insert_relay"][-1]["id"]))
    kept = (*made, *(relay for relay in passed.relays if relay.id))
    saves = [*_saves(passed, kept), *guests.retired(rows, committee_id, passed.now)]
    return Plan(
        saves,
        lambda given: Kept(
            passed=passed,
            relays=kept,
            rows=tuple(
                row["id"]
                for save, found in zip(saves, given, strict=True)
                if save.name == outbox.OWED
                for row in found
            ),
        ),
    )


def _watch(rows: Rows) -> Watch:
    alive = read_relays(rows, "relays_alive", "asks_alive")
    tapped = read_relays(rows, "relay_by_id", "asks_of_relay")
    row = rows["watch_of"][0] if rows["watch_of"] else None
    called: dict[int, list[Row]] = {}
    for each in rows["called_last"]:
        called.setdefault(each["job_id"], []).append(each)
    return Watch(
        roster=people.read_roster(rows),
        relays=(*alive, *(each for each in tapped if each.id not in {one.id for one in alive})),
        entrusted=tuple(_waiting(each, called) for each in map(_entrusted, rows["entrusted"])),
        looked_at=None if row is None else row["looked_at"],
        holder=None if row is None else row["holder_id"],
        changed=row is not None and row["revision"] != rows["committee_by_id"][0]["revision"],
    )


def _saves(passed: Passed, kept: Sequence[Relay]) -> Iterator[Save | SaveMany]:
    committee_id, now = passed.watch.roster.committee.id, passed.now
    where = {"committee_id": committee_id}
    for leave in passed.leaves:
        columns = {**where, "person_id": leave.person_id, "since": leave.since, "until": leave.until}
        yield Save("set_out", columns, expect=1)
    for swap in passed.swaps:
        yield Save("insert_override", duty.columns(swap, now))
    if passed.swaps:
        yield Save("forget_overrides", {**where, "before": now - duty.OVERRIDES_KEPT})
    if passed.leaves or passed.swaps:
        yield Save("raise_revision", where)
    before = {each.id: each for each in passed.before}
    for relay in kept:
        known = before.get(relay.id)
        if known is not None:
            yield Save("save_relay", _changed(relay, known.version), expect=1)
        yield from _asked(relay, () if known is None else known.asked, now)
        yield from _owed(relay, passed, passed.watch.roster)
    holder = passed.watch.holder
    seen = {"looked_at": now, "look_at": passed.look_at, "holder_id": holder}
    yield Save("save_watch", {**where, **seen})


def _asked(relay: Relay, known: Sequence[int], now: Micros) -> Iterator[SaveMany]:
    """Whoever is asked now. A place in the line is given once: position and person are keys."""
    rows = [
        {
            "relay_id": relay.id,
            "position": position,
            "committee_id": relay.committee_id,
            "person_id": person,
            "asked_at": now,
        }
        for position, person in enumerate(relay.asked)
        if position >= len(known)
    ]
    if rows:
        yield SaveMany("insert_relay_ask", rows)


def _owed(relay: Relay, passed: Passed, roster: Roster) -> Iterator[Save | SaveMany]:
    owed = relays.owed(relay, passed.told.get(relay.cause, {}), roster, passed.now)
    yield from owing(relay, owed, passed.now)


def owing(relay: Relay, owed: Sequence[Owed], now: Micros) -> Iterator[Save | SaveMany]:
    """These rows about a relay, where there are any; every `Save` among them returns their ids."""
    if not owed:
        return
    rows: list[Params] = [
        {
            "committee_id": relay.committee_id,
            "relay_id": relay.id,
            "address_id": row.address_id,
            "cause": row.cause,
            "kind": row.kind.value,
            "wakes": int(row.kind.wakes),
            "urgent": int(row.urgent),
            "created_at": now,
        }
        for row in owed
    ]
    yield SaveMany("owe_relay", rows)
    yield Save(outbox.OWED, {"cause": owed[0].cause})


def _alive(committee_id: int) -> tuple[Query, ...]:
    where = {"committee_id": committee_id}
    return (Query("relays_alive", where), Query("asks_alive", where))


def _one(committee_id: int, relay_id: int) -> tuple[Query, ...]:
    where = {"committee_id": committee_id, "id": relay_id}
    return (Query("relay_by_id", where), Query("asks_of_relay", where))


def read_relays(rows: Rows, found: str, asks: str) -> tuple[Relay, ...]:
    """The relays that rows of these two statements are."""
    asked: dict[int, tuple[int, ...]] = {}
    for row in rows[asks]:
        asked[row["relay_id"]] = (*asked.get(row["relay_id"], ()), row["person_id"])
    return tuple(_read(row, asked.get(row["id"], ())) for row in rows[found])


def _read(row: Row, asked: tuple[int, ...]) -> Relay:
    return Relay(
        id=row["id"],
        committee_id=row["committee_id"],
        cause=row["cause"],
        kind=RelayKind(row["kind"]),
        state=RelayState(row["state"]),
        version=row["version"],
        about_id=row["about_id"],
        by_id=row["by_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        building_id=row["building_id"],
        jobs=tuple(unpack(row["jobs"])),
        asked=asked,
        rounds=row["rounds"],
        made_at=row["made_at"],
        due_at=row["due_at"],
        taken_by=row["taken_by"],
        decided_at=row["decided_at"],
    )


def _entrusted(row: Row) -> Entrusted:
    return Entrusted(
        job_id=row["job_id"], person_id=row["person_id"], since=row["since"], claim=bool(row["claim"])
    )


def _waiting(entrusted: Entrusted, called: Mapping[int, Sequence[Row]]) -> Entrusted:
    """With those of its job who were called last, if it is a call that nobody has in hand."""
    last = called.get(entrusted.job_id, ())
    if entrusted.claim or entrusted.person_id is not None or not last:
        return entrusted
    return replace(entrusted, since=last[0]["since"], called=tuple(row["person_id"] for row in last))


def columns(relay: Relay) -> Params:
    """Every column of a new relay."""
    return {
        **{name: getattr(relay, name) for name in _CHANGING},
        "committee_id": relay.committee_id,
        "cause": relay.cause,
        "kind": relay.kind.value,
        "state": relay.state.value,
        "about_id": relay.about_id,
        "building_id": relay.building_id,
        "by_id": relay.by_id,
        "jobs": pack(list(relay.jobs)),
        "made_at": relay.made_at,
    }


def _changed(relay: Relay, old_version: int) -> Params:
    return {
        **{name: getattr(relay, name) for name in _CHANGING},
        "id": relay.id,
        "committee_id": relay.committee_id,
        "old_version": old_version,
        "state": relay.state.value,
        "jobs": pack(list(relay.jobs)),
    }

"""The store's part about people who act as a committee's secretary: what is asked, answered and over, each in
one transaction, about both committees where there are two. What is decided is none of this module's business.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from dispatch import acting, relays
from dispatch.acting import Acting, Asked, Ending, Rule, Ruled, Ruling
from dispatch.errors import UnknownRelayError
from dispatch.events import NoticeKind
from dispatch.moments import Micros
from dispatch.people import Person, Roster
from dispatch.relays import Relay, RelayState
from store import accounts, guests, losses, outbox, people
from store.crypto import Vault
from store.engine import Params, Plan, Query, Row, Rows, Save, SaveMany
from store.part import Part
from store.relays import columns, owing, read_relays

Saves: TypeAlias = list[Save | SaveMany]
_Steps: TypeAlias = Generator[Sequence[Query], Rows, Plan[Ruled]]


class ActingRows(Part):
    """What `dispatch.acting.Actings` promises."""

    async def ask_acting(
        self, asking: Relay, telling: Relay, person: Person, to: Roster, home: Roster
    ) -> Asked:
        """See `Actings.ask_acting`."""
        hold = people.hold(asking.committee_id)
        return await self._insist(lambda: _asked(asking, telling, person, to, home), hold=hold)

    async def answer_acting(
        self, committee_id: int, relay_id: int, by: Person, rule: Rule, now: Micros
    ) -> Ruled:
        """See `Actings.answer_acting`."""
        answering = _Answering(committee_id, relay_id, by.id, now, self._vault)
        hold = people.hold(committee_id)
        return await self._insist(lambda: answering.steps(rule), hold=hold)

    async def appoint(self, telling: Relay, roster: Roster) -> Asked:
        """See `Actings.appoint`. Raises `ConflictError` for somebody who left."""
        hold = people.hold(telling.committee_id)
        return await self._insist(lambda: _appointed(telling, roster), hold=hold)

    async def end_acting(self, committee_id: int, person_id: int, now: Micros) -> tuple[int, ...]:
        """See `Actings.end_acting`."""
        hold = people.hold(committee_id)
        return await self._insist(lambda: _ended(committee_id, person_id, now), hold=hold)

    async def withdraw_acting(self, asked: Acting, now: Micros) -> tuple[int, ...]:
        """See `Actings.withdraw_acting`."""
        hold = people.hold(asked.committee_id)
        return await self._insist(lambda: _withdrawn(asked, now), hold=hold)

    async def acting(self, committee_id: int, relay_id: int) -> Acting | None:
        """See `Actings.acting`."""
        where = {"committee_id": committee_id, "relay_id": relay_id}
        rows = await self._engine.read(Query("acting_of_relay", where))
        return _read(rows[0]) if rows else None

    async def actings_of(self, person: Person, now: Micros) -> tuple[int, ...]:
        """See `Actings.actings_of`."""
        where = {"committee_id": person.committee_id, "person_id": person.id, "now": now}
        return tuple(row["id"] for row in await self._engine.read(Query("actings_shown", where)))

    async def actings_from(self, person: Person, now: Micros) -> tuple[Acting, ...]:
        """See `Actings.actings_from`."""
        where = {"committee_id": person.committee_id, "person_id": person.id}
        found = map(_read, await self._engine.read(Query("actings_of_person", where)))
        return tuple(each for each in found if each.until > now)

    async def selves(self, person: Person, now: Micros) -> tuple[Person, ...]:
        """See `Actings.selves`."""
        home = person.acting_of if person.acts(now) else None
        where = {"person_id": person.id, "home": home, "now": now}
        return tuple(map(people.person, await self._engine.read(Query("selves_of", where))))


def _asked(
    asking: Relay, telling: Relay, person: Person, to: Roster, home: Roster
) -> Generator[Sequence[Query], Rows, Plan[Asked]]:
    now = asking.made_at
    where = {"committee_id": asking.committee_id, "person_id": person.id}
    rows = yield (Query("asked_to_act", {**where, "now": now}),)
    if rows["asked_to_act"]:
        return Plan((), lambda _rows: Asked(relays=()))
    rows = yield (Query("insert_relay", columns(asking)),)
    if not rows["insert_relay"]:  # this very question, kept before
        return Plan((), lambda _rows: Asked(relays=()))
    question: int = rows["insert_relay"][-1]["id"]
    rows = yield (Query("insert_relay", columns(telling)),)
    origin: int = rows["insert_relay"][-1]["id"]
    kept = {"relay_id": question, "origin_id": origin, "sender_id": person.committee_id, **where}
    saves: Saves = [Save("insert_acting", {**kept, "until": asking.ends_at})]
    saves += _asks(question, asking)
    saves += _cards(question, asking, dict.fromkeys(asking.asked, NoticeKind.ASK), to)
    saves += _cards(origin, telling, {person.id: NoticeKind.UPDATE}, home)
    return Plan(saves, lambda given: Asked(relays=(question, origin), rows=_ids(saves, given)))


def _appointed(telling: Relay, roster: Roster) -> Generator[Sequence[Query], Rows, Plan[Asked]]:
    rows = yield (Query("insert_relay", columns(telling)),)
    if not rows["insert_relay"]:
        return Plan((), lambda _rows: Asked(relays=()))
    number: int = rows["insert_relay"][-1]["id"]
    where = {"committee_id": telling.committee_id, "person_id": telling.about_id or 0}
    span = {"acting_since": telling.starts_at, "acting_until": telling.ends_at, "acting_of": None}
    saves: Saves = [
        Save("set_acting", {**where, **span}, expect=1),
        accounts.revised(telling.committee_id),
        *_cards(number, telling, {telling.about_id or 0: NoticeKind.NUDGE}, roster),
    ]
    return Plan(saves, lambda given: Asked(relays=(number,), rows=_ids(saves, given)))


def _ended(
    committee_id: int, person_id: int, now: Micros
) -> Generator[Sequence[Query], Rows, Plan[tuple[int, ...]]]:
    where = {"committee_id": committee_id, "person_id": person_id}
    rows = yield (Query("person_here", where),)
    home = rows["person_here"][0]["acting_of"] if rows["person_here"] else None
    rows = yield (Query("acting_relays_of", {**where, "home": home}),)
    numbers = [row["id"] for row in rows["acting_relays_of"]]
    rows = yield [
        Query("acting_of_relay", {"relay_id": number, "committee_id": committee_id}) for number in numbers
    ]
    saves: Saves = [Save("stop_acting", {**where, "now": now}), accounts.revised(committee_id)]
    asked = [_read(row) for row in rows.get("acting_of_relay", ())]
    for number in numbers:
        saves += _over(number, committee_id, now, NoticeKind.NUDGE)
    for each in asked:
        saves += _over(each.origin_id, each.sender_id, now, NoticeKind.NUDGE)
        saves.append(_because(each, Ending.ENDED))
    return Plan(saves, lambda given: _ids(saves, given))


def _withdrawn(asked: Acting, now: Micros) -> Generator[Sequence[Query], Rows, Plan[tuple[int, ...]]]:
    yield ()
    saves: Saves = [
        *_over(asked.relay_id, asked.committee_id, now, NoticeKind.UPDATE),
        *_over(asked.origin_id, asked.sender_id, now, NoticeKind.UPDATE),
        _because(asked, Ending.WITHDRAWN),
    ]
    return Plan(saves, lambda given: _ids(saves, given))


class _Answering:
    """One answer on its way. `steps` are to be run once; ask for them again to repeat it."""

    def __init__(self, committee_id: int, relay_id: int, by: int, now: Micros, vault: Vault) -> None:
        self._where = {"committee_id": committee_id}
        self._committee_id = committee_id
        self._relay_id = relay_id
        self._by = by
        self._now = now
        self._vault = vault

    def steps(self, rule: Rule) -> _Steps:
        """Read what was asked, let the rule answer it, and keep what follows."""
        of = {**self._where, "relay_id": self._relay_id}
        one = {**self._where, "id": self._relay_id}
        rows = yield (
            Query("relay_by_id", one),
            Query("asks_of_relay", one),
            Query("acting_of_relay", of),
            Query("committee_by_id", self._where),
        )
        if not (rows["relay_by_id"] and rows["acting_of_relay"]):
            raise UnknownRelayError
        asked, key = _read(rows["acting_of_relay"][0]), rows["acting_of_relay"][0]["sender_key"]
        relay = read_relays(rows, "relay_by_id", "asks_of_relay")[0]
        home = {"committee_id": asked.sender_id, "person_id": asked.person_id}
        rows = yield (Query("person_here", home), accounts.chats_of(asked.sender_id, asked.person_id))
        person = people.person(rows["person_here"][0])
        ruling = rule(relay, asked, person)
        if ruling.state is None:
            return Plan((), lambda _rows: Ruled(ruling=ruling))
        saves = self._ruled(ruling, asked)
        if ruling.state is RelayState.TAKEN:
            key = acting.guest_key(key, person.key)
            saves += yield from guests.let_in(asked, person, key, rows, self._now, self._vault)
        saves += self._told(asked)
        return losses.told(Plan(saves, lambda given: Ruled(ruling=ruling, rows=_ids(saves, given))))

    def _ruled(self, ruling: Ruling, asked: Acting) -> Saves:
        state = {"state": (ruling.state or RelayState.OVER).value, "at": self._now}
        mine = {"relay_id": asked.relay_id, "committee_id": asked.committee_id, "person_id": self._by}
        theirs = {
            "relay_id": asked.origin_id,
            "committee_id": asked.sender_id,
            "person_id": asked.person_id if ruling.state is RelayState.TAKEN else None,
        }
        return [
            Save("rule_acting", {**state, **mine}, expect=1),
            Save("rule_acting", {**state, **theirs}),
            _because(asked, ruling.ending),
        ]

    def _told(self, asked: Acting) -> Saves:
        """Once they are of the committee, so that they have the card there as well."""
        desk = _owing(asked.relay_id, asked.committee_id, "ruled", self._now, NoticeKind.UPDATE)
        home = _owing(asked.origin_id, asked.sender_id, "ruled", self._now, NoticeKind.NUDGE)
        return [*desk, *home]


def _asks(number: int, relay: Relay) -> Iterator[SaveMany]:
    rows: list[Params] = [
        {
            "relay_id": number,
            "position": position,
            "committee_id": relay.committee_id,
            "person_id": person,
            "asked_at": relay.made_at,
        }
        for position, person in enumerate(relay.asked)
    ]
    if rows:
        yield SaveMany("insert_relay_ask", rows)


def _cards(
    number: int, relay: Relay, told: dict[int, NoticeKind], roster: Roster
) -> Iterator[Save | SaveMany]:
    kept = replace(relay, id=number)
    return owing(kept, relays.owed(kept, told, roster, relay.made_at), relay.made_at)


def _over(relay_id: int, committee_id: int, now: Micros, kind: NoticeKind) -> Iterator[Save]:
    yield Save("close_acting", {"relay_id": relay_id, "committee_id": committee_id, "at": now})
    yield from _owing(relay_id, committee_id, "over", now, kind)


def _owing(relay_id: int, committee_id: int, word: str, now: Micros, kind: NoticeKind) -> Iterator[Save]:
    owed = f"relay {relay_id} {word}"
    where = {"relay_id": relay_id, "committee_id": committee_id, "owed": owed, "at": now}
    yield Save("owe_acting", {**where, "kind": kind.value, "wakes": int(kind.wakes)})
    yield Save(outbox.OWED, {"cause": owed})


def _because(asked: Acting, ending: Ending) -> Save:
    where = {"relay_id": asked.relay_id, "committee_id": asked.committee_id}
    return Save("end_acting_because", {**where, "ending": ending.value})


def _ids(saves: Saves, given: Sequence[Sequence[Row]]) -> tuple[int, ...]:
    found = zip(saves, given, strict=True)
    return tuple(row["id"] for save, rows in found if save.name == outbox.OWED for row in rows)


def _read(row: Row) -> Acting:
    return Acting(
        relay_id=row["relay_id"],
        committee_id=row["committee_id"],
        committee=row["committee"],
        sender_id=row["sender_id"],
        sender=row["sender"],
        person_id=row["person_id"],
        who=row["who"],
        origin_id=row["origin_id"],
        until=row["until"],
        state=RelayState(row["state"]),
        ending=Ending(row["ending"]),
    )

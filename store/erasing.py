"""The store's part about forgetting people: words and addresses go, numbers stay.

One transaction each: whoever is to be forgotten is forgotten whole, or not at all and told why. When it has
to wait is decided in `dispatch.leaving`.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from dispatch import acting, leaving
from dispatch.errors import UnknownPersonError
from dispatch.leaving import GONE, GoneAlreadyError, Hands, Hindrance, StillNeededError
from dispatch.moments import Micros
from store import accounts, people, rounds
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, SaveMany
from store.part import Part
from store.words import pack, unpack

_PERSON = (
    "erase_matrix_rooms",
    "erase_applications",
    "erase_devices",
    "erase_owed",
    "erase_families",
    "erase_cards",
    "erase_application_cards",
    "erase_relay_cards",
    "erase_picture_messages",
    "erase_wanted_pictures",
    "erase_addresses",
    "erase_link_codes",
    "erase_whereabouts",
    "erase_ladder",
    "erase_people_groups",
    "erase_group_members",
    "erase_waiting",
    "erase_ledger",
)
"""In this order: what is found by an address before the addresses."""

_TIMED = frozenset({"erase_applications", "erase_owed", "erase_wanted_pictures"})
"""Those that end something, and say when."""

_RESIDENT = (
    "erase_pictures_about",
    "erase_notes_about",
    "erase_transfers_about",
    "drop_pictures_of_care_of",
    "erase_care_about",
    "erase_medicines_about",
    "let_go_of_families",
    "end_families_of",
    "erase_stops_about",
    "erase_doors_about",
    "erase_said_about",
)
"""What was said in jobs about them; by the last one the jobs are found."""


class Erasing(Part):
    """What `dispatch.leaving.Subjects` promises of forgetting."""

    async def forget_person(self, committee_id: int, key: str, now: Micros) -> int:
        """See `Subjects.forget_person`."""
        return await self._insist(
            lambda: _person(committee_id, key, now, self._vault), hold=people.hold(committee_id)
        )

    async def forget_resident(self, committee_id: int, key: str) -> int:
        """See `Subjects.forget_resident`."""
        return await self._insist(
            lambda: _resident(committee_id, key, self._vault), hold=people.hold(committee_id)
        )


def _person(
    committee_id: int, key: str, now: Micros, vault: Vault
) -> Generator[Sequence[Query], Rows, Plan[int]]:
    rows = yield (
        Query("person_of_key", {"committee_id": committee_id, "key": key}),
        *people.roster_of(committee_id),
    )
    if not rows["person_of_key"]:
        raise UnknownPersonError
    person = int(rows["person_of_key"][0]["id"])
    if key == f"{GONE}{person}":
        raise GoneAlreadyError
    roster = acting.at(people.read_roster(rows), now)
    found = yield (Query("people_erased", {"committee_id": committee_id, "person_id": person}),)
    selves = found["people_erased"]
    hands = yield [
        Query("work_in_hand", {"committee_id": each["committee_id"], "person_id": each["id"]})
        for each in selves
    ]
    acts = any((each["acting_since"] or 0) <= now < (each["acting_until"] or 0) for each in selves)
    leaving.check(roster, person, _hands(hands["work_in_hand"]), now, acts=acts)
    saves: list[Save | SaveMany] = []
    language = roster.committee.language
    for each in selves:
        saves += _erased(each["committee_id"], each["id"], language, now)
        saves += yield from _unlogged(each["committee_id"], "people", each["key"], each["id"], vault)
    return Plan(saves, lambda _rows: person)


def _hands(rows: Sequence[Row]) -> Sequence[Hands]:
    return [Hands(job_id=row["job_id"], claim=bool(row["claim"])) for row in rows]


def _erased(committee_id: int, person_id: int, language: str, now: Micros) -> Iterator[Save]:
    where = {"committee_id": committee_id, "person_id": person_id}
    for name in _PERSON:
        yield Save(name, {**where, "at": now} if name in _TIMED else where)
    yield Save("erase_people", {**where, "language": language}, expect=1)
    yield accounts.revised(committee_id)


def _resident(committee_id: int, key: str, vault: Vault) -> Generator[Sequence[Query], Rows, Plan[int]]:
    where = {"committee_id": committee_id, "key_index": vault.index("resident", key)}
    rows = yield (Query("resident_by_key", where),)
    if not rows["resident_by_key"]:
        raise UnknownPersonError
    resident = int(rows["resident_by_key"][0]["id"])
    about = {"committee_id": committee_id, "resident_id": resident}
    rows = yield (Query("open_jobs_about", about),)
    if open_jobs := [row["job_id"] for row in rows["open_jobs_about"]]:
        raise StillNeededError(why=Hindrance.OPEN_JOBS.value, jobs=leaving.told(open_jobs))
    saves: list[Save | SaveMany] = [Save(name, about) for name in _RESIDENT]
    saves.append(Save("erase_residents", about, expect=1))
    saves += yield from _unscoped(committee_id, key, vault)
    saves += yield from _unlogged(committee_id, "residents", key, resident, vault)
    return Plan(saves, lambda _rows: resident)


def _unscoped(
    committee_id: int, key: str, vault: Vault
) -> Generator[Sequence[Query], Rows, Sequence[SaveMany]]:
    """Rounds go to them no more."""
    rows = yield (Query("care_of", {"committee_id": committee_id}),)
    changed = []
    for row in rows["care_of"]:
        scope = rounds.read_scope(row["scope"], vault)
        if scope is not None and key in scope.residents:
            left = replace(scope, residents=tuple(each for each in scope.residents if each != key))
            sealed = vault.seal(rounds.pack_scope(left))
            changed.append({"id": row["id"], "committee_id": committee_id, "scope": sealed})
    return [SaveMany("save_scope", changed)] if changed else []


def _unlogged(
    committee_id: int, table: str, key: str, number: int, vault: Vault
) -> Generator[Sequence[Query], Rows, Sequence[SaveMany]]:
    """The register's log without their key: that an entry changed stays, and which fields."""
    rows = yield (Query("register_log_about", {"committee_id": committee_id, "about": table}),)
    changed = []
    for row in rows["register_log_about"]:
        if row["committee_id"] != committee_id:
            continue  # of the one before: they were guests elsewhere
        detail = unpack(vault.unseal(row["detail"]))
        after = [[f"{GONE}{number}" if entry[0] == key else entry[0], *entry[1:]] for entry in detail]
        if after != detail:
            sealed = vault.seal(pack(after))
            changed.append({"id": row["id"], "committee_id": committee_id, "detail": sealed})
    return [SaveMany("save_log_detail", changed)] if changed else []

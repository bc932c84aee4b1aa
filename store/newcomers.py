"""The store's part about people who are new: that somebody vouches for them, what more they bring, the codes
by which they link another account, and the posters that led them here.

Codes and whoever types them are kept as keyed hashes. What is decided is none of this module's business.
"""

from collections.abc import Generator, Iterator, Sequence

from dispatch import linking
from dispatch.errors import CodeTriedTooOftenError, CodeWrongError, UnknownPersonError
from dispatch.importing import Act, Change
from dispatch.joining import Offering
from dispatch.moments import Micros
from dispatch.people import Person
from store import accounts, groups, people, register_log
from store.crypto import Vault
from store.engine import Plan, Query, Rows, Save
from store.part import Part
from store.words import join, pack

_CODE, _WHO = "link code", "link try"
"""What the keyed hashes are of."""


class Newcomers(Part):
    """What `dispatch.vouching.Vouching` and `dispatch.linking.Linking` promise."""

    async def vouch(self, committee_id: int, person_id: int, by: int, now: Micros) -> bool:
        """See `Vouching.vouch`."""

        def steps() -> Generator[Sequence[Query], Rows, Plan[bool]]:
            where = {"committee_id": committee_id, "person_id": person_id}
            rows = yield (Query("person_by_id", where),)
            if not rows["person_by_id"]:
                raise UnknownPersonError
            person = people.person(rows["person_by_id"][0])
            if person.trusted:
                return Plan((), lambda _rows: False)
            change = Change(
                table="people", key=person.key, name=person.name, act=Act.CHANGED, fields=("trusted",)
            )
            log = register_log.written([change], committee_id, by, now, self._vault)
            saves = (Save("set_trusted", where, expect=1), accounts.revised(committee_id), *log)
            return Plan(saves, lambda _rows: True)

        return await self._insist(steps, hold=people.hold(committee_id))

    async def bring(self, committee_id: int, person_id: int, offering: Offering) -> bool:
        """See `Vouching.bring`."""
        return await self._insist(
            lambda: _brought(committee_id, person_id, offering), hold=people.hold(committee_id)
        )

    async def replace_posters(self, committee_id: int) -> None:
        """See `Vouching.replace_posters`."""
        save = Save("raise_poster_epoch", {"committee_id": committee_id}, expect=1)
        await self._write(save)

    async def keep_link_code(self, person: Person, code: str, now: Micros) -> None:
        """See `Linking.keep_link_code`."""
        columns = {
            "person_id": person.id,
            "committee_id": person.committee_id,
            "code_index": self._vault.mark(_CODE, code),
            "until": now + linking.LASTS,
        }
        saves = (Save("forget_link_codes", {"now": now}), Save("keep_link_code", columns))
        await self._write(*saves)

    async def link_owner(self, code: str, who: str, most: int, now: Micros) -> tuple[int, int]:
        """See `Linking.link_owner`."""
        tried = {"who": self._vault.mark(_WHO, who)}
        since = now - linking.LASTS
        index = self._vault.mark(_CODE, linking.plain(code) or "none")

        def steps() -> Generator[Sequence[Query], Rows, Plan[tuple[int, int] | None]]:
            rows = yield (
                Query("link_tries", {**tried, "since": since}),
                Query("link_code", {"code_index": index, "now": now}),
            )
            if rows["link_tries"][0]["tries"] >= most:
                raise CodeTriedTooOftenError
            if not rows["link_code"]:
                kept = Save("keep_link_try", {**tried, "at": now})
                return Plan((Save("forget_link_tries", {"since": since}), kept), lambda _rows: None)
            found = rows["link_code"][0]
            owner = (int(found["committee_id"]), int(found["person_id"]))
            return Plan((), lambda _rows: owner)

        owner = await self._insist(steps)
        if owner is None:
            raise CodeWrongError
        return owner

    async def spend_link_code(self, code: str, now: Micros) -> bool:
        """See `Linking.spend_link_code`."""
        spent = Query("spend_link_code", {"code_index": self._vault.mark(_CODE, code), "now": now})

        def steps() -> Generator[Sequence[Query], Rows, Plan[bool]]:
            rows = yield (spent,)
            found = bool(rows["spend_link_code"])
            return Plan((), lambda _rows: found)

        return await self._insist(steps, repeatable=False)


def spent(code: str, now: Micros, vault: Vault) -> Sequence[Save]:
    """The code counts no more; a work that comes too late for it is undone."""
    return (Save("spend_link_code", {"code_index": vault.mark(_CODE, code), "now": now}, expect=1),)


def _brought(
    committee_id: int, person_id: int, offering: Offering
) -> Generator[Sequence[Query], Rows, Plan[bool]]:
    where = {"committee_id": committee_id, "person_id": person_id}
    rows = yield (
        Query("person_by_id", where),
        *(Query(name, {"committee_id": committee_id}) for name in groups.TABLES),
    )
    if not rows["person_by_id"]:
        raise UnknownPersonError
    person = people.person(rows["person_by_id"][0])
    found = groups.read(rows, (person.id,)).values()
    known = Offering(
        skills=person.skills,
        vehicle=person.vehicle,
        speaks=person.speaks,
        hours=person.hours,
        groups=frozenset(each.key for each in found if person.id in each.members),
    )
    after = known.with_more(offering)
    saves = list(_saves(person, known, after, {each.key: each.id for each in found}))
    return Plan(saves, lambda _rows: bool(saves))


def _saves(person: Person, known: Offering, after: Offering, ids: dict[str, int]) -> Iterator[Save]:
    new = [ids[key] for key in sorted(after.groups - known.groups) if key in ids]
    if after == known or (not new and after == known.with_more(Offering(groups=after.groups))):
        return
    where = {"committee_id": person.committee_id, "person_id": person.id}
    columns = {
        "skills": pack(sorted(after.skills)),
        "vehicle": after.vehicle,
        "speaks": join(after.speaks),
        "hours": after.hours,
    }
    yield Save("set_offering", {**where, **columns}, expect=1)
    for group in new:
        yield Save("add_group_member", {**where, "group_id": group})
    yield accounts.revised(person.committee_id)

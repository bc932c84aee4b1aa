"""The store's part about family of residents: their links as rows, the name of the contact sealed.

A link counts as long as its resident and its contact are in the register. One that ended leaves no row, and
an account that was tied by it alone is forgotten with it. Who may make one is none of this module's business.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from dispatch import telling
from dispatch.errors import AccountTakenError, LinkRevokedError, UnknownPersonError
from dispatch.events import NoticeKind
from dispatch.jobs import Job, JobStatus
from dispatch.joining import Account
from dispatch.moments import Micros
from dispatch.people import SMS, Address
from dispatch.residents import ContactKind
from dispatch.situation import Decision
from dispatch.telling import Family, Linked, Ticket, Told, WantedLink
from store import accounts, jobs, outbox, people, residents
from store.attempts import insist
from store.crypto import Vault
from store.engine import Params, Plan, Query, Row, Rows, Save, stepwise
from store.part import Part

_ENDED = ("forget_family_room", "forget_family_account")
"""What follows where a link of an address ended, in this order."""


class FamilyRows(Part):
    """What `dispatch.telling.Families` promises."""

    async def family_contacts(self, committee_id: int, resident: str) -> tuple[Linked, ...]:
        """See `Families.family_contacts`."""

        def steps() -> Generator[Sequence[Query], Rows, Plan[tuple[Linked, ...]]]:
            row = yield from _resident(committee_id, resident, self._vault)
            made = yield from _made(committee_id, row, self._vault)
            found = [
                Linked(name=name, phone=bool(phone), family=made.get(name))
                for name, phone in _numbers(row["contacts"], self._vault).items()
            ]
            found.append(Linked(name=telling.OWN, family=made.get(telling.OWN)))
            return Plan((), lambda _rows: tuple(found))

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def make_family_link(self, wanted: WantedLink, now: Micros) -> Family:
        """See `Families.make_family_link`."""
        return await self._insist(
            lambda: _making(wanted, now, self._vault), hold=people.hold(wanted.committee_id)
        )

    async def family(self, ticket: Ticket) -> Family:
        """See `Families.family`."""
        found = counting(await self._engine.read(_by_ticket(ticket)), self._vault)
        return _of_ticket(found, ticket)

    async def tie_family(self, ticket: Ticket, account: Account, now: Micros) -> Family:
        """See `Families.tie_family`."""
        return await self._insist(
            lambda: _tied(ticket, account, now, self._vault), hold=people.hold(ticket[0])
        )

    async def number_of_family(self, address: Address) -> str | None:
        """See `Families.number_of_family`."""
        where = {"committee_id": address.committee_id, "address_id": address.id}
        for row in await self._engine.read(Query("family_at_address", where)):
            return _number(row, self._vault)
        return None

    async def sms_to(self, committee_id: int, number: str, since: Micros) -> int:
        """See `Families.sms_to`."""
        where = {"committee_id": committee_id}

        def steps() -> Generator[Sequence[Query], Rows, Plan[int]]:
            rows = yield (Query("families_by_sms", where),)
            theirs = [
                row["address_id"]
                for row in rows["families_by_sms"]
                if telling.international(_number(row, self._vault) or "") == number
            ]
            if not theirs:
                return Plan((), lambda _rows: 0)
            lately = {**where, "since": since}
            rows = yield [Query("sms_of_family", {**lately, "address_id": each}) for each in theirs]
            sent = sum(int(row["sent"]) for row in rows["sms_of_family"])
            return Plan((), lambda _rows: sent)

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def families_at(self, account: Account) -> tuple[Family, ...]:
        """See `Families.families_at`."""
        where = {"platform": account.platform, "value": account.value}
        return counting(await self._engine.read(Query("families_at", where)), self._vault)

    async def family_of_job(self, committee_id: int, job_id: int, address_id: int) -> Family | None:
        """See `Families.family_of_job`."""
        found = counting(await self._engine.read(_of_job(committee_id, job_id)), self._vault)
        return next((each for each in found if each.address and each.address.id == address_id), None)

    async def end_family(self, family: Family) -> None:
        """See `Families.end_family`."""
        where = {"id": family.id, "committee_id": family.committee_id, "mark": family.mark}
        saves = [Save("end_family", where)]
        if family.address is not None:
            saves += _let_go(family.committee_id, family.address.id)
        await self._write(*saves)

    async def told_family(self, committee_id: int, job_id: int) -> Told:
        """See `Families.told_family`."""
        cause = {"committee_id": committee_id, "cause": telling.cause(job_id)}

        def steps() -> Generator[Sequence[Query], Rows, Plan[Told]]:
            rows = yield (_of_job(committee_id, job_id), Query("told_of_job", cause))
            owed = [row["status"] for row in rows["told_of_job"]]
            ahead = [
                None
                for row in rows["families_of_job"]
                if row["status"] is None
                and row["job_status"] != JobStatus.CLOSED
                and _counts(row, self._vault)
            ]
            return Plan((), lambda _rows: telling.standing([*owed, *ahead]))

        return await insist(self._engine.look, lambda: stepwise(steps()))

    async def news(self, family: Family, since: Micros) -> Sequence[Job]:
        """See `Families.news`."""
        where = {"committee_id": family.committee_id, "resident_id": family.resident_id}
        limits = {"since": since, "limit": telling.MOST_NEWS}
        rows = await self._engine.read(Query("news_of_resident", {**where, **limits}))
        return [jobs.read(row, self._vault) for row in rows]


def owed(decision: Decision) -> Iterator[Save]:
    """What the family is owed because of a decision; the second one gives ids, as `outbox.OWED` does."""
    if decision.tells:
        job, cause = decision.after.job, telling.cause(decision.after.job.id)
        where = {"committee_id": job.committee_id, "job_id": job.id, "cause": cause}
        columns = {**where, "kind": NoticeKind.TOLD.value, "created_at": decision.events[-1].at}
        yield Save("owe_families", columns)
        yield Save(outbox.OWED, {"cause": cause})


def of_resident(committee_id: int, resident_id: int) -> Query:
    """Every link of a resident."""
    return Query("families_of", {"committee_id": committee_id, "resident_id": resident_id})


def _let_go(committee_id: int, address_id: int) -> list[Save]:
    where = {"committee_id": committee_id, "address_id": address_id}
    return [Save(name, where) for name in _ENDED]


def _of_job(committee_id: int, job_id: int) -> Query:
    where = {"committee_id": committee_id, "job_id": job_id}
    return Query("families_of_job", {**where, "cause": telling.cause(job_id)})


def _by_ticket(ticket: Ticket) -> Query:
    return Query("family_by_id", {"committee_id": ticket[0], "id": ticket[1]})


def _of_ticket(found: Sequence[Family], ticket: Ticket) -> Family:
    """Raises `LinkRevokedError`."""
    if not found or found[0].mark != ticket[2]:
        raise LinkRevokedError
    return found[0]


def _making(wanted: WantedLink, now: Micros, vault: Vault) -> Generator[Sequence[Query], Rows, Plan[Family]]:
    row = yield from _resident(wanted.committee_id, wanted.resident, vault)
    if wanted.name not in (telling.OWN, *_names(row, vault)):
        raise UnknownPersonError
    made = yield from _made(wanted.committee_id, row, vault)
    if wanted.name in made:
        return Plan((), lambda _rows: made[wanted.name])
    new = Family(
        id=0,
        committee_id=wanted.committee_id,
        resident_id=row["id"],
        mark=wanted.mark,
        name=wanted.name,
        language=wanted.language,
        made_at=now,
    )
    columns: Params = {
        "committee_id": new.committee_id,
        "resident_id": new.resident_id,
        "mark": new.mark,
        "name": vault.seal(new.name),
        "language": new.language,
        "made_at": now,
    }
    save = Save("insert_family", columns, expect=1)
    return Plan((save,), lambda given: replace(new, id=given[0][0]["id"]))


def _tied(
    ticket: Ticket, account: Account, now: Micros, vault: Vault
) -> Generator[Sequence[Query], Rows, Plan[Family]]:
    rows = yield (_by_ticket(ticket), accounts.here(ticket[0], account))
    family = _of_ticket(counting(rows["family_by_id"], vault), ticket)
    if family.address is not None:
        if (family.address.platform, family.address.value) == (account.platform, account.value):
            return Plan((), lambda _rows: family)
        if family.address.platform != SMS or account.platform == SMS:
            raise LinkRevokedError
    was = 0 if family.address is None else family.address.id
    here = rows["account_here"][0] if rows["account_here"] else None
    if here is not None and here["audience"] is not None:
        raise AccountTakenError  # a room: many read there
    where = {"id": family.id, "committee_id": family.committee_id, "linked_at": now, "was": was}
    if here is not None and here["person_id"] is not None:
        row = here
    else:
        noted = {"committee_id": ticket[0], "platform": account.platform, "value": account.value}
        rows = yield (Query("note_family", {**noted, "language": family.language}),)
        row = rows["note_family"][0]
    address = people.address(row, row["id"])
    saves = [Save("tie_family", {**where, "address_id": address.id}, expect=1)]
    if was:
        moved = {"committee_id": ticket[0], "was": was, "address_id": address.id, "now": now}
        saves += [Save("move_told", moved), *_let_go(ticket[0], was)]
    return Plan(saves, lambda _rows: replace(family, linked_at=now, address=address))


def _resident(committee_id: int, key: str, vault: Vault) -> Generator[Sequence[Query], Rows, Row]:
    where = {"committee_id": committee_id, "key_index": vault.index("resident", key)}
    rows = yield (Query("resident_by_key", where),)
    found = [row for row in rows["resident_by_key"] if row["active"]]
    if not found:
        raise UnknownPersonError
    return found[0]


def _made(
    committee_id: int, resident: Row, vault: Vault
) -> Generator[Sequence[Query], Rows, dict[str, Family]]:
    rows = yield (of_resident(committee_id, resident["id"]),)
    found = (_read(row, vault) for row in rows["families_of"])
    return {each.name: each for each in found}


def _names(resident: Row, vault: Vault) -> Sequence[str]:
    return tuple(_numbers(resident["contacts"], vault))


def _numbers(contacts: str | None, vault: Vault) -> dict[str, str]:
    """Family by their name, with the first number of each."""
    found: dict[str, str] = {}
    for each in residents.read_contacts(contacts, vault):
        if each.kind is ContactKind.FAMILY:
            found[each.name] = found.get(each.name) or each.phone
    return found


def _number(row: Row, vault: Vault) -> str | None:
    """The number of whoever the row is about; None where the register has them not."""
    return _numbers(row["contacts"], vault).get(vault.unseal(row["name"]))


def counting(rows: Sequence[Row], vault: Vault) -> tuple[Family, ...]:
    """Those links of which resident and contact are still in the register."""
    return tuple(_read(row, vault) for row in rows if _counts(row, vault))


def _counts(row: Row, vault: Vault) -> bool:
    return vault.unseal(row["name"]) in (telling.OWN, *_names(row, vault))


def _read(row: Row, vault: Vault) -> Family:
    return Family(
        id=row["id"],
        committee_id=row["committee_id"],
        resident_id=row["resident_id"],
        mark=row["mark"],
        name=vault.unseal(row["name"]),
        language=row["language"],
        made_at=row["made_at"],
        linked_at=row["linked_at"],
        address=None if row["address_id"] is None else people.address(row, row["address_id"]),
    )

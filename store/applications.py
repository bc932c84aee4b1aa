"""Applications as rows: kept, added to, decided on, and what the desk is owed about them.

The phone that an applicant gives is sealed like any other, and let go of when staff decline.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from dispatch import acting, joining
from dispatch.errors import (
    AccountTakenError,
    OwnApplicationError,
    TooManyApplicationsError,
    UnknownApplicationError,
)
from dispatch.events import NoticeKind, Owed
from dispatch.joining import Account, Application, Filed, Offering, Request, Verdict
from dispatch.moments import Micros
from dispatch.people import PAGE, Role, Roster
from store import accounts, losses, outbox, people, residents
from store.crypto import Vault
from store.engine import Params, Plan, Query, Row, Rows, Save, SaveMany
from store.words import join, pack, split, unpack

_KEPT = ("name", "building_id", "language", "decided_at", "decided_by", "person_id")
"""Fields that stand in their columns as they are."""


def last(committee_id: int, account: Account) -> Query:
    """The newest application of an account, decided or not."""
    where = {"platform": account.platform, "value": account.value}
    return Query("last_application", {"committee_id": committee_id, **where})


def by_id(committee_id: int, application_id: int) -> Query:
    """One application."""
    return Query("application_by_id", {"id": application_id, "committee_id": committee_id})


def read(row: Row, vault: Vault) -> Application:
    """The application that a row is, opened."""
    return Application(
        id=row["id"],
        committee_id=row["committee_id"],
        account=Account(platform=row["platform"], value=row["value"]),
        version=row["version"],
        name=row["name"],
        language=row["language"],
        created_at=row["created_at"],
        building_id=row["building_id"],
        phone=vault.unseal(row["phone"]),
        born=int(vault.unseal(row["born"]) or 0) or None,
        offering=Offering(
            skills=frozenset(unpack(row["skills"])),
            vehicle=row["vehicle"],
            speaks=split(row["speaks"]),
            hours=row["hours"],
            groups=split(row["group_keys"]),
        ),
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        person_id=row["person_id"],
        same_phone=row["same_phone"],
    )


def owed_ids(saves: Sequence[Save | SaveMany], given: Sequence[Sequence[Row]]) -> tuple[int, ...]:
    """Ids of the outbox rows that a plan's saves made."""
    found = (rows for save, rows in zip(saves, given, strict=True) if save.name == outbox.OWED)
    return tuple(row["id"] for rows in found for row in rows)


def settled(rows: Rows, person_id: int, now: Micros, vault: Vault) -> Iterator[Save | SaveMany]:
    """The account's open application (of `last` and `people.roster_of`) has become needless: its owner
    came with an invitation."""
    found = [read(row, vault) for row in rows["last_application"]]
    for before in found:
        if before.open:
            after = replace(before, version=before.version + 1, decided_at=now, person_id=person_id)
            roster = acting.at(people.read_roster(rows), now)
            yield _swap(before, after, vault)
            yield from _owed(after, joining.owed(after, roster, NoticeKind.UPDATE), now)


@dataclass(frozen=True, slots=True)
class Clerk:
    """The two units of work that move an application: filing it, and deciding on it."""

    vault: Vault
    now: Micros

    def file(self, request: Request) -> Generator[Sequence[Query], Rows, Plan[Filed]]:
        """Keep an application, or add to the open one; see `Store.apply`."""
        committee_id = request.committee_id
        rows = yield (
            accounts.here(committee_id, request.account),
            last(committee_id, request.account),
            *people.roster_of(committee_id),
        )
        if accounts.taken(rows["account_here"][0] if rows["account_here"] else None):
            raise AccountTakenError
        roster = acting.at(people.read_roster(rows), self.now)
        before = next((read(row, self.vault) for row in rows["last_application"]), None)
        if before is not None and before.approved and before.account.platform == PAGE:
            return Plan((), lambda _rows: Filed(application=before, changed=False))  # the very form again
        if before is None or not before.open:
            joining.check_again(before, self.now)
            return (yield from self._inserted(request, roster))
        after = joining.merged(before, request)
        if after == before:
            return Plan((), lambda _rows: Filed(application=before, changed=False))
        if joining.walks_in(after, roster):
            return (yield from self._let_in(before, after, roster, []))
        return self._saved(before, after, joining.owed(after, roster, NoticeKind.UPDATE), [])

    def decide(self, verdict: Verdict) -> Generator[Sequence[Query], Rows, Plan[Filed]]:
        """Approve or decline; see `Store.decide_application`."""
        committee_id = verdict.committee_id
        rows = yield (
            by_id(committee_id, verdict.application_id),
            Query("receipt_known", {"receipt": verdict.receipt}),
            *people.roster_of(committee_id),
        )
        if not rows["application_by_id"]:
            raise UnknownApplicationError
        before = read(rows["application_by_id"][0], self.vault)
        if not before.open or rows["receipt_known"]:
            return Plan((), lambda _rows: Filed(application=before, changed=False))
        after = replace(before, version=before.version + 1, decided_at=self.now, decided_by=verdict.by)
        roster = acting.at(people.read_roster(rows), self.now)
        saves = list(self._receipt(verdict))
        if not verdict.approve:
            after = replace(after, phone="", same_phone=None)
            told = yield from self._turned_away(before)
            owed = joining.owed(after, roster, NoticeKind.UPDATE, told)
            return self._saved(before, after, owed, saves)
        _check_another(rows, verdict.by)
        return (yield from self._let_in(before, after, roster, saves))

    def _let_in(
        self, before: Application, after: Application, roster: Roster, saves: list[Save | SaveMany]
    ) -> Generator[Sequence[Query], Rows, Plan[Filed]]:
        """Make the applicant somebody of the committee; where nobody decided it, its rule did."""
        person_id, address_id, made = yield from self._admitted(after, roster)
        kind = NoticeKind.APPLIED if after.decided_by is None else NoticeKind.UPDATE
        after = replace(after, decided_at=self.now, person_id=person_id)
        owed = joining.owed(after, roster, kind, address_id)
        return self._saved(before, after, owed, [*saves, *made, accounts.revised(after.committee_id)])

    def _inserted(self, request: Request, roster: Roster) -> Generator[Sequence[Query], Rows, Plan[Filed]]:
        since = self.now - joining.COUNTED
        where = {"committee_id": request.committee_id, "platform": request.account.platform}
        rows = yield (Query("waiting_applications", {**where, "since": since}),)
        if rows["waiting_applications"][0]["waiting"] >= joining.MOST_WAITING:
            raise TooManyApplicationsError
        blank = Application(
            id=0,
            committee_id=request.committee_id,
            account=request.account,
            version=0,
            name="",
            language=request.language,
            created_at=self.now,
        )
        new = joining.merged(blank, request)
        columns = {
            **_columns(new, self.vault),
            "committee_id": new.committee_id,
            "platform": new.account.platform,
            "value": new.account.value,
            "created_at": new.created_at,
        }
        rows = yield (Query("insert_application", columns),)
        after = replace(new, id=rows["insert_application"][0]["id"], version=1)
        if joining.walks_in(after, roster):
            return (yield from self._let_in(after, replace(after, version=2), roster, []))
        saves = list(_owed(after, joining.owed(after, roster, NoticeKind.APPLIED), self.now))
        return _filed(after, saves)

    def _admitted(
        self, application: Application, roster: Roster
    ) -> Generator[Sequence[Query], Rows, tuple[int, int, Sequence[Save | SaveMany]]]:
        """The person that the applicant becomes, the address that they are reached at, and what else is to be
        kept of them. An account that became somebody's meanwhile stays theirs."""
        committee_id, account = application.committee_id, joining.seat(application, roster.committee)
        rows = yield (accounts.here(committee_id, account),)
        standing = rows["account_here"][0] if rows["account_here"] else None
        if standing is not None and accounts.taken(standing):
            if standing["person_id"] is None:
                raise AccountTakenError
            if standing["person_id"] == application.decided_by:
                raise OwnApplicationError
            return standing["person_id"], standing["id"], ()
        rows = yield (Query("insert_person", _person(application, self.vault)),)
        person_id: int = rows["insert_person"][0]["id"]
        before = [Query(save.name, save.params) for save in accounts.handed_over(standing, person_id)]
        tied = Query("tie_address", accounts.columns(committee_id, person_id, account))
        rows = yield (*before, tied)
        losses.tell(rows.get(losses.UNREACH, ()))
        return person_id, rows["tie_address"][0]["id"], _members(application, roster, person_id)

    def _turned_away(self, application: Application) -> Generator[Sequence[Query], Rows, int | None]:
        """Where an applicant is told who is nobody's: an address that is switched off, so that nothing else
        goes there. None for an account that was somebody's, and for a page, which tells it when it is looked
        at."""
        if application.account.platform == PAGE:
            return None
        rows = yield (accounts.here(application.committee_id, application.account),)
        if not rows["account_here"]:
            rows = yield (accounts.noted(application.committee_id, application.account),)
            return int(rows["note_address"][0]["id"])
        standing = rows["account_here"][0]
        nobodys = standing["person_id"] is None and not standing["active"]
        return int(standing["id"]) if nobodys else None

    def _receipt(self, verdict: Verdict) -> Iterator[Save | SaveMany]:
        if verdict.receipt:
            kept = {"receipt": verdict.receipt, "committee_id": verdict.committee_id, "at": self.now}
            yield Save("insert_receipt", kept)

    def _saved(
        self, before: Application, after: Application, owed: Sequence[Owed], saves: list[Save | SaveMany]
    ) -> Plan[Filed]:
        return _filed(after, [*saves, _swap(before, after, self.vault), *_owed(after, owed, self.now)])


def _filed(after: Application, saves: Sequence[Save | SaveMany]) -> Plan[Filed]:
    return Plan(saves, lambda given: Filed(application=after, changed=True, rows=owed_ids(saves, given)))


def _swap(before: Application, after: Application, vault: Vault) -> Save:
    columns = {
        **_columns(after, vault),
        "id": after.id,
        "committee_id": after.committee_id,
        "old_version": before.version,
        "version": after.version,
    }
    return Save("save_application", columns, expect=1)


def _columns(application: Application, vault: Vault) -> dict[str, object]:
    offering = application.offering
    return {
        **{name: getattr(application, name) for name in _KEPT},
        **_brought(offering),
        "group_keys": join(offering.groups),
        "phone": vault.seal(application.phone),
        "phone_index": residents.phone_index(application.phone, vault),
        "born": vault.seal(str(application.born or "")),
    }


def _person(application: Application, vault: Vault) -> Params:
    """A volunteer whom nobody has vouched for yet."""
    return {
        "committee_id": application.committee_id,
        "key": joining.person_key(application),
        "name": application.name,
        "language": application.language,
        "roles": join([Role.VOLUNTEER.value]),
        "building_id": application.building_id,
        **_brought(application.offering),
        "phone": vault.seal(application.phone),
        "phone_index": residents.phone_index(application.phone, vault),
        "born": vault.seal(str(application.born or "")),
    }


def _brought(offering: Offering) -> Params:
    """As applications and people keep it alike."""
    return {
        "skills": pack(sorted(offering.skills)),
        "vehicle": offering.vehicle,
        "speaks": join(offering.speaks),
        "hours": offering.hours,
    }


def _members(application: Application, roster: Roster, person_id: int) -> Sequence[Save | SaveMany]:
    """The groups that they said they belong to, as far as there are any of these names."""
    found = [each.id for each in roster.groups.values() if each.key in application.offering.groups]
    where = {"committee_id": application.committee_id, "person_id": person_id}
    return [Save("add_group_member", {**where, "group_id": group}) for group in found]


def _check_another(rows: Rows, by: int) -> None:
    """Raise `OwnApplicationError` where the phone that the applicant gave is the decider's own."""
    given = rows["application_by_id"][0]["phone_index"]
    own = next((row["phone_index"] for row in rows["people_of"] if row["id"] == by), None)
    if given is not None and given == own:
        raise OwnApplicationError


def _owed(application: Application, rows: Sequence[Owed], now: Micros) -> Iterator[Save | SaveMany]:
    if not rows:
        return
    columns: list[Params] = [
        {
            "committee_id": application.committee_id,
            "application_id": application.id,
            "address_id": row.address_id,
            "cause": row.cause,
            "kind": row.kind.value,
            "wakes": int(row.kind.wakes),
            "urgent": int(row.urgent),
            "created_at": now,
        }
        for row in rows
    ]
    yield SaveMany("owe_application", columns)
    yield Save(outbox.OWED, {"cause": rows[0].cause})

"""Tying a chat account to a person who holds an invitation."""

from collections.abc import Generator, Sequence

from dispatch.errors import AccountTakenError, LinkRevokedError, SecondAccountError
from dispatch.joining import Account, Ticket
from dispatch.moments import Micros
from dispatch.people import Person
from store import accounts, applications, losses, people
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, SaveMany

Tied = tuple[Person, tuple[int, ...]]
"""The person, and ids of new outbox rows."""


def tie(
    ticket: Ticket, account: Account, now: Micros, vault: Vault, spent: Sequence[Save] = ()
) -> Generator[Sequence[Query], Rows, Plan[Tied]]:
    """Make the account an address of the person whom the ticket is for; see `Store.tie`.

    `spent` is what that costs."""
    committee_id, person_id, epoch = ticket
    rows = yield (
        Query("person_by_id", {"committee_id": committee_id, "person_id": person_id}),
        accounts.chats_of(committee_id, person_id),
        accounts.here(committee_id, account),
        applications.last(committee_id, account),
        *people.roster_of(committee_id),
    )
    if not rows["person_by_id"] or rows["person_by_id"][0]["link_epoch"] != epoch:
        raise LinkRevokedError
    person = people.person(rows["person_by_id"][0])
    standing = rows["account_here"][0] if rows["account_here"] else None
    if _is_already(standing, person):
        return Plan((), lambda _rows: (person, ()))
    chats = [row for row in rows["chats_of"] if row["platform"] == account.platform]
    if any(row["active"] for row in chats):
        raise SecondAccountError
    saves: list[Save | SaveMany] = [
        *accounts.released(chats, but=account.value),
        *accounts.handed_over(standing, person.id),
        Save("tie_address", accounts.columns(committee_id, person.id, account), expect=1),
        accounts.revised(committee_id),
        *applications.settled(rows, person.id, now, vault),
        *spent,
    ]
    return losses.told(Plan(saves, lambda given: (person, applications.owed_ids(saves, given))))


def _is_already(standing: Row | None, person: Person) -> bool:
    """It is theirs. Raises `AccountTakenError` when it is somebody else's."""
    if not accounts.taken(standing) or standing is None:
        return False
    if standing["person_id"] != person.id:
        raise AccountTakenError
    return bool(standing["active"])

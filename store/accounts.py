"""Chat accounts as rows: whose an account is in a committee, and what happens to one that changes hands."""

from collections.abc import Iterator, Sequence

from dispatch.joining import Account
from store import losses
from store.engine import Params, Query, Row, Save


def here(committee_id: int, account: Account) -> Query:
    """The account's row in this committee, if it has one."""
    where = {"platform": account.platform, "value": account.value}
    return Query("account_here", {"committee_id": committee_id, **where})


def chats_of(committee_id: int, person_id: int) -> Query:
    """Every account that a person has or had, on whatever platform."""
    return Query("chats_of", {"committee_id": committee_id, "person_id": person_id})


def noted(committee_id: int, account: Account) -> Query:
    """Keep the account of somebody who is not let in, as an address that is switched off."""
    where = {"platform": account.platform, "value": account.value}
    return Query("note_address", {"committee_id": committee_id, **where})


def taken(row: Row | None) -> bool:
    """It is the account of somebody who is still there. One that failed is still theirs; one that staff
    switched off, or whose owner left, is free. A room is nobody's to take."""
    if row is None:
        return False
    kept = row["active"] or row["failed_reason"] is not None
    return bool(kept and (row["person_id"] is None or row["owner_active"]))


def columns(committee_id: int, person_id: int, account: Account) -> Params:
    """The columns of `tie_address`."""
    where = {"committee_id": committee_id, "person_id": person_id}
    return {**where, "platform": account.platform, "value": account.value}


def handed_over(row: Row | None, person_id: int) -> Iterator[Save]:
    """The account had another owner: their cards are not the new one's to see or to have edited."""
    if row is not None and row["person_id"] != person_id:
        where = {"address_id": row["id"], "committee_id": row["committee_id"]}
        yield losses.unreached(row["id"], row["committee_id"])
        for name in ("forget_cards", "forget_application_cards"):
            yield Save(name, where)


def released(rows: Sequence[Row], *, but: str | None = None) -> Iterator[Save]:
    """Let go of a person's accounts (`but` this one): they stay off even when they are heard from again."""
    for row in rows:
        if row["value"] != but and (row["active"] or row["failed_reason"] is not None):
            yield losses.unreached(row["id"], row["committee_id"])
            yield Save("retire_address", {"id": row["id"], "committee_id": row["committee_id"]})
            # Whoever has the account by now is not told of somebody's mother.
            where = {"address_id": row["id"], "committee_id": row["committee_id"]}
            yield Save("end_families_at", where)


def revised(committee_id: int) -> Save:
    """Rosters that were remembered are out of date."""
    return Save("raise_revision", {"committee_id": committee_id})

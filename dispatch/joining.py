"""Somebody on the way in: an account of a chat, and what its owner said of themselves until staff decide.

Whoever holds an invitation needs no application. Nobody is ever taken for somebody of the committee because
a name or a phone number is the same: staff decide, and are told of the likeness.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dispatch.errors import DeclinedLatelyError
from dispatch.events import NoticeKind, Owed
from dispatch.moments import HOUR, Micros
from dispatch.people import PAGE, Committee, JoinRule, Person, Roster

REAPPLY_AFTER: Micros = 24 * HOUR
"""How long a declined account waits before it may ask again: staff sleep on it, and nobody is pestered."""

MOST_WAITING = 300
"""Applications of one platform that a committee has open, or had made within `COUNTED`: more than any night's
queue before a poster, and few enough for a desk to look through."""

COUNTED: Micros = 24 * HOUR

NAME_LIMIT = 40
"""Characters of an applicant's name: longer ones do not fit beside a button."""

Ticket: TypeAlias = tuple[int, int, int]
"""What an invitation holds: committee id, person id, link epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of a chat, as the platform calls it; whose it is, is another matter."""

    platform: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """What somebody brings, as the register names it; empty is what they did not say. `groups` are keys."""

    skills: frozenset[str] = frozenset()
    vehicle: str | None = None
    speaks: frozenset[str] = frozenset()
    hours: str = ""
    groups: frozenset[str] = frozenset()

    def with_more(self, more: "Offering") -> "Offering":
        """What was said before and what is said now; of what there can be one alone, the latter."""
        return Offering(
            skills=self.skills | more.skills,
            vehicle=more.vehicle or self.vehicle,
            speaks=self.speaks | more.speaks,
            hours=more.hours or self.hours,
            groups=self.groups | more.groups,
        )


NOTHING = Offering()
"""Nobody said anything of the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody says of themselves in one message; empty is what they did not say this time.

    `likely_name` is what their platform calls them: it stands until they say a name.
    """

    committee_id: int
    account: Account
    language: str
    name: str = ""
    likely_name: str = ""
    building_id: int | None = None
    phone: str = field(default="", repr=False)
    born: int | None = field(default=None, repr=False)
    offering: Offering = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is known of an applicant. `version` grows with every change.

    `person_id` is who they became; None while it is open, and when it was declined. `same_phone` is somebody
    of the committee whose phone is the one given: a hint for staff, nothing more.
    """

    id: int
    committee_id: int
    account: Account
    version: int
    name: str
    language: str
    created_at: Micros
    building_id: int | None = None
    phone: str = field(default="", repr=False)
    born: int | None = field(default=None, repr=False)
    offering: Offering = NOTHING
    decided_at: Micros | None = None
    decided_by: int | None = None
    person_id: int | None = None
    same_phone: int | None = None

    @property
    def open(self) -> bool:
        """Staff have not decided yet."""
        return self.decided_at is None

    @property
    def approved(self) -> bool:
        """The applicant is of the committee now."""
        return self.person_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody of the desk decides. `receipt` is unique to the tap: the same one again moves nothing."""

    committee_id: int
    application_id: int
    by: int
    approve: bool
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """An application as it stands after a unit of work; `rows` are ids of new outbox rows, for the bell.

    `changed` is False when nothing was new: said before, or decided before.
    """

    application: Application
    changed: bool
    rows: tuple[int, ...] = ()


def merged(known: Application, request: Request) -> Application:
    """The open application with what was said now; the same value when nothing is new."""
    told = replace(
        known,
        name=request.name or known.name or request.likely_name,
        building_id=known.building_id if request.building_id is None else request.building_id,
        phone=request.phone or known.phone,
        born=request.born or known.born,
        offering=known.offering.with_more(request.offering),
        language=request.language,
    )
    return known if told == known else replace(told, version=known.version + 1)


def check_again(last: Application | None, now: Micros) -> None:
    """Raise `DeclinedLatelyError` when staff declined this account within `REAPPLY_AFTER`."""
    if last is None or last.approved or last.decided_at is None:
        return
    if now - last.decided_at < REAPPLY_AFTER:
        raise DeclinedLatelyError


def walks_in(application: Application, roster: Roster) -> bool:
    """The committee lets everybody in who says who they are and where they live, without being asked."""
    said = bool(application.name) and (application.building_id is not None or not roster.buildings)
    return said and roster.committee.joining is JoinRule.AUTO


def by_rule(application: Application, person: Person | None) -> bool:
    """Nobody let them in but the committee's rule: they have no other way to be the person that they are."""
    let_in = application.approved and application.decided_by is None
    return let_in and person is not None and person.key == person_key(application)


def person_key(application: Application) -> str:
    """The key of the person that an approved applicant becomes: no file of a committee uses its like."""
    return f"joined-{application.id}"


def seat(application: Application, committee: Committee) -> Account:
    """The account that becomes an address: who applied on a page has none, and gets the page of their own."""
    if application.account.platform != PAGE:
        return application.account
    return Account(platform=PAGE, value=f"{committee.key}/{person_key(application)}")


def owed(
    application: Application, roster: Roster, kind: NoticeKind, applicant: int | None = None
) -> tuple[Owed, ...]:
    """What the desk is owed, by address, and the applicant's own address once it is decided on.

    Repeating is safe: cause and address are a unique key."""
    cause = f"application {application.id} v{application.version} card"
    desk = {address.id for person in roster.desk for address in roster.ways.get(person, ())}
    kinds = dict.fromkeys(sorted(desk), kind)
    if applicant is not None:
        kinds[applicant] = NoticeKind.WELCOMED if application.approved else NoticeKind.DECLINED
    return tuple(
        Owed(cause=cause, address_id=address, kind=each, urgent=False) for address, each in kinds.items()
    )

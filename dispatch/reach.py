"""Who cannot be reached, where and why: addresses that failed, pages that are closed, people without either.

Says nothing itself, and holds neither a number nor an account: what is told of it may be read by anybody of
the desk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dispatch.events import NoticeKind, Owed
from dispatch.moments import Micros
from dispatch.people import PAGE, RING, Address, Audience, Roster
from dispatch.situation import Situation

REFUSED_OFTEN = 3
"""Refusals after which something still owed counts as not having arrived: as often as it takes until the
person's next chat is used as well."""

_TRYING = "owed"
_ARRIVED = frozenset({"delivered", "unknown"})
"""What may have arrived is not called lost: whoever is named here is rung by somebody."""


class Reason(StrEnum):
    """Why somebody is not reached. Kept as a key; the sentence is made where it is read."""

    BLOCKED = "blocked"
    """They blocked the bot."""
    NOT_STARTED = "not_started"
    """They have never written to the bot, so it must not write to them."""
    NO_CHAT = "no_chat"
    """The platform knows no such chat, or none with the bot."""
    ACCOUNT_GONE = "account_gone"
    PUT_OUT = "put_out"
    """The bot is not in the group any more."""
    ROOM_GONE = "room_gone"
    REFUSED = "unreachable"
    """The platform refuses for good, in words that nobody has given a meaning yet."""
    NO_ANSWER = "no_answer"
    """It did not answer when it was last tried; it is tried again."""
    DECLINES = "declines"
    """The service said no when it was last tried; it is tried again, since nobody is left out of a call."""
    UNUSABLE = "unusable"
    """Nobody can read the address of the service: a slip in the committee's file."""
    PAGE_CLOSED = "page_closed"
    PAGE_UNOPENED = "page_unopened"
    NO_ADDRESS = "no_address"


_REASONS = {reason.value: reason for reason in Reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address with how it stands. `failed` is the key of a reason, None while it works; `open_until` is
    when a page was, or will be, open last."""

    address: Address
    failed: str | None = None
    failed_at: Micros | None = None
    open_until: Micros | None = None
    rings: bool = False
    """A browser of theirs rings although the page is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """What became of something that was owed to a person; `status` as the outbox keeps it."""

    person_id: int
    status: str
    tries: int
    created_at: Micros
    open_until: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A person, or a room (`person_id` None), not reached on a platform (empty: on none) for a reason.

    `instead` is the platform on which they are reached all the same."""

    reason: Reason
    platform: str = ""
    person_id: int | None = None
    audience: Audience | None = None
    since: Micros | None = None
    instead: str | None = None


def unreached(roster: Roster, ways: Iterable[Way], now: Micros) -> tuple[Unreached, ...]:
    """Rooms first, then people whom nothing reaches, then those who are reached elsewhere, then those who
    are reached when they look at their page; by name."""
    rooms: list[Unreached] = []
    owned: dict[int, list[Way]] = {person: [] for person in roster.people}
    for way in ways:
        if way.address.person_id is None:
            rooms += _failed((way,), None)
        elif way.address.person_id in owned:
            owned[way.address.person_id].append(way)
    people = [each for person, ways_to in owned.items() for each in _person(person, ways_to, now)]
    return (*rooms, *sorted(people, key=lambda each: (_rank(each), _name(each, roster))))


def missed(situation: Situation, sends: Iterable[Send]) -> tuple[int, ...]:
    """Ids of those asked or called for the job whom nothing has reached so far, in the order in which they
    were asked. Whoever answered was reached, however; what is under way still may arrive."""
    reached = {send.person_id for send in sends if _reached(send)} | _heard_from(situation)
    asked = dict.fromkeys(ask.person_id for ask in situation.asks)
    return tuple(person for person in asked if person in situation.roster.people and person not in reached)


def owed_to_desk(
    job_id: int, failed: Address, roster: Roster, others: Iterable[int] = ()
) -> tuple[Owed, ...]:
    """What the desk, and `others`, are owed when an address turned out not to work while something about a
    job was on its way there.

    Repeating is safe: cause and address are a unique key."""
    cause = f"job {job_id} unreached {failed.id}"
    addresses = {address.id for person in (*roster.desk, *others) for address in roster.ways.get(person, ())}
    return tuple(
        Owed(cause=cause, address_id=each, kind=NoticeKind.UPDATE, urgent=False) for each in sorted(addresses)
    )


def reason_of(key: str) -> Reason:
    """The reason that was kept under this key; REFUSED for one that no release knows any more."""
    return _REASONS.get(key, Reason.REFUSED)


def named(address: Address) -> str:
    """The platform of an address; of a service that rings, its own name, such as `bark`, and nothing more."""
    return address.value.partition(":")[0] if address.platform == RING else address.platform


def _person(person: int, ways: Sequence[Way], now: Micros) -> Iterator[Unreached]:
    working = [way for way in ways if way.failed is None]
    pages = [way for way in working if way.address.platform == PAGE]
    chats = [way.address for way in working if way.address.platform not in (PAGE, RING)]
    services = [way.address for way in working if way.address.platform == RING]
    other = next((named(address) for address in (*chats, *services)), None)
    opened = [way.open_until for way in pages if way.open_until is not None]
    rung = any(way.rings for way in pages) or any(until > now for until in opened)
    instead = other or (PAGE if rung else None)
    failed = [way for way in ways if way.failed is not None]
    if failed:
        yield from _failed(failed, instead)
    elif instead is None and opened:
        yield Unreached(person_id=person, platform=PAGE, reason=Reason.PAGE_CLOSED, since=max(opened))
    elif instead is None:
        reason = Reason.PAGE_UNOPENED if pages else Reason.NO_ADDRESS
        yield Unreached(person_id=person, platform=PAGE if pages else "", reason=reason)


def _failed(ways: Iterable[Way], instead: str | None) -> Iterator[Unreached]:
    for way in ways:
        if way.failed is not None:
            yield Unreached(
                person_id=way.address.person_id,
                audience=way.address.audience,
                platform=named(way.address),
                reason=reason_of(way.failed),
                since=way.failed_at,
                instead=instead,
            )


def _rank(each: Unreached) -> int:
    if each.platform in (PAGE, ""):
        return 2
    return 0 if each.instead is None else 1


def _name(each: Unreached, roster: Roster) -> tuple[str, int]:
    person = roster.people[each.person_id or 0]
    return person.name, person.id


def _reached(send: Send) -> bool:
    seen = send.open_until is not None and send.open_until >= send.created_at
    trying = send.status == _TRYING and send.tries < REFUSED_OFTEN
    return seen or trying or send.status in _ARRIVED


def _heard_from(situation: Situation) -> set[int]:
    calling = situation.job.calling
    answered = {ask.person_id for ask in situation.asks if ask.refused_at is not None}
    waiting = {each.person_id for each in situation.waiting}
    leader = set() if calling.acknowledged_by is None else {calling.acknowledged_by}
    return answered | waiting | leader | {claim.person_id for claim in situation.claims}

"""Whom a call rings how: the first way that a leader listed for this hour, and what comes after a refusal.

Pages and the first chat have the card in any case, since that is where one answers; a listed service rings
beside them. A refusal goes on to the next way at once. Silence is none of this module's business: whoever
does not answer is followed by the ladder's next rung.
"""

from collections.abc import Collection, Iterable, Iterator
from zoneinfo import ZoneInfo

from dispatch.events import NoticeKind
from dispatch.moments import Micros, to_datetime
from dispatch.people import PAGE, Address, Roster, Rung
from dispatch.ways import ListedWay

RINGING = frozenset({NoticeKind.HELP, NoticeKind.ALERT, NoticeKind.URGE})
"""What wakes somebody: a leader is called, or urged, and somebody must answer now."""


def in_force(roster: Roster, person: int, at: Micros) -> tuple[ListedWay, ...]:
    """The ways that somebody listed for this moment, in their order; none where they listed none."""
    listed = roster.waking.get(person, ())
    if not listed:
        return ()
    local = to_datetime(at).astimezone(ZoneInfo(roster.committee.timezone))
    minute = local.hour * 60 + local.minute
    return tuple(way for way in listed if way.hours is None or way.hours.hold(minute))


def chats(roster: Roster, person: int) -> tuple[Address, ...]:
    """A person's chats, in the order in which they are used."""
    return tuple(each for each in roster.addresses_of.get(person, ()) if each.platform != PAGE)


def rung_first(roster: Roster, person: int, at: Micros) -> int | None:
    """The address that a call rings at once, beside page and chat; None where a chat comes first, or nothing
    else is listed for this hour."""
    for way in in_force(roster, person, at):
        if way.address_id is not None:
            return way.address_id
        if chats(roster, person):
            return None
    return None


def order(roster: Roster, person: int, at: Micros) -> tuple[int, ...]:
    """Addresses through which a call goes while each refuses: what is listed for this hour, then the chats,
    which nobody is left without. Each once."""
    addresses = _addresses(roster, person, (*in_force(roster, person, at), ListedWay()))
    return tuple(dict.fromkeys(addresses))


def next_address(
    roster: Roster, person: int, kind: NoticeKind, had: Collection[int], at: Micros
) -> int | None:
    """Where to go on when an address did not take a notice; `had` are those that were owed it already."""
    ways = order(roster, person, at) if kind in RINGING else [each.id for each in chats(roster, person)]
    return next((address for address in ways if address not in had), None)


def proved(roster: Roster, person: int) -> tuple[int, ...]:
    """Addresses that a drill tries, whatever the hour: what the person listed, else their page and chats."""
    listed = roster.waking.get(person)
    if listed is None:
        return tuple(each.id for each in roster.addresses_of.get(person, ()))
    return tuple(dict.fromkeys(_addresses(roster, person, listed)))


def leaders(roster: Roster) -> tuple[int, ...]:
    """Everybody who may be called: on the ladder, on the rota, the last resort, and whoever listed ways."""
    ladder = [person for rung in Rung for person in roster.ladder.rungs.get(rung, ())]
    slots = () if roster.rota is None else roster.rota.slots
    rota = [person for slot in slots for person in slot.people]
    found = dict.fromkeys([*ladder, *rota, *roster.ladder.last_resort, *sorted(roster.waking)])
    return tuple(person for person in found if person in roster.people)


def _addresses(roster: Roster, person: int, ways: Iterable[ListedWay]) -> Iterator[int]:
    for way in ways:
        if way.address_id is not None:
            yield way.address_id
        else:
            yield from (each.id for each in chats(roster, person))

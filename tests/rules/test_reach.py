"""Who counts as unreached: by how each of their addresses stands, and by what became of what was sent."""

from dataclasses import replace

import pytest

from dispatch.moments import MINUTE
from dispatch.people import PAGE, Address, Audience
from dispatch.reach import REFUSED_OFTEN, Reason, Send, Unreached, Way, missed, reason_of, unreached
from dispatch.verbs import Verb
from handlers.gateways import Delivery
from tests.rules.builders import NOW, STAFF, Play, roster
from workers.patience import TRIES_BEFORE_NEXT

ROSTER = replace(roster(), people={1: roster().people[1]})
AGO, AHEAD = NOW - 3 * MINUTE, NOW + MINUTE


def way(
    platform: str, failed: Reason | None = None, *, person: int | None = 1, until: int | None = None
) -> Way:
    address = Address(
        id=7,
        committee_id=1,
        platform=platform,
        value="1001",
        person_id=person,
        audience=None if person else Audience.VOLUNTEERS,
    )
    key = None if failed is None else failed.value
    return Way(address=address, failed=key, failed_at=AGO if failed else None, open_until=until)


def told(platform: str, reason: Reason, since: int | None = None, instead: str | None = None) -> Unreached:
    return Unreached(person_id=1, platform=platform, reason=reason, since=since, instead=instead)


CHAT, OTHER = way("telegram"), way("matrix")
BLOCKED, GONE = way("telegram", Reason.BLOCKED), way("matrix", Reason.ACCOUNT_GONE)
OPEN, SHUT, NEVER = way(PAGE, until=AHEAD), way(PAGE, until=AGO), way(PAGE)


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([CHAT], []),
        ([CHAT, NEVER], []),
        ([OPEN], []),
        ([SHUT, OPEN], []),
        ([], [told("", Reason.NO_ADDRESS)]),
        ([NEVER], [told(PAGE, Reason.PAGE_UNOPENED)]),
        ([SHUT], [told(PAGE, Reason.PAGE_CLOSED, AGO)]),
        ([SHUT, NEVER], [told(PAGE, Reason.PAGE_CLOSED, AGO)]),
        ([BLOCKED], [told("telegram", Reason.BLOCKED, AGO)]),
        ([BLOCKED, SHUT], [told("telegram", Reason.BLOCKED, AGO)]),
        ([BLOCKED, OTHER], [told("telegram", Reason.BLOCKED, AGO, "matrix")]),
        ([BLOCKED, OPEN], [told("telegram", Reason.BLOCKED, AGO, PAGE)]),
        ([BLOCKED, GONE], [told("telegram", Reason.BLOCKED, AGO), told("matrix", Reason.ACCOUNT_GONE, AGO)]),
    ],
)
def test_somebody_is_told_of_by_how_their_addresses_stand(ways: list[Way], expected: list[Unreached]) -> None:
    assert list(unreached(ROSTER, ways, NOW)) == expected


def test_a_page_that_was_just_closed_is_closed() -> None:
    assert unreached(ROSTER, [way(PAGE, until=NOW)], NOW)


def test_a_room_is_told_of_first_and_only_when_it_failed() -> None:
    room = way("telegram", Reason.PUT_OUT, person=None)
    first, second = unreached(ROSTER, [BLOCKED, room, way("telegram", person=None)], NOW)
    assert (first.person_id, first.audience, first.reason) == (None, Audience.VOLUNTEERS, Reason.PUT_OUT)
    assert second.person_id == 1


def test_somebody_who_left_is_not_told_of() -> None:
    assert unreached(replace(ROSTER, people={}), [BLOCKED], NOW) == ()


def test_whom_nothing_reaches_comes_before_who_is_reached_elsewhere_and_who_must_look() -> None:
    people = roster().people
    three = replace(ROSTER, people={each: people[each] for each in (1, 2, 3)})
    ways = [
        way(PAGE, person=1, until=AGO),
        way("telegram", Reason.BLOCKED, person=2),
        way("matrix", person=2),
    ]
    ways.append(way("telegram", Reason.BLOCKED, person=3))
    assert [each.person_id for each in unreached(three, ways, NOW)] == [3, 2, 1]


def test_a_reason_of_an_older_release_is_told_as_a_refusal() -> None:
    assert reason_of("removed from the group") is Reason.REFUSED
    assert [reason_of(each.value) for each in Reason] == list(Reason)


def send(person: int, status: str, *, tries: int = 0, until: int | None = None) -> Send:
    return Send(person_id=person, status=status, tries=tries, created_at=NOW, open_until=until)


@pytest.mark.parametrize(
    ("sent", "reached"),
    [
        (send(1, Delivery.DELIVERED), True),
        (send(1, Delivery.UNKNOWN), True),
        (send(1, Delivery.NOT_REACHED), False),
        (send(1, Delivery.NOT_REACHED, until=NOW - MINUTE), False),
        (send(1, Delivery.NOT_REACHED, until=NOW), True),
        (send(1, Delivery.UNREACHABLE), False),
        (send(1, "obsolete"), False),
        (send(1, "owed"), True),
        (send(1, "owed", tries=REFUSED_OFTEN - 1), True),
        (send(1, "owed", tries=REFUSED_OFTEN), False),
    ],
)
def test_somebody_asked_is_missed_unless_something_may_have_reached_them(sent: Send, reached: bool) -> None:
    play = Play()
    first, second = play.asked()
    sends = [replace(sent, person_id=first), send(second, Delivery.DELIVERED)]
    assert missed(play.state, sends) == (() if reached else (first,))


def test_one_address_that_worked_is_enough() -> None:
    play = Play()
    first, second = play.asked()
    sends = [send(first, Delivery.UNREACHABLE), send(first, Delivery.DELIVERED), send(second, "owed")]
    assert missed(play.state, sends) == ()


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.REFUSE])
def test_whoever_answered_was_reached_however(verb: Verb) -> None:
    play = Play()
    first, second = play.asked()
    play.does(first, verb)
    assert missed(play.state, []) == (second,)


def test_leaders_who_were_called_count_and_whoever_answered_does_not() -> None:
    play = Play()
    play.lives(8 * MINUTE)
    called = play.called()
    sends = [send(each, Delivery.DELIVERED) for each in play.asked()]
    assert missed(play.state, sends) == tuple(called)
    play.does(called[0], Verb.ACKNOWLEDGE)
    assert missed(play.state, sends) == tuple(called[1:])


def test_nobody_is_missed_who_was_not_asked() -> None:
    play = Play()
    sends = [send(each, Delivery.DELIVERED) for each in play.asked()]
    assert missed(play.state, [*sends, send(STAFF, Delivery.UNREACHABLE)]) == ()


def test_the_next_address_is_tried_when_the_first_one_counts_as_failing() -> None:
    assert REFUSED_OFTEN == TRIES_BEFORE_NEXT

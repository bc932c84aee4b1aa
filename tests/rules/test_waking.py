"""Which way wakes somebody at which hour, and what comes after a refusal; and how a file lists ways."""

from dataclasses import replace

import pytest

from dispatch.errors import BadFileError
from dispatch.events import NoticeKind
from dispatch.moments import Micros
from dispatch.people import Address, Roster
from dispatch.waking import leaders, next_address, order, proved, rung_first
from dispatch.ways import Hours, ListedWay
from tests.rules.mistakes import Change, drop, put
from tests.rules.registers import loaded
from tests.rules.test_rota import at, planning

LIN = 1
PAGE, TELEGRAM, MATRIX, BARK, NTFY = 11, 12, 13, 14, 15

ALWAYS, NIGHT = None, Hours(since=22 * 60, until=7 * 60)
CHAT = ListedWay()


def way(address: int, hours: Hours | None = ALWAYS) -> ListedWay:
    return ListedWay(address_id=address, service="bark", hours=hours)


def roster(*listed: ListedWay, platforms: tuple[str, ...] = ("web", "telegram", "matrix")) -> Roster:
    """The people of the rota's rules, the first of whom listed these ways."""
    found = planning()
    ids = {"web": PAGE, "telegram": TELEGRAM, "matrix": MATRIX}
    addresses = tuple(
        Address(id=ids[each], committee_id=1, platform=each, value=each, person_id=LIN) for each in platforms
    )
    return replace(found, addresses=addresses, waking={LIN: listed} if listed else {})


def clock(words: str) -> Micros:
    return at(f"2026-11-24T{words}:00")


@pytest.mark.parametrize(
    ("listed", "when", "first", "then"),
    [
        ((), "03:10", None, (TELEGRAM, MATRIX)),
        ((CHAT,), "03:10", None, (TELEGRAM, MATRIX)),
        ((way(BARK),), "03:10", BARK, (BARK, TELEGRAM, MATRIX)),
        ((CHAT, way(BARK)), "03:10", None, (TELEGRAM, MATRIX, BARK)),
        ((way(BARK), CHAT, way(NTFY)), "03:10", BARK, (BARK, TELEGRAM, MATRIX, NTFY)),
        ((way(BARK, NIGHT), CHAT, way(NTFY)), "12:00", None, (TELEGRAM, MATRIX, NTFY)),
        ((way(BARK, NIGHT), CHAT, way(BARK)), "22:00", BARK, (BARK, TELEGRAM, MATRIX)),
        ((way(BARK, NIGHT), CHAT, way(BARK)), "21:59", None, (TELEGRAM, MATRIX, BARK)),
        ((way(BARK, NIGHT),), "06:59", BARK, (BARK, TELEGRAM, MATRIX)),
        ((way(BARK, NIGHT),), "07:00", None, (TELEGRAM, MATRIX)),
    ],
)
def test_the_first_way_of_the_hour_rings_and_the_others_follow_in_their_order(
    listed: tuple[ListedWay, ...], when: str, first: int | None, then: tuple[int, ...]
) -> None:
    people = roster(*listed)
    assert rung_first(people, LIN, clock(when)) == first
    assert order(people, LIN, clock(when)) == then


def test_whose_list_begins_with_chats_that_they_have_not_is_rung_by_what_comes_next() -> None:
    people = roster(CHAT, way(BARK), platforms=("web",))
    assert rung_first(people, LIN, clock("12:00")) == BARK


def test_each_refusal_goes_one_on_and_nobody_is_asked_twice() -> None:
    people, now, had = roster(way(BARK), CHAT, way(NTFY)), clock("12:00"), {PAGE}
    found = []
    while (following := next_address(people, LIN, NoticeKind.ALERT, had, now)) is not None:
        found.append(following)
        had.add(following)
    assert found == [BARK, TELEGRAM, MATRIX, NTFY]


@pytest.mark.parametrize("kind", [NoticeKind.UPDATE, NoticeKind.ASK, NoticeKind.NUDGE, NoticeKind.APPLIED])
def test_what_wakes_nobody_never_rings(kind: NoticeKind) -> None:
    people = roster(way(BARK))
    assert next_address(people, LIN, kind, {PAGE, TELEGRAM, MATRIX}, clock("12:00")) is None
    assert next_address(people, LIN, kind, {PAGE, TELEGRAM}, clock("12:00")) == MATRIX


def test_hours_hold_whatever_side_of_midnight_they_end_on() -> None:
    day = Hours(since=8 * 60, until=20 * 60)
    assert [day.hold(minute) for minute in (8 * 60 - 1, 8 * 60, 20 * 60 - 1, 20 * 60)] == [
        False,
        True,
        True,
        False,
    ]
    held = [minute for minute in range(24 * 60) if NIGHT.hold(minute)]
    assert len(held) == 9 * 60
    assert {0, 22 * 60, 7 * 60 - 1} <= set(held)
    assert 7 * 60 not in held


def test_a_drill_tries_every_listed_way_once_whatever_the_hour_else_page_and_chats() -> None:
    assert proved(roster(way(BARK, NIGHT), CHAT, way(BARK)), LIN) == (BARK, TELEGRAM, MATRIX)
    assert proved(roster(), LIN) == (PAGE, TELEGRAM, MATRIX)


def test_whoever_may_be_called_is_a_leader_once_and_nobody_who_left() -> None:
    people = roster(way(BARK))
    assert LIN in leaders(people)
    assert len(leaders(people)) == len(set(leaders(people)))
    gone = replace(people, people={who: person for who, person in people.people.items() if who != LIN})
    assert LIN not in leaders(gone)


def test_a_file_lists_ways_in_their_order() -> None:
    ways = [{"to": "chat"}, {"to": "bark://key@example.org", "hours": "22:00-07:05"}]
    file = loaded(put("people", 1, "ways", value=ways))
    assert file.people[1]["ways"] == [
        {"to": "chat", "hours": None},
        {"to": "bark://key@example.org", "hours": Hours(since=22 * 60, until=7 * 60 + 5)},
    ]


SECRET = "bark://hunter2@example.org"  # noqa: S105 - invented


@pytest.mark.parametrize(
    ("change", "table", "field"),
    [
        (put("people", 0, "ways", value=[{"to": "chat"}]), "people #1 (wang)", "ways"),
        (put("people", 1, "ways", value="chat"), "people #2 (lin)", "ways"),
        (put("people", 1, "ways", value=[{"to": "chat"}] * 13), "people #2 (lin)", "ways"),
        (put("people", 1, "ways", value=["chat"]), "people #2 (lin).ways #1", ""),
        (put("people", 1, "ways", value=[{}]), "people #2 (lin).ways #1", "to"),
        (put("people", 1, "ways", value=[{"to": "hunter2"}]), "people #2 (lin).ways #1", "to"),
        (put("people", 1, "ways", value=[{"to": "bark:/hunter2"}]), "people #2 (lin).ways #1", "to"),
        (put("people", 1, "ways", value=[{"to": f"{SECRET} x"}]), "people #2 (lin).ways #1", "to"),
        (put("people", 1, "ways", value=[{"to": SECRET, "hour": "1"}]), "people #2 (lin).ways #1", "hour"),
        (
            put("people", 1, "ways", value=[{"to": SECRET, "hours": "22-7"}]),
            "people #2 (lin).ways #1",
            "hours",
        ),
        (
            put("people", 1, "ways", value=[{"to": SECRET, "hours": "24:00-07:00"}]),
            "people #2 (lin).ways #1",
            "hours",
        ),
        (
            put("people", 1, "ways", value=[{"to": SECRET, "hours": "07:00-07:00"}]),
            "people #2 (lin).ways #1",
            "hours",
        ),
        (put("people", 1, "ways", value=[{"to": SECRET}, {"to": SECRET}]), "people #2 (lin).ways #2", "to"),
    ],
)
def test_a_mistake_is_named_by_its_place_and_never_by_what_stood_there(
    change: Change, table: str, field: str
) -> None:
    with pytest.raises(BadFileError) as found:
        loaded(change)
    assert (found.value.params["table"], found.value.params["field"]) == (table, field)
    assert "hunter2" not in str(found.value.params)


def test_a_file_without_ways_lists_none() -> None:
    assert [person["ways"] for person in loaded(drop("rooms")).people] == [[], []]

"""What a rehearsal names: a row for each kind of gap, with whom it is about, and one beside it where the same
committee lacks nothing."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from dispatch.events import EventKind
from dispatch.people import PAGE, Address, Role, Roster, Rung
from dispatch.playbook import Wave, WaveTo
from dispatch.rehearsal import NOTHING, Gap, Known, rehearse
from dispatch.ways import ListedWay
from handlers import rehearsal
from handlers.texts import Catalogs
from tests.rules.builders import (
    DEPUTY,
    DIRECTOR,
    DISTANCES,
    NOW,
    OFFICE,
    SECRETARY_A,
    SECRETARY_B,
    playbook,
    roster,
)

BARK = 7001
"""The address of a service that wakes the deputy."""

WHOLE = roster()
ROOM = roster(rooms=True)


def standing(rung: Rung, *people: int) -> Roster:
    """The whole committee, with these on a rung."""
    return replace(WHOLE, ladder=replace(WHOLE.ladder, rungs={**WHOLE.ladder.rungs, rung: people}))


def only(keep: Iterable[Role], roster: Roster = WHOLE) -> Roster:
    """Without the people of any other role."""
    roles = frozenset(keep)
    found = {who: each for who, each in roster.people.items() if each.roles & roles}
    left = tuple(each for each in roster.addresses if each.person_id in {None, *found})
    return replace(roster, people=found, addresses=left)


def reached(who: int, *platforms: str) -> Roster:
    """Somebody's addresses are those of these platforms, by ids that begin with their own; none without."""
    others = tuple(each for each in WHOLE.addresses if each.person_id != who)
    theirs = tuple(
        Address(id=who * 10 + number, committee_id=1, platform=platform, value=platform, person_id=who)
        for number, platform in enumerate(platforms)
    )
    return replace(WHOLE, addresses=(*others, *theirs))


def woken(*platforms: str) -> Roster:
    """The deputy has listed a service, before their chats if they have any."""
    found = reached(DEPUTY, *platforms)
    return replace(found, waking={DEPUTY: (ListedWay(address_id=BARK, service="bark"), ListedWay())})


def known(*, rings: Iterable[int] = (), failing: Iterable[int] = (), unreadable: Iterable[int] = ()) -> Known:
    return Known(rings=frozenset(rings), failing=frozenset(failing), unreadable=frozenset(unreadable))


LEADERS = (Role.STAFF, Role.SECRETARY, Role.OFFICE)
CHAT = DEPUTY * 10
STRANGER = 999
"""Somebody whom a list names and who is not there any more."""

GAPS: dict[str, tuple[Roster, Known, set[tuple[Gap, int | None]]]] = {
    "a whole committee": (WHOLE, NOTHING, set()),
    "no duty": (standing(Rung.DUTY), NOTHING, {(Gap.NOBODY_ON_DUTY, None)}),
    "those of the duty have left": (standing(Rung.DUTY, STRANGER), NOTHING, {(Gap.NOBODY_ON_DUTY, None)}),
    "one of the duty is there": (standing(Rung.DUTY, STRANGER, SECRETARY_B), NOTHING, set()),
    "no deputy": (standing(Rung.DEPUTY), NOTHING, {(Gap.RUNG_EMPTY, None)}),
    "the deputy has left": (standing(Rung.DEPUTY, STRANGER), NOTHING, {(Gap.RUNG_EMPTY, None)}),
    "no volunteers": (only(LEADERS), NOTHING, {(Gap.WAVE_EMPTY, None)}),
    # Only those who are near are missed: the room may be read by somebody.
    "no volunteers but a room": (only(LEADERS, ROOM), NOTHING, {(Gap.WAVE_EMPTY, None)}),
    "volunteers and a room": (ROOM, NOTHING, set()),
    "a page alone": (reached(DEPUTY, PAGE), NOTHING, {(Gap.NO_WAY, DEPUTY)}),
    "a page that rings": (reached(DEPUTY, PAGE), known(rings=[DEPUTY]), set()),
    "somebody else's page rings": (
        reached(DEPUTY, PAGE),
        known(rings=[DIRECTOR]),
        {(Gap.NO_WAY, DEPUTY)},
    ),
    "a page and a chat": (reached(DEPUTY, PAGE, "chat"), NOTHING, set()),
    "every way failed": (woken("chat"), known(failing=[BARK, CHAT]), {(Gap.FAILING, DEPUTY)}),
    "one way of two failed": (woken("chat"), known(failing=[BARK]), set()),
    "every way failed, but the page rings": (
        woken("chat"),
        known(failing=[BARK, CHAT], rings=[DEPUTY]),
        set(),
    ),
    "an address that cannot be read": (woken("chat"), known(unreadable=[BARK]), {(Gap.UNREADABLE, DEPUTY)}),
    "nothing but an address that cannot be read": (
        woken(PAGE),
        known(unreadable=[BARK]),
        {(Gap.UNREADABLE, DEPUTY), (Gap.NO_WAY, DEPUTY)},
    ),
    "unreadable, and the other failed": (
        woken("chat"),
        known(unreadable=[BARK], failing=[CHAT]),
        {(Gap.UNREADABLE, DEPUTY), (Gap.FAILING, DEPUTY)},
    ),
    "one of the last resort without an address": (
        reached(OFFICE),
        NOTHING,
        {
            (Gap.NO_ADDRESS, OFFICE),
            (Gap.RUNG_EMPTY, None),  # the office's own
        },
    ),
    "one of two deputies without an address": (
        replace(reached(SECRETARY_A), ladder=standing(Rung.DEPUTY, DEPUTY, SECRETARY_A).ladder),
        NOTHING,
        {(Gap.NO_ADDRESS, SECRETARY_A), (Gap.NOBODY_ON_DUTY, None)},
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_each_gap_is_named_with_whom_it_is_about_and_nothing_else_is(name: str) -> None:
    people, what, expected = GAPS[name]
    duty = standing(Rung.DUTY, SECRETARY_A).ladder.rungs[Rung.DUTY]  # whoever's week it is
    rungs = people.ladder.rungs
    if rungs[Rung.DUTY] == WHOLE.ladder.rungs[Rung.DUTY]:
        people = replace(people, ladder=replace(people.ladder, rungs={**rungs, Rung.DUTY: duty}))
    found = {gap for scene in rehearse(playbook(), people, 1, NOW, DISTANCES, what) for gap in scene.gaps}
    assert found == expected


def test_every_kind_of_gap_has_a_row_and_words_of_its_own_in_both_languages() -> None:
    assert {gap for _, _, gaps in GAPS.values() for gap, _ in gaps} == set(Gap)
    for language in ("zh_CN", "en"):
        texts = Catalogs.load().texts(language)
        said = {texts.say(rehearsal.GAPS[gap], person="x") for gap in Gap}
        assert len(said) == len(Gap)


@pytest.mark.parametrize(
    ("people", "gaps"), [(only(LEADERS), {Gap.WAVE_EMPTY}), (only(LEADERS, ROOM), set())]
)
def test_a_group_is_nobody_without_people_and_without_a_room(people: Roster, gaps: set[Gap]) -> None:
    group = playbook(waves=(Wave(after=0, to=WaveTo.GROUP),))
    (asked,) = [
        scene
        for scene in rehearse(group, people, 1, NOW, DISTANCES)
        if scene.event.kind is EventKind.ASKED and scene.event.loop == 1
    ]
    assert {gap for gap, _ in asked.gaps} == gaps


def test_whoever_has_a_page_that_rings_is_asked_before_those_whose_page_is_closed() -> None:
    pages = replace(WHOLE, addresses=tuple(replace(each, platform=PAGE) for each in WHOLE.addresses))
    far = {9, 10, 11, 12}
    asked = [
        [
            each.person_id
            for scene in rehearse(playbook(), pages, 1, NOW, DISTANCES, what)
            for each in scene.people
        ]
        for what in (NOTHING, known(rings=far))
    ]
    assert [each[:4] for each in asked] == [[1, 2, 3, 4], sorted(far)]

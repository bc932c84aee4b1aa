"""Acting as a secretary as a rule: who may, what holds at which moment, and where they stand in line."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import access, acting, duty, passing
from dispatch.acting import Acting, Ending
from dispatch.errors import NotAllowedError
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime
from dispatch.pauses import UNTIL_SAID
from dispatch.people import Address, Person, Role, Roster, Rung
from dispatch.relays import Entrusted, RelayKind, RelayState, Watch
from dispatch.verbs import AnswerKey, Verb
from handlers import terms
from handlers.spans import UnreadableSpanError
from tests.rules.builders import DEPUTY, DIRECTOR, NOW, SECRETARY_A, SECRETARY_B, person, roster

GUEST, OWN = 990, 3
SINCE, UNTIL = NOW, NOW + 48 * HOUR
SHANGHAI = ZoneInfo("Asia/Shanghai")


def with_acting(*, guest: bool = True, since: Micros = SINCE, until: Micros = UNTIL) -> Roster:
    """The committee with a guest, or one of its volunteers, who acts."""
    whole = roster()
    who = person(GUEST, Role.SECRETARY) if guest else whole.people[OWN]
    acts = replace(who, guest=guest, acting_since=since, acting_until=until)
    address = Address(id=acts.id, committee_id=1, platform="chat", value="guest", person_id=acts.id)
    addresses = whole.addresses if not guest else (*whole.addresses, address)
    return replace(whole, people={**whole.people, acts.id: acts}, addresses=addresses)


def out(whole: Roster, *people: int) -> Roster:
    gone = {who: replace(whole.people[who], out_since=NOW, out_until=UNTIL_SAID) for who in people}
    return replace(whole, people={**whole.people, **gone})


@pytest.mark.parametrize("guest", [True, False])
@pytest.mark.parametrize(
    ("moment", "holds"), [(SINCE - 1, False), (SINCE, True), (UNTIL - 1, True), (UNTIL, False)]
)
def test_they_act_from_the_first_moment_until_the_last_but_not_at_it(
    guest: bool, moment: Micros, holds: bool
) -> None:
    seen = acting.at(with_acting(guest=guest), moment)
    who = seen.people.get(GUEST if guest else OWN)
    assert (who is not None and Role.SECRETARY in who.roles) is holds
    assert any(each.person_id == (GUEST if guest else OWN) for each in seen.addresses) is (holds or not guest)


@given(
    since=st.integers(-100, 100),
    length=st.integers(-100, 100),
    moments=st.lists(st.integers(-300, 300), min_size=1, max_size=4),
    guest=st.booleans(),
)
def test_there_is_never_any_authority_outside_the_time(
    since: int, length: int, moments: list[int], guest: bool
) -> None:
    """Whatever was looked at before, and in whatever order."""
    start, end = NOW + since * HOUR, NOW + (since + length) * HOUR
    whole = with_acting(guest=guest, since=start, until=end)
    seen = whole
    for each in moments:
        now = NOW + each * HOUR
        seen = acting.at(whole, now)
        within, until = acting.holds(whole, now)
        assert within <= now < until
        who = seen.people.get(GUEST if guest else OWN)
        verbs = {verb for verb in Verb if who is not None and access.allows(verb, who, 1)}
        assert (Verb.APPROVE in verbs) is (start <= now < end)
        assert guest is False or bool(verbs) is (start <= now < end)
        assert acting.at(seen, now) == seen
    last = seen.people.get(OWN)
    if not guest and last is not None:
        assert acting.at(seen, max(end, start) + HOUR).people[OWN].roles == {Role.VOLUNTEER}


@pytest.mark.parametrize(
    ("gone", "on_duty"),
    [
        ((), SECRETARY_A),
        ((SECRETARY_A,), SECRETARY_B),
        ((DEPUTY, DIRECTOR), SECRETARY_A),
        ((SECRETARY_A, SECRETARY_B), GUEST),
        ((SECRETARY_A, SECRETARY_B, DEPUTY, DIRECTOR), GUEST),
        ((SECRETARY_A, SECRETARY_B, GUEST), None),
    ],
)
def test_they_have_the_duty_where_nobody_else_is_there_for_it(
    gone: tuple[int, ...], on_duty: int | None
) -> None:
    whole = with_acting()
    first = duty.on_duty(whole, NOW)
    assert first in (SECRETARY_A, SECRETARY_B)
    if on_duty in (SECRETARY_A, SECRETARY_B) and first != SECRETARY_A:  # whose week it is does not matter
        swap = {SECRETARY_A: SECRETARY_B, SECRETARY_B: SECRETARY_A}
        gone, on_duty = tuple(swap.get(each, each) for each in gone), swap[on_duty]
    seen = out(whole, *gone)
    assert duty.on_duty(seen, NOW) == on_duty
    called = duty.standing_on(Rung.DUTY, seen, NOW)
    assert called == (() if on_duty is None else (on_duty,))
    deputies = duty.standing_on(Rung.DEPUTY, seen, NOW)
    assert (GUEST in deputies) is (GUEST not in gone and on_duty != GUEST)
    if GUEST in deputies and DEPUTY in deputies:
        assert deputies == (DEPUTY, GUEST)


def test_the_plan_shows_them_as_long_as_they_act_and_nobody_after_that() -> None:
    whole = out(with_acting(), SECRETARY_A, SECRETARY_B)
    pieces = duty.held(whole, NOW, UNTIL + 24 * HOUR)
    assert [each.person_id for each in pieces if each.starts_at < UNTIL] == [GUEST]
    assert {each.person_id for each in pieces if each.starts_at >= UNTIL} == {None}
    assert next(each.ends_at for each in pieces) == UNTIL


def test_they_stand_behind_the_deputies_and_before_the_director() -> None:
    line = duty.line(with_acting(), NOW)
    assert line.index(DEPUTY) < line.index(GUEST) < line.index(DIRECTOR)


@pytest.mark.parametrize("guest", [True, False])
def test_at_the_end_their_duty_and_their_calls_are_asked_of_the_next(guest: bool) -> None:
    who = GUEST if guest else OWN
    whole = out(with_acting(guest=guest), SECRETARY_A, SECRETARY_B)
    in_hand = Entrusted(job_id=42, person_id=who, since=NOW + HOUR, claim=False)
    before = Watch(roster=whole, entrusted=(in_hand,), looked_at=UNTIL - MINUTE, holder=who)
    assert passing.looked(before, UNTIL - 1).relays == ()
    assert passing.looked(before, UNTIL - 1).look_at == UNTIL
    passed = passing.looked(before, UNTIL)
    (relay,) = [each for each in passed.relays if each.kind is RelayKind.HANDOVER]
    assert (relay.about_id, relay.jobs, relay.asked) == (who, (42,), (DEPUTY,))
    assert relay.ends_at is not None


def test_a_place_of_ones_own_in_a_job_is_kept_when_acting_ends() -> None:
    place = Entrusted(job_id=42, person_id=OWN, since=NOW + HOUR, claim=True)
    before = Watch(roster=with_acting(guest=False), entrusted=(place,), looked_at=NOW)
    assert passing.looked(before, UNTIL).released == ()


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        (Verb.ACT, {Role.LEADER, Role.STAFF, Role.SECRETARY, Role.OFFICE}),
        (Verb.LET_ACT, {Role.STAFF, Role.SECRETARY, Role.OFFICE}),
        (Verb.APPOINT, {Role.SECRETARY, Role.OFFICE}),
    ],
)
def test_who_may_ask_let_and_appoint_and_nobody_because_they_act(verb: Verb, allowed: set[Role]) -> None:
    for role in Role:
        mine = person(7, role)
        acts = acting.at(with_acting(guest=False), NOW).people[OWN]
        raised = replace(acts, roles=frozenset({role, Role.SECRETARY}))
        for one in (mine, raised if role is not Role.SECRETARY else mine):
            assert permitted(verb, one) is (role in allowed)
        assert not permitted(verb, replace(mine, guest=True))


def permitted(verb: Verb, one: Person) -> bool:
    try:
        acting.check(verb, one)
    except NotAllowedError:
        return False
    return True


ASKED = Acting(
    relay_id=5,
    committee_id=1,
    committee="Test",
    sender_id=2,
    sender="Maple",
    person_id=70,
    who="Feng",
    origin_id=6,
    until=UNTIL,
)


@pytest.mark.parametrize(
    ("change", "moment", "accepts", "key", "state"),
    [
        ({}, NOW, True, AnswerKey.LET_ACT, RelayState.TAKEN),
        ({}, NOW, False, AnswerKey.NOT_LET_ACT, RelayState.OVER),
        ({}, UNTIL, True, AnswerKey.NOT_NEEDED, None),
        ({"state": RelayState.TAKEN}, NOW, True, AnswerKey.NOT_NEEDED, None),
        ({"state": RelayState.OVER}, NOW, False, AnswerKey.NOT_NEEDED, None),
    ],
)
def test_the_first_answer_counts_and_none_after_the_end(
    change: dict[str, RelayState], moment: Micros, accepts: bool, key: AnswerKey, state: RelayState | None
) -> None:
    feng = replace(person(70, Role.SECRETARY), committee_id=2)
    relay = replace(acting.question(feng, roster(), NOW, UNTIL), id=5, **change)  # type: ignore[arg-type]  # fields by name
    ruling = acting.answered(relay, ASKED, feng, moment, accepts=accepts)
    assert (ruling.answer.key, ruling.state) == (key, state)


@pytest.mark.parametrize("gone", [{"active": False}, {"roles": frozenset({Role.VOLUNTEER})}])
def test_whoever_may_not_answer_at_home_any_more_is_not_let_in(gone: dict[str, object]) -> None:
    feng = replace(person(70, Role.SECRETARY), committee_id=2, **gone)  # type: ignore[arg-type]  # fields by name
    relay = replace(acting.question(feng, roster(), NOW, UNTIL), id=5)
    ruling = acting.answered(relay, ASKED, feng, NOW, accepts=True)
    assert (ruling.state, ruling.ending) == (RelayState.OVER, Ending.WITHDRAWN)


FRIDAY = (5, 30, 0, 0)
"""The end of Friday the 29th of May 2026; it is that day, 04:26 in Shanghai."""
ENDS = [
    ("until Friday", FRIDAY),
    ("到周五", FRIDAY),
    ("直到星期五", FRIDAY),
    ("till fri 18:00", (5, 29, 18, 0)),
    ("到周五18点", (5, 29, 18, 0)),
    ("到周五 18：00", (5, 29, 18, 0)),
    ("today", FRIDAY),
    ("到明天", (5, 31, 0, 0)),
    ("until 2026-06-03", (6, 4, 0, 0)),
    ("到6月3日", (6, 4, 0, 0)),
]


@pytest.mark.parametrize(("said", "end"), ENDS)
def test_a_day_is_meant_to_its_end(said: str, end: tuple[int, int, int, int]) -> None:
    meant = from_datetime(datetime(2026, *end, tzinfo=SHANGHAI))
    assert terms.until(said, NOW, "Asia/Shanghai") == meant


@pytest.mark.parametrize(("said", "length"), [("4h", 4), ("until 3d", 72), ("4小时", 4), ("until 05:26", 1)])
def test_a_length_and_an_hour_are_read_as_anywhere_else(said: str, length: int) -> None:
    found = terms.until(said, NOW, "Asia/Shanghai")
    assert found is not None
    assert abs(found - (NOW + length * HOUR)) < MINUTE


@pytest.mark.parametrize(
    "said", ["", "until", "一直", "always", "someday", "15d", "until 2026-07-30", "周五25点"]
)
def test_no_end_and_one_too_far_are_none(said: str) -> None:
    with pytest.raises(UnreadableSpanError):
        terms.until(said, NOW, "Asia/Shanghai")


@pytest.mark.parametrize("said", ["off", "结束", "end"])
def test_over_is_over(said: str) -> None:
    assert terms.until(said, NOW, "Asia/Shanghai") is None

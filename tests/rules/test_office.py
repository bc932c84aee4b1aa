"""A job that the sub-district office is asked to take: held like any claim, and given back like one."""

from dataclasses import replace

import pytest

from dispatch import transferring
from dispatch.claims import ClaimStatus
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import JobStatus, Outcome
from dispatch.moments import MINUTE
from dispatch.people import Role, Rung
from dispatch.relays import RelayKind
from dispatch.situation import Decision
from dispatch.transfers import PATIENCE, Ending
from dispatch.verbs import AnswerKey, Verb
from handlers.actions import OFFICE as OFFICE_CHOICE
from handlers.transfers import office_named
from tests.rules import builders
from tests.rules.builders import NOW, OFFICE, STAFF, VOLUNTEERS, Play, person

OTHER = 907
"""A second person at the office's desk."""


def play(*, places: int = 1) -> Play:
    people = builders.roster()
    rungs = {**people.ladder.rungs, Rung.OFFICE: (OFFICE, OTHER)}
    desk = person(OTHER, Role.OFFICE)
    address = replace(people.addresses[0], id=OTHER, value=desk.key, person_id=OTHER)
    people = replace(
        people,
        people={**people.people, OTHER: desk},
        addresses=(*people.addresses, address),
        ladder=replace(people.ladder, rungs=rungs),
    )
    return Play(builders.situation(people=people, places=places))


def asks(one: Play, **fields: object) -> Decision:
    return one.does(STAFF, Verb.HAND_OVER, office=True, patience=PATIENCE, **fields)


def answers(one: Play, *, accepts: bool = True, who: int = OFFICE) -> Decision:
    pending = one.job.pending
    assert pending is not None
    return one.answers_office(who, since_version=pending.since_version, accepts=accepts)


def key(decision: Decision) -> AnswerKey:
    assert decision.answer is not None
    return decision.answer.key


def holder(one: Play) -> list[int]:
    return [claim.person_id for claim in one.state.claims if claim.holds_place]


def kinds(decision: Decision) -> list[EventKind]:
    return [event.kind for event in decision.events]


def test_everybody_on_the_offices_rung_who_is_there_is_asked() -> None:
    one = play()
    asks(one)
    pending = one.job.pending
    assert pending is not None
    relay = transferring.relay(one.job, pending.since_version, one.state.roster, one.now)
    assert (relay.kind, relay.asked, relay.jobs) == (RelayKind.TRANSFER, (OFFICE, OTHER), (one.job.id,))
    assert relay.due_at is None


def test_accepted_they_hold_it_as_if_staff_had_given_it_to_them_and_nobody_else_is_called() -> None:
    one = play()
    asks(one)
    decision = answers(one)
    assert key(decision) is AnswerKey.WON
    assert holder(one) == [OFFICE]
    assert one.job.status is JobStatus.FILLED
    assert not one.job.calling.running
    won = [each.people for each in decision.notices if each.kind is NoticeKind.WON]
    assert won == [(OFFICE,)]
    before = len(one.state.asks)
    one.lives(9 * MINUTE)
    assert len(one.state.asks) == before
    for verb in (Verb.START, Verb.ARRIVE, Verb.FINISH):
        one.does(OFFICE, verb)
    assert one.job.outcome is Outcome.DONE


@pytest.mark.parametrize("places", [1, 3])
def test_given_back_it_is_ours_with_as_many_places_and_the_ladder_goes_on_afresh(places: int) -> None:
    one = play(places=places)
    loop = one.job.calling.loop
    asks(one)
    answers(one)
    assert (one.job.places, one.job.status) == (1, JobStatus.FILLED)
    one.does(OFFICE, Verb.RELEASE)
    assert (one.job.places, one.job.status) == (places, JobStatus.OPEN)
    assert one.job.calling.running
    assert one.job.calling.loop > loop
    assert (one.job.calling.repeats, one.job.calling.position) == (0, 1)  # the first wave has just been asked
    again = asks(one, version=one.job.version)
    assert key(again) is AnswerKey.HANDING_OVER


@pytest.mark.parametrize("places", [1, 3])
def test_their_silence_gives_it_back_as_well(places: int) -> None:
    one = play(places=places)
    asks(one)
    answers(one)
    one.lives(15 * MINUTE)  # ten to set out, and five after the nudge
    assert EventKind.TIMED_OUT in kinds(one.decisions[-1])
    assert (one.job.places, one.job.status, holder(one)) == (places, JobStatus.OPEN, [])


def test_staff_may_give_it_to_somebody_else_instead() -> None:
    one = play(places=2)
    asks(one)
    answers(one)
    one.does(STAFF, Verb.ASSIGN, person=VOLUNTEERS[0], replaces=OFFICE)
    assert holder(one) == [VOLUNTEERS[0]]
    assert (one.job.places, one.job.status) == (2, JobStatus.OPEN)
    assert one.job.calling.running


def test_a_helper_whom_staff_add_stays_when_the_office_gives_it_back() -> None:
    one = play(places=3)
    asks(one)
    answers(one)
    one.does(STAFF, Verb.ASSIGN, person=VOLUNTEERS[0])
    one.does(OFFICE, Verb.RELEASE)
    assert holder(one) == [VOLUNTEERS[0]]
    assert (one.job.places, one.job.status) == (3, JobStatus.OPEN)


ENDS = [
    ("declined", Ending.DECLINED, JobStatus.OPEN),
    ("silence", Ending.UNANSWERED, JobStatus.OPEN),
    (Verb.CLAIM, Ending.TAKEN, JobStatus.FILLED),
    (Verb.CANCEL, Ending.CLOSED, JobStatus.CLOSED),
    (Verb.COMPLETE, Ending.CLOSED, JobStatus.CLOSED),
]


@pytest.mark.parametrize(("what", "ending", "status"), ENDS)
def test_what_else_ends_it_stands_in_the_ledger_and_a_late_acceptance_changes_nothing(
    what: Verb | str, ending: Ending, status: JobStatus
) -> None:
    one = play()
    asks(one)
    asked = one.job.pending
    assert asked is not None
    if isinstance(what, Verb):
        ended = one.does(VOLUNTEERS[0] if what is Verb.CLAIM else STAFF, what)
    else:
        ended = answers(one, accepts=False) if what == "declined" else one.passes(PATIENCE)
    said = next(each for each in ended.events if each.kind is EventKind.NOT_HANDED_OVER)
    assert (said.data["ending"], one.job.status) == (ending.value, status)
    told = {who for each in ended.notices if each.kind is NoticeKind.CORRECTED for who in each.people}
    assert (STAFF in told) is (ending in (Ending.DECLINED, Ending.UNANSWERED))
    late = one.answers_office(OFFICE, since_version=asked.since_version, accepts=True)
    assert key(late) is AnswerKey.NOT_NEEDED
    assert OFFICE not in holder(one)


def test_of_two_at_that_desk_the_first_has_it() -> None:
    one = play()
    asks(one)
    asked = one.job.pending
    assert asked is not None
    first = one.answers_office(OTHER, since_version=asked.since_version, accepts=True)
    second = one.answers_office(OFFICE, since_version=asked.since_version, accepts=True)
    assert (key(first), key(second)) == (AnswerKey.WON, AnswerKey.NOT_NEEDED)
    assert holder(one) == [OTHER]
    assert not second.changed


def test_while_they_are_asked_our_call_goes_on() -> None:
    alone, asked = play(), play()
    asks(asked)
    for each in (alone, asked):
        each.lives(4 * MINUTE)
    assert asked.asked() == alone.asked()
    assert asked.job.calling.position == alone.job.calling.position


def test_where_nobody_of_the_office_is_there_nobody_is_asked() -> None:
    one = play()
    gone = {ident: each for ident, each in one.state.roster.people.items() if ident not in (OFFICE, OTHER)}
    one.state = replace(one.state, roster=replace(one.state.roster, people=gone))
    decision = asks(one)
    assert key(decision) is AnswerKey.NOBODY_THERE
    assert not decision.changed


def test_a_job_that_somebody_has_is_not_handed_over_and_asking_twice_is_once() -> None:
    one = play()
    asks(one)
    assert not asks(one).changed
    one.does(VOLUNTEERS[0], Verb.CLAIM)
    assert key(asks(one)) is AnswerKey.IN_HANDS


def test_those_who_wait_for_a_place_stay_on_the_list_and_are_asked_first_when_it_is_given_back() -> None:
    one = play()
    asks(one)
    answers(one)
    late = one.does(VOLUNTEERS[1], Verb.CLAIM)
    assert key(late) is AnswerKey.WAITLISTED
    one.does(OFFICE, Verb.RELEASE)
    assert one.state.waiting[0].offered_until is not None
    assert one.now == NOW


def test_their_claim_has_the_clocks_of_any_claim() -> None:
    one = play()
    asks(one)
    answers(one)
    (claim,) = [each for each in one.state.claims if each.live]
    assert (claim.status, claim.deadline_at) == (ClaimStatus.CLAIMED, one.now + 10 * MINUTE)


NAMES = [
    ("office", OFFICE_CHOICE, ""),
    ("Office: the key is next door", OFFICE_CHOICE, "the key is next door"),
    ("sub-district office now", OFFICE_CHOICE, "now"),
    ("街道", OFFICE_CHOICE, ""),
    ("街道办 钥匙在隔壁", OFFICE_CHOICE, "钥匙在隔壁"),
    (f"P{OFFICE} please", OFFICE_CHOICE, "please"),
    (f"P{OFFICE}0", None, ""),
    ("officer", None, ""),
    ("街道口居民区 钥匙", None, ""),
    ("Maple Lane", None, ""),
    ("", None, ""),
]
"""What stands behind a handover's number, whom it means, and what is left of the words."""


@pytest.mark.parametrize(("words", "choice", "rest"), NAMES)
def test_the_office_is_meant_by_a_word_for_it_or_by_the_name_of_whoever_is_there(
    words: str, choice: int | None, rest: str
) -> None:
    roster = builders.roster()
    other = replace(roster.committee, id=2, key="kou", name="街道口居民区")
    found = office_named(words, roster, [roster.committee, other])
    assert found == (None if choice is None else (choice, rest))

"""A job that another committee is asked to take: when it is theirs, when it stays, and that it is always
exactly one committee's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import lifecycle, transferring
from dispatch.change import Change
from dispatch.errors import MalformedError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import ELSEWHERE, JobStatus, Outcome, Priority, Private, Turn
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.situation import Decision, Situation
from dispatch.transfers import PATIENCE, Ending, Transfer
from dispatch.verbs import AnswerKey, Command, Verb
from tests.rules.builders import DISTANCES, NOW, SECRETARY_A, STAFF, VOLUNTEERS, roster, situation

OTHER, THIRD = 2, 3


def posted() -> Decision:
    """A job of ours, with its call begun."""
    return lifecycle.posted(situation(), NOW, DISTANCES)


def ordered(here: Situation, to: int = OTHER, version: int | None = None, now: Micros = NOW) -> Decision:
    """The desk hands it over."""
    command = Command(verb=Verb.HAND_OVER, actor=STAFF, committee=to, patience=PATIENCE, version=version)
    return lifecycle.decide(here, command, now, DISTANCES, {})


def said(verb: Verb, here: Situation, actor: int = STAFF, now: Micros = NOW) -> Decision:
    return lifecycle.decide(here, Command(verb=verb, actor=actor), now, DISTANCES, {})


def transfer(here: Situation) -> Transfer:
    """What the other committee was asked with the job as it stands."""
    pending = here.job.pending
    assert pending is not None
    return Transfer(
        relay_id=7,
        committee_id=pending.committee_id,
        sender_id=1,
        job_id=here.job.id,
        since_version=pending.since_version,
        note="the key is next door",
    )


def answered(here: Situation, asked: Transfer, *, accepts: bool, now: Micros = NOW) -> Decision:
    return lifecycle.answered(here, asked, now, DISTANCES, accepts=accepts)


def key(decision: Decision) -> AnswerKey:
    assert decision.answer is not None
    return decision.answer.key


def asked_over() -> Situation:
    return ordered(posted().after).after


ENDINGS = [
    ("accepted", EventKind.HANDED_OVER, None, Outcome.HANDED_OVER),
    ("declined", EventKind.NOT_HANDED_OVER, Ending.DECLINED, None),
    ("silence", EventKind.NOT_HANDED_OVER, Ending.UNANSWERED, None),
    ("claim", EventKind.NOT_HANDED_OVER, Ending.TAKEN, None),
    ("assign", EventKind.NOT_HANDED_OVER, Ending.TAKEN, None),
    ("cancel", EventKind.NOT_HANDED_OVER, Ending.CLOSED, Outcome.CANCELLED),
    ("complete", EventKind.NOT_HANDED_OVER, Ending.CLOSED, Outcome.DONE),
]
"""What happens, what the ledger says of it, and how the job ended, if it did."""


def happens(what: str, here: Situation, now: Micros = NOW) -> Decision:
    match what:
        case "accepted" | "declined":
            return answered(here, transfer(here), accepts=what == "accepted", now=now)
        case "silence":
            return lifecycle.looked(here, now + PATIENCE, DISTANCES)
        case "claim":
            return said(Verb.CLAIM, here, VOLUNTEERS[0], now)
        case "assign":
            command = Command(verb=Verb.ASSIGN, actor=STAFF, person=VOLUNTEERS[1])
            return lifecycle.decide(here, command, now, DISTANCES, {})
    return said(Verb(what), here, now=now)


@pytest.mark.parametrize(("what", "event", "ending", "outcome"), ENDINGS)
def test_what_ends_it_stands_in_the_ledger(
    what: str, event: EventKind, ending: Ending | None, outcome: Outcome | None
) -> None:
    asked = asked_over()
    decision = happens(what, asked)
    (entry,) = [each for each in decision.events if each.kind is event]
    assert entry.data["committee"] == OTHER
    assert entry.data.get("ending") == (None if ending is None else ending.value)
    job = decision.after.job
    assert job.outcome is outcome
    assert job.pending is not None
    assert not job.pending.open
    assert (job.look_at is None) is (job.status is JobStatus.CLOSED)


@pytest.mark.parametrize("first", [each[0] for each in ENDINGS])
@pytest.mark.parametrize("second", ["accepted", "declined"])
def test_an_answer_after_the_end_changes_nothing_and_says_so(first: str, second: str) -> None:
    asked = asked_over()
    after = happens(first, asked).after
    late = answered(after, transfer(asked), accepts=second == "accepted", now=NOW + PATIENCE)
    assert key(late) is AnswerKey.NOT_NEEDED
    assert after.job.outcome is late.after.job.outcome
    assert not {EventKind.HANDED_OVER, EventKind.NOT_HANDED_OVER} & {each.kind for each in late.events}


def test_while_they_are_asked_the_call_goes_on_as_it_would_have() -> None:
    alone, asked = posted().after, asked_over()
    for minutes in range(1, 5):
        now = NOW + minutes * MINUTE
        alone = lifecycle.looked(alone, now, DISTANCES).after
        asked = lifecycle.looked(asked, now, DISTANCES).after
        assert asked.job.calling == replace(alone.job.calling, since_version=asked.job.calling.since_version)
        assert asked.asks == alone.asks


def test_the_clock_looks_again_when_their_time_is_over_and_the_desk_is_rung() -> None:
    asked = asked_over()
    assert asked.job.look_at is not None
    assert asked.job.look_at <= NOW + PATIENCE
    early = lifecycle.looked(asked, NOW + PATIENCE - 1, DISTANCES)
    assert early.after.job.pending == asked.job.pending
    decision = lifecycle.looked(early.after, NOW + PATIENCE, DISTANCES)
    rung = {who for each in decision.notices if each.kind is NoticeKind.CORRECTED for who in each.people}
    assert rung == {STAFF, SECRETARY_A, *asked.roster.desk}


def test_asking_again_changes_nothing_and_asking_two_at_once_is_refused() -> None:
    asked = asked_over()
    assert key(ordered(asked)) is AnswerKey.HANDING_OVER
    assert key(ordered(asked, THIRD)) is AnswerKey.ASKED_ELSEWHERE
    assert not ordered(asked).changed
    assert not ordered(asked, THIRD).changed


def test_a_button_from_before_their_answer_does_not_ask_them_again_and_a_new_one_does() -> None:
    asked = asked_over()
    declined = happens("declined", asked).after
    assert key(ordered(declined, version=asked.job.version)) is AnswerKey.UNCHANGED
    again = ordered(declined, version=declined.job.version)
    assert key(again) is AnswerKey.HANDING_OVER
    stale = answered(again.after, transfer(asked), accepts=True)
    assert key(stale) is AnswerKey.NOT_NEEDED


def test_what_somebody_has_is_not_handed_over_and_nothing_goes_to_oneself_or_to_nobody() -> None:
    claimed = said(Verb.CLAIM, posted().after, VOLUNTEERS[0]).after
    assert key(ordered(claimed)) is AnswerKey.IN_HANDS
    for nobody in (1, None):
        command = Command(verb=Verb.HAND_OVER, actor=STAFF, committee=nobody)
        with pytest.raises(MalformedError):
            lifecycle.decide(posted().after, command, NOW, DISTANCES, {})


def test_the_new_job_has_the_same_words_and_nothing_of_the_senders_register() -> None:
    asked = asked_over()
    known = next(iter(asked.roster.buildings.values()))
    sent = replace(asked, job=replace(asked.job, building_id=known.id, headline="water", places=2))
    private = Private(
        text="knocked twice", unit="502", phone="13800138000", resident_name="Ann", resident_notes="frail"
    )
    draft = transferring.rewritten(transfer(asked), sent, private, 55, 9)
    assert draft.text.splitlines() == [f"{known.name} 502", "knocked twice", "the key is next door"]
    assert (draft.unit, draft.phone, draft.headline) == ("502", "13800138000", "water")
    assert (draft.committee_id, draft.building_id, draft.posted_by) == (OTHER, 9, 55)
    assert (draft.origin_id, draft.places, draft.priority) == (7, 2, sent.job.priority)


def test_a_turn_that_is_handed_over_keeps_its_moments_and_nobody_there_is_one_who_usually_does_it() -> None:
    asked = asked_over()
    turn = Turn(plan_id=3, at=NOW + HOUR, due_at=NOW + 2 * HOUR, leaders_at=NOW, first=(1,), usual=(1, 2))
    sent = replace(asked, job=replace(asked.job, turn=turn))
    draft = transferring.rewritten(transfer(asked), sent, Private(), 55)
    assert draft.turn == Turn(plan_id=ELSEWHERE, at=NOW + HOUR, due_at=NOW + 2 * HOUR, leaders_at=NOW)


@pytest.mark.parametrize("priority", list(Priority))
def test_the_other_desk_is_asked_and_whoever_is_on_duty_there_if_it_presses(priority: Priority) -> None:
    there = roster()
    there = replace(there, committee=replace(there.committee, id=OTHER))
    leader = there.people[VOLUNTEERS[0]]
    ladder = replace(there.ladder, rungs=dict.fromkeys(there.ladder.rungs, (leader.id,)))
    there = replace(there, ladder=ladder)
    job = replace(asked_over().job, priority=priority)
    relay = transferring.relay(job, 3, there, NOW)
    assert set(relay.asked) >= set(there.desk)
    assert (leader.id in relay.asked) is (priority is not Priority.NORMAL)
    assert (relay.due_at, relay.open) == (None, True)


STEPS = st.lists(
    st.sampled_from(
        ["hand", "third", "accept", "decline", "stale", "claim", "release", "cancel", "wait", "raise"]
    ),
    max_size=14,
)


@given(STEPS)
def test_a_job_never_has_two_owners_and_never_none(steps: list[str]) -> None:
    here, now, asked, owners = posted().after, NOW, list[Transfer](), [1]
    for step in steps:
        now += MINUTE
        decision = _step(step, here, asked, now)
        if decision is None:
            continue
        here = decision.after
        pending = here.job.pending
        if pending is not None and pending.open and transfer(here) not in asked:
            asked.append(transfer(here))
        if any(each.kind is EventKind.HANDED_OVER for each in decision.events):
            owners.append(asked[-1].committee_id if step == "accept" else asked[0].committee_id)
        given_away = here.job.outcome is Outcome.HANDED_OVER
        assert len(owners) == (2 if given_away else 1)
        assert (here.job.look_at is None) is (here.job.status is JobStatus.CLOSED)
        if pending is not None and pending.open:
            assert here.job.status is JobStatus.OPEN
            assert not any(each.holds_place for each in here.claims)


def _step(step: str, here: Situation, asked: list[Transfer], now: Micros) -> Decision | None:
    holds = any(each.holds_place for each in here.claims)
    if (step in ("accept", "decline", "stale") and not asked) or (step == "release" and not holds):
        return None
    match step:
        case "hand" | "third":
            return ordered(here, OTHER if step == "hand" else THIRD, now=now)
        case "accept" | "decline" | "stale":
            which = asked[0] if step == "stale" else asked[-1]
            return answered(here, which, accepts=step != "decline", now=now)
        case "wait":
            return lifecycle.looked(here, now + PATIENCE, DISTANCES)
    actor = VOLUNTEERS[0] if step in ("claim", "release") else STAFF
    return said(Verb(step), here, actor, now)


def test_an_answer_is_about_the_very_change_that_was_asked_for() -> None:
    asked = asked_over()
    change = Change(asked, NOW, DISTANCES)
    foreign = replace(transfer(asked), committee_id=THIRD)
    assert transferring.accept(change, foreign).key is AnswerKey.NOT_NEEDED
    assert not change.events

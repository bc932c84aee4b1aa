"""One job, played second by second."""

import pytest

from bot.simulate.mistakes import MistakeError
from bot.simulate.play import play
from bot.simulate.trial import Outcome, Trial
from dispatch.policies.candidate import Candidate
from dispatch.policies.everybody import Everybody
from dispatch.policies.one_at_a_time import OneAtATime
from dispatch.policies.record import Record
from dispatch.policies.refusals import Refusals
from dispatch.policies.search import Reply
from dispatch.policies.wave import Policy
from dispatch.policies.waves import Waves
from tests.simulate.policies import Late, Pushy

YES, NO = Reply.ACCEPTED, Reply.REFUSED


def trial(
    *replies: Reply | None, delays: list[float] | None = None, places: int = 1, horizon: float = 1800
) -> Trial:
    """People in the order of their distance, who answer after ten seconds and are there thirty later."""
    count = len(replies)
    return Trial(
        people=[Candidate(id=person, walk=float(person)) for person in range(count)],
        replies=replies,
        delays=delays or [10.0] * count,
        ways=[30.0] * count,
        target=300,
        chance=0.99,
        horizon=horizon,
        places=places,
    )


def outcome(policy: Policy, played: Trial) -> Outcome:
    return play(policy, played, Record())


def test_the_first_who_accepts_has_it_and_the_others_are_late() -> None:
    found = outcome(Everybody(), trial(YES, YES, NO, None, YES, delays=[50, 20, 5, 1, 90]))
    assert (found.claimed, found.arrived, found.late, found.pings) == (20.0, 50.0, 2, 5)


def test_nobody_is_asked_any_more_once_somebody_has_it() -> None:
    found = outcome(OneAtATime(), trial(NO, YES, YES))
    assert (found.claimed, found.asked) == (20.0, (0, 1))


def test_a_refusal_is_heard_at_once() -> None:
    found = outcome(Refusals(count=1), trial(NO, NO, YES))
    assert (found.claimed, found.pings) == (30.0, 3)


def test_a_job_that_nobody_takes_ends_at_its_horizon() -> None:
    found = outcome(Waves(), trial(*[None] * 50))
    assert (found.claimed, found.arrived, found.late, found.pings) == (None, None, 0, 50)


def test_an_answer_after_the_horizon_is_none() -> None:
    assert outcome(Everybody(), trial(YES, delays=[2000])).claimed is None


def test_several_places_are_taken_one_after_the_other() -> None:
    found = outcome(Everybody(), trial(YES, YES, YES, delays=[10, 40, 70], places=2))
    assert (found.claimed, found.arrived, found.late) == (40.0, 70.0, 1)


@pytest.mark.parametrize("policy", [Pushy(), Late()], ids=["the same twice", "a moment that has passed"])
def test_a_policy_that_does_what_cannot_be_done_is_told_so(policy: Policy) -> None:
    with pytest.raises(MistakeError):
        outcome(policy, trial(None, None))

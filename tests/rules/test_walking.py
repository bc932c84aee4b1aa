"""What was found says what comes next; of two who say it at one step, or of an old card, the first counts."""

from dataclasses import replace

import pytest

from dispatch import revealing, walking
from dispatch.claims import ClaimStatus
from dispatch.errors import MalformedError, NotAllowedError
from dispatch.events import NoticeKind
from dispatch.instructions import CLOSE, Finding, Instruction, Recheck
from dispatch.jobs import CallCause, JobStatus, Outcome, Priority, Private
from dispatch.moments import MINUTE
from dispatch.residents import Contact, ContactKind
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import SECRETARY_A, STAFF, Play
from tests.rules.plays import ANA, BEN, claim, key

TEXT = {"en": "…", "zh_CN": "……"}


def finding(name: str, to: str, **more: object) -> Finding:
    return Finding(key=name, words=TEXT, to=to, **more)  # type: ignore[arg-type]  # by name


GUIDE = (
    Instruction(words=TEXT, key="knock", findings=(finding("opened", "see"), finding("none", "ask"))),
    Instruction(
        words=TEXT,
        key="ask",
        wants="keyholder",
        otherwise="wait",
        reveal=frozenset({"keyholder"}),
        holds=True,
        findings=(finding("none", "wait", raises=Priority.LIFE, calls=True), finding("opened", "see")),
    ),
    Instruction(
        words=TEXT,
        key="wait",
        holds=True,
        recheck=Recheck(after=15 * MINUTE, to="again", calls=True),
        findings=(finding("opened", "see"),),
    ),
    Instruction(
        words=TEXT,
        key="again",
        holds=True,
        findings=(finding("none", "wait", calls=True), finding("opened", "see")),
    ),
    Instruction(words=TEXT, key="see", findings=(finding("well", CLOSE),)),
)

HIDES = frozenset({"unit", "text", "resident", "keyholder"})


def guided(**job: object) -> Situation:
    return builders.situation(builders.playbook(steps=GUIDE), None, **{"hides": HIDES, **job})


def at_the_door(**job: object) -> Play:
    play = Play(guided(**job))
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.ARRIVE)
    return play


def finds(play: Play, *findings: str, actor: int = ANA) -> Play:
    for each in findings:
        play.does(actor, Verb.FIND, finding=each)
    return play


def step(play: Play) -> str:
    found = walking.current(play.job, play.state.playbook)
    assert found is not None
    return found.key


def test_what_was_found_says_what_comes_next_and_the_last_thing_ends_the_job() -> None:
    play = finds(at_the_door(), "knock.opened")
    assert (key(play), step(play)) == (AnswerKey.FOUND, "see")
    finds(play, "see.well")
    assert key(play) is AnswerKey.FINISHED
    assert (play.job.status, play.job.outcome) == (JobStatus.CLOSED, Outcome.DONE)
    assert claim(play).status is ClaimStatus.DONE


def test_nobody_answering_is_no_end_and_done_is_refused_until_somebody_was_seen() -> None:
    play = finds(at_the_door(), "knock.none")
    play.does(ANA, Verb.FINISH)
    assert (key(play), play.job.status) == (AnswerKey.STEP_OPEN, JobStatus.FILLED)
    assert claim(play).live
    finds(play, "ask.opened")
    play.does(ANA, Verb.FINISH)
    assert key(play) is AnswerKey.FINISHED


def test_done_is_free_before_anything_was_found() -> None:
    play = at_the_door()
    play.does(ANA, Verb.FINISH)
    assert play.job.outcome is Outcome.DONE


def test_a_finding_raises_the_job_and_calls_leaders_who_are_urged_until_somebody_has_it_in_hand() -> None:
    play = finds(at_the_door(), "knock.none")
    before = len(play.called())
    finds(play, "ask.none")
    assert play.job.priority is Priority.LIFE
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)
    play.look()
    assert {STAFF, SECRETARY_A} <= set(play.called()[before:])
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(SECRETARY_A, Verb.SETTLE)
    assert not play.job.calling.running
    assert claim(play).live


def test_time_moves_the_step_on_and_whoever_waits_on_purpose_is_not_taken_for_silent() -> None:
    play = finds(at_the_door(), "knock.none", "ask.none")
    play.lives(14 * MINUTE)
    assert (step(play), claim(play).nudged_at) == ("wait", None)
    play.lives(1 * MINUTE)
    assert step(play) == "again"
    told = [notice for each in play.decisions[-4:] for notice in each.notices]
    assert any(notice.kind is NoticeKind.RECHECK and ANA in notice.people for notice in told)
    finds(play, "again.none")
    play.lives(15 * MINUTE)
    assert play.events().count("recheck") == 2


def test_a_recheck_that_was_missed_in_an_outage_happens_once() -> None:
    play = finds(at_the_door(), "knock.none", "ask.none")
    play.passes(600 * MINUTE)
    assert (step(play), play.events().count("recheck")) == ("again", 1)


def test_of_two_who_answer_one_step_the_first_counts() -> None:
    play = finds(at_the_door(places=2), "knock.none")
    play.does(BEN, Verb.CLAIM)
    version = play.job.version
    finds(play, "knock.opened", actor=BEN)
    assert (key(play), step(play), play.job.version) == (AnswerKey.FOUND_BEFORE, "ask", version)


def test_a_step_that_is_not_asked_now_moves_nothing() -> None:
    play = finds(at_the_door(), "see.well")
    assert (key(play), play.job.walk) == (AnswerKey.FOUND_BEFORE, None)


def test_an_old_card_does_not_answer_a_step_that_came_back() -> None:
    play = finds(at_the_door(), "knock.none", "ask.none")
    old = play.job.version
    play.lives(15 * MINUTE)
    finds(play, "again.none")
    play.does(ANA, Verb.FIND, finding="wait.opened", version=old)
    assert (key(play), step(play)) == (AnswerKey.FOUND_BEFORE, "wait")


@pytest.mark.parametrize("forged", ["", "knock", "knock.", "knock.gone", "nowhere.none", "knock.none.none"])
def test_what_no_card_ever_offered_is_refused(forged: str) -> None:
    play = at_the_door()
    with pytest.raises(MalformedError):
        finds(play, forged)


def test_a_job_that_asks_nothing_refuses_findings() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    with pytest.raises(MalformedError):
        finds(play, "knock.none")


def test_only_whoever_has_it_and_the_desk_say_what_was_found() -> None:
    play = at_the_door()
    with pytest.raises(NotAllowedError):
        finds(play, "knock.none", actor=BEN)
    finds(play, "knock.none", actor=STAFF)
    assert step(play) == "ask"


def test_whoever_gave_it_back_says_nothing_any_more_and_the_next_one_goes_on_from_there() -> None:
    play = finds(at_the_door(), "knock.none")
    play.does(ANA, Verb.RELEASE)
    version = play.job.version
    for each in ("ask.none", "knock.none"):
        finds(play, each)
        assert (key(play), step(play), play.job.version) == (AnswerKey.NOT_YOURS, "ask", version)
    play.does(BEN, Verb.CLAIM)
    finds(play, "ask.opened", actor=BEN)
    assert step(play) == "see"


def test_without_anybody_there_the_clock_goes_on_and_the_call_for_people_with_it() -> None:
    play = finds(at_the_door(), "knock.none", "ask.none")
    play.does(ANA, Verb.RELEASE)
    assert play.job.calling.cause is CallCause.UNCLAIMED
    play.lives(15 * MINUTE)
    assert (step(play), play.job.calling.cause) == ("again", CallCause.UNCLAIMED)


def test_a_step_about_somebody_whom_nobody_knows_is_left_out() -> None:
    play = finds(at_the_door(hides=frozenset({"unit", "resident"})), "knock.none")
    assert step(play) == "wait"


def test_a_key_holder_is_shown_from_their_step_on_and_not_before() -> None:
    contacts = (
        Contact(name="Son", phone="1"),
        Contact(name="Neighbour", phone="2", kind=ContactKind.KEYHOLDER),
    )
    private = Private(unit="502", contacts=contacts)
    play = at_the_door()
    ana = play.state.roster.people[ANA]

    def shown() -> list[str]:
        return [each.name for each in revealing.limited(private, play.state, ana).contacts]

    assert shown() == ["Son"]
    finds(play, "knock.none")
    assert shown() == ["Son", "Neighbour"]
    finds(play, "ask.opened")
    assert shown() == ["Son", "Neighbour"]


def test_another_kind_of_job_begins_its_own_way() -> None:
    plain = builders.playbook(kind="other", digest="d2", recognise=("x",))
    play = finds(at_the_door(), "knock.none")
    state = replace(play.state, playbook=plain)
    assert walking.current(state.job, plain) is None
    assert not walking.holds(state.job, plain)

"""What people on a job say to each other: who hears it, who must not, and that it is a sign of life."""

from dataclasses import replace

import pytest

from dispatch import revealing, saying
from dispatch.claims import ClaimStatus
from dispatch.errors import NotAllowedError
from dispatch.events import Entry, EventKind, NoticeKind
from dispatch.jobs import CallCause
from dispatch.moments import MINUTE
from dispatch.people import Person
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import OFFICE, SECRETARY_A, SECRETARY_B, STAFF, Play, playbook, situation
from tests.rules.plays import ANA, BEN, claim, key, told

WORDS = "the guard has the key"


def on_it(*people: int) -> Play:
    """Posted by staff, with these on their way."""
    play = Play(situation(playbook(places=len(people)), posted_by=STAFF))
    for person in people:
        play.does(person, Verb.CLAIM)
    return play


def changed(play: Play, ident: int, **fields: object) -> None:
    people = dict(play.state.roster.people)
    people[ident] = replace(people[ident], **fields)  # type: ignore[arg-type]  # fields of Person, by name
    play.state = replace(play.state, roster=replace(play.state.roster, people=people))


@pytest.mark.parametrize(
    ("who", "hear"),
    [
        (ANA, {BEN, STAFF}),
        (BEN, {ANA, STAFF}),
        (STAFF, {ANA, BEN}),
        (SECRETARY_A, {ANA, BEN, STAFF}),
    ],
)
def test_everybody_else_on_the_job_hears_it(who: int, hear: set[int]) -> None:
    play = on_it(ANA, BEN)
    decision = play.does(who, Verb.SAY, note=f"  {WORDS} ")
    assert told(play, NoticeKind.WORDS) == hear
    assert key(play) is AnswerKey.SAID
    assert [(event.kind, event.actor_id, event.note) for event in decision.events] == [
        (EventKind.SAID, who, WORDS)
    ]
    assert set(saying.told(decision.events[0])) == hear
    assert NoticeKind.WORDS.wakes


def test_where_nobody_of_the_desk_is_on_it_all_of_the_desk_hears_whoever_goes() -> None:
    play = on_it(ANA)
    changed(play, STAFF, active=False)
    play.does(ANA, Verb.SAY, note=WORDS)
    assert told(play, NoticeKind.WORDS) == {person for person in play.state.roster.desk if person != STAFF}
    assert SECRETARY_B in told(play, NoticeKind.WORDS)


def test_whoever_answered_the_call_hears_it_also() -> None:
    play = on_it(ANA)
    play.does(ANA, Verb.HELP)
    play.passes(4 * MINUTE)
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(ANA, Verb.SAY, note=WORDS)
    assert told(play, NoticeKind.WORDS) == {SECRETARY_A, STAFF}


@pytest.mark.parametrize("words", ["", "  \n"])
def test_no_words_are_passed_on_to_nobody(words: str) -> None:
    play = on_it(ANA)
    assert not play.does(STAFF, Verb.SAY, note=words).changed
    assert key(play) is AnswerKey.UNCHANGED


def test_with_nobody_on_it_nothing_is_passed_on_and_that_is_said() -> None:
    play = on_it(ANA)
    play.does(ANA, Verb.RELEASE)
    assert not play.does(STAFF, Verb.SAY, note=WORDS).changed
    assert key(play) is AnswerKey.NOBODY_TO_TELL


def test_whom_nobody_vouched_for_is_told_nothing_and_may_say_something() -> None:
    play = on_it(ANA)
    changed(play, ANA, trusted=False)
    assert not play.does(STAFF, Verb.SAY, note="ring at 502").changed
    assert key(play) is AnswerKey.NOT_TOLD
    play.does(ANA, Verb.SAY, note=WORDS)
    assert told(play, NoticeKind.WORDS) == {STAFF}


@pytest.mark.parametrize("who", [BEN, OFFICE])
def test_who_has_no_part_in_it_has_no_say(who: int) -> None:
    play = on_it(ANA)
    with pytest.raises(NotAllowedError):
        play.does(who, Verb.SAY, note=WORDS)


@pytest.mark.parametrize("started", [False, True])
def test_whoever_says_something_is_not_silent(started: bool) -> None:
    play = on_it(ANA)
    if started:
        play.does(ANA, Verb.START)
    due = claim(play).deadline_at
    assert due is not None
    play.passes(due - play.now)
    assert claim(play).nudged_at is not None
    play.does(ANA, Verb.SAY, note=WORDS)
    mine = claim(play)
    assert (mine.nudged_at, mine.alarmed_at) == (None, None)
    assert mine.status is (ClaimStatus.UNDERWAY if started else ClaimStatus.CLAIMED)
    assert mine.deadline_at is not None
    assert mine.deadline_at > play.now


def test_a_call_because_somebody_fell_silent_ends_when_they_say_something() -> None:
    play = on_it(ANA)
    play.does(ANA, Verb.START)
    for _ in range(2):
        due = claim(play).deadline_at
        assert due is not None
        play.passes(due - play.now)
    assert play.job.calling.cause is CallCause.SILENT
    play.does(ANA, Verb.SAY, note=WORDS)
    assert not play.job.calling.running


def test_what_the_desk_says_is_no_sign_of_life_of_whoever_goes() -> None:
    play = on_it(ANA)
    before = claim(play)
    play.does(STAFF, Verb.SAY, note=WORDS)
    assert claim(play) == before


def entry(version: int, actor: int, told: str, note: str = WORDS) -> Entry:
    data = {"told": told}
    return Entry(
        job_id=1, version=version, kind=EventKind.SAID, at=version, actor_id=actor, data=data, note=note
    )


def test_a_card_tells_the_last_words_of_those_who_were_meant() -> None:
    people = on_it(ANA, BEN).state.roster.people
    said = [entry(each, STAFF, "1 2" if each % 2 else "2") for each in range(1, 8)]
    assert [each.version for each in saying.said_to(said, people[ANA])] == [3, 5, 7]
    assert [each.version for each in saying.said_to(said, people[BEN])] == [5, 6, 7]
    assert [each.version for each in saying.said_to(said, people[STAFF])] == [5, 6, 7]
    assert saying.said_to(said, people[SECRETARY_B]) == ()
    assert saying.said_to([entry(1, STAFF, "1", note="")], people[ANA]) == ()  # let go of in the night


def test_whom_nobody_vouches_for_any_more_reads_nothing_of_what_they_were_told() -> None:
    """Also not as a leader who was called for it, whose card is the desk's."""
    ana = on_it(ANA).state.roster.people[ANA]
    said = [entry(1, STAFF, str(ANA))]
    assert saying.said_to(said, ana) == tuple(said)
    assert saying.said_to(said, replace(ana, trusted=False)) == ()


@pytest.mark.parametrize(
    ("verb", "trusted", "reads"),
    [(None, True, True), (None, False, False), (Verb.RELEASE, True, False), (Verb.FINISH, True, False)],
)
def test_words_are_read_while_the_claim_lives(verb: Verb | None, trusted: bool, reads: bool) -> None:
    play = on_it(ANA, BEN)
    changed(play, ANA, trusted=trusted)
    if verb is not None:
        play.does(ANA, verb)
    reader: Person = play.state.roster.people[ANA]
    assert revealing.reads(play.state, reader) is reads

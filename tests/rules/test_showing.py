"""Which pictures are owed to whom, and when they are taken back: once a picture and claim, to people only."""

from dataclasses import replace

import pytest

from dispatch import outbox, revealing
from dispatch.errors import DispatchError, DocumentTooLongError, NotAllowedError, TooManyPicturesError
from dispatch.events import NoticeKind, Owed
from dispatch.jobs import Correction, JobStatus
from dispatch.people import Address, Person, Roster
from dispatch.pictures import MOST, Picture
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import OFFICE, SECRETARY_A, STAFF, Play, playbook, roster, situation
from tests.rules.plays import ANA, BEN

PICTURE = Picture(data=b"jpeg", width=4, height=3)


def pictured(count: int = 1, start: Situation | None = None) -> Play:
    """A job with so many pictures, which nobody has taken."""
    play = Play(start)
    for _ in range(count):
        play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    return play


def shown(play: Play) -> list[Owed]:
    """The pictures that the last decision owes."""
    return [row for row in outbox.owed(play.decisions[-1]) if row.picture is not None]


def person(play: Play, ident: int) -> Person:
    return play.state.roster.people[ident]


def untrusted(*people: int) -> Roster:
    """The committee, some of whose people nobody has vouched for."""
    everybody = roster()
    changed = {each: replace(everybody.people[each], trusted=False) for each in people}
    return replace(everybody, people={**everybody.people, **changed})


def test_a_picture_is_numbered_kept_with_the_decision_and_told_to_the_desk() -> None:
    play = pictured(2)
    decision = play.decisions[-1]
    assert (play.job.pictures, decision.pictures) == (2, (PICTURE,))
    assert [event.kind.value for event in decision.events] == ["pictured"]
    assert decision.events[0].data == {"number": 2}
    assert STAFF in {row.address_id for row in outbox.owed(decision)}
    assert shown(play) == [], "nobody has taken the job"


def test_whoever_takes_the_job_is_owed_every_picture_once_in_one_chat() -> None:
    play = pictured(2)
    play.does(ANA, Verb.CLAIM)
    rows = shown(play)
    assert [(row.address_id, row.picture, row.claim) for row in rows] == [(ANA, 1, 1), (ANA, 2, 1)]
    assert len({row.cause for row in rows}) == 2
    assert {row.kind for row in rows} == {NoticeKind.UPDATE}, "the card rings; the pictures need not"


def test_a_picture_that_is_added_later_is_owed_to_whoever_has_the_job_and_rings() -> None:
    play = pictured(1)
    play.does(ANA, Verb.CLAIM)
    play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    assert [(row.address_id, row.picture, row.kind) for row in shown(play)] == [(ANA, 2, NoticeKind.PICTURE)]
    assert NoticeKind.PICTURE.wakes


def test_what_else_happens_to_a_claim_owes_no_picture_again() -> None:
    play = pictured(1)
    play.does(ANA, Verb.CLAIM)
    for verb in (Verb.START, Verb.ARRIVE, Verb.HELP):
        play.does(ANA, verb)
        assert shown(play) == []
    play.does(STAFF, Verb.CORRECT, correction=Correction(unit="503"))
    assert shown(play) == []


@pytest.mark.parametrize("end", [Verb.RELEASE, Verb.FINISH])
def test_a_claim_that_ends_has_its_pictures_taken_back(end: Verb) -> None:
    play = pictured(2)
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, end)
    rows = shown(play)
    assert [(row.address_id, row.picture, row.claim) for row in rows] == [(ANA, 1, 1), (ANA, 2, 1)]
    assert {row.kind for row in rows} == {NoticeKind.WITHDRAW}


@pytest.mark.parametrize("end", [Verb.CANCEL, Verb.COMPLETE])
def test_a_job_that_staff_close_has_its_pictures_taken_back(end: Verb) -> None:
    play = pictured(1)
    play.does(ANA, Verb.CLAIM)
    play.does(STAFF, end)
    assert [(row.address_id, row.kind) for row in shown(play)] == [(ANA, NoticeKind.WITHDRAW)]


def test_the_next_to_take_it_is_owed_them_for_a_claim_of_their_own() -> None:
    play = pictured(1)
    for who in (ANA, BEN):
        play.does(who, Verb.CLAIM)
        assert [(row.address_id, row.claim) for row in shown(play)] == [(who, 1 if who == ANA else 2)]
        play.does(who, Verb.RELEASE)


def test_somebody_replaced_loses_them_in_the_moment_in_which_the_next_one_gets_them() -> None:
    play = pictured(1)
    play.does(ANA, Verb.CLAIM)
    play.does(STAFF, Verb.ASSIGN, person=BEN, replaces=ANA)
    assert {(row.address_id, row.kind) for row in shown(play)} == {
        (ANA, NoticeKind.WITHDRAW),
        (BEN, NoticeKind.UPDATE),
    }


def test_somebody_whom_nobody_vouched_for_is_owed_none_even_if_staff_give_them_the_job() -> None:
    play = pictured(1, situation(people=untrusted(ANA)))
    play.does(STAFF, Verb.ASSIGN, person=ANA)
    assert shown(play) == []
    play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    assert shown(play) == []
    assert revealing.pictures(play.state, person(play, ANA)) == 0


def test_a_playbook_that_keeps_the_words_from_claimers_keeps_the_pictures_from_them() -> None:
    play = pictured(1, situation(playbook(reveal=frozenset({"unit"}))))
    play.does(ANA, Verb.CLAIM)
    assert shown(play) == []
    assert revealing.pictures(play.state, person(play, ANA)) == 0
    assert revealing.pictures(play.state, person(play, STAFF)) == 1


def test_a_picture_makes_a_job_one_for_people_who_were_vouched_for() -> None:
    """A job that hid nothing hides something from then on."""
    play = Play(situation(people=untrusted(ANA, BEN), hides=frozenset()))
    assert ANA in play.asked()
    play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    with pytest.raises(NotAllowedError):
        play.does(ANA, Verb.CLAIM)


def test_who_sees_pictures_is_who_sees_the_words() -> None:
    play = pictured(3)
    play.does(ANA, Verb.CLAIM)
    counts = {each: revealing.pictures(play.state, person(play, each)) for each in (ANA, BEN, STAFF, OFFICE)}
    assert counts == {ANA: 3, BEN: 0, STAFF: 3, OFFICE: 0}
    assert revealing.pictures(play.state, person(play, SECRETARY_A)) == 3
    play.does(ANA, Verb.FINISH)
    assert play.job.status is JobStatus.CLOSED
    assert revealing.pictures(play.state, person(play, STAFF)) == 0


def test_rooms_and_pages_are_owed_no_picture() -> None:
    everybody = roster(rooms=True)
    page = Address(id=7000, committee_id=1, platform="web", value="test/p1", person_id=ANA)
    play = pictured(1, situation(people=replace(everybody, addresses=(page, *everybody.addresses))))
    play.does(ANA, Verb.CLAIM)
    assert [row.address_id for row in shown(play)] == [ANA]


def test_they_are_taken_back_from_every_chat_since_the_second_may_have_stood_in_for_the_first() -> None:
    everybody = roster()
    second = Address(id=8000, committee_id=1, platform="other", value="p1", person_id=ANA)
    play = pictured(1, situation(people=replace(everybody, addresses=(*everybody.addresses, second))))
    play.does(ANA, Verb.CLAIM)
    assert [row.address_id for row in shown(play)] == [ANA]
    play.does(ANA, Verb.RELEASE)
    assert {row.address_id for row in shown(play)} == {ANA, 8000}


def test_a_job_has_so_many_pictures_and_no_more() -> None:
    play = pictured(MOST)
    with pytest.raises(TooManyPicturesError) as refused:
        play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    assert refused.value.params == {"limit": MOST}
    assert play.job.pictures == MOST


@pytest.mark.parametrize("who", [ANA, OFFICE])
def test_whoever_may_not_post_may_add_none(who: int) -> None:
    play = Play()
    with pytest.raises(NotAllowedError):
        play.does(who, Verb.PICTURE, pictures=(PICTURE,))
    assert play.job.pictures == 0


def test_a_closed_job_takes_no_picture() -> None:
    play = Play()
    play.does(STAFF, Verb.CANCEL)
    decision = play.does(STAFF, Verb.PICTURE, pictures=(PICTURE,))
    assert (decision.changed, decision.pictures) == (False, ())
    assert decision.answer is not None
    assert decision.answer.key is AnswerKey.CLOSED


def test_no_picture_stands_in_a_decision_that_is_printed() -> None:
    decision = pictured(1).decisions[-1]
    assert "jpeg" not in repr(decision)


def pages(count: int) -> tuple[Picture, ...]:
    return tuple(replace(PICTURE, width=number) for number in range(1, count + 1))


def test_the_pages_of_a_document_are_kept_together_and_owed_in_their_order() -> None:
    play = pictured(1)
    play.does(ANA, Verb.CLAIM)
    decision = play.does(STAFF, Verb.PICTURE, pictures=pages(3))
    assert (play.job.pictures, decision.pictures) == (4, pages(3))
    assert [dict(event.data) for event in decision.events] == [{"number": 4, "pages": 3}]
    assert [row.picture for row in shown(play)] == [2, 3, 4]
    assert decision.answer is not None
    assert (decision.answer.key, decision.answer.params["pages"]) == (AnswerKey.PAGED, 3)


@pytest.mark.parametrize(
    ("had", "more", "refusal"), [(10, 1, TooManyPicturesError), (8, 3, DocumentTooLongError)]
)
def test_a_document_that_does_not_fit_is_not_kept_by_halves(
    had: int, more: int, refusal: type[DispatchError]
) -> None:
    play = pictured(had)
    with pytest.raises(refusal):
        play.does(STAFF, Verb.PICTURE, pictures=pages(more))
    assert play.job.pictures == had


def test_what_a_claimer_hands_in_goes_to_whoever_posted_the_job_and_back_with_the_claim() -> None:
    play = Play(posted_by(STAFF))
    play.does(ANA, Verb.CLAIM)
    decision = play.does(ANA, Verb.PICTURE, pictures=pages(2))
    assert decision.answer is not None
    assert decision.answer.key is AnswerKey.HANDED_IN
    assert [(row.address_id, row.picture, row.claim) for row in shown(play)] == [(STAFF, 1, 1), (STAFF, 2, 1)]
    play.does(ANA, Verb.RELEASE)
    back = {(row.address_id, row.picture, row.kind) for row in shown(play)}
    assert back == {(who, number, NoticeKind.WITHDRAW) for who in (ANA, STAFF) for number in (1, 2)}


def test_of_a_job_that_nobody_of_the_desk_posted_all_of_the_desk_is_sent_what_is_handed_in() -> None:
    play = Play(posted_by(None))
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.PICTURE, pictures=pages(1))
    assert {row.address_id for row in shown(play)} == set(play.state.roster.desk)


def test_whoever_has_no_claim_any_more_hands_nothing_in() -> None:
    play = Play(posted_by(STAFF))
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.RELEASE)
    with pytest.raises(NotAllowedError):
        play.does(ANA, Verb.PICTURE, pictures=pages(1))


def posted_by(person: int | None) -> Situation:
    """A job that this member of the desk posted, or another system."""
    start = Play().state
    return replace(start, job=replace(start.job, posted_by=person))

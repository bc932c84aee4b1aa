"""Which pictures are owed to whom, and when they are taken back: once a picture and claim, to people only."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dispatch import guides, lifecycle, outbox, revealing
from dispatch.errors import DispatchError, DocumentTooLongError, NotAllowedError, TooManyPicturesError
from dispatch.events import NoticeKind, Owed
from dispatch.instructions import Finding, Instruction
from dispatch.jobs import Correction, JobStatus
from dispatch.people import Address, Person, Roster
from dispatch.pictures import MOST, Picture
from dispatch.playbook import Playbook
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Command, Verb
from tests.rules.builders import DISTANCES, OFFICE, SECRETARY_A, STAFF, Play, playbook, roster, situation

ANA, BEN = 1, 2
WORDS = {"en": "…", "zh_CN": "……"}
PICTURE = Picture(data=b"jpeg", width=4, height=3)


def step(name: str, picture: str = "") -> Instruction:
    return Instruction(words={**WORDS, "en": name}, picture=picture)


def asking(name: str, to: str, picture: str = "") -> Instruction:
    on = Finding(key="on", words=WORDS, to=to)
    return Instruction(words=WORDS, key=name, findings=(on,), picture=picture)


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


PICTURES = replace(playbook(), steps=(step("ring"), step("fill", "fill.png"), step("on", "on.png")))
"""Its steps are read one after the other."""

ASKING = replace(
    playbook(),
    steps=(
        asking("off", "fill", "off.png"),
        asking("fill", "wait", "fill.png"),
        asking("wait", "off"),
    ),
)
"""Each of its steps asks what was found, and leads to the next."""


def guided(book: Playbook) -> Play:
    """A job of the playbook, which somebody has taken."""
    play = Play(situation(book))
    play.does(ANA, Verb.CLAIM)
    return play


def numbers(play: Play, *, back: bool = False) -> list[int | None]:
    return [row.picture for row in shown(play) if (row.kind is NoticeKind.WITHDRAW) is back]


def test_of_steps_that_are_only_read_whoever_takes_the_job_is_owed_one_sheet_and_nobody_else() -> None:
    play = guided(PICTURES)
    (row,) = shown(play)
    assert (row.address_id, row.picture, row.claim, row.kind) == (ANA, guides.SHEET, 1, NoticeKind.UPDATE)
    play.does(ANA, Verb.ARRIVE)
    assert shown(play) == []
    play.does(ANA, Verb.FINISH)
    assert numbers(play, back=True) == [guides.SHEET]


def test_of_steps_that_ask_each_is_owed_its_own_picture_when_it_comes_and_once() -> None:
    play = guided(ASKING)
    assert numbers(play) == [-1]
    play.does(ANA, Verb.FIND, finding="off.on")
    assert numbers(play) == [-2]
    play.does(ANA, Verb.FIND, finding="fill.on")
    assert shown(play) == []
    causes = {row.cause for each in play.decisions for row in outbox.owed(each) if row.picture == -1}
    play.does(ANA, Verb.FIND, finding="wait.on")
    assert {row.cause for row in shown(play)} == causes  # the same row: it is not sent again
    play.does(ANA, Verb.RELEASE)
    assert sorted(map(int, filter(None, numbers(play, back=True)))) == [-2, -1]
    play.does(BEN, Verb.CLAIM)
    assert numbers(play) == [-1]


@pytest.mark.parametrize("book", [PICTURES, ASKING], ids=["read", "asked"])
def test_somebody_whom_nobody_vouched_for_sees_how_it_is_done_all_the_same(book: Playbook) -> None:
    play = Play(replace(situation(book, hides=frozenset()), roster=untrusted(ANA)))
    play.does(ANA, Verb.CLAIM)
    assert len(shown(play)) == 1


def test_without_pictures_nothing_is_owed() -> None:
    play = guided(replace(playbook(), steps=(step("ring"),)))
    assert shown(play) == []


@pytest.mark.parametrize(
    ("number", "name"), [(-1, "off.png"), (-2, "fill.png"), (-3, ""), (-4, ""), (-99, "")]
)
def test_a_number_means_the_picture_of_its_step_and_no_other(number: int, name: str) -> None:
    found = guides.drawn(number, situation(ASKING).job, ASKING, Named())
    assert (b"" if found is None else found.data) == name.encode()


class Named:
    """Every picture is there, and its name is all that is in it."""

    def picture(self, name: str) -> Picture | None:
        return replace(PICTURE, data=name.encode())

    def sheet(self, steps: Sequence[Instruction]) -> Picture | None:
        return replace(PICTURE, data=" ".join(step.picture for step in steps).encode())


READ = replace(PICTURES, kind="read", digest="read")
ASKED = replace(ASKING, kind="asked", digest="asked")
OTHER = replace(PICTURES, kind="other", digest="other", steps=(step("look", "look.png"),))
BARE = replace(playbook(), kind="bare", digest="bare", steps=(step("ring"),))


def becomes(play: Play, book: Playbook) -> None:
    """Staff correct the kind of the job."""
    command = Command(verb=Verb.CORRECT, actor=STAFF, correction=Correction(kind=book.kind))
    decision = lifecycle.decide(play.state, command, play.now, DISTANCES, {book.kind: book})
    play.decisions.append(decision)
    play.state = decision.after


def seen(play: Play) -> list[str]:
    """What is in the pictures that the last decision shows."""
    job, book = play.job, play.state.playbook
    found = [guides.drawn(number, job, book, Named()) for number in numbers(play) if number is not None]
    return ["nothing" if each is None else each.data.decode() for each in found]


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        (READ, OTHER, 1, ["look.png"]),
        (READ, ASKED, 1, ["off.png"]),
        (ASKED, READ, 1, [" fill.png on.png"]),
        (READ, BARE, 1, []),
        (BARE, READ, 0, [" fill.png on.png"]),
    ],
    ids=["sheet to sheet", "sheet to steps", "steps to sheet", "sheet to none", "none to sheet"],
)
def test_a_job_that_becomes_another_kind_shows_its_steps_and_takes_the_others_back(
    before: Playbook, after: Playbook, gone: int, new: list[str]
) -> None:
    play = guided(before)
    had = numbers(play)
    becomes(play, after)
    assert numbers(play, back=True) == had
    assert len(had) == gone
    assert seen(play) == new
    assert not set(numbers(play)) & set(had), "the old sheet is taken away, and not the new one"
    shown_last = numbers(play)
    play.does(ANA, Verb.FINISH)
    assert numbers(play, back=True) == shown_last


def test_of_a_job_that_was_walked_all_its_pictures_are_taken_back_with_the_kind() -> None:
    play = guided(ASKED)
    play.does(ANA, Verb.FIND, finding="off.on")
    becomes(play, READ)
    assert sorted(map(int, filter(None, numbers(play, back=True)))) == [-2, -1]


def test_a_kind_that_comes_back_is_shown_again_and_no_number_means_two_things() -> None:
    play = guided(READ)
    before = set(numbers(play))
    for book in (OTHER, READ, OTHER):
        becomes(play, book)
        assert len(numbers(play)) == 1
        assert not set(numbers(play)) & before
        before |= set(numbers(play))
    assert all(
        guides.drawn(each or 0, play.job, OTHER, Named()) is None for each in before - set(numbers(play))
    )


def test_a_kind_that_stays_and_a_job_that_nobody_has_owe_no_sheet() -> None:
    play = guided(READ)
    becomes(play, READ)
    assert shown(play) == []
    free = Play(situation(READ))
    becomes(free, OTHER)
    assert shown(free) == []


def test_somebody_who_gave_it_back_before_gets_neither() -> None:
    play = guided(READ)
    play.does(ANA, Verb.RELEASE)
    play.does(BEN, Verb.CLAIM)
    becomes(play, OTHER)
    assert {row.address_id for row in shown(play)} == {BEN}

"""Which pictures of a playbook's steps are owed to whom, and which go when a job becomes another kind."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dispatch import guides, lifecycle, outbox
from dispatch.events import NoticeKind
from dispatch.instructions import Finding, Instruction
from dispatch.jobs import Correction
from dispatch.pictures import Picture
from dispatch.playbook import Playbook
from dispatch.verbs import Command, Verb
from tests.rules.builders import DISTANCES, STAFF, Play, playbook, situation
from tests.rules.plays import ANA, BEN
from tests.rules.test_showing import PICTURE, shown, untrusted

WORDS = {"en": "…", "zh_CN": "……"}


def step(name: str, picture: str = "") -> Instruction:
    return Instruction(words={**WORDS, "en": name}, picture=picture)


def asking(name: str, to: str, picture: str = "") -> Instruction:
    on = Finding(key="on", words=WORDS, to=to)
    return Instruction(words=WORDS, key=name, findings=(on,), picture=picture)


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

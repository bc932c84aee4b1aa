"""What a job that is over says of those who were asked for it."""

import pytest

from dispatch.claims import Ask, Claim, ClaimStatus
from dispatch.learning import rested, said
from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.policies.search import Reply

CLOSED: Micros = 60 * MINUTE


def ask(person: int, at: Micros = 0, *, leader: bool = False, refused: bool = False, loop: int = 0) -> Ask:
    return Ask(
        person_id=person, loop=loop, step=0, at=at, leader=leader, refused_at=at + SECOND if refused else None
    )


def claim(person: int, at: Micros, *, by: int | None = None, released: bool = False) -> Claim:
    return Claim(
        job_id=1,
        person_id=person,
        place=1,
        number=person,
        status=ClaimStatus.RELEASED if released else ClaimStatus.DONE,
        claimed_at=at,
        assigned_by=by,
    )


@pytest.mark.parametrize(
    ("asks", "claims", "replies"),
    [
        ((), (), {}),
        ((ask(1), ask(2, refused=True), ask(3)), (claim(1, MINUTE),), {1: "accepted", 2: "refused", 3: None}),
        ((ask(1),), (claim(1, MINUTE, released=True),), {1: "accepted"}),
        ((ask(1),), (claim(1, MINUTE, by=9),), {}),
        ((ask(1),), (claim(2, MINUTE),), {1: None}),
        ((ask(1, leader=True),), (), {}),
        ((ask(1), ask(1, MINUTE, loop=1, refused=True)), (), {1: "refused"}),
    ],
    ids=["nobody", "one each", "gave it back", "was given it", "not asked", "a leader", "asked twice"],
)
def test_each_volunteer_who_was_asked_is_counted_once(
    asks: tuple[Ask, ...], claims: tuple[Claim, ...], replies: dict[int, str | None]
) -> None:
    found = list(said(asks, claims, CLOSED))
    assert {each.person_id: None if each.reply is None else each.reply.value for each in found} == replies
    assert len(found) == len(replies)


def test_silence_counts_for_as_much_as_there_was_time_to_answer() -> None:
    whole, half, none = said((ask(1), ask(2, MINUTE), ask(3, 2 * MINUTE)), (claim(9, 2 * MINUTE),), CLOSED)
    assert whole.weight > half.weight > none.weight
    assert half.weight == pytest.approx(0.5), "one median answer"
    assert none.weight == 0


def test_an_answer_counts_whole_however_soon_it_came() -> None:
    taker, decliner = said((ask(1), ask(2, refused=True)), (claim(1, SECOND),), CLOSED)
    assert (taker.reply, taker.weight, decliner.weight) == (Reply.ACCEPTED, 1, 1)


@pytest.mark.parametrize(
    ("asks", "claims", "who"),
    [
        ((), (), set()),
        ((ask(1), ask(2, refused=True)), (claim(1, MINUTE),), {1, 2}),
        ((), (claim(1, MINUTE, by=9),), {1}),
        ((ask(1),), (claim(1, MINUTE, by=9),), {1}),
        ((), (claim(1, MINUTE),), {1}),
        ((ask(1),), (claim(1, MINUTE), claim(2, MINUTE, by=9)), {1, 2}),
        ((), (claim(1, MINUTE, by=9, released=True), claim(2, MINUTE, by=9)), {1, 2}),
        ((ask(1, leader=True),), (), set()),
    ],
    ids=[
        "nobody",
        "asked",
        "given",
        "asked and given",
        "took it unasked",
        "a second",
        "replaced",
        "a leader",
    ],
)
def test_whoever_was_asked_or_had_it_rests_from_it(
    asks: tuple[Ask, ...], claims: tuple[Claim, ...], who: set[int]
) -> None:
    assert rested(asks, claims) == who

"""What is on a card: by what the reader is to the job, by how the job stands, in both languages."""

import re
from dataclasses import replace

import pytest

from dispatch.claims import Ask
from dispatch.doors import Door
from dispatch.instructions import Instruction
from dispatch.jobs import JobStatus, Priority
from dispatch.moments import HOUR, MINUTE, SECOND
from dispatch.people import Person, Role
from dispatch.stops import Stop
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers.cards import card
from handlers.messages import Card, Tone
from tests.rules.builders import DEPUTY, OFFICE, SECRETARY_A, STAFF, Play, person, playbook, situation
from tests.rules.card_scenes import (
    CATALOGS,
    ROWS,
    SECRET_WORDS,
    SECRETS,
    Scene,
    all_missing,
    all_taken,
    answered,
    arrived,
    cancelled,
    claimed,
    closed_by_staff,
    done,
    exhausted,
    fresh,
    given_back,
    in_hand,
    in_trouble,
    late,
    life,
    life_claimed,
    nudged,
    refused,
    see,
    silent,
    some_taken,
    underway,
    urged,
    view,
)

UNCLAIMED = "Nobody has it yet. It has waited 8 min."
JUST = "less than a minute"
TURN_BACK = "Cancelled. You need not go; if you are on the way, please turn back. Thank you."


def words_of(seen: Card) -> str:
    """Everything on a card that a person reads, but for people's own words."""
    actions = (*seen.actions, *seen.more)
    parts = [seen.title, seen.badge, seen.state, *seen.notes, *seen.steps]
    parts += [line for line in seen.log if "fell on" not in line and "was found" not in line]
    parts += [fact.label for fact in seen.facts] + [call.label for call in seen.calls]
    parts += [action.label + action.hint for action in actions]
    parts += [choice.label for action in actions for choice in action.choices]
    return " ".join(parts)


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
@pytest.mark.parametrize("language", CATALOGS.languages)
def test_nothing_private_is_shown_where_the_view_holds_nothing_private(
    scene: Scene, reader: int | None, relation: Relation, language: str
) -> None:
    seen = see(scene(), reader, relation, language=language)
    assert not seen.private


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
def test_private_words_stand_in_private_lines_only(
    scene: Scene, reader: int | None, relation: Relation
) -> None:
    seen = see(scene(), reader, relation, private=SECRETS)
    public = replace(seen, facts=tuple(fact for fact in seen.facts if not fact.private))
    assert not [word for word in SECRET_WORDS if word in repr(public)]


def test_a_claimer_sees_door_phone_notes_and_family() -> None:
    seen = see(claimed(), 1, Relation.CLAIMER, private=SECRETS)
    assert [word for word in SECRET_WORDS if word not in repr(seen.facts)] == []
    assert {fact.phone for fact in seen.facts if fact.phone} == {"13800138000", "13900139000"}


@pytest.mark.parametrize("scene", [done, cancelled, closed_by_staff])
@pytest.mark.parametrize(
    ("reader", "relation"), [(1, Relation.CLAIMER), (STAFF, Relation.DESK), (3, Relation.ASKED)]
)
def test_a_closed_card_shows_nothing_private_to_anybody(
    scene: Scene, reader: int, relation: Relation
) -> None:
    seen = see(scene(), reader, relation, private=SECRETS)
    assert (seen.closed, seen.private, seen.calls) == (True, False, ())
    assert seen.tone is Tone.DONE


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
def test_a_chinese_card_holds_no_english(scene: Scene, reader: int | None, relation: Relation) -> None:
    assert not re.findall(r"[A-Za-z]{2,}", words_of(see(scene(), reader, relation, language="zh_CN")))


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
def test_an_english_card_holds_no_chinese_but_names(
    scene: Scene, reader: int | None, relation: Relation
) -> None:
    said = words_of(see(scene(), reader, relation)).replace("号楼", "")
    assert not re.findall(r"[\u4e00-\u9fff。，]", said)


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
@pytest.mark.parametrize("language", CATALOGS.languages)
def test_every_card_says_how_it_stands_in_one_whole_sentence(
    scene: Scene, reader: int | None, relation: Relation, language: str
) -> None:
    seen = see(scene(), reader, relation, language=language)
    assert seen.state[-1] in ".!?。！？"
    assert not set("{}…") & set(seen.state + "".join(seen.notes + seen.log))


@pytest.mark.parametrize(
    ("scene", "reader", "relation", "said"),
    [
        (fresh, 1, Relation.ASKED, "Can you go? Just posted; nobody has it yet."),
        (late, 1, Relation.ASKED, "Can you go? Nobody has it yet. It has waited 8 min."),
        (refused, 1, Relation.ASKED, "You said: not this time. Just posted; nobody has it yet."),
        (claimed, 3, Relation.ASKED, "P1 has it."),
        (underway, 3, Relation.ASKED, "P1 is on the way."),
        (arrived, None, Relation.PUBLIC, "P1 is there."),
        (claimed, 1, Relation.CLAIMER, "It is yours. Tap On my way when you set out."),
        (claimed, 2, Relation.WAITING, "P1 has it. You are number 1 on the waitlist."),
        (nudged, 1, Relation.CLAIMER, "Are you still on it? Please tap how far you are, or Can't."),
        (late, SECRETARY_A, Relation.CALLED, f"{UNCLAIMED} Who deals with it? Please answer."),
        (in_hand, SECRETARY_A, Relation.CALLED, f"{UNCLAIMED} You have it in hand."),
        (in_hand, STAFF, Relation.DESK, f"{UNCLAIMED} P{SECRETARY_A} has it in hand."),
        (in_trouble, STAFF, Relation.CALLED, "P1 needs help! Who deals with it? Please answer."),
        (answered, 1, Relation.CLAIMER, f"P{SECRETARY_A} knows that help is needed and is dealing with it."),
        (given_back, 1, Relation.RELEASED, "You gave it back. Thank you for saying so."),
        (given_back, 3, Relation.ASKED, f"Can you go? Nobody has it any more. It was posted {JUST} ago."),
        (some_taken, 9, Relation.PUBLIC, "2 of 8 places are taken: P1 and P2. 6 more wanted."),
        (all_taken, 9, Relation.PUBLIC, "All 8 places are taken: P1, P2, P3, P4, P5 and 3 more."),
        (done, 1, Relation.CLAIMER, "Done. Thank you!"),
        (done, STAFF, Relation.DESK, f"Done by P1, {JUST} after it was posted."),
        (closed_by_staff, STAFF, Relation.DESK, f"Closed as done by P{STAFF}, {JUST} after it was posted."),
        (cancelled, 1, Relation.RELEASED, TURN_BACK),
        (cancelled, STAFF, Relation.DESK, f"Cancelled by P{STAFF}, {JUST} after it was posted."),
    ],
)
def test_the_state_is_the_truth_for_this_reader(
    scene: Scene, reader: int | None, relation: Relation, said: str
) -> None:
    assert see(scene(), reader, relation).state == said


@pytest.mark.parametrize(
    ("scene", "reader", "relation", "alarm"),
    [
        (fresh, STAFF, Relation.DESK, False),
        (late, SECRETARY_A, Relation.CALLED, True),
        (late, STAFF, Relation.DESK, False),
        (in_hand, SECRETARY_A, Relation.CALLED, False),
        (in_hand, DEPUTY, Relation.CALLED, False),
        (urged, SECRETARY_A, Relation.CALLED, True),
        (urged, STAFF, Relation.DESK, False),
        (exhausted, OFFICE, Relation.CALLED, True),
        (exhausted, STAFF, Relation.DESK, True),
        (exhausted, 1, Relation.ASKED, False),
        (in_trouble, SECRETARY_A, Relation.CALLED, True),
        (in_trouble, 1, Relation.CLAIMER, False),
        (answered, STAFF, Relation.CALLED, False),
        (silent, SECRETARY_A, Relation.CALLED, True),
        (done, STAFF, Relation.CALLED, False),
    ],
)
def test_a_card_is_red_for_whoever_must_answer_and_for_nobody_else(
    scene: Scene, reader: int, relation: Relation, alarm: bool
) -> None:
    assert (see(scene(), reader, relation).tone is Tone.ALARM) is alarm


def test_a_leader_of_a_call_that_ended_is_not_alarmed_by_the_next_ones_waves() -> None:
    play = late()
    play.does(1, Verb.CLAIM)
    play.does(1, Verb.RELEASE)
    assert see(play, SECRETARY_A, Relation.CALLED).tone is Tone.NORMAL
    play.lives(8 * MINUTE)
    assert see(play, SECRETARY_A, Relation.CALLED).tone is Tone.ALARM


@pytest.mark.parametrize(
    ("scene", "reader", "relation", "numbers"),
    [
        (life, STAFF, Relation.CALLED, ["120", "110"]),
        (life, STAFF, Relation.DESK, ["120", "110"]),
        (life_claimed, 1, Relation.CLAIMER, ["120", "110"]),
        (life, 1, Relation.ASKED, []),
        (life, None, Relation.PUBLIC, []),
        (fresh, STAFF, Relation.DESK, []),
        (claimed, 1, Relation.CLAIMER, []),
        (in_trouble, 1, Relation.CLAIMER, ["120", "110"]),
        (in_trouble, SECRETARY_A, Relation.CALLED, ["120", "110"]),
    ],
)
def test_emergency_numbers_are_the_committees_and_come_to_those_who_act(
    scene: Scene, reader: int | None, relation: Relation, numbers: list[str]
) -> None:
    assert [call.number for call in see(scene(), reader, relation).calls] == numbers


def test_cards_stand_in_the_order_of_what_needs_the_reader_first() -> None:
    urgent = Play(situation(playbook(priority=Priority.URGENT)))
    normal, newer = fresh(), Play(situation(posted_at=situation().job.posted_at + SECOND))
    ranks = [
        see(late(), SECRETARY_A, Relation.CALLED).rank,
        see(claimed(), 1, Relation.CLAIMER).rank,
        see(life(), 1, Relation.ASKED).rank,
        see(urgent, 1, Relation.ASKED).rank,
        see(normal, 1, Relation.ASKED).rank,
        see(newer, 1, Relation.ASKED).rank,
        see(claimed(), 2, Relation.WAITING).rank,
        see(done(), 1, Relation.CLAIMER).rank,
    ]
    assert ranks == sorted(set(ranks))


def test_of_closed_cards_the_latest_comes_first() -> None:
    early, later = done(), arrived()
    later.now += MINUTE
    later.does(1, Verb.FINISH)
    assert see(later, 1, Relation.CLAIMER).rank < see(early, 1, Relation.CLAIMER).rank


def test_what_is_missing_is_asked_once_together_with_an_example() -> None:
    notes = see(all_missing(), STAFF, Relation.DESK).notes
    missing = [note for note in notes if "missing" in note]
    assert missing == ["Still missing: building, door, and phone. Add it like this: 1号楼 502 13800000000"]


def test_a_volunteer_is_not_asked_for_what_is_missing() -> None:
    assert not [note for note in see(all_missing(), 1, Relation.ASKED).notes if "missing" in note]


def test_peoples_own_words_are_in_the_log_for_the_desk_only() -> None:
    play = in_trouble()
    adviser = person(990, Role.ADVISER)
    play.state = replace(
        play.state, roster=replace(play.state.roster, people={**play.state.roster.people, 990: adviser})
    )
    assert any("fell on the stairs" in line for line in see(play, STAFF, Relation.CALLED).log)
    log = see(play, 990, Relation.DESK).log
    assert log
    assert not any("fell on the stairs" in line for line in log)


@pytest.mark.parametrize(
    ("role", "trusted", "reads"),
    [(Role.LEADER, True, True), (Role.LEADER, False, False), (Role.ADVISER, True, True)],
)
def test_notes_are_read_by_everybody_on_the_ladder_who_was_vouched_for(
    role: Role, trusted: bool, reads: bool
) -> None:
    play = late()
    play.does(STAFF, Verb.NOTE, note="hospital three refused")
    reader = person(990, role, trusted=trusted)
    called = Ask(person_id=990, loop=1, step=9, at=play.now, leader=True)
    people = {**play.state.roster.people, 990: reader}
    play.state = replace(
        play.state, roster=replace(play.state.roster, people=people), asks=(*play.state.asks, called)
    )
    log = see(play, 990, Relation.CALLED).log
    assert any("noted" in line for line in log)
    assert any("hospital three refused" in line for line in log) is reads
    play.does(990, Verb.NOTE, note="I am ringing the next one")
    assert "I am ringing the next one" in see(play, 990, Relation.CALLED).log[-1]
    assert Verb.NOTE in {action.verb for action in see(play, 990, Relation.CALLED).more}


def test_somebody_who_left_is_still_spoken_of() -> None:
    play = claimed()
    people: dict[int, Person] = {key: each for key, each in play.state.roster.people.items() if key != 1}
    play.state = replace(play.state, roster=replace(play.state.roster, people=people))
    assert see(play, 3, Relation.ASKED).state == "somebody who has left has it."


def test_steps_are_for_whoever_is_on_it() -> None:
    book = playbook(steps=(Instruction(words={"en": "Knock.", "zh_CN": "敲门。"}),))
    play = Play(situation(book))
    play.does(1, Verb.CLAIM)
    assert see(play, 1, Relation.CLAIMER, language="zh_CN").steps == ("敲门。",)
    assert see(play, 3, Relation.ASKED).steps == ()


def test_the_scenes_are_what_their_names_say() -> None:
    assert claimed().job.status is JobStatus.FILLED
    assert silent().job.calling.running
    assert exhausted().job.calling.exhausted_at is not None
    assert urged().job.calling.urged_at is not None


def test_the_desk_reads_whom_the_job_did_not_reach_and_nobody_else_does() -> None:
    play = fresh()
    missed = tuple(play.asked())
    texts = CATALOGS.texts("en")
    desk = replace(view(play, STAFF, Relation.DESK), unreached=missed)
    assert "Not reached so far: P1 and P2." in card(desk, texts, play.now).notes
    others = replace(view(play, missed[0], Relation.ASKED), unreached=missed)
    assert not any("Not reached" in note for note in card(others, texts, play.now).notes)
    assert not any("Not reached" in note for note in see(play, STAFF, Relation.DESK).notes)


def test_of_many_who_were_not_reached_the_first_few_are_named() -> None:
    play = fresh()
    desk = replace(view(play, STAFF, Relation.DESK), unreached=tuple(range(1, 9)))
    assert (
        "Not reached so far: P1, P2, P3, P4, P5 and 3 more."
        in card(desk, CATALOGS.texts("en"), play.now).notes
    )


def test_a_closed_card_names_nobody_who_was_not_reached() -> None:
    play = done()
    desk = replace(view(play, STAFF, Relation.DESK), unreached=(1, 2))
    assert card(desk, CATALOGS.texts("en"), play.now).notes == ()


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
@pytest.mark.parametrize("what", ["doors", "stops", "nothing"])
def test_only_whoever_has_a_round_or_a_run_may_have_a_link_to_tick_it(
    scene: Scene, reader: int | None, relation: Relation, what: str
) -> None:
    play = scene()
    seen = view(play, reader, relation, private=SECRETS)
    doors = (Door(committee_id=1, job_id=42, number=1, resident_id=1, building_id=1),)
    stops = (Stop(committee_id=1, job_id=42, number=1, hospital=""),)
    seen = replace(
        seen, **({} if what == "nothing" else {"doors": doors} if what == "doors" else {"stops": stops})
    )
    made = card(seen, CATALOGS.texts("en"), play.now).ticking
    working = relation is Relation.CLAIMER and seen.mine is not None and seen.mine.live
    has = working and what != "nothing" and play.job.status is not JobStatus.CLOSED
    assert (made is not None) is has
    if made is not None:
        assert seen.mine is not None
        assert (made.ticket, made.job_id, made.claim) == ((1, reader, 0), 42, seen.mine.number)
        assert made.until == seen.mine.claimed_at + 24 * HOUR

"""What a guided job says, and the buttons of its steps (`handlers.walks`): the welfare check of ours."""

from dataclasses import replace

import pytest

from bot.playbooks import load_playbooks
from dispatch.jobs import Private
from dispatch.moments import MINUTE
from dispatch.playbook import Playbook
from dispatch.residents import Contact, ContactKind
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import board, walks
from handlers.cards import card
from handlers.messages import Action, Asks, Card, Incoming, Style
from handlers.outlook import Outlook
from handlers.scene import Scene
from tests.rules.builders import SECRETARY_A, STAFF, Play, playbook, situation
from tests.rules.card_scenes import CATALOGS, see, view
from tests.rules.plays import ANA, BEN

BOOK: Playbook = load_playbooks(None)["welfare_check"]
KNOWN = frozenset({"unit", "phone", "text", "resident", "keyholder", "family"})
WALKS = ["", "knock.none", "phone.none", "neighbours.none", "police.rung", "waiting.opened", "found.unwell"]
"""The way of R1, as far as the ambulance."""


def claimed() -> Play:
    play = Play(situation(BOOK, hides=KNOWN))
    play.does(ANA, Verb.CLAIM)
    return play


def walked(*findings: str) -> Play:
    play = claimed()
    play.does(ANA, Verb.ARRIVE)
    for finding in findings:
        play.does(ANA, Verb.FIND, finding=finding)
    return play


def mine(play: Play, language: str = "en", private: Private | None = None) -> Card:
    return see(play, ANA, Relation.CLAIMER, language=language, private=private)


def findings(seen: Card) -> list[Action]:
    return [action for action in seen.actions if action.verb is Verb.FIND]


def far(length: int) -> Play:
    return walked(*WALKS[1:length])


@pytest.mark.parametrize("length", range(1, len(WALKS) + 1))
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_whoever_is_there_reads_the_one_step_that_is_asked_and_taps_what_they_find(
    length: int, language: str
) -> None:
    play = far(length)
    seen = mine(play, language)
    assert play.job.walk is None or len(seen.found) == length - 1
    step = Scene(view(play, ANA, Relation.CLAIMER), CATALOGS.texts(language), play.now).step
    assert step is not None
    assert (seen.step, seen.steps) == (step.words[language], ())
    assert [action.label for action in findings(seen)] == [each.words[language] for each in step.findings]
    assert [action.choice for action in findings(seen)] == [
        f"{step.key}.{each.key}" for each in step.findings
    ]
    assert [action.verb for action in seen.actions[-2:]] == [Verb.RELEASE, Verb.HELP]
    assert (Verb.FINISH in [action.verb for action in seen.actions]) is (not step.holds or length == 1)


@pytest.mark.parametrize("length", range(1, len(WALKS) + 1))
def test_what_calls_leaders_is_red_and_one_button_at_most_is_green(length: int) -> None:
    seen = mine(far(length))
    for action in findings(seen):
        step, _, name = action.choice.partition(".")
        finding = next(each for each in BOOK.step_of[step].findings if each.key == name)
        assert (action.style is Style.DANGER) is finding.calls
        assert (action.asks, action.hint) == (
            (Asks.TEXT, finding.asks["en"]) if finding.asks else (Asks.NOTHING, "")
        )
    green = [number for number, action in enumerate(seen.actions) if action.style is Style.SUCCESS]
    assert green in ([], [0])


def test_before_they_arrive_the_first_step_is_read_and_nothing_is_asked() -> None:
    seen = mine(claimed())
    assert seen.step.startswith("Knock three times")
    assert not findings(seen)
    assert [action.verb for action in seen.actions][:3] == [Verb.START, Verb.ARRIVE, Verb.FINISH]


def test_whoever_was_silent_can_say_that_all_is_well_and_still_what_they_find() -> None:
    play = walked()
    play.lives(61 * MINUTE)
    verbs = [action.verb for action in mine(play).actions]
    assert verbs[:4] == [Verb.ARRIVE, Verb.FIND, Verb.FIND, Verb.FINISH]


def test_the_next_one_goes_on_where_the_last_one_stood() -> None:
    play = walked("knock.none")
    play.does(ANA, Verb.RELEASE)
    play.does(BEN, Verb.CLAIM)
    play.does(BEN, Verb.ARRIVE)
    seen = see(play, BEN, Relation.CLAIMER)
    assert seen.found == ("✓ Knock three times: No answer",)
    assert [action.choice for action in findings(seen)] == ["phone.answered", "phone.none"]
    assert not findings(mine(play))


def test_the_sentence_names_the_step_and_when_its_clock_goes_on() -> None:
    state = mine(walked(*WALKS[1:5])).state
    assert state.startswith("You are there. Now: Wait for the police. Next look at ")
    assert "Leaders are being called." in state


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "P1 found: Nobody knows, the door is shut."), ("zh_CN", "P1发现：没人知道，门没开。")],
)
def test_leaders_who_are_called_read_who_found_what_and_what_to_do(language: str, said: str) -> None:
    play = walked(*WALKS[1:4])
    play.look()
    seen = see(play, SECRETARY_A, Relation.CALLED, language=language)
    assert seen.state.startswith(said)
    assert "110" in seen.state
    assert [call.number for call in seen.calls]
    assert [action.verb for action in seen.actions] == [Verb.ACKNOWLEDGE]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "P1 found: They are well."), ("zh_CN", "P1发现：人没事。")],
)
def test_leaders_who_were_called_read_that_it_came_to_rest_who_found_that_and_when(
    language: str, said: str
) -> None:
    play = walked(*WALKS[1:6])
    play.look()
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(ANA, Verb.FIND, finding="found.well")
    seen = see(play, SECRETARY_A, Relation.CALLED, language=language)
    clock, _, rest = seen.state.partition(" ")
    assert (len(clock), rest.startswith(said)) == (len("10:52"), True)
    assert not {Verb.ACKNOWLEDGE, Verb.SETTLE} & {action.verb for action in seen.actions}


def test_a_step_whose_time_passed_says_so_to_those_it_calls() -> None:
    play = walked(*WALKS[1:5])
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(SECRETARY_A, Verb.SETTLE)
    play.lives(15 * MINUTE)
    seen = see(play, SECRETARY_A, Relation.CALLED)
    assert seen.state.startswith("Nothing new for 15 min: Wait for the police.")
    assert seen.found[-1].startswith("⏱ ")
    assert mine(play).found[-1] == "⏱ Wait for the police"


def test_the_desk_follows_every_step_with_its_time_and_says_what_it_hears_by_one_button() -> None:
    play = walked("knock.none", "phone.none")
    seen = see(play, STAFF, Relation.DESK)
    assert [line.split(" ", 2)[2] for line in seen.found] == [
        "Knock three times: No answer",
        "Ring the resident's phone and listen for it…: Nobody answers",
    ]
    assert all(line.split(" ")[1].count(":") == 1 for line in seen.found)
    assert "Now: Ask neighbours and whoever has a key." in seen.state
    (button,) = [action for action in seen.more if action.verb is Verb.FIND]
    assert [choice.value for choice in button.choices] == [
        "neighbours.opened",
        "neighbours.elsewhere",
        "neighbours.none",
    ]
    assert Verb.FINISH not in [action.verb for action in seen.more]


def test_while_nobody_is_there_the_desk_is_asked_nothing_and_reads_no_steps() -> None:
    seen = see(claimed(), STAFF, Relation.DESK)
    assert (seen.step, seen.found) == ("", ())
    assert Verb.FIND not in [action.verb for action in seen.more]


@pytest.mark.parametrize(
    ("reader", "relation"), [(None, Relation.PUBLIC), (7, Relation.PUBLIC), (3, Relation.ASKED)]
)
def test_others_read_nothing_of_it(reader: int | None, relation: Relation) -> None:
    seen = see(walked("knock.none"), reader, relation)
    assert (seen.step, seen.found) == ("", ())
    assert "No answer" not in seen.state


def test_one_reads_who_has_the_key_and_who_is_family() -> None:
    contacts = (
        Contact(name="小陈", phone="13900139000"),
        Contact(name="王阿姨", phone="13900139001", kind=ContactKind.KEYHOLDER),
        Contact(name="女儿", phone=""),
    )
    private = Private(unit="502", contacts=contacts)
    for language, labels, other in (
        ("zh_CN", ["小陈（家属）", "王阿姨（有钥匙）"], ("女儿（家属）", "这里没有号码，请问居委会")),
        (
            "en",
            ["小陈 (family)", "王阿姨 (has a key)"],
            ("女儿 (family)", "no number here: ask the committee"),
        ),
    ):
        facts = mine(walked(), language, private).facts
        assert [fact.label for fact in facts if fact.phone] == labels
        assert other in [(fact.label, fact.value) for fact in facts]


def test_the_log_tells_every_step_and_words_only_to_those_who_may_read_them() -> None:
    play = walked()
    play.does(ANA, Verb.FIND, finding="knock.none", note="her daughter's voice inside")
    said = "P1: Knock three times → No answer"
    desk = see(play, STAFF, Relation.DESK).log
    assert any(line.endswith(f"{said}: her daughter's voice inside") for line in desk)
    leader = replace(view(play, SECRETARY_A, Relation.CALLED), reader=None)
    seen = card(replace(leader, desk=True), CATALOGS.texts("en"), play.now)
    assert any(line.endswith(said) for line in seen.log)


def test_a_job_that_became_another_kind_still_has_a_log() -> None:
    play = walked("knock.none")
    play.state = replace(play.state, playbook=playbook(), job=replace(play.job, walk=None))
    seen = see(play, STAFF, Relation.DESK)
    assert any(line.endswith("P1 said what they found") for line in seen.log)
    assert mine(play).state == "You are there. Tap Done when it is done."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((), "P1 is there."),
        (("knock.none",), "P1 is there. · Knock three times: No answer"),
        (
            tuple(WALKS[1:4]),
            "P1 is there. · Ask neighbours and whoever has a key: Nobody knows, the door is shut",
        ),
    ],
)
def test_the_board_shows_what_was_found(found: tuple[str, ...], said: str) -> None:
    play = walked(*found)
    state = play.state
    outlook = Outlook(
        roster=state.roster, situations=(state,), playbooks={}, duty=None, claims=(), now=play.now
    )
    (job,) = board.told(outlook, CATALOGS.texts("en")).jobs
    assert job.state == said


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_step_of_ours_has_a_short_form_that_says_something(language: str) -> None:
    scene = Scene(view(claimed(), ANA, Relation.CLAIMER), CATALOGS.texts(language), 0)
    shorts = [walks.short(scene, step) for step in BOOK.steps]
    assert all(2 <= len(short) <= walks.SHORT for short in shorts)
    assert len(set(shorts)) == len(shorts)


def test_whoever_finds_for_another_is_nobody_where_two_are_there() -> None:
    play = Play(situation(replace(BOOK, places=2), hides=KNOWN))
    for person in (ANA, BEN):
        play.does(person, Verb.CLAIM)
        play.does(person, Verb.ARRIVE)
    desk = view(play, STAFF, Relation.DESK)
    assert walks.finder(desk) is None
    assert walks.finder(view(walked(), STAFF, Relation.DESK)) == ANA
    assert walks.finder(view(claimed(), STAFF, Relation.DESK)) is None


@pytest.mark.parametrize(
    ("written", "choice", "words"),
    [
        ("没人应", "knock.none", ""),
        ("no answer.", "knock.none", ""),
        (" 没人应，里面有电视声", "knock.none", "里面有电视声"),
        ("Somebody opened: her son", "knock.opened", "her son"),
        ("没人应门", "", ""),
        ("没人接", "", ""),
        ("No answering machine either", "", ""),
        ("不知道", "", ""),
    ],
)
def test_a_reply_in_the_words_of_a_finding_is_a_tap_and_others_are_remarks(
    written: str, choice: str, words: str
) -> None:
    play = walked()
    scene = Scene(view(play, ANA, Relation.CLAIMER), CATALOGS.texts("en"), play.now)
    address = play.state.roster.addresses[0]
    said = walks.spoken(Incoming(address=address, text=written, about=42), scene)
    assert ("" if said is None else said.choice, "" if said is None else said.text) == (choice, words)
    before = Scene(view(claimed(), ANA, Relation.CLAIMER), CATALOGS.texts("en"), play.now)
    assert walks.spoken(Incoming(address=address, text=written, about=42), before) is None

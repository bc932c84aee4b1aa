"""When the family is owed a word, once, and what they are told; and how it stands with several chats."""

from dataclasses import replace

import pytest

from bot.playbooks import load_playbooks
from dispatch import telling, thanking
from dispatch.instructions import Finding, Instruction
from dispatch.jobs import Job, JobStatus, Outcome, Walk
from dispatch.playbook import Playbook
from dispatch.playbook_file import from_json, to_json
from dispatch.telling import Told
from dispatch.verbs import AnswerKey, Verb
from handlers.texts import Catalogs
from tests.rules.builders import DISTANCES, STAFF, Play, playbook, situation
from tests.rules.plays import ANA

SAID = {"en": "It is done.", "zh_CN": "办好了。"}
WELL = {"en": "They are well.", "zh_CN": "人没事。"}
WORDS = {"en": "…", "zh_CN": "…"}
KIN = frozenset({"unit", "resident", "family"})
STEPS = (
    Instruction(
        words=WORDS,
        key="look",
        findings=(
            Finding(key="well", words=WORDS, to="family", tells=WELL),
            Finding(key="gone", words=WORDS, to="family"),
        ),
    ),
    Instruction(
        words=WORDS,
        key="family",
        wants="family",
        otherwise="look",
        findings=(Finding(key="told", words=WORDS, to="close"),),
    ),
)
CHECK = replace(playbook(), told=SAID, steps=STEPS)


def job(play: Play, **fields: object) -> Job:
    return replace(play.job, **{"hides": KIN, **fields})  # type: ignore[arg-type]  # fields of a job


def walk(step: str) -> Walk:
    return Walk(step=step, since_version=1, found=(("look", "well"),))


DONE = {"status": JobStatus.CLOSED, "outcome": Outcome.DONE, "closed_at": 1}


@pytest.mark.parametrize(
    ("before", "after", "kind", "owed"),
    [
        ({}, DONE, CHECK, True),
        ({}, {**DONE, "hides": frozenset({"unit", "resident"})}, CHECK, False),  # nobody knows any family
        ({}, DONE, replace(CHECK, told={}), False),  # nothing may be told
        ({}, {**DONE, "outcome": Outcome.CANCELLED}, CHECK, False),
        ({}, {**DONE, "outcome": Outcome.HANDED_OVER}, CHECK, False),
        (DONE, DONE, CHECK, False),  # thanks, or a note, afterwards
        ({}, {}, CHECK, False),
        ({"walk": walk("look")}, {"walk": walk("family")}, CHECK, True),
        ({"walk": walk("family")}, {"walk": walk("family")}, CHECK, False),
        ({"walk": walk("family")}, {"walk": walk("look")}, CHECK, False),
        ({"walk": walk("gone")}, {"walk": walk("gone")}, CHECK, False),  # a step of another kind of job
    ],
)
def test_they_are_owed_a_word_when_it_is_done_or_when_the_way_comes_to_them(
    before: dict[str, object], after: dict[str, object], kind: Playbook, owed: bool
) -> None:
    play = Play()
    assert telling.due(job(play, **before), job(play, **after), kind) is owed


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], SAID),
        ([("look", "well")], WELL),
        ([("look", "gone")], SAID),
        ([("look", "gone"), ("look", "well"), ("family", "told")], WELL),
        ([("nowhere", "well"), ("", "")], SAID),
    ],
)
def test_they_are_told_what_may_be_told_of_the_newest_finding_else_what_is_told_of_all(
    found: list[tuple[str, str]], said: dict[str, str]
) -> None:
    assert telling.words(CHECK, found) == said


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ([], Told.NOBODY),
        ([None], Told.WILL_BE),
        (["owed"], Told.ON_ITS_WAY),
        (["delivered"], Told.ARRIVED),
        (["unreachable", "delivered"], Told.ARRIVED),
        (["unreachable", None], Told.WILL_BE),
        (["unreachable"], Told.FAILED),
        (["unknown"], Told.FAILED),
        (["obsolete"], Told.NOBODY),
        (["obsolete", "owed"], Told.ON_ITS_WAY),
    ],
)
def test_one_chat_that_heard_of_it_is_enough(statuses: list[str | None], told: Told) -> None:
    assert telling.standing(statuses) is told


def test_a_close_tells_them_and_thanks_afterwards_do_not_tell_them_again() -> None:
    play = Play(situation(CHECK, hides=KIN))
    play.does(ANA, Verb.CLAIM)
    assert not play.decisions[-1].tells
    assert play.does(STAFF, Verb.COMPLETE).tells
    assert not play.does(STAFF, Verb.THANK).tells


def test_family_thank_once_and_may_follow_their_tap_with_words_once() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    early = thanking.from_family(7, "", play.state, play.now, DISTANCES)
    assert early.answer is not None
    assert early.answer.key is AnswerKey.NOT_THANKED
    play.does(ANA, Verb.FINISH)
    state = play.state
    counted = []
    for words in ("", "", "she slept well", "and again"):
        decision = thanking.from_family(7, words, state, play.now, DISTANCES)
        counted.append(decision.changed)
        state = decision.after
    assert counted == [True, False, True, False]
    assert set(state.job.thanked_by) == {-7}
    other = thanking.from_family(8, "", state, play.now, DISTANCES)
    assert other.changed
    assert [event.actor_id for event in other.events] == [None]


def test_older_playbooks_keep_their_digest_and_ours_say_what_may_be_told() -> None:
    assert "told" not in to_json(playbook())
    ours = load_playbooks(None)
    assert {kind for kind, each in ours.items() if each.told} == {"oxygen_refill", "welfare_check"}
    for each in ours.values():
        assert from_json(to_json(each)) == each
        said = [each.told, *(finding.tells for step in each.steps for finding in step.findings)]
        for words in said:
            assert not any(word in text for text in words.values() for word in ("氧气", "中风", "stroke"))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("139 0013 9000", "+8613900139000"),
        ("8613900139000", "+8613900139000"),
        ("+86 139-0013-9000", "+8613900139000"),
        ("0086 13900139000", "+8613900139000"),
        ("(021) 5550 0100", "+862155500100"),
        ("+1 202 555 0100", "+12025550100"),
        ("001 202 555 0100", "+12025550100"),
        ("302", ""),
        ("", ""),
        ("问楼组长", ""),
        ("13900139000 13900139001", ""),
    ],
)
def test_a_number_is_told_to_a_service_with_its_country(written: str, number: str) -> None:
    assert telling.international(written) == number


def test_only_what_a_person_should_say_as_well_is_heard_at_night() -> None:
    rung = replace(STEPS[0].findings[0], key="taken", rings=True)
    found = replace(CHECK, steps=(replace(STEPS[0], findings=(*STEPS[0].findings, rung)), STEPS[1]))
    assert telling.presses(found, [("look", "well"), ("look", "taken")])
    assert not telling.presses(found, [("look", "well"), ("gone", "taken")])


def test_what_our_playbooks_tell_fits_one_sms() -> None:
    for each in load_playbooks(None).values():
        tells = [each.told, *(finding.tells for step in each.steps for finding in step.findings)]
        for language, most in (("zh_CN", 70), ("en", 160)):
            for said in filter(None, tells):
                assert len(sms(said[language], language)) <= most, said


def sms(said: str, language: str) -> str:
    """The whole of it, with the longest name of a committee that docs/family.md promises room for."""
    texts = Catalogs.load().texts(language)
    name = "梧" * 10 if language == "zh_CN" else "Wutong Committee"
    title = texts.say("News from {committee}", committee=name)
    whom = texts.say("If you want to know more, ring the committee.")
    return "\n".join((title, f"18:52 {said}", whom))

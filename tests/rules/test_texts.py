"""Every key has a sentence in both languages, and a sentence keeps its places whatever is put in them."""

import re
import string
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from dispatch import errors
from dispatch.errors import DispatchError
from dispatch.events import EventKind
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import Rung
from dispatch.verbs import Answer, AnswerKey
from handlers import sentences, timeline
from handlers.texts import DOMAIN, FALLBACK, Catalogs

CATALOGS = Catalogs.load()
LANGUAGES = ("en", "zh_CN")
MSGIDS = [
    *sentences.ANSWERS.values(),
    *sentences.ERRORS.values(),
    *sentences.PRIORITIES.values(),
    *sentences.CALLED.values(),
    *sentences.FIELDS.values(),
    *timeline.LINES.values(),
]


def kinds_of(error: type[DispatchError]) -> list[type[DispatchError]]:
    return [error, *(each for kind in error.__subclasses__() for each in kinds_of(kind))]


def messages(language: str) -> list[Message]:
    source = files("config").joinpath("locales", language, "LC_MESSAGES", f"{DOMAIN}.po")
    with source.open("rb") as catalog:
        return [message for message in read_po(catalog, locale=language) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Each translated form beside the message that it stands for."""
    ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
    said = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return [(str(ids[min(index, len(ids) - 1)]), str(form)) for index, form in enumerate(said)]


def named_places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_are_there() -> None:
    assert CATALOGS.languages == LANGUAGES


def test_every_answer_has_a_sentence() -> None:
    assert set(sentences.ANSWERS) == set(AnswerKey)


def test_every_error_has_a_sentence() -> None:
    known = [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DispatchError)
    ]
    assert {each.key for each in known} == set(sentences.ERRORS)


def test_every_kind_of_ledger_entry_has_a_line() -> None:
    assert set(timeline.LINES) == set(EventKind)


def test_every_priority_rung_and_field_has_a_name() -> None:
    assert set(sentences.PRIORITIES) == set(Priority)
    assert set(sentences.CALLED) == {*Rung, "staff", "last_resort"}
    assert set(sentences.FIELDS) == {"building", "unit", "phone"}


@pytest.mark.parametrize("msgid", MSGIDS)
def test_every_sentence_of_a_table_is_translated(msgid: str) -> None:
    assert {message.id for language in LANGUAGES for message in messages(language)} >= {msgid}
    assert CATALOGS.texts("zh_CN").gettext(msgid) != msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_left_untranslated_or_unsure(language: str) -> None:
    for message in messages(language):
        assert not message.fuzzy, message.id
        assert all(form for _, form in forms(message)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_places_of_its_message(language: str) -> None:
    for message in messages(language):
        for msgid, form in forms(message):
            assert named_places(form) == named_places(msgid), msgid


NAMES = re.compile(r"\b(Matrix|Telegram|JPEG|PDF|PNG|WebP|XLSX|CSV|UTF|MB)(?![A-Za-z])")
"""Platforms, formats and a unit that Chinese writes like this too."""


def test_chinese_sentences_hold_no_english() -> None:
    for message in messages("zh_CN"):
        for _, form in forms(message):
            outside = "".join(text for text, *_ in string.Formatter().parse(form))
            outside = re.sub(r"/[a-z]+", "", outside)  # a command is typed as it is
            outside = NAMES.sub("", outside)
            assert not any(char.isascii() and char.isalpha() for char in outside), form


@pytest.mark.parametrize("key", AnswerKey)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_said_whole_with_the_parameters_that_the_rules_give(
    key: AnswerKey, language: str
) -> None:
    params: dict[str, str | int] = {
        "told": "Lin",
        "job": 42,
        "who": "王阿姨",
        "place": 2,
        "person": "李师傅",
        "priority": "life",
        "committee": "枫林里",
        "count": 2,
        "ticked": 9,
        "doors": "12",
        "pages": 3,
    }
    said = sentences.answer(Answer(key, params), CATALOGS.texts(language))
    assert said
    assert not set("{}…") & set(said)


def test_the_loser_of_a_race_is_told_who_has_it() -> None:
    answer = Answer(AnswerKey.WAITLISTED, {"job": 42, "who": "王阿姨", "place": 1})
    assert "王阿姨" in sentences.answer(answer, CATALOGS.texts("zh_CN"))


def test_a_waitlist_behind_a_first_right_names_nobody() -> None:
    answer = Answer(AnswerKey.WAITLISTED, {"job": 42, "who": "", "place": 2})
    assert sentences.answer(answer, CATALOGS.texts("en")).startswith(
        "The free place is kept for somebody else"
    )


@pytest.mark.parametrize("error", kinds_of(DispatchError))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_of_the_tree_can_be_said_even_without_parameters(
    error: type[DispatchError], language: str
) -> None:
    said = sentences.refusal(error(), CATALOGS.texts(language))
    assert said
    assert not set("{}") & set(said)


def test_an_error_of_a_new_kind_is_said_as_its_nearest_kin() -> None:
    class TooTiredError(errors.NotAllowedError):
        key = "too_tired"

    texts = CATALOGS.texts("en")
    assert sentences.refusal(TooTiredError(), texts) == sentences.refusal(errors.NotAllowedError(), texts)


def test_a_parameter_is_never_a_template() -> None:
    said = CATALOGS.texts("en").say("{who} has it.", who="{0.__class__} %s {missing}")
    assert said == "{0.__class__} %s {missing} has it."


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (0, "less than a minute", "不到1分钟"),
        (59 * SECOND, "less than a minute", "不到1分钟"),
        (MINUTE, "1 min", "1分钟"),
        (55 * MINUTE, "55 min", "55分钟"),
        (90 * MINUTE, "1 hr 30 min", "1小时30分钟"),
        (23 * HOUR, "23 hr", "23小时"),
        (24 * HOUR, "1 day", "1天"),
        (49 * HOUR + 10 * MINUTE, "2 days 1 hr", "2天1小时"),
        (14 * 24 * HOUR, "14 days", "14天"),
    ],
)
def test_a_length_of_time_is_said_in_words(length: Micros, english: str, chinese: str) -> None:
    assert CATALOGS.texts("en").duration(length) == english
    assert CATALOGS.texts("zh_CN").duration(length) == chinese


def test_the_time_of_day_is_the_local_one() -> None:
    assert CATALOGS.texts("en").clock(0, "Asia/Shanghai") == "08:00"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh_CN", "zh_CN"),
        ("zh-CN", "zh_CN"),
        ("zh", "zh_CN"),
        ("zh_TW", "zh_CN"),
        ("en_GB", "en"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_a_language_without_a_catalog_reads_its_nearest_one(asked: str, language: str) -> None:
    assert CATALOGS.texts(asked).language == language


def test_a_program_without_catalogs_still_speaks_english(tmp_path: Path) -> None:
    texts = Catalogs.load(tmp_path).texts("zh_CN")
    assert texts.language == FALLBACK
    assert texts.say("{who} has it.", who="Ana") == "Ana has it."


def test_sentences_follow_each_other_as_the_language_writes_them() -> None:
    assert CATALOGS.texts("en").sentences("One.", "", "Two.") == "One. Two."
    assert CATALOGS.texts("zh_CN").sentences("一。", "", "二。") == "一。二。"


def test_a_playbooks_words_are_picked_by_language_and_never_missing() -> None:
    assert CATALOGS.texts("zh_CN").pick({"en": "Help", "zh_CN": "帮忙"}) == "帮忙"
    assert CATALOGS.texts("zh_CN").pick({"en": "Help"}) == "Help"
    assert CATALOGS.texts("zh_CN").pick({}) == ""

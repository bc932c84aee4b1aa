"""What somebody brings: read from buttons and forms, kept together, and nothing that is not asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playbooks import load_playbooks
from dispatch import linking
from dispatch.joining import NOTHING, Offering
from dispatch.people import Group
from handlers import commands, offering
from handlers.offering import Sort
from handlers.texts import Catalogs
from handlers.vocabulary import Word
from tests.rules.builders import person, roster

TEXTS = Catalogs.load().texts("en")
PEOPLE = (replace(person(1), skills=frozenset({"plumbing"}), speaks=frozenset({"korean"})), person(2))
GROUPS = {9: Group(id=9, key="night", name="Night group", members=frozenset({2}))}
HERE = replace(roster(), people={each.id: each for each in PEOPLE}, groups=GROUPS)
OPTIONS = offering.options(HERE, load_playbooks(None).values(), TEXTS)


def test_a_committee_asks_for_what_its_people_and_jobs_name_and_for_what_is_usual() -> None:
    keys = {(each.sort, each.key) for each in OPTIONS}
    assert {(Sort.SKILL, "plumbing"), (Sort.SKILL, "medicine"), (Sort.SPEAKS, "korean")} <= keys
    assert {(Sort.VEHICLE, "lorry"), (Sort.HOURS, "07:00-23:00"), (Sort.GROUP, "night")} <= keys
    assert all(len(f"join {each.mark}".encode()) <= 48 for each in OPTIONS)


@pytest.mark.parametrize(
    ("words", "brings", "rest"),
    [
        ("+s.plumbing", Offering(skills=frozenset({"plumbing"})), ""),
        ("王小明 +v.car 3号楼", Offering(vehicle="car"), "王小明 3号楼"),
        ("+l.korean +g.night", Offering(speaks=frozenset({"korean"}), groups=frozenset({"night"})), ""),
        ("+h.07:00-23:00", Offering(hours="07:00-23:00"), ""),
        ("+s.sorcery +x.car +h.00:00-00:01", NOTHING, "+x.car"),
        ("+86 13800138000", NOTHING, "+86 13800138000"),
        ("", NOTHING, ""),
    ],
)
def test_marks_are_read_and_the_words_around_them_stay(words: str, brings: Offering, rest: str) -> None:
    assert offering.read(words, OPTIONS) == (brings, rest)


def test_what_was_said_is_not_asked_again_and_stays() -> None:
    said = Offering(skills=frozenset({"plumbing"}), vehicle="car", hours="07:00-23:00")
    left = {(each.sort, each.key) for each in offering.missing(said, OPTIONS)}
    assert not {sort for sort, _ in left} & {Sort.VEHICLE, Sort.HOURS}
    assert (Sort.SKILL, "plumbing") not in left
    assert (Sort.SKILL, "medicine") in left
    more = said.with_more(Offering(skills=frozenset({"medicine"}), vehicle="van"))
    assert (more.vehicle, more.hours) == ("van", "07:00-23:00")
    assert more.skills == {"plumbing", "medicine"}
    assert offering.told(more, HERE, TEXTS) == ("medicine", "plumbing", "van", "only from 07:00 to 23:00")
    assert offering.told(offering.of_person(PEOPLE[1], HERE), HERE, TEXTS)[-1] == "Night group"


@given(st.text(max_size=60))
def test_no_words_bring_what_was_not_offered(words: str) -> None:
    told, _ = offering.read(words, OPTIONS)
    assert told.skills <= {each.key for each in OPTIONS if each.sort is Sort.SKILL}


def test_codes_have_no_signs_that_look_alike_and_are_read_however_they_are_typed() -> None:
    codes = {linking.fresh() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OIL")
    for code in codes:
        assert linking.plain(f" {code[:4].lower()}-{code[4:]} ") == code


@pytest.mark.parametrize("typed", ["", "ABCD234", "ABCD23456", "ABCD1234", "ABCDI234", "关联关联关联关联"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert linking.plain(typed) == ""


@pytest.mark.parametrize(
    ("said", "word", "rest"),
    [
        ("/link", Word.LINK, ""),
        ("关联", Word.LINK, ""),
        ("/link 7K2M-Q4RT", Word.LINK, "7K2M-Q4RT"),
        ("绑定 7k2mq4rt", Word.LINK, "7k2mq4rt"),
        ("link 7K2MQ4RT", Word.LINK, "7K2MQ4RT"),
        ("/trust 王小明", Word.TRUST, "王小明"),
        ("信任 王小明", Word.TRUST, "王小明"),
        ("担保王小明", Word.TRUST, "王小明"),
        ("!trust Wang Min", Word.TRUST, "Wang Min"),
        ("/start join-12", Word.JOIN, "@12"),
    ],
)
def test_words_of_coming_in_are_commands(said: str, word: Word, rest: str) -> None:
    typed = commands.read(said)
    assert typed is not None
    assert (typed.word, typed.rest) == (word, rest)


@pytest.mark.parametrize(
    "said",
    ["关联 3号楼 水管", "link up with building 3", "信任 3号楼 张三 送药", "trust building 3", "担保 3号楼"],
)
def test_jobs_that_begin_like_them_stay_jobs(said: str) -> None:
    assert commands.read(said) is None

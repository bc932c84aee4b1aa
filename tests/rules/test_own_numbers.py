"""A volunteer's own number is not written down as that of family, and not shown as theirs where it stands."""

from dataclasses import replace

import pytest

from dispatch import own_numbers, revealing
from dispatch.errors import BadFileError
from dispatch.jobs import Private
from dispatch.people import ASKABLE, Role
from dispatch.residents import Contact, ContactKind
from dispatch.verbs import Verb
from tests.rules import builders
from tests.rules.builders import OFFICE, STAFF, Play
from tests.rules.plays import ANA

OWN = "13900139000"
OTHER = "13900139001"
VOLUNTEERS = frozenset({OWN})


def contact(phone: str, kind: ContactKind = ContactKind.FAMILY, name: str = "女儿") -> Contact:
    return Contact(name=name, phone=phone, kind=kind, marks=frozenset(own_numbers.spelled(phone)))


def key_holder(phone: str) -> Contact:
    return contact(phone, ContactKind.KEYHOLDER, "王阿姨")


@pytest.mark.parametrize(
    "written", ["139 0013 9000", "+86 139-0013-9000", "8613900139000", "008613900139000"]
)
def test_a_volunteers_number_is_refused_however_it_is_written(written: str) -> None:
    with pytest.raises(BadFileError) as refused:
        own_numbers.check("residents #3", (), [contact(OTHER), contact(written)], VOLUNTEERS)
    assert refused.value.params == {
        "table": "residents #3.contacts #2",
        "field": "phone",
        "expected": own_numbers.EXPECTED,
    }


@pytest.mark.parametrize(
    ("stood", "given"),
    [
        ([], [contact(OTHER)]),
        ([], [contact("")]),  # told in a chat
        ([], [key_holder(OWN)]),
        ([contact(OWN)], [contact(OWN)]),
        ([contact(OWN)], [contact("+86 139 0013 9000", name="大女儿"), contact(OTHER)]),
        ([contact(OWN)], []),
        ([], [contact("302")]),  # no number
    ],
)
def test_what_is_no_volunteers_number_or_stood_there_before_is_not(
    stood: list[Contact], given: list[Contact]
) -> None:
    own_numbers.check("residents #1", stood, given, VOLUNTEERS)


def test_whoever_had_a_key_and_becomes_family_is_new_as_that() -> None:
    with pytest.raises(BadFileError):
        own_numbers.check("residents #1", [key_holder(OWN)], [contact(OWN)], VOLUNTEERS)


@pytest.mark.parametrize(
    ("reader", "shown"), [(ANA, ["", OTHER, OWN]), (OFFICE, ["", OTHER, OWN]), (STAFF, [OWN, OTHER, OWN])]
)
def test_where_it_stands_it_is_on_nobodys_card_but_the_desks(reader: int, shown: list[str]) -> None:
    reveal = frozenset({"resident", "keyholder"})
    play = Play(builders.situation(builders.playbook(reveal=reveal)))
    play.does(ANA, Verb.CLAIM)
    situation = replace(play.state, roster=replace(play.state.roster, own_numbers=VOLUNTEERS))
    private = Private(contacts=(contact(OWN), contact(OTHER), key_holder(OWN)))
    found = revealing.limited(private, situation, situation.roster.people[reader]).contacts
    assert [each.phone for each in found] == shown
    assert [each.name for each in found] == ["女儿", "女儿", "王阿姨"]


def test_volunteers_are_those_whom_a_wave_asks() -> None:
    assert {Role.VOLUNTEER, Role.LEADER} == ASKABLE

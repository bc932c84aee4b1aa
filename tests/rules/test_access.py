"""The access table, cell by cell: every verb, every role, own and foreign committee, vouched for or not."""

from dataclasses import replace
from itertools import product

import pytest

from dispatch import access
from dispatch.access import NOBODY, Standing
from dispatch.errors import NotAllowedError, NotTrustedError
from dispatch.people import Role
from dispatch.verbs import Verb
from tests.rules.builders import person

EXPECTED = """
verb          volunteer    leader       staff  secretary  office  adviser
see_public    yes          yes          yes    yes        yes     yes
see_private   own+trusted  own+trusted  yes    yes        part    -
see_desk      called       called       yes    yes        called  yes
see_board     -            -            yes    yes        yes     yes
see_brief     -            -            yes    yes        yes     yes
see_load      -            -            yes    yes        yes     yes
see_residents -            -            yes    yes        -       -
see_reveals   -            -            yes    yes        -       -
see_notes     called+trusted called+trusted yes yes       called  yes
post          -            -            yes    yes        -       -
claim         trusted      trusted      yes    yes        -       -
refuse        yes          yes          yes    yes        -       -
start         own          own          yes    yes        own     -
arrive        own          own          yes    yes        own     -
finish        own          own          yes    yes        own     -
release       own          own          yes    yes        own     -
help          own          own          yes    yes        own     -
find          own          own          yes    yes        own     -
acknowledge   called       called       yes    yes        called  called
settle        called       called       yes    yes        called  called
assign        -            -            yes    yes        -       -
complete      -            -            yes    yes        -       -
cancel        -            -            yes    yes        -       -
raise         -            -            yes    yes        -       -
correct       -            -            yes    yes        -       -
note          part         part         yes    yes        called  yes
say           part         part         yes    yes        part    -
picture       own          own          yes    yes        -       -
approve       -            -            yes    yes        -       -
decline       -            -            yes    yes        -       -
swap          -            -            yes    yes        -       -
here          -            called         called called    called  -
hand_over     -            -            yes    yes        -       -
take_over     -            called       yes    yes        called  -
turn_down     -            called       yes    yes        called  -
act           -            yes          yes    yes        yes     -
let_act       -            -            yes    yes        yes     -
appoint       -            -            -      yes        yes     -
set_status    -            -            yes    yes        -       -
vouch         -            -            yes    yes        -       -
edit_register -            -            yes    yes        -       -
set_roles     -            -            -      yes        -       -
cant_come     own          own          yes    yes        -       -
tick          own          own          yes    yes        own     -
see_runs      -            -            yes    yes        yes     yes
thank         -            -            yes    yes        called  -
"""

ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [
    (Verb(row[0]), Role(role), cell)
    for row in ROWS[1:]
    for role, cell in zip(ROWS[0][1:], row[1:], strict=True)
]
STANDINGS = [
    Standing(owns=owns, hides=hides, called=called)
    for owns, hides, called in product((False, True), repeat=3)
]


def opens(cell: str, trusted: bool, standing: Standing) -> bool:
    """What a word of the table means, said once more and differently."""
    return {
        "-": False,
        "yes": True,
        "own": standing.owns,
        "trusted": trusted or not standing.hides,
        "own+trusted": standing.owns and trusted,
        "called": standing.called,
        "part": standing.owns or standing.called,
        "called+trusted": standing.called and trusted,
    }[cell]


def test_the_expected_table_has_every_verb_and_every_role() -> None:
    assert {cell[:2] for cell in CELLS} == set(product(Verb, Role))
    assert {verb: set(cells) for verb, cells in access.TABLE.items()} == {verb: set(Role) for verb in Verb}


@pytest.mark.parametrize(("verb", "role", "cell"), CELLS)
def test_a_cell_opens_as_the_table_says(verb: Verb, role: Role, cell: str) -> None:
    for trusted, standing in product((False, True), STANDINGS):
        actor = person(7, role, trusted=trusted)
        assert access.allows(verb, actor, 1, standing) is opens(cell, trusted, standing)


@pytest.mark.parametrize(("verb", "role", "cell"), CELLS)
def test_another_committee_is_closed_to_everybody(verb: Verb, role: Role, cell: str) -> None:
    for trusted, standing in product((False, True), STANDINGS):
        actor = person(7, role, trusted=trusted)
        assert not access.allows(verb, actor, 2, standing)
        with pytest.raises(NotAllowedError):
            access.check(verb, actor, 2, standing)


def test_somebody_who_left_may_do_nothing() -> None:
    gone = replace(person(7, *Role), active=False)
    assert not any(access.allows(verb, gone, 1, standing) for verb in Verb for standing in STANDINGS)


def test_several_roles_add_up() -> None:
    both = person(7, Role.VOLUNTEER, Role.STAFF)
    assert access.allows(Verb.POST, both, 1)
    assert access.allows(Verb.CLAIM, both, 1, Standing(hides=True))


def test_only_missing_trust_is_said_to_be_missing_trust() -> None:
    stranger = person(7, Role.VOLUNTEER, trusted=False)
    with pytest.raises(NotTrustedError):
        access.check(Verb.CLAIM, stranger, 1, Standing(hides=True))
    with pytest.raises(NotAllowedError) as refused:
        access.check(Verb.CANCEL, stranger, 1, NOBODY)
    assert not isinstance(refused.value, NotTrustedError)

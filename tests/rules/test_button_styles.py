"""What each button looks like: green goes forward, red is danger, and everything else is plain."""

import pytest

from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers.messages import Style
from tests.rules.builders import SECRETARY_A, STAFF
from tests.rules.card_scenes import (
    ROWS,
    Scene,
    all_taken,
    answered,
    arrived,
    claimed,
    exhausted,
    fresh,
    given_back,
    in_trouble,
    late,
    life,
    nudged,
    refused,
    see,
    silent,
    some_taken,
    underway,
    urged,
)

PLAIN, GREEN, RED, BLUE = Style.PLAIN, Style.SUCCESS, Style.DANGER, Style.PRIMARY


@pytest.mark.parametrize(
    ("scene", "reader", "relation", "verb", "style"),
    [
        (fresh, None, Relation.PUBLIC, Verb.CLAIM, GREEN),
        (fresh, 7, Relation.PUBLIC, Verb.CLAIM, GREEN),
        (fresh, 1, Relation.ASKED, Verb.CLAIM, GREEN),
        (life, 1, Relation.ASKED, Verb.CLAIM, GREEN),
        (refused, 1, Relation.ASKED, Verb.CLAIM, GREEN),
        (some_taken, 9, Relation.PUBLIC, Verb.CLAIM, GREEN),
        (given_back, 2, Relation.WAITING, Verb.CLAIM, GREEN),
        (all_taken, 9, Relation.ASKED, Verb.CLAIM, PLAIN),  # the waitlist
        (fresh, 1, Relation.ASKED, Verb.REFUSE, PLAIN),
        (claimed, 1, Relation.CLAIMER, Verb.START, GREEN),
        (claimed, 1, Relation.CLAIMER, Verb.ARRIVE, PLAIN),
        (underway, 1, Relation.CLAIMER, Verb.ARRIVE, GREEN),
        (underway, 1, Relation.CLAIMER, Verb.FINISH, PLAIN),
        (arrived, 1, Relation.CLAIMER, Verb.FINISH, GREEN),
        (nudged, 1, Relation.CLAIMER, Verb.START, GREEN),
        (silent, 1, Relation.CLAIMER, Verb.ARRIVE, GREEN),
        (claimed, 1, Relation.CLAIMER, Verb.RELEASE, PLAIN),
        (claimed, 1, Relation.CLAIMER, Verb.HELP, RED),
        (arrived, 1, Relation.CLAIMER, Verb.HELP, RED),
        (late, SECRETARY_A, Relation.CALLED, Verb.ACKNOWLEDGE, RED),
        (urged, SECRETARY_A, Relation.CALLED, Verb.ACKNOWLEDGE, RED),
        (exhausted, STAFF, Relation.DESK, Verb.ACKNOWLEDGE, RED),
        (in_trouble, SECRETARY_A, Relation.CALLED, Verb.ACKNOWLEDGE, RED),
        (in_trouble, STAFF, Relation.DESK, Verb.ACKNOWLEDGE, BLUE),
        (late, STAFF, Relation.DESK, Verb.ACKNOWLEDGE, PLAIN),
        (answered, SECRETARY_A, Relation.CALLED, Verb.SETTLE, GREEN),
        (fresh, STAFF, Relation.DESK, Verb.CLAIM, PLAIN),  # the desk gives it to others first
        (fresh, STAFF, Relation.DESK, Verb.ASSIGN, PLAIN),
        (fresh, STAFF, Relation.DESK, Verb.COMPLETE, PLAIN),
        (fresh, STAFF, Relation.DESK, Verb.RAISE, PLAIN),
        (fresh, STAFF, Relation.DESK, Verb.CORRECT, PLAIN),
        (fresh, STAFF, Relation.DESK, Verb.CANCEL, RED),
    ],
)
def test_how_a_button_looks(
    scene: Scene, reader: int | None, relation: Relation, verb: Verb, style: Style
) -> None:
    seen = see(scene(), reader, relation)
    (found,) = [action for action in (*seen.actions, *seen.more) if action.verb is verb]
    assert found.style is style


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
def test_a_card_has_one_green_button_at_most_and_it_is_the_first(
    scene: Scene, reader: int | None, relation: Relation
) -> None:
    seen = see(scene(), reader, relation)
    green = [number for number, action in enumerate(seen.actions) if action.style is GREEN]
    assert green in ([], [0])
    assert not [action for action in seen.more if action.style is GREEN]

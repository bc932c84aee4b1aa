"""What a simulated person makes of a card: it sees the buttons that a real one sees, and no more.

Decides and draws how long it takes; does nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.crowd.habits import Dice
from dispatch.events import NoticeKind
from dispatch.geography import Point
from dispatch.people import Person
from dispatch.verbs import Verb
from handlers.messages import Action, Card

CALLS = frozenset({NoticeKind.ALERT, NoticeKind.HELP, NoticeKind.URGE})
"""Why a leader looks at a card."""

ASKS = frozenset({NoticeKind.ASK, NoticeKind.OFFER})
"""Why a volunteer does."""

REMINDS = frozenset({NoticeKind.NUDGE, NoticeKind.ASK_AFTER})
"""Why somebody at work does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A tap to come, in so many seconds of simulated time."""

    verb: Verb
    after_s: float
    version: int
    choice: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The tap that somebody's work waits for; of FIND, at which `step`: what may be found there first."""

    verb: Verb
    step: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person lives and where the job is; None where nobody knows."""

    home: Point | None
    job: Point | None


class Mind:
    """Draws what one person does; `crowd` are the ids of those who are simulated, as leaders know them."""

    def __init__(self, dice: Dice, crowd: Collection[int]) -> None:
        self._dice = dice
        self._crowd = crowd

    def stage(self, card: Card) -> Stage | None:
        """How far the person's own work is, by the button that comes next; None without a place. Where they
        are asked what they find, that comes before *Done*, and each step is a stage of its own."""
        offered = {action.verb: action.choice for action in reversed(card.actions)}
        stages = (Verb.START, Verb.ARRIVE, Verb.FIND, Verb.FINISH)
        verb = next((verb for verb in stages if verb in offered), None)
        return None if verb is None else Stage(verb=verb, step=offered[verb])

    def at_work(self, card: Card, stage: Stage, place: Place) -> Intent | None:
        """The next tap of somebody who has the job; None when they fall silent."""
        dice, habits, verb = self._dice, self._dice.habits, stage.verb
        if verb is Verb.FIND:
            return self.finds(card)
        if dice.happens(habits.falls_silent):
            return None
        if verb is Verb.START:
            tap = Verb.RELEASE if dice.happens(habits.gives_back) else verb
            return _intent(card, tap, dice.turnout())
        if verb is Verb.ARRIVE:
            return _intent(card, verb, dice.walk(place.home, place.job))
        if dice.happens(habits.needs_help):
            return _intent(card, Verb.HELP, dice.work() / 2)
        return _intent(card, verb, dice.work())

    def finds(self, card: Card) -> Intent | None:
        """What somebody finds at the step that is asked: mostly what is hoped for, which stands first. Words
        that are asked for are left out; a real person may give none, either."""
        dice, found = self._dice, [action for action in card.actions if action.verb is Verb.FIND]
        if not found:
            return None
        well = len(found) == 1 or dice.happens(dice.habits.finds_well)
        finding = found[0] if well else dice.random.choice(found[1:])
        return _intent(card, Verb.FIND, dice.step(), finding.choice)

    def reminded(self, card: Card, stage: Stage) -> Intent | None:
        """What somebody says who was asked whether they are still on it."""
        minds = self._dice.happens(self._dice.habits.minds_a_nudge)
        if minds and stage.verb is Verb.FIND:
            return self.finds(card)
        return _intent(card, stage.verb, self._dice.answer()) if minds else None

    def asked(self, card: Card) -> Intent | None:
        """A volunteer's answer; None for most, who are silent."""
        dice, habits = self._dice, self._dice.habits
        offered = {action.verb for action in card.actions}
        drawn = dice.random.random()
        if drawn < habits.accepts:
            return _intent(card, Verb.CLAIM, dice.answer()) if Verb.CLAIM in offered else None
        if drawn < habits.accepts + habits.refuses and Verb.REFUSE in offered:
            return _intent(card, Verb.REFUSE, dice.answer())
        return None

    def called(self, card: Card, kind: NoticeKind, person: Person) -> Intent | None:
        """A leader's answer: on it, or somebody is given the job; None when the ladder has to go on."""
        dice, habits = self._dice, self._dice.habits
        actions = {action.verb: action for action in (*card.actions, *card.more)}
        if kind is NoticeKind.URGE and person.desk and dice.happens(habits.leader_assigns):
            given = self._given(card, actions.get(Verb.ASSIGN))
            if given is not None:
                return given
        if Verb.ACKNOWLEDGE in actions and dice.happens(habits.leader_answers):
            return _intent(card, Verb.ACKNOWLEDGE, dice.answer())
        return None

    def settled(self, card: Card) -> Intent | None:
        """What follows when a leader has answered trouble at work."""
        offered = {action.verb for action in card.actions}
        return _intent(card, Verb.SETTLE, self._dice.settle()) if Verb.SETTLE in offered else None

    def _given(self, card: Card, assign: Action | None) -> Intent | None:
        choices = () if assign is None else assign.choices
        known = [each.value for each in choices if int(each.value.partition(":")[0]) in self._crowd]
        if not known:
            return None
        choice = self._dice.random.choice(known)
        return _intent(card, Verb.ASSIGN, self._dice.answer(), choice)


def _intent(card: Card, verb: Verb, after_s: float, choice: str = "") -> Intent:
    return Intent(verb=verb, after_s=after_s, version=card.version, choice=choice)

"""Jobs in every state that a card can show, played by decisions, and what each reader is to them."""

from collections.abc import Callable

from dispatch.events import Entry
from dispatch.jobs import Priority, Private
from dispatch.moments import MINUTE
from dispatch.residents import Contact
from dispatch.verbs import Verb
from dispatch.views import JobView, Relation
from handlers.cards import card
from handlers.messages import Card
from handlers.texts import Catalogs
from tests.rules.builders import (
    DEPUTY,
    DIRECTOR,
    OFFICE,
    SECRETARY_A,
    SECRETARY_B,
    STAFF,
    Play,
    playbook,
    situation,
)

CATALOGS = Catalogs.load()
SECRETS = Private(
    text="敲门无应答",
    unit="D-502",
    phone="13800138000",
    resident_name="陈某某",
    resident_notes="八十岁独居",
    contacts=(Contact(name="儿子小陈", phone="13900139000"),),
)
SECRET_WORDS = ("敲门无应答", "D-502", "13800138000", "陈某某", "八十岁独居", "儿子小陈", "13900139000")
LEADERS = {STAFF, SECRETARY_A, SECRETARY_B, DEPUTY, DIRECTOR}

Scene = Callable[[], Play]


def view(play: Play, reader: int | None, relation: Relation, *, private: Private | None = None) -> JobView:
    """What a reader may see of a job, by hand."""
    state = play.state
    who = None if reader is None else state.roster.people[reader]
    mine = [claim for claim in state.claims if who is not None and claim.person_id == who.id]
    leads = relation in (Relation.DESK, Relation.CALLED) or reader in LEADERS
    return JobView(
        situation=state,
        reader=who,
        relation=relation,
        mine=mine[-1] if mine else None,
        private=private,
        desk=leads,
        timeline=timeline(play) if leads else (),
    )


def timeline(play: Play) -> tuple[Entry, ...]:
    events = [event for decision in play.decisions for event in decision.events]
    return tuple(
        Entry(
            job_id=42,
            version=version,
            kind=event.kind,
            at=event.at,
            actor_id=event.actor_id,
            loop=event.loop,
            step=event.step,
            data=event.data,
            note=event.note,
        )
        for version, event in enumerate(events, 1)
    )


def see(
    play: Play,
    reader: int | None,
    relation: Relation,
    *,
    language: str = "en",
    private: Private | None = None,
) -> Card:
    return card(view(play, reader, relation, private=private), CATALOGS.texts(language), play.now)


def fresh() -> Play:
    return Play()


def late() -> Play:
    play = Play()
    play.lives(8 * MINUTE)  # the first rung fires at 7 min
    return play


def claimed() -> Play:
    play = Play()
    play.does(1, Verb.CLAIM)
    play.does(2, Verb.CLAIM)
    return play


def underway() -> Play:
    play = claimed()
    play.does(1, Verb.START)
    return play


def arrived() -> Play:
    play = underway()
    play.does(1, Verb.ARRIVE)
    return play


def nudged() -> Play:
    play = claimed()
    play.lives(11 * MINUTE)  # claimed → started is 10 min
    return play


def silent() -> Play:
    play = arrived()
    play.lives(66 * MINUTE)  # started → done is 60 min, grace 5
    return play


def in_trouble() -> Play:
    play = arrived()
    play.does(1, Verb.HELP, note="fell on the stairs")
    return play


def answered() -> Play:
    play = in_trouble()
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    return play


def given_back() -> Play:
    play = claimed()
    play.does(1, Verb.RELEASE)
    return play


def refused() -> Play:
    play = Play()
    play.does(1, Verb.REFUSE)
    return play


def in_hand() -> Play:
    play = late()
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    return play


def urged() -> Play:
    play = in_hand()
    play.lives(6 * MINUTE)  # urged every 5 min
    return play


def exhausted() -> Play:
    play = Play()
    play.lives(60 * MINUTE)  # two loops take 42 min
    return play


def done() -> Play:
    play = arrived()
    play.does(1, Verb.FINISH)
    return play


def cancelled() -> Play:
    play = claimed()
    play.does(STAFF, Verb.CANCEL, note="was found at home")
    return play


def closed_by_staff() -> Play:
    play = Play()
    play.does(STAFF, Verb.COMPLETE)
    return play


def many(*, taken: int) -> Play:
    play = Play(situation(playbook(places=8)))
    for volunteer in range(1, taken + 1):
        play.does(volunteer, Verb.CLAIM)
    return play


def some_taken() -> Play:
    return many(taken=2)


def all_taken() -> Play:
    return many(taken=8)


def all_missing() -> Play:
    return Play(situation(missing=frozenset({"building", "unit", "phone"}), building_id=None))


def life() -> Play:
    return Play(situation(playbook(priority=Priority.LIFE)))


def life_claimed() -> Play:
    play = life()
    play.does(1, Verb.CLAIM)
    return play


# Every scene, with a reader and what that reader is to the job then.
ROWS: list[tuple[Scene, int | None, Relation]] = [
    (fresh, None, Relation.PUBLIC),
    (fresh, 7, Relation.PUBLIC),
    (fresh, 1, Relation.ASKED),
    (fresh, STAFF, Relation.DESK),
    (refused, 1, Relation.ASKED),
    (late, SECRETARY_A, Relation.CALLED),
    (late, STAFF, Relation.DESK),
    (in_hand, SECRETARY_A, Relation.CALLED),
    (in_hand, STAFF, Relation.DESK),
    (urged, SECRETARY_A, Relation.CALLED),
    (exhausted, OFFICE, Relation.CALLED),
    (exhausted, STAFF, Relation.DESK),
    (claimed, 1, Relation.CLAIMER),
    (claimed, 2, Relation.WAITING),
    (claimed, 3, Relation.ASKED),
    (claimed, None, Relation.PUBLIC),
    (claimed, STAFF, Relation.DESK),
    (underway, 1, Relation.CLAIMER),
    (underway, STAFF, Relation.DESK),
    (arrived, 1, Relation.CLAIMER),
    (nudged, 1, Relation.CLAIMER),
    (silent, 1, Relation.CLAIMER),
    (silent, SECRETARY_A, Relation.CALLED),
    (silent, STAFF, Relation.CALLED),
    (in_trouble, 1, Relation.CLAIMER),
    (in_trouble, SECRETARY_A, Relation.CALLED),
    (answered, 1, Relation.CLAIMER),
    (answered, SECRETARY_A, Relation.CALLED),
    (answered, STAFF, Relation.CALLED),
    (given_back, 1, Relation.RELEASED),
    (given_back, 2, Relation.WAITING),
    (given_back, STAFF, Relation.DESK),
    (some_taken, 1, Relation.CLAIMER),
    (some_taken, 9, Relation.PUBLIC),
    (some_taken, STAFF, Relation.DESK),
    (all_taken, 9, Relation.ASKED),
    (all_taken, STAFF, Relation.DESK),
    (all_missing, STAFF, Relation.DESK),
    (all_missing, 1, Relation.ASKED),
    (done, 1, Relation.CLAIMER),
    (done, 3, Relation.ASKED),
    (done, None, Relation.PUBLIC),
    (done, STAFF, Relation.DESK),
    (cancelled, 1, Relation.RELEASED),
    (cancelled, 3, Relation.ASKED),
    (cancelled, STAFF, Relation.DESK),
    (closed_by_staff, 1, Relation.ASKED),
    (closed_by_staff, STAFF, Relation.DESK),
]

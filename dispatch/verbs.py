"""What a person can do to a job, as words that every platform's buttons and commands share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dispatch.jobs import Correction, Priority
from dispatch.moments import Micros
from dispatch.pictures import Picture


class Verb(StrEnum):
    """One thing a person can do. `SEE_*` are what a view may show; they are never on a button. SWAP is about
    the duty and about no job, and so are ACT (for another committee), LET_ACT (somebody of another one) and
    APPOINT (somebody of one's own); SET_STATUS is about a building, VOUCH about a person, EDIT_REGISTER
    and SET_ROLES are about the register, CANT_COME about the next turn of a care plan, TICK about a
    stop of a medicine run."""

    SEE_PUBLIC = "see_public"
    SEE_PRIVATE = "see_private"
    SEE_DESK = "see_desk"
    SEE_BOARD = "see_board"
    SEE_BRIEF = "see_brief"
    SEE_LOAD = "see_load"
    SEE_RESIDENTS = "see_residents"
    SEE_NOTES = "see_notes"
    SEE_REVEALS = "see_reveals"
    POST = "post"
    CLAIM = "claim"
    REFUSE = "refuse"
    START = "start"
    ARRIVE = "arrive"
    FINISH = "finish"
    RELEASE = "release"
    HELP = "help"
    FIND = "find"
    ACKNOWLEDGE = "acknowledge"
    SETTLE = "settle"
    ASSIGN = "assign"
    COMPLETE = "complete"
    CANCEL = "cancel"
    RAISE = "raise"
    CORRECT = "correct"
    NOTE = "note"
    SAY = "say"
    PICTURE = "picture"
    APPROVE = "approve"
    DECLINE = "decline"
    SWAP = "swap"
    HERE = "here"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    TURN_DOWN = "turn_down"
    ACT = "act"
    LET_ACT = "let_act"
    APPOINT = "appoint"
    SET_STATUS = "set_status"
    VOUCH = "vouch"
    EDIT_REGISTER = "edit_register"
    SET_ROLES = "set_roles"
    CANT_COME = "cant_come"
    TICK = "tick"
    SEE_RUNS = "see_runs"
    THANK = "thank"


SEEING = frozenset(
    {
        Verb.SEE_PUBLIC,
        Verb.SEE_PRIVATE,
        Verb.SEE_DESK,
        Verb.SEE_BOARD,
        Verb.SEE_BRIEF,
        Verb.SEE_LOAD,
        Verb.SEE_RESIDENTS,
        Verb.SEE_NOTES,
        Verb.SEE_REVEALS,
        Verb.SEE_RUNS,
    }
)
"""What somebody may be shown; nobody does them, so they stand on no button."""

IN_WORDS = frozenset(
    {
        Verb.POST,
        Verb.SWAP,
        Verb.ACT,
        Verb.LET_ACT,
        Verb.APPOINT,
        Verb.SET_STATUS,
        Verb.VOUCH,
        Verb.EDIT_REGISTER,
        Verb.SET_ROLES,
        Verb.CANT_COME,
        Verb.TICK,
    }
)
"""What is written, or done by a form of its own; it is on no button either."""

ADMITTING = frozenset({Verb.APPROVE, Verb.DECLINE})
"""Verbs about somebody's application and not about a job."""

TRANSFERRING = frozenset({Verb.TAKE_OVER, Verb.TURN_DOWN})
"""Verbs that answer another committee (`dispatch.transfers`)."""

RELAYING = frozenset({Verb.HERE, *TRANSFERRING})
"""Verbs about a relay (`dispatch.relays`) and not about a job."""


class Subject(StrEnum):
    """What the number that goes with a verb is the number of."""

    JOB = "job"
    APPLICATION = "application"
    RELAY = "relay"


def subject(verb: Verb | None) -> Subject:
    """What a verb is about."""
    if verb in ADMITTING:
        return Subject.APPLICATION
    return Subject.RELAY if verb in RELAYING else Subject.JOB


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb with what goes with it.

    `person` is whom the verb is about: the claimer for the claimer's own verbs (default: the actor),
    the assignee for ASSIGN. `replaces` (ASSIGN) is the claimer who loses the place. `note` is free
    words for NOTE, SAY, CANCEL, HELP and the like. `priority` (RAISE) is how far to raise and no further, so
    that two taps on one card are one step; None is one step from wherever the job stands. `version` is
    that of the card with the button: one from before the claim or the call it is about moves nothing. None
    for words typed in a chat, which are about the present.
    """

    verb: Verb
    actor: int
    person: int | None = None
    replaces: int | None = None
    correction: Correction | None = None
    pictures: tuple[Picture, ...] = ()
    note: str = ""
    priority: Priority | None = None
    version: int | None = None
    receipt: str = ""
    """Unique to the tap or message that this came from: the same one again moves nothing."""
    taken_back: bool = False
    """The tap that took the job was undone. With RELEASE it gives back what was not started; with REFUSE it
    leaves the waitlist; and nothing else."""
    finding: str = ""
    """FIND: the keys of the step and of what was found there, `knock.none`."""
    committee: int | None = None
    """HAND_OVER: who is asked to take it."""
    office: bool = False
    """HAND_OVER: the sub-district office is asked, and no committee."""
    patience: Micros = 0
    """HAND_OVER: how long they have to answer."""


class AnswerKey(StrEnum):
    """What a tap is answered with at once. The loser of a race learns who won (`who`)."""

    WON = "won"
    ALREADY_YOURS = "already_yours"
    WAITLISTED = "waitlisted"
    ALREADY_WAITING = "already_waiting"
    HELD_FOR_ANOTHER = "held_for_another"
    CLOSED = "closed"
    STARTED = "started"
    ARRIVED = "arrived"
    FINISHED = "finished"
    RELEASED = "released"
    REFUSED = "refused"
    HELP_CALLED = "help_called"
    FOUND = "found"
    FOUND_BEFORE = "found_before"
    STEP_OPEN = "step_open"
    TICKED = "ticked"
    NOT_GIVEN_BACK = "not_given_back"
    STAYS_A_RUN = "stays_a_run"
    DOORS_TICKED = "doors_ticked"
    DOORS_OPEN = "doors_open"
    DOORS_STAY = "doors_stay"
    SEVERAL_STOPS = "several_stops"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"
    ASSIGNED = "assigned"
    ASSIGNED_SEALED_IN = "assigned_sealed_in"
    ASSIGNED_NO_GEAR = "assigned_no_gear"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RAISED = "raised"
    ALREADY_HIGHEST = "already_highest"
    CORRECTED = "corrected"
    NOTED = "noted"
    SAID = "said"
    NOBODY_TO_TELL = "nobody_to_tell"
    NOT_TOLD = "not_told"
    THANKED = "thanked"
    THANKED_BEFORE = "thanked_before"
    NOT_THANKED = "not_thanked"
    PICTURED = "pictured"
    PAGED = "paged"
    HANDED_IN = "handed_in"
    NOT_YOURS = "not_yours"
    UNCHANGED = "unchanged"
    POSTED = "posted"
    APPROVED = "approved"
    DECLINED = "declined"
    ALREADY_DECIDED = "already_decided"
    PRESENT = "present"
    TAKEN_ALREADY = "taken_already"
    NOT_NEEDED = "not_needed"
    STILL_OUT = "still_out"
    HANDING_OVER = "handing_over"
    ASKED_ELSEWHERE = "asked_elsewhere"
    NOBODY_THERE = "nobody_there"
    IN_HANDS = "in_hands"
    TAKEN_OVER = "taken_over"
    TURNED_DOWN = "turned_down"
    LET_ACT = "let_act"
    NOT_LET_ACT = "not_let_act"
    VOUCHED = "vouched"
    VOUCHED_BEFORE = "vouched_before"


@dataclass(frozen=True, slots=True)
class Answer:
    """The truth for whoever tapped: a key and its parameters (`job`, `who`, `place`, ...)."""

    key: AnswerKey
    params: Mapping[str, str | int]

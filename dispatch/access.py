"""Who may do what: one table, verb by role. Another committee's jobs are nobody's.

Being called for a job as a leader, and holding a claim of it, open cells that a role alone does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from dispatch.errors import NotAllowedError, NotTrustedError
from dispatch.people import Person, Role
from dispatch.verbs import Verb


class Grant(Enum):
    """What a cell of the table allows."""

    NO = "-"
    YES = "yes"
    OWN = "own"
    """Only their own claim."""
    TRUSTED = "trusted"
    """Yes, but for a job that reveals something private only if vouched for."""
    OWN_TRUSTED = "own+trusted"
    """Only while their own claim lives, and only if vouched for."""
    CALLED = "called"
    """Only for a job that they were called for as a leader, or a relay that they were asked for."""
    PART = "part"
    """Their own claim, or a job that they were called for as a leader."""
    CALLED_TRUSTED = "called+trusted"
    """Only for a job that they were called for as a leader, and only if vouched for."""


_COLUMNS = (Role.VOLUNTEER, Role.LEADER, Role.STAFF, Role.SECRETARY, Role.OFFICE, Role.ADVISER)
_N, _Y, _O, _T, _OT, _C = Grant.NO, Grant.YES, Grant.OWN, Grant.TRUSTED, Grant.OWN_TRUSTED, Grant.CALLED
_P, _CT = Grant.PART, Grant.CALLED_TRUSTED

TABLE: Mapping[Verb, Mapping[Role, Grant]] = {
    verb: dict(zip(_COLUMNS, cells, strict=True))
    for verb, cells in {
        #                 volunteer leader staff secretary office adviser
        Verb.SEE_PUBLIC: (_Y, _Y, _Y, _Y, _Y, _Y),
        Verb.SEE_PRIVATE: (_OT, _OT, _Y, _Y, _P, _N),
        Verb.SEE_DESK: (_C, _C, _Y, _Y, _C, _Y),
        Verb.SEE_BOARD: (_N, _N, _Y, _Y, _Y, _Y),
        Verb.SEE_BRIEF: (_N, _N, _Y, _Y, _Y, _Y),
        Verb.SEE_LOAD: (_N, _N, _Y, _Y, _Y, _Y),
        Verb.SEE_RESIDENTS: (_N, _N, _Y, _Y, _N, _N),
        Verb.SEE_NOTES: (_CT, _CT, _Y, _Y, _C, _Y),
        Verb.SEE_REVEALS: (_N, _N, _Y, _Y, _N, _N),
        Verb.POST: (_N, _N, _Y, _Y, _N, _N),
        Verb.CLAIM: (_T, _T, _Y, _Y, _N, _N),
        Verb.REFUSE: (_Y, _Y, _Y, _Y, _N, _N),
        Verb.START: (_O, _O, _Y, _Y, _O, _N),
        Verb.ARRIVE: (_O, _O, _Y, _Y, _O, _N),
        Verb.FINISH: (_O, _O, _Y, _Y, _O, _N),
        Verb.RELEASE: (_O, _O, _Y, _Y, _O, _N),
        Verb.HELP: (_O, _O, _Y, _Y, _O, _N),
        Verb.FIND: (_O, _O, _Y, _Y, _O, _N),
        Verb.ACKNOWLEDGE: (_C, _C, _Y, _Y, _C, _C),
        Verb.SETTLE: (_C, _C, _Y, _Y, _C, _C),
        Verb.ASSIGN: (_N, _N, _Y, _Y, _N, _N),
        Verb.COMPLETE: (_N, _N, _Y, _Y, _N, _N),
        Verb.CANCEL: (_N, _N, _Y, _Y, _N, _N),
        Verb.RAISE: (_N, _N, _Y, _Y, _N, _N),
        Verb.CORRECT: (_N, _N, _Y, _Y, _N, _N),
        Verb.NOTE: (_P, _P, _Y, _Y, _C, _Y),
        Verb.SAY: (_P, _P, _Y, _Y, _P, _N),
        Verb.PICTURE: (_O, _O, _Y, _Y, _N, _N),
        Verb.APPROVE: (_N, _N, _Y, _Y, _N, _N),
        Verb.DECLINE: (_N, _N, _Y, _Y, _N, _N),
        Verb.SWAP: (_N, _N, _Y, _Y, _N, _N),
        Verb.HERE: (_N, _C, _C, _C, _C, _N),
        Verb.HAND_OVER: (_N, _N, _Y, _Y, _N, _N),
        Verb.TAKE_OVER: (_N, _C, _Y, _Y, _C, _N),
        Verb.TURN_DOWN: (_N, _C, _Y, _Y, _C, _N),
        Verb.ACT: (_N, _Y, _Y, _Y, _Y, _N),
        Verb.LET_ACT: (_N, _N, _Y, _Y, _Y, _N),
        Verb.APPOINT: (_N, _N, _N, _Y, _Y, _N),
        Verb.SET_STATUS: (_N, _N, _Y, _Y, _N, _N),
        Verb.VOUCH: (_N, _N, _Y, _Y, _N, _N),
        Verb.EDIT_REGISTER: (_N, _N, _Y, _Y, _N, _N),
        Verb.SET_ROLES: (_N, _N, _N, _Y, _N, _N),
        Verb.CANT_COME: (_O, _O, _Y, _Y, _N, _N),
        Verb.TICK: (_O, _O, _Y, _Y, _O, _N),
        Verb.SEE_RUNS: (_N, _N, _Y, _Y, _Y, _Y),
        Verb.THANK: (_N, _N, _Y, _Y, _C, _N),
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person is to one job, beyond their roles.

    `owns`: the claim in question is theirs (for SEE_PRIVATE: and it lives). `hides`: the job reveals
    something private to whoever claims it. `called`: they were called for it as a leader.
    """

    owns: bool = False
    hides: bool = False
    called: bool = False


NOBODY = Standing()
"""No part in any job: enough for POST, APPROVE and DECLINE, which are about no job."""


def allows(verb: Verb, actor: Person, committee_id: int, standing: Standing = NOBODY) -> bool:
    """Whether any of the actor's roles carries the verb. A foreign or inactive actor: never."""
    if actor.committee_id != committee_id or not actor.active:
        return False
    return any(_opens(TABLE[verb][role], actor, standing) for role in actor.roles)


def check(verb: Verb, actor: Person, committee_id: int, standing: Standing = NOBODY) -> None:
    """Raise `NotTrustedError` where only being vouched for is missing, else `NotAllowedError`."""
    if allows(verb, actor, committee_id, standing):
        return
    wanted = (Grant.TRUSTED, Grant.OWN_TRUSTED)
    if actor.committee_id == committee_id and any(TABLE[verb][role] in wanted for role in actor.roles):
        raise NotTrustedError(verb=verb.value)
    raise NotAllowedError(verb=verb.value)


def may_hold(person: Person) -> bool:
    """Whether a job can be given to this person at all: some role of theirs carries CLAIM."""
    return any(TABLE[Verb.CLAIM][role] is not Grant.NO for role in person.roles)


def _opens(grant: Grant, actor: Person, standing: Standing) -> bool:
    match grant:
        case Grant.YES:
            opens = True
        case Grant.OWN:
            opens = standing.owns
        case Grant.TRUSTED:
            opens = actor.trusted or not standing.hides
        case Grant.OWN_TRUSTED:
            opens = standing.owns and actor.trusted
        case Grant.CALLED:
            opens = standing.called
        case Grant.PART:
            opens = standing.owns or standing.called
        case Grant.CALLED_TRUSTED:
            opens = standing.called and actor.trusted
        case _:
            opens = False
    return opens

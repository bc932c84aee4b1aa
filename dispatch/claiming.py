"""The life of claims: taking a place, working, giving it up, and falling silent.

Knows no role: who may do what is `access`, asked by `lifecycle` before anything here runs.
"""

from dataclasses import replace

from dispatch import duty, escalation, passage, reinforcing
from dispatch.change import Change
from dispatch.claims import Claim, ClaimStatus, ReleaseReason, Waiting
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import TROUBLE, CallCause, JobStatus, Outcome, Priority
from dispatch.moments import Micros
from dispatch.passage import Bar
from dispatch.verbs import Answer, AnswerKey

_GIVEN = {
    None: AnswerKey.ASSIGNED,
    Bar.SEALED_IN: AnswerKey.ASSIGNED_SEALED_IN,
    Bar.NO_GEAR: AnswerKey.ASSIGNED_NO_GEAR,
}
"""What staff are told who gave somebody a place, by what bars that person."""


def claim_of(change: Change, person: int) -> Claim | None:
    """The person's newest claim, ended or not."""
    mine = [claim for claim in change.claims.values() if claim.person_id == person]
    return max(mine, key=lambda claim: claim.number, default=None)


def given_up(change: Change, person: int) -> bool:
    """They had it, and have it no more: they gave it back, or it was taken from them."""
    claim = claim_of(change, person)
    return claim is not None and claim.status is ClaimStatus.RELEASED


def free_places(change: Change, person: int | None) -> list[int]:
    """Places that `person` could take now: not held, and not kept for somebody on the waitlist.

    None asks for everybody: places that nobody has a first right to.
    """
    free = _not_held(change)
    if not free:  # as at nearly every tap of a crowd: those who wait need not be looked through
        return free
    kept = [w for w in change.waiting if _has_first_right(change, w) and w.person_id != person]
    return free[len(kept) :]


def take(change: Change, person: int, *, by: int | None = None) -> Claim:
    """Give the person the lowest free place; the caller has made sure that there is one.

    `by` is the staff member who assigned it. Somebody without any address was told by voice: they
    cannot tap, so their claim begins UNDERWAY and staff move it.
    """
    place = _not_held(change)[0]
    spoken = by is not None and not duty.reachable((person,), change.roster)
    deadlines = change.playbook.deadlines
    wait = deadlines.started_to_done if spoken else deadlines.claimed_to_started
    claim = Claim(
        job_id=change.job.id,
        person_id=person,
        place=place,
        number=max(change.claims, default=0) + 1,
        status=ClaimStatus.UNDERWAY if spoken else ClaimStatus.CLAIMED,
        claimed_at=change.now,
        since_version=change.version + 1,
        assigned_by=by,
        started_at=change.now if spoken else None,
        deadline_at=change.now + wait,
    )
    change.set_claim(claim)
    change.waiting = [waiting for waiting in change.waiting if waiting.person_id != person]
    kind = EventKind.CLAIMED if by is None else EventKind.ASSIGNED
    change.record(kind, actor=by or person, person=person, place=place, number=claim.number)
    change.tell(NoticeKind.WON, person)
    settle_status(change)
    return claim


def _not_held(change: Change) -> list[int]:
    """The numbers of the places that nobody holds, lowest first: as many as the job still needs people.

    A job that was corrected to need fewer may be full while a low number is not held, since whoever holds
    a higher one keeps it."""
    held = {claim.place for claim in change.held}
    numbers = [place for place in range(1, change.job.places + 1) if place not in held]
    return numbers[: max(change.job.places - len(change.held), 0)]


def given(change: Change, person: int) -> Answer:
    """What staff are told who gave somebody a place. They may know better than the buildings' statuses: whom
    those bar has it all the same, and that is said."""
    who = change.roster.people[person]
    bar = passage.barred(who, change.job.building_id, change.roster, change.now)
    return change.answer(_GIVEN[bar], person=who.name)


def wait_for_place(change: Change, person: int) -> None:
    """Put somebody who came too late at the end of the waitlist."""
    change.waiting.append(Waiting(person_id=person, since=change.now))
    change.record(EventKind.WAITLISTED, actor=person, position=len(change.waiting))


def begin(change: Change, claim: Claim, actor: int) -> None:
    """On the way."""
    _move(change, claim, EventKind.STARTED, actor, started_at=claim.started_at or change.now)


def arrive(change: Change, claim: Claim, actor: int) -> None:
    """At the door; the time allowed until done counts from here."""
    started = claim.started_at or change.now
    _move(change, claim, EventKind.ARRIVED, actor, started_at=started, arrived_at=change.now)


def be_there(change: Change, claim: Claim) -> None:
    """Somebody says what they see, so they are there and not silent. Nothing is recorded of it: what they
    see is."""
    started, arrived = claim.started_at or change.now, claim.arrived_at or change.now
    _heard_of(change, claim, started_at=started, arrived_at=arrived)
    _end_needless_call(change)


def heard(change: Change, claim: Claim) -> None:
    """Somebody says something, so they are not silent; how far they are stays as it was."""
    deadlines = change.playbook.deadlines
    started = claim.status is ClaimStatus.UNDERWAY
    wait = deadlines.started_to_done if started else deadlines.claimed_to_started
    _wait_again(change, claim, wait)
    _end_needless_call(change)


def finish(change: Change, claim: Claim, actor: int) -> None:
    """Done. A done claim keeps its place; the job closes when every place is done."""
    change.set_claim(claim, status=ClaimStatus.DONE, ended_at=change.now, deadline_at=None)
    change.record(EventKind.FINISHED, actor=actor, person=claim.person_id, number=claim.number)
    settle_status(change)


def release(change: Change, claim: Claim, reason: ReleaseReason, actor: int | None) -> None:
    """End a claim undone, withdraw what was shown for it, and look for somebody else."""
    vacate(change, claim, reason, actor)
    settle_status(change)
    reinforcing.ask(change)


def reinforce(change: Change) -> None:
    """Somebody at work needs help: where the playbook says so, one more person is asked for at once."""
    reinforcing.widen(change)
    if change.job.second:
        settle_status(change)
        reinforcing.ask(change)


def vacate(change: Change, claim: Claim, reason: ReleaseReason, actor: int | None) -> None:
    """End a claim undone and withdraw what was shown for it; its place stays empty for the moment."""
    change.set_claim(claim, status=ClaimStatus.RELEASED, ended_at=change.now, reason=reason, deadline_at=None)
    kind = EventKind.TIMED_OUT if reason is ReleaseReason.SILENT else EventKind.RELEASED
    change.record(kind, actor=actor, person=claim.person_id, number=claim.number, reason=reason.value)
    change.tell(NoticeKind.WITHDRAW, claim.person_id)
    _whole_again(change, claim)


def _whole_again(change: Change, claim: Claim) -> None:
    """The office had all of the job, and has given it back: it needs as many people as before."""
    pending = change.job.pending
    if pending is not None and pending.claim == claim.number and pending.places is not None:
        places = max(change.job.places, pending.places)
        change.set_job(places=places, pending=replace(pending, claim=None, places=None))


def close(change: Change, outcome: Outcome, actor: int | None, note: str = "") -> None:
    """End the job, whatever stands; nothing is looked at again."""
    escalation.stop(change)
    for claim in change.live:
        if outcome is Outcome.DONE:
            change.set_claim(claim, status=ClaimStatus.DONE, ended_at=change.now, deadline_at=None)
        else:
            reason = ReleaseReason.CANCELLED
            change.set_claim(
                claim, status=ClaimStatus.RELEASED, ended_at=change.now, reason=reason, deadline_at=None
            )
        change.tell(NoticeKind.WITHDRAW, claim.person_id)
    change.tell(NoticeKind.UPDATE, *(waiting.person_id for waiting in change.waiting))
    change.waiting.clear()
    change.set_job(status=JobStatus.CLOSED, outcome=outcome, closed_at=change.now, closed_by=actor)
    change.record(EventKind.CLOSED, actor=actor, note=note, outcome=outcome.value)
    if change.job.turn is not None and outcome is Outcome.DONE:
        # Whoever usually does it lies awake over it: they are rung, and not only shown.
        did = {claim.person_id for claim in change.held}
        waiting = [who for who in change.job.turn.usual if who in change.roster.people and who not in did]
        change.tell(NoticeKind.CORRECTED, *waiting)


def settle_status(change: Change) -> None:
    """Let the job's status follow from its claims, and the call from the status."""
    reinforcing.let_go(change)
    held = change.held
    filled = len(held) >= change.job.places
    if filled and all(claim.status is ClaimStatus.DONE for claim in held):
        close(change, Outcome.DONE, held[-1].person_id)
    elif filled:
        change.set_job(status=JobStatus.FILLED)
        if change.calling.cause is CallCause.UNCLAIMED:
            escalation.stop(change)
    else:
        change.set_job(status=JobStatus.OPEN)
        _offer_or_reopen(change)
    _end_needless_call(change)


def lapse_offers(change: Change) -> bool:
    """Take back a first right that nobody used in time; False when none has run out."""
    for index, waiting in enumerate(change.waiting):
        if waiting.offered_until is not None and waiting.offered_until <= change.now:
            del change.waiting[index]
            change.record(EventKind.OFFER_LAPSED, person=waiting.person_id)
            change.tell(NoticeKind.UPDATE, waiting.person_id)
            settle_status(change)
            return True
    return False


def notice_silence(change: Change) -> bool:
    """Act on the live claim that has been silent past its deadline; False when there is none."""
    for claim in change.live:
        if claim.deadline_at is not None and claim.deadline_at <= change.now:
            _silent(change, claim)
            return True
    return False


def restart_clocks(change: Change) -> None:
    """Begin again to wait for the claims whose silence was noticed: somebody has answered for them."""
    for claim in change.live:
        if claim.alarmed_at is not None:
            _wait_again(change, claim, change.playbook.deadlines.started_to_done)


def _move(change: Change, claim: Claim, kind: EventKind, actor: int, **moments: Micros) -> None:
    _heard_of(change, claim, **moments)
    change.record(kind, actor=actor, person=claim.person_id, number=claim.number)
    _end_needless_call(change)


def _heard_of(change: Change, claim: Claim, **moments: Micros) -> None:
    """Under way, and given the whole time again."""
    change.set_claim(
        claim,
        status=ClaimStatus.UNDERWAY,
        nudged_at=None,
        alarmed_at=None,
        deadline_at=change.now + change.playbook.deadlines.started_to_done,
        **moments,
    )


def _wait_again(change: Change, claim: Claim, wait: Micros) -> None:
    """Not silent, however far they are. Whoever waits at a step on purpose has longer than that already."""
    until = max(change.now + wait, claim.deadline_at or 0)
    change.set_claim(claim, nudged_at=None, alarmed_at=None, deadline_at=until)


def _silent(change: Change, claim: Claim) -> None:
    grace = change.now + change.playbook.deadlines.nudge_grace
    if claim.nudged_at is None:
        change.set_claim(claim, nudged_at=change.now, deadline_at=grace)
        change.tell(NoticeKind.NUDGE, claim.person_id)
        change.record(EventKind.NUDGED, person=claim.person_id, number=claim.number)
    elif claim.status is ClaimStatus.CLAIMED:
        release(change, claim, ReleaseReason.SILENT, None)
    else:
        # No further deadline of its own: the call that starts here repeats until somebody answers.
        change.set_claim(claim, alarmed_at=change.now, deadline_at=None)
        change.tell(NoticeKind.ASK_AFTER, claim.person_id)
        change.record(EventKind.SILENT, person=claim.person_id, number=claim.number)
        if change.calling.cause is not CallCause.HELP or not change.calling.running:
            escalation.start(change, CallCause.SILENT)


def _offer_or_reopen(change: Change) -> None:
    """A place is free: the waitlist's head first, for a short while; then everybody again.

    Where life is at stake nobody is waited for: the waitlist and the waves are asked together.
    """
    _offer_places(change)
    life = change.job.priority is Priority.LIFE
    calling = change.calling
    if not life and not free_places(change, None):
        return
    if calling.running and calling.cause is CallCause.UNCLAIMED:
        return
    if calling.running and calling.cause in TROUBLE and change.live:
        return  # a person in trouble goes first; `lifecycle` asks for more hands once that is answered
    change.record(EventKind.REOPENED)
    escalation.start(change, CallCause.UNCLAIMED)


def _offer_places(change: Change) -> None:
    held = {claim.place for claim in change.held}
    kept = sum(_has_first_right(change, waiting) for waiting in change.waiting)
    free = change.job.places - len(held) - kept
    until = change.now + change.playbook.deadlines.waitlist_offer
    for index, waiting in enumerate(change.waiting):
        if free <= 0:
            return
        if waiting.offered_until is None and not _resting(change, waiting):
            change.waiting[index] = replace(waiting, offered_until=until)
            change.tell(NoticeKind.OFFER, waiting.person_id)
            change.record(EventKind.OFFERED, person=waiting.person_id)
            free -= 1


def _resting(change: Change, waiting: Waiting) -> bool:
    """Whoever rests, or may not go where it is, is not rung for a place that became free; they stay on the
    list."""
    person = change.roster.people.get(waiting.person_id)
    if person is None:
        return False
    building = change.job.building_id
    return person.off(change.now) or passage.barred(person, building, change.roster, change.now) is not None


def _has_first_right(change: Change, waiting: Waiting) -> bool:
    offered = waiting.offered_until is not None and waiting.offered_until > change.now
    return offered and change.job.priority is not Priority.LIFE


def _end_needless_call(change: Change) -> None:
    """A call because of somebody silent, or at work and in trouble, ends with its reason."""
    calling = change.calling
    if not calling.running or change.job.status is JobStatus.CLOSED:
        return
    silent = any(claim.alarmed_at is not None for claim in change.live)
    if (calling.cause is CallCause.SILENT and not silent) or (
        calling.cause in (CallCause.HELP, CallCause.FINDING) and not change.live
    ):
        end_call(change)


def end_call(change: Change) -> None:
    """The reason of the call that runs is over. What it has taken the place of is called for again: what was
    found, as long as anybody is there, or somebody silent; else people, where a place stayed free."""
    behind = change.calling.behind
    escalation.stop(change)
    if change.live and behind is not None:
        escalation.start(change, behind)
    elif any(claim.alarmed_at is not None for claim in change.live):
        escalation.start(change, CallCause.SILENT)
    elif change.job.status is JobStatus.OPEN:
        _offer_or_reopen(change)

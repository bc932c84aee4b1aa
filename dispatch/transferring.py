"""What becomes of a job while another committee, or the sub-district office, is asked to take it, and by
their answer: the rules.

Pure. It is the sender's job that decides, whoever answers: there is one version to be first at, so it never
has two owners, and never none. A committee that accepts has a job of its own from then on; of the office,
which stands on the sender's own ladder, whoever accepts holds the job as somebody whom staff gave it to.
"""

from dataclasses import replace

from dispatch import caring, claiming, duty
from dispatch.change import Change
from dispatch.errors import MalformedError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Draft, Job, JobStatus, Outcome, Pending, Priority, Private
from dispatch.moments import Micros
from dispatch.people import Roster, Rung
from dispatch.relays import Relay, RelayKind
from dispatch.situation import Situation
from dispatch.transfers import Ending, Transfer
from dispatch.verbs import Answer, AnswerKey, Command


def cause(job_id: int, since_version: int) -> str:
    """What makes a transfer one of its own, in the committee that is asked."""
    return f"transfer {job_id} v{since_version}"


def nonce(relay_id: int) -> str:
    """What makes the new job one, however often its transfer is accepted."""
    return f"transfer {relay_id}"


def offer(change: Change, command: Command) -> Answer:
    """Ask another committee, or the office; a job that somebody has is not given away over their head."""
    own, pending = change.job.committee_id, change.job.pending
    target = own if command.office else command.committee
    if target is None or (target == own and not command.office):
        raise MalformedError
    if pending is not None and pending.open:
        same = pending.committee_id == target
        return change.answer(AnswerKey.HANDING_OVER if same else AnswerKey.ASKED_ELSEWHERE)
    if pending is not None and command.version is not None and command.version < pending.since_version:
        return change.answer(AnswerKey.UNCHANGED)
    if change.held:
        return change.answer(AnswerKey.IN_HANDS)
    if not command.office and (stays := _stays(change.job)) is not None:
        return change.answer(stays)
    if command.office and not office(change.roster, change.now):
        return change.answer(AnswerKey.NOBODY_THERE)
    change.record(EventKind.HANDING_OVER, actor=command.actor, note=command.note, committee=target)
    until = change.now + command.patience
    change.set_job(pending=Pending(committee_id=target, since_version=change.version, until=until))
    return change.answer(AnswerKey.HANDING_OVER)


def _stays(job: Job) -> AnswerKey | None:
    """Why a job with a list of doors is given to no other committee: they do not know them."""
    if job.round is not None:
        return AnswerKey.DOORS_STAY
    return AnswerKey.SEVERAL_STOPS if job.run is not None and job.run.stops > 1 else None


def office(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Whoever of the sub-district office can be asked to take a job of this committee."""
    return duty.standing_on(Rung.OFFICE, roster, now)


def settle(change: Change) -> None:
    """Whoever has the job now, or closed it, has answered for the committee that was asked."""
    pending = change.job.pending
    if pending is None or not pending.open:
        return
    if change.job.status is JobStatus.CLOSED:
        _end(change, Ending.CLOSED)
    elif change.held:
        _end(change, Ending.TAKEN)


def lapse(change: Change) -> bool:
    """Nobody has answered in time: the desk is told. Whether anything was due."""
    pending = change.job.pending
    if pending is None or pending.until is None or pending.until > change.now:
        return False
    _refused(change, Ending.UNANSWERED)
    return True


def accept(change: Change, transfer: Transfer, person: int | None = None) -> Answer:
    """The other committee has it from now on, or `person` of the office, if the job is still to be had."""
    if not _asked(change.job, transfer):
        return change.answer(AnswerKey.NOT_NEEDED)
    if transfer.office:
        return _hold(change, person)
    change.record(EventKind.HANDED_OVER, committee=transfer.committee_id)
    _stop(change)
    claiming.close(change, Outcome.HANDED_OVER, None)
    return change.answer(AnswerKey.TAKEN_OVER)


def decline(change: Change, transfer: Transfer) -> Answer:
    """It stays where it is, and the desk there is told."""
    if not _asked(change.job, transfer):
        return change.answer(AnswerKey.NOT_NEEDED)
    _refused(change, Ending.DECLINED)
    return change.answer(AnswerKey.TURNED_DOWN)


def rewritten(
    transfer: Transfer, sent: Situation, private: Private, person: int, building: int | None = None
) -> Draft:
    """The job as the other committee posts it: the same words, and where it is as its sender knew it.
    `building` is the other committee's own."""
    job = sent.job
    known = sent.roster.buildings.get(job.building_id or 0)
    place = " ".join(part for part in (known.name if known else "", private.unit) if part)
    said = (place if known is not None else "", private.text, transfer.note)
    return Draft(
        committee_id=transfer.committee_id,
        kind=job.kind,
        priority=job.priority,
        text="\n".join(line.strip() for line in said if line.strip()),
        nonce=nonce(transfer.relay_id),
        posted_by=person,
        places=job.places,
        building_id=building,
        unit=private.unit,
        phone=private.phone,
        headline=job.headline,
        origin_id=transfer.relay_id,
        turn=None if job.turn is None else caring.elsewhere(job.turn),
    )


def relay(job: Job, since_version: int, to: Roster, now: Micros) -> Relay:
    """What the other committee's people are asked by: its desk, and whoever is on duty if it presses; or the
    people of the office. It has no time of its own: that is kept with the job."""
    ours = to.committee.id == job.committee_id
    return Relay(
        committee_id=to.committee.id,
        cause=cause(job.id, since_version),
        kind=RelayKind.TRANSFER,
        about_id=None,
        made_at=now,
        due_at=None,
        version=1,
        jobs=(job.id,) if ours else (),
        asked=office(to, now) if ours else _desk(job, to, now),
    )


def _desk(job: Job, to: Roster, now: Micros) -> tuple[int, ...]:
    on_duty = duty.on_duty(to, now) if job.priority is not Priority.NORMAL else None
    return tuple(dict.fromkeys((*to.desk, *(() if on_duty is None else (on_duty,)))))


def notice(job: Job) -> NoticeKind:
    """How loudly they are asked."""
    return NoticeKind.ASK if job.priority is Priority.NORMAL else NoticeKind.ALERT


def _hold(change: Change, person: int | None) -> Answer:
    """They have all of it, however many it needs: nobody else is asked as long as they do."""
    if person is None:
        raise MalformedError
    places = change.job.places
    _stop(change)
    change.set_job(places=1)
    claim = claiming.take(change, person)
    if change.job.pending is not None:
        change.set_job(pending=replace(change.job.pending, claim=claim.number, places=places))
    return change.answer(AnswerKey.WON, place=claim.place)


def _asked(job: Job, transfer: Transfer) -> bool:
    """This very transfer is still to be answered."""
    pending = job.pending
    return (
        job.status is not JobStatus.CLOSED
        and pending is not None
        and pending.open
        and (pending.committee_id, pending.since_version) == (transfer.committee_id, transfer.since_version)
    )


def _refused(change: Change, ending: Ending) -> None:
    _end(change, ending)
    change.tell(NoticeKind.CORRECTED, *change.roster.desk)


def _end(change: Change, ending: Ending) -> None:
    pending = change.job.pending
    if pending is not None:
        change.record(EventKind.NOT_HANDED_OVER, committee=pending.committee_id, ending=ending.value)
        _stop(change)


def _stop(change: Change) -> None:
    """Nobody is asked any more; a button on a card from before this cannot ask them again."""
    if change.job.pending is not None:
        over = replace(change.job.pending, until=None, since_version=change.version)
        change.set_job(pending=over)

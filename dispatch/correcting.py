"""A job is put right: it was another kind, elsewhere, or needs more people. Knows no role."""

from collections.abc import Mapping

from dispatch import claiming, escalation, medicine, run_beginning
from dispatch.change import Change
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Correction, Job, JobStatus, Priority
from dispatch.playbook import Playbook
from dispatch.verbs import Answer, AnswerKey, Command


def correct(change: Change, command: Command, playbooks: Mapping[str, Playbook]) -> Answer:
    """Put right what staff say was wrong, and tell whoever is on it."""
    correction = command.correction
    if correction is None or correction == Correction():
        return change.answer(AnswerKey.UNCHANGED)
    before = change.job
    if _keeps_kind(change, correction):
        return change.answer(AnswerKey.STAYS_A_RUN)
    _of_kind(change, correction, playbooks)
    if correction.building_id is not None:
        change.set_job(building_id=correction.building_id)
    if correction.headline is not None:
        change.set_job(headline=correction.headline)
    if correction.places is not None:
        change.set_job(places=max(correction.places, len(change.held), 1))
    change.record(EventKind.CORRECTED, actor=command.actor)
    change.tell(NoticeKind.CORRECTED, *(claim.person_id for claim in change.live))
    _call_afresh(change, before)
    return change.answer(AnswerKey.CORRECTED)


def _keeps_kind(change: Change, correction: Correction) -> bool:
    """It would be of another kind, and what others asked for, or handed over, would be lost with that."""
    run = change.job.run
    return (
        run is not None and correction.kind not in {None, change.job.kind} and (run.stops > 1 or run.owed > 0)
    )


def _of_kind(change: Change, correction: Correction, playbooks: Mapping[str, Playbook]) -> None:
    playbook = None if correction.kind is None else playbooks.get(correction.kind)
    if playbook is None or playbook.kind == change.job.kind:
        return
    order, run, usual = list(Priority), None, playbook.priority
    if playbook.medicine is not None and correction.request is not None:
        run = run_beginning.begin(correction.request, change.roster, change.now)
        usual = medicine.priority(
            playbook.medicine, correction.request.drug, correction.request.days, playbook.priority
        )
    priority = min(change.job.priority, usual, key=order.index)
    change.playbook = playbook
    escalation.forget_playbook(change)
    change.set_job(
        kind=playbook.kind,
        kinds=change.job.kinds + 1,
        playbook=playbook.digest,
        priority=priority,
        walk=None,
        run=run,
    )


def _call_afresh(change: Change, before: Job) -> None:
    """Ask again when an open job has become another one: elsewhere, of another kind, or more urgent."""
    job = change.job
    moved = (before.kind, before.building_id) != (job.kind, job.building_id)
    if before.priority is not job.priority or (moved and job.status is JobStatus.OPEN):
        escalation.call_again(change)
    claiming.settle_status(change)

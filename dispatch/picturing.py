"""A picture, or the pages of a document, comes to a job: who may bring one, and how many there may be.

Who is shown it is another rule (`showing`).
"""

from typing import Any

from dispatch import pictures
from dispatch.change import Change
from dispatch.errors import NotAllowedError
from dispatch.events import EventKind, NoticeKind
from dispatch.verbs import Answer, AnswerKey, Command


def picture(change: Change, command: Command) -> Answer:
    """One more picture, or all pages of a document. They are as private as the words that were said, so they
    hide what those hide."""
    job, more = change.job, len(command.pictures)
    if not more:
        return change.answer(AnswerKey.UNCHANGED)
    actor = change.roster.people[command.actor]
    own = next((claim for claim in change.live if claim.person_id == actor.id), None)
    if not actor.desk and own is None:
        raise NotAllowedError(verb=command.verb.value)
    pictures.check_room(job.pictures, more)
    change.set_job(pictures=job.pictures + more, hides=job.hides | {"text"})
    pages: dict[str, Any] = {"pages": more} if more > 1 else {}
    change.record(EventKind.PICTURED, actor=command.actor, number=job.pictures + more, **pages)
    change.tell(NoticeKind.UPDATE, *(claim.person_id for claim in change.live))
    if own is not None and not actor.desk:
        change.set_claim(own, handed=own.handed + more)
        return change.answer(AnswerKey.HANDED_IN)
    return change.answer(AnswerKey.PAGED if pages else AnswerKey.PICTURED, **pages)

"""How much of doors, phones and health somebody may be shown, and when it looks like gathering addresses.

Pure rules: a limit a day on jobs whose private side is shown, and an alarm where jobs are taken, looked at
and given back again and again. Whoever is in doubt is as somebody whom nobody vouched for, until staff vouch
again. The desk is not asked, since it sees everything anyway; and what staff give somebody, they answer for.
"""

from dispatch import barriers
from dispatch.change import Change
from dispatch.claims import ReleaseReason
from dispatch.errors import ShownEnoughError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Priority
from dispatch.lately import Lately
from dispatch.people import Person
from dispatch.situation import Situation
from dispatch.verbs import Command, Verb


def asks(actor: Person, command: Command) -> bool:
    """What the actor was shown of late matters to this verb."""
    return actor.trusted and not actor.desk and command.verb in (Verb.CLAIM, Verb.RELEASE)


def check(situation: Situation, actor: Person, lately: Lately) -> None:
    """Raise `ShownEnoughError` for a claim by which somebody would be shown more than the limit. A life at
    stake has none."""
    job = situation.job
    if actor.desk or job.priority is Priority.LIFE or not barriers.hides(situation):
        return
    others = {each.job_id for each in lately.shown} - {job.id}
    if len(others) >= lately.limits.a_day:
        raise ShownEnoughError(limit=lately.limits.a_day)


def notice(change: Change, actor: Person, lately: Lately) -> None:
    """Put in doubt who gave back one job too many within the hour, after they were shown what it hides, and
    tell the desk."""
    gave = any(
        claim.person_id == actor.id and claim.reason is ReleaseReason.CANNOT and claim.ended_at == change.now
        for claim in change.claims.values()
        if claim not in change.before.claims
    )
    if not gave or actor.desk or not actor.trusted or not barriers.hides(change.before):
        return
    since = change.now - lately.limits.hour
    back = {each.job_id for each in lately.shown if (each.given_back_at or 0) > since} | {change.job.id}
    if len(back) < lately.limits.given_back:
        return
    change.record(EventKind.DOUBTED, person=actor.id, count=len(back))
    change.tell(NoticeKind.DOUBT, *change.roster.desk)

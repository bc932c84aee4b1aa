"""When a care plan's turns are opened, and how urgent they are: pure rules on plans and moments.

A turn is opened once: whoever looks, and however often, comes to the same moment, which names the job. After
a time in which nobody looked, what still can be done in time is opened, and of what was missed the newest:
that resident still waits. Knows no store and no words.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.care import Plan
from dispatch.jobs import ELSEWHERE, Job, Outcome, Priority, Turn
from dispatch.moments import HOUR, MINUTE, Micros, to_datetime
from dispatch.playbook import Playbook
from dispatch.rota import moment

MATTERS: Micros = 24 * HOUR
"""A turn that was missed for longer than this is opened no more: somebody has been there by then, or the
brief, which shows it, has been read by a whole round of shifts."""

EARLIEST: Micros = 24 * HOUR
"""No turn is opened sooner than this before its moment, whoever cannot come: what is to be done in a week
needs nobody today."""

AGAIN: Micros = 12 * HOUR
"""A plan with no turn ahead is looked at all the same: twice a day, so that a look that was written down for
another time zone or rule is at most half a day wrong."""

SOON: Micros = 5 * MINUTE
"""While a turn is open that was begun at other hours, the plan is looked at this often: it stands for the
next one, and if it is called off that one is late by no more."""

ALONE: Micros = 10 * MINUTE
"""How long those who usually do it are asked before all others: as long as whoever is out on the stairs needs
to see it. Never more than a quarter of the time until leaders are called."""

_ORDER = list(Priority)
_MORE = {Priority.LIFE: Priority.LIFE, Priority.URGENT: Priority.LIFE, Priority.NORMAL: Priority.URGENT}


def moments(plan: Plan, zone: ZoneInfo, since: Micros, until: Micros) -> Sequence[Micros]:
    """The usual moments of all turns between the two, both included, ascending."""
    day = timedelta(days=1)
    first, last = (to_datetime(at).astimezone(zone).replace(tzinfo=None) for at in (since, until))
    days = plan.calendar.starts(plan.rule, plan.anchor, last + day)
    near = days[bisect_left(days, first - 2 * day) : bisect_right(days, last + day)]
    found = {moment(datetime.combine(each.date(), at), zone) for each in near for at in plan.times}
    return sorted(at for at in found if since <= at <= until)


def opens_at(plan: Plan, at: Micros, *, excused: bool) -> Micros:
    """When the turn of that moment is opened: at once, if somebody said that they cannot come."""
    usually = at - plan.ahead
    return min(usually, at - EARLIEST) if excused else usually


def due_at(plan: Plan, at: Micros) -> Micros:
    """Until when it must be done."""
    return at + plan.within


def opening(plan: Plan, zone: ZoneInfo, excused: Collection[Micros], now: Micros) -> tuple[Micros, ...]:
    """The turns that are to be open now, by their usual moments: every one that can still be done in time,
    and the newest that was missed, unless the next one has come since."""
    around = moments(plan, zone, now - MATTERS - plan.within, now + plan.ahead + EARLIEST)
    counting = [at for at in around if due_at(plan, at) > plan.since_at]
    begun = [at for at in counting if opens_at(plan, at, excused=at in excused) <= now]
    in_time = [at for at in begun if due_at(plan, at) > now]
    missed = [at for at in begun if now - MATTERS < due_at(plan, at) <= now]
    replaced = any(opens_at(plan, at, excused=False) <= now for at in in_time)
    return (*(() if replaced else missed[-1:]), *in_time)


def following(plan: Plan, zone: ZoneInfo, now: Micros) -> Micros | None:
    """The next turn that is not open yet by itself; None where there is none within a year."""
    for days in (2, 40, 400):
        ahead = moments(plan, zone, now, now + days * 24 * HOUR)
        found = [at for at in ahead if opens_at(plan, at, excused=False) > now]
        if found:
            return found[0]
    return None


def look_at(plan: Plan, zone: ZoneInfo, excused: Collection[Micros], now: Micros) -> Micros:
    """When somebody must look at the plan again."""
    ahead = moments(plan, zone, now, now + AGAIN + plan.ahead + EARLIEST)
    opened = (opens_at(plan, at, excused=at in excused) for at in ahead)
    return min((at for at in opened if at > now), default=now + AGAIN)


def turn(plan: Plan, at: Micros, first: tuple[int, ...]) -> Turn:
    """What a job knows of being the turn of that moment. Leaders are called from the middle of its time on,
    also where it was opened the evening before: nobody is woken for what has all night."""
    return Turn(
        plan_id=plan.id,
        at=at,
        due_at=due_at(plan, at),
        leaders_at=at - plan.ahead + (plan.ahead + plan.within) // 2,
        first=first,
        usual=plan.carers,
    )


def elsewhere(turn: Turn) -> Turn:
    """The same turn as another committee has it that takes it over: as urgent, and raised in the same moment,
    but nobody's there before all others."""
    return replace(turn, plan_id=ELSEWHERE, first=(), usual=())


def stands_for(job: Job, plan: Plan, zone: ZoneInfo, at: Micros, now: Micros) -> bool:
    """Whether a job of the plan, begun at hours that are its hours no more, is the turn of the moment `at` as
    well: it is open in that turn's time, or somebody was there in it. One that was called off is not."""
    if job.turn is None or job.turn.at == at or job.outcome is Outcome.CANCELLED:
        return False
    ended = now if job.closed_at is None else job.closed_at
    if ended < opens_at(plan, at, excused=False) or job.posted_at > due_at(plan, at):
        return False
    return not moments(plan, zone, job.turn.at, job.turn.at)


def nonce(plan_id: int, at: Micros) -> str:
    """What makes the turn one job, whoever opens it and however often."""
    return f"care {plan_id} {at}"


def priority(playbook: Playbook, due: Micros, now: Micros) -> Priority:
    """How urgent a turn is that is opened now: life is at stake once it was missed, and not before."""
    if now >= due:
        return missed(playbook)
    return max(playbook.priority, Priority.URGENT, key=_ORDER.index)


def missed(playbook: Playbook) -> Priority:
    """What a turn of this kind becomes that was not done in time: one step more than its kind's own."""
    return _MORE[playbook.priority]


def raises_at(job: Job, playbook: Playbook) -> Micros | None:
    """When the job becomes more urgent by itself; None for one that does not."""
    if job.turn is None or _ORDER.index(job.priority) <= _ORDER.index(missed(playbook)):
        return None
    return job.turn.due_at


def leaders_wait(job: Job) -> Micros | None:
    """Until when leaders are not called for the job; None where they are called as ever."""
    return None if job.turn is None or job.priority is Priority.LIFE else job.turn.leaders_at


def alone(turn: Turn, now: Micros) -> Micros:
    """How long from now those who usually do it are asked before all others."""
    return max(0, min(ALONE, (turn.leaders_at - now) // 4))

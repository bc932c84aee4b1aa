"""Who is asked before all others: those who usually do what a care plan needs, and those who did it last.

They are asked alone for a short while, and no longer than until all of them have said no. Where life is at
stake nobody is waited for: they are asked beside everybody else.
"""

from collections.abc import Collection

from dispatch import access, caring
from dispatch.barriers import barriers
from dispatch.change import Change
from dispatch.claims import Ask
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import CallCause, Priority

USUAL = "usual"
"""In the ledger: whom a step asked who are no wave."""


def begin(change: Change, excused: Collection[int]) -> None:
    """Ask them, at the beginning of a job's first call. Whoever is `excused` has said no before they were
    asked, and nobody asks them again. Raises `SurroundingsUnknownError`."""
    turn, calling = change.job.turn, change.calling
    change.asks += [
        Ask(person_id=who, loop=calling.loop, step=calling.step, at=change.now, refused_at=change.now)
        for who in excused
        if who in change.roster.people
    ]
    people = () if turn is None else tuple(who for who in turn.first if _askable(change, who))
    if turn is None or not people:
        return
    change.ask(people, leader=False)
    change.tell(NoticeKind.ASK, *people)
    change.record(EventKind.ASKED, step=True, count=len(people), to=USUAL)
    wait = 0 if change.job.priority is Priority.LIFE else caring.alone(turn, change.now)
    calling = change.calling
    change.set_calling(
        due_at=None if calling.due_at is None else calling.due_at + wait,
        seek_at=None if calling.seek_at is None else calling.seek_at + wait,
    )


def refused(change: Change) -> None:
    """One of them said no: once all have, the others are asked at once."""
    calling = change.calling
    waits = change.job.turn is not None and calling.cause is CallCause.UNCLAIMED and calling.position == 0
    loop = [ask for ask in change.asks if ask.loop == calling.loop and not ask.leader]
    if waits and loop and calling.due_at is not None and all(ask.refused_at is not None for ask in loop):
        change.set_calling(
            due_at=min(change.now, calling.due_at),
            seek_at=None if calling.seek_at is None else min(change.now, calling.seek_at),
        )


def _askable(change: Change, who: int) -> bool:
    person = change.roster.people.get(who)
    if person is None or who not in change.roster.addresses_of or not access.may_hold(person):
        return False
    return barriers(change.situation(), change.now, busy=True).of(person) is None

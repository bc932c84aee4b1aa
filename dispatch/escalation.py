"""The call for people: waves of volunteers, then rungs of leaders, repeated until somebody answers.

One call runs for a job at a time, through its sequence (`sequences`). Each thing that fires is one step in
the ledger, decided once. The clock of the sequence is nominal (each entry counts from when the one before was
*due*), so lateness never adds up and three overdue entries are decided together when the program is back.

One rung may have a clock of its own (`RungCall.every`): once called, it is called again that often, beside
the sequence, until somebody has the call in hand or it ends. Whatever calls its people sets it again.

It never gives up by itself: after the counted loops the job is exhausted, once and loudly, and all
leaders are called again at an interval until somebody answers.
"""

from dataclasses import replace

from dispatch import caring, duty, matching, precedence, seeking, sequences
from dispatch.change import Change
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import TROUBLE, CallCause, Calling, JobStatus, Priority
from dispatch.moments import Micros
from dispatch.people import Audience, Rung
from dispatch.playbook import RungCall, Wave, WaveTo
from dispatch.sequences import Entry


def start(change: Change, cause: CallCause) -> None:
    """Begin a call afresh: a new loop, counted from nothing. Staff are called at once for whatever
    is more than an ordinary free place."""
    change.set_job(
        calling=Calling(
            cause=cause,
            since_version=change.version,
            loop=change.calling.loop + 1,
            due_at=change.now + _offset(change, cause, 0),
            seek_at=change.now if _seeks(change, cause) else None,
            behind=_behind(change, cause),
        )
    )
    if cause is not CallCause.UNCLAIMED or change.job.priority is Priority.LIFE:
        _call(change, duty.staff(change.roster, change.now), rung="staff")


def stop(change: Change) -> None:
    """Nobody needs to be called any more."""
    if not change.calling.running and change.calling.exhausted_at is None:
        return
    change.set_calling(
        due_at=None, urge_at=None, urged_at=None, exhausted_at=None, again_at=None, seek_at=None, behind=None
    )


def acknowledge(change: Change, leader: int) -> None:
    """The leader has it in hand: rungs are held, waves go on, and the leader is urged later on."""
    every = change.playbook.deadlines.urge_every
    change.set_calling(
        acknowledged_by=leader,
        acknowledged_at=change.now,
        urge_at=change.now + every,
        urged_at=None,
        again_at=None,
    )
    _hold_rungs(change)


def put_behind(change: Change, cause: CallCause | None) -> None:
    """Let the call that runs be followed by one for this cause, or by none."""
    change.set_calling(behind=cause)


def forget_playbook(change: Change) -> None:
    """The job has another one from now on: that one's rung is called again once it has been called, and what
    was found by steps of the former calls nobody again."""
    change.set_calling(again_at=None, calls=0, behind=None)


def call_again(change: Change) -> None:
    """The job has become another one, or more urgent: call anew, unless somebody at work is in trouble."""
    if change.calling.cause in TROUBLE and change.calling.running:
        return
    if change.job.status is JobStatus.OPEN:
        start(change, CallCause.UNCLAIMED)
    elif change.job.priority is Priority.LIFE:
        start(change, CallCause.RAISED)


def waves_over(change: Change) -> bool:
    """No wave is still to come in this loop."""
    ahead = _entries(change)[change.calling.position :]
    exhausted = change.calling.exhausted_at is not None
    return exhausted or not any(isinstance(entry.what, Wave) for entry in ahead)


def advance(change: Change) -> bool:
    """Fire one thing that is due, an urge before a step of the sequence, and that before the clock of a rung:
    a step that calls the same people puts it off. False when nothing is due."""
    calling, clocked = change.calling, _clocked(change)
    if _due(calling.urge_at, change):
        _urge(change)
    elif _due(calling.seek_at, change):
        _seek(change)
    elif _due(calling.due_at, change):
        _step(change)
    elif clocked is not None and _due(calling.again_at, change):
        _call_rung_again(change, clocked)
    else:
        return False
    return True


def refused(change: Change) -> None:
    """Somebody who was asked said no: whoever would be asked instead is asked at once."""
    precedence.refused(change)
    if change.calling.due_at is not None and _seeks(change, change.calling.cause):
        change.set_calling(seek_at=change.now)


def _behind(change: Change, cause: CallCause) -> CallCause | None:
    """A call for somebody at work takes the place of one because of a finding, and does not end it."""
    was = change.calling
    if cause not in TROUBLE or cause is CallCause.FINDING or not was.running:
        return None
    return CallCause.FINDING if was.cause is CallCause.FINDING else was.behind


def _seeks(change: Change, cause: CallCause) -> bool:
    return cause is CallCause.UNCLAIMED and seeking.seeks(change.playbook, change.job.priority)


def _seek(change: Change) -> None:
    """Ask those whom the policy names. Where a wave was expected and it names nobody any more, that is a step
    as well, so that it is not looked at again and again."""
    situation = change.situation()
    wave = seeking.next_wave(situation, _round_began(change), change.now)
    if wave.people or not change.events:
        change.ask(wave.people, leader=False, because=seeking.because(wave, situation))
        change.tell(NoticeKind.ASK, *wave.people)
        change.record(EventKind.ASKED, step=True, count=len(wave.people), to="policy")
    change.set_calling(seek_at=wave.look_at)
    nobody = not wave.people and wave.look_at is None
    if nobody and change.calling.due_at is not None and not _asked_in_this_loop(change):
        change.set_calling(due_at=change.now)  # as a wave that finds nobody: what follows is not waited for


def _round_began(change: Change) -> Micros:
    """When this round of asking began: nothing was asked of anybody in it before."""
    loop = change.calling.loop
    return min((ask.at for ask in change.asks if ask.loop == loop and not ask.leader), default=change.now)


def _due(moment: Micros | None, change: Change) -> bool:
    return moment is not None and moment <= change.now


def _step(change: Change) -> None:
    calling, entries = change.calling, _entries(change)
    if calling.exhausted_at is not None:
        _call_everybody(change, EventKind.CALLED_AGAIN)
    elif calling.position < len(entries):
        _fire(change, entries[calling.position].what)
    else:
        _repeat(change)


def _entries(change: Change) -> tuple[Entry, ...]:
    return sequences.sequence(change.playbook, change.job.priority, change.calling.cause)


def _offset(change: Change, cause: CallCause, position: int) -> Micros:
    entries = sequences.sequence(change.playbook, change.job.priority, cause)
    return entries[position].offset if position < len(entries) else 0


def _fire(change: Change, what: Wave | RungCall) -> None:
    reached = _fire_wave(change, what) if isinstance(what, Wave) else _fire_rung(change, what)
    _move_on(change, skip_wait=not reached and not _others_need_time(change, what))


def _others_need_time(change: Change, what: Wave | RungCall) -> bool:
    """A last wave that found nobody left to ask does not shorten the time of those asked before it."""
    entries, following = _entries(change), change.calling.position + 1
    if isinstance(what, RungCall) or following >= len(entries):
        return False
    return _asked_in_this_loop(change) and isinstance(entries[following].what, RungCall)


def _asked_in_this_loop(change: Change) -> bool:
    return any(ask.loop == change.calling.loop and not ask.leader for ask in change.asks)


def _move_on(change: Change, *, skip_wait: bool) -> None:
    """To the next entry of the sequence. An entry that reached nobody is not waited for."""
    calling, entries = change.calling, _entries(change)
    due = change.now if calling.due_at is None else calling.due_at
    following = calling.position + 1
    if skip_wait:
        wait = 0
    elif following < len(entries):
        wait = entries[following].offset - entries[following - 1].offset
    else:
        wait = change.playbook.deadlines.urge_every
    later = due + wait if skip_wait else _not_before(change, following, due + wait)
    change.set_calling(position=following, due_at=later)
    _hold_rungs(change)


def _not_before(change: Change, following: int, due: Micros) -> Micros:
    """Leaders are not called sooner for what has time, such as a turn that was opened the evening before."""
    wait, entries = caring.leaders_wait(change.job), _entries(change)
    rung = following < len(entries) and isinstance(entries[following].what, RungCall)
    if wait is None or not rung or change.calling.cause is not CallCause.UNCLAIMED:
        return due
    return max(due, wait)


def _hold_rungs(change: Change) -> None:
    calling, entries = change.calling, _entries(change)
    if calling.urge_at is None or calling.due_at is None:
        return
    if calling.position >= len(entries) or isinstance(entries[calling.position].what, RungCall):
        change.set_calling(due_at=None)


def _fire_wave(change: Change, wave: Wave) -> bool:
    people = matching.choose(change.situation(), wave, change.distances, change.now)
    change.ask(people, leader=False)
    open_to_some = wave.to is WaveTo.GROUP and matching.enterable(change.situation(), change.now)
    rooms = (Audience.VOLUNTEERS,) if open_to_some else ()
    change.tell(NoticeKind.ASK, *people, rooms=rooms)
    change.record(EventKind.ASKED, step=True, count=len(people), to=wave.to.value)
    return bool(people) or any(change.roster.rooms(audience) for audience in rooms)


def _fire_rung(change: Change, what: RungCall) -> bool:
    rung = what.to
    people = duty.standing_on(rung, change.roster, change.now)
    if people:
        _call(change, people, rung=rung.value, number=0 if what.every is None else change.calling.calls + 1)
        _wind(change, what)
        return True
    change.record(EventKind.RUNG_EMPTY, step=True, rung=rung.value)
    if rung is Rung.DUTY:
        # Nobody on duty is itself an emergency: whoever must never be missing hears of it at once.
        _call(change, duty.last_resort(change.roster, change.now), rung="last_resort")
    return False


def _call(
    change: Change,
    leaders: tuple[int, ...],
    *,
    rung: str,
    event: EventKind = EventKind.CALLED,
    number: int = 0,
) -> None:
    """`number` is which time this is, of a rung with a clock of its own."""
    if not leaders:
        return
    kind = NoticeKind.HELP if change.calling.cause is CallCause.HELP else NoticeKind.ALERT
    change.ask(leaders, leader=True)
    change.tell(kind, *leaders)
    if number:
        change.record(event, step=True, count=len(leaders), rung=rung, number=number)
    else:
        change.record(event, step=True, count=len(leaders), rung=rung)


def _call_rung_again(change: Change, what: RungCall) -> None:
    """By its own clock. A rung on which nobody stands any more waits for the sequence to come back to it."""
    people = duty.standing_on(what.to, change.roster, change.now)
    if not people:
        change.set_calling(again_at=None)
        change.record(EventKind.RUNG_EMPTY, step=True, rung=what.to.value)
        return
    number = change.calling.calls + 1
    _call(change, people, rung=what.to.value, event=EventKind.RUNG_AGAIN, number=number)
    _wind(change, what)


def _clocked(change: Change) -> RungCall | None:
    """The rung that has a clock of its own."""
    return next((rung for rung in change.playbook.rungs if rung.every is not None), None)


def _wind(change: Change, what: RungCall | None) -> None:
    """The rung's people have been called just now: they are called again after its time, counted from now, so
    that ten missed calls after an outage are one."""
    if what is not None and what.every is not None:
        change.set_calling(again_at=change.now + what.every, calls=change.calling.calls + 1)


def _urge(change: Change) -> None:
    """Urge the leader who acknowledged; silence after an urge, or a leader who left, passes it on."""
    calling = change.calling
    every = change.playbook.deadlines.urge_every
    leader = calling.acknowledged_by
    reachable = leader is not None and bool(duty.there((leader,), change.roster, change.now))
    if leader is not None and reachable and calling.urged_at is None:
        change.tell(NoticeKind.URGE, leader)
        change.record(EventKind.URGED, step=True, person=leader)
        # Counted from now, not from when it was due: after an outage the leader gets time to answer.
        change.set_calling(urged_at=change.now, urge_at=change.now + every)
        return
    change.record(EventKind.LAPSED, step=True, person=leader or 0)
    due = change.now if calling.due_at is None else calling.due_at
    change.set_calling(acknowledged_by=None, acknowledged_at=None, urge_at=None, urged_at=None, due_at=due)
    clocked = _clocked(change)
    if calling.calls and clocked is not None and clocked.every is not None:
        change.set_calling(again_at=change.now + clocked.every)


def _repeat(change: Change) -> None:
    """The sequence is over and nobody came: once more, or exhausted after the counted loops."""
    calling = change.calling
    repeats = calling.repeats + 1
    if repeats >= change.playbook.loops or _reached_nobody(change):
        change.set_calling(repeats=repeats, exhausted_at=change.now)
        _call_everybody(change, EventKind.EXHAUSTED)
        return
    change.record(EventKind.REPEATED, step=True, repeats=repeats)
    due = change.now if calling.due_at is None else calling.due_at
    again = replace(calling, loop=calling.loop + 1, step=0, position=0, repeats=repeats)
    seek = change.now if _seeks(change, calling.cause) else None
    change.set_job(calling=replace(again, due_at=due + _offset(change, calling.cause, 0), seek_at=seek))


def _reached_nobody(change: Change) -> bool:
    """Going through it again at once would reach nobody again."""
    rungs = (rung.to for rung in change.playbook.rungs)
    return not _asked_in_this_loop(change) and not any(
        duty.standing_on(rung, change.roster, change.now) for rung in rungs
    )


def _call_everybody(change: Change, event: EventKind) -> None:
    leaders = duty.all_leaders(change.roster, change.now)
    change.ask(leaders, leader=True)
    change.tell(NoticeKind.ALERT, *leaders)
    change.record(event, step=True, count=len(leaders))
    if change.calling.calls:
        _wind(change, _clocked(change))
    # From now, not from when it was due: ten missed calls after an outage are one call.
    change.set_calling(due_at=change.now + change.playbook.deadlines.exhausted_every)

"""Who is asked next, decided for one committee at a time: the duty when a shift begins, and everything that
somebody answered for who is out or has left.

Pure. A look does whatever has become due, and doing it twice changes nothing; a tap and a word of somebody
(`accepted`, `left`) end with such a look. What it is about stays with whoever had it until somebody takes it.
"""

from collections.abc import Iterable
from dataclasses import replace

from dispatch import access, acting, duty, reminding, rollcall
from dispatch.access import Standing
from dispatch.errors import UnknownPersonError, UnknownRelayError
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.register import MAY_ANSWER
from dispatch.relaying import Relaying
from dispatch.relays import APART, Carried, Entrusted, Leave, Passed, Relay, RelayKind, RelayState, Watch
from dispatch.rota import Swap
from dispatch.verbs import Answer, AnswerKey, Verb

PATIENCE: Micros = 5 * MINUTE
"""How long somebody who is asked has before the next one is asked as well: time to find the phone and to
read, and three people asked within a quarter of an hour."""

AGAIN: Micros = 10 * MINUTE
"""How often all of them are asked once everybody was: a phone rings six times an hour, until somebody
answers."""

UNFINISHED: Micros = 5 * SECOND
"""When a look follows that left jobs to be moved: by then they are, or a program died over it."""

BESIDE: tuple[Micros, ...] = (SECOND, UNFINISHED, MINUTE)
"""How long after somebody's word that they are out looks follow: what was being decided just then knew
nothing of it, and may have called them. It is kept within a second where all is well, within five where a
process was stopped in mid-work (`store.sessions.SILENT_MS`), and within a minute where the database hardly
answers."""

FARTHEST: Micros = 6 * HOUR
"""A look at least so often, whatever was reckoned."""


def looked(watch: Watch, now: Micros, pace: int = 1) -> Passed:
    """Whatever has become due. `pace` is how many times as fast time runs in a demo."""
    return _looked(Relaying(_seen(watch, now), now, pace))


def accepted(watch: Watch, relay_id: int, actor: int, now: Micros, pace: int = 1) -> Passed:
    """Somebody says that they are there, or take it. Whoever is first has it; others are told who.

    Raises `UnknownRelayError`, `UnknownPersonError`, and `NotAllowedError` for somebody who was not asked."""
    watch = _seen(watch, now)
    relay = next((each for each in watch.relays if each.id == relay_id and each.kind not in APART), None)
    person = watch.roster.people.get(actor)
    if relay is None:
        raise UnknownRelayError
    if person is None:
        raise UnknownPersonError
    access.check(Verb.HERE, person, relay.committee_id, Standing(called=actor in relay.asked))
    passing = Relaying(watch, now, pace)
    if relay.open and person.out(now):
        passing.answer = Answer(AnswerKey.STILL_OUT, {})
    elif not relay.asks:
        passing.answer = _too_late(relay, actor, passing)
    else:
        _take(passing, relay, actor)
        passing.answer = Answer(AnswerKey.PRESENT, {})
    return _looked(passing)


def left(watch: Watch, person_id: int, until: Micros | None, now: Micros, pace: int = 1) -> Passed:
    """Somebody is out until then, or (None) back. The same word again changes nothing.

    Raises `UnknownPersonError`."""
    watch = _seen(watch, now)
    person = watch.roster.people.get(person_id)
    if person is None:
        raise UnknownPersonError
    passing = Relaying(watch, now, pace)
    passing.holder = duty.on_duty(watch.roster, now)
    since = None if until is None else (person.out_since if person.out(now) else now)
    if (since, until) != (person.out_since, person.out_until):
        passing.leave(Leave(person_id=person_id, since=since, until=until))
    if until is None:
        passing.holder = duty.on_duty(passing.roster, now)  # they say so themselves: nobody need ask them
    return _looked(passing)


def _seen(watch: Watch, now: Micros) -> Watch:
    """With whoever acts for the committee at this moment, and nobody who did before."""
    return replace(watch, roster=acting.at(watch.roster, now))


def _looked(passing: Relaying) -> Passed:
    _end(passing)
    _hand_over(passing)
    _call(passing)
    _ask(passing)
    _remind(passing)
    passing.holder = duty.on_duty(passing.roster, passing.now)
    found = passing.passed(_released(passing), _carried(passing), _next_look(passing))
    return replace(found, look_at=passing.now + UNFINISHED) if found.unfinished else found


def _too_late(relay: Relay, actor: int, passing: Relaying) -> Answer:
    if relay.taken_by == actor:
        return Answer(AnswerKey.PRESENT, {})
    taker = passing.roster.people.get(relay.taken_by or 0)
    if taker is None:
        return Answer(AnswerKey.NOT_NEEDED, {})
    return Answer(AnswerKey.TAKEN_ALREADY, {"who": taker.name})


def _take(passing: Relaying, relay: Relay, actor: int) -> None:
    """It is theirs: the duty for the rest of the shift, and the jobs as soon as this is kept."""
    now = passing.now
    if relay.ends_at is not None and duty.on_duty(passing.roster, now) != actor:
        passing.swap(
            Swap(
                committee_id=relay.committee_id,
                starts_at=now,
                ends_at=relay.ends_at,
                person_id=actor,
                by=actor,
                cause=f"relay {relay.id}",
                note="relay",
            )
        )
    passing.holder = duty.on_duty(passing.roster, now)
    due = now if relay.jobs else None
    passing.decide(relay, RelayState.TAKEN, taken_by=actor, due_at=due)


def _end(passing: Relaying) -> None:
    """What is over, and what has become needless, is not asked any more."""
    now, roster = passing.now, passing.roster
    for relay in passing.alive():
        if not relay.open:
            if not _still_theirs(passing, relay):
                passing.finish(relay)
        elif relay.kind is RelayKind.ROLLCALL:
            at = max(now, relay.starts_at or now)  # a clock put back makes it one that is to come
            if _gone(relay, now) or duty.on_duty(roster, at) != relay.about_id:
                taker = duty.on_duty(roster, at) if rollcall.took(roster, at) else None
                passing.decide(relay, RelayState.OVER, taken_by=taker, due_at=None)
        elif relay.kind is RelayKind.HANDOVER:
            _shorten(passing, relay)
        elif not reminding.holds(relay, roster, now):
            passing.decide(relay, RelayState.OVER, taken_by=None, due_at=None)


def _shorten(passing: Relaying, relay: Relay) -> None:
    """What alone is left of a handover is kept; nothing is, once its giver is back."""
    rest = replace(relay, jobs=_still_theirs(passing, relay))
    if _gone(relay, passing.now) or rollcall.took(passing.roster, passing.now):
        rest = replace(rest, starts_at=None, ends_at=None)
    if _there(passing, relay.about_id) or not (rest.jobs or rest.ends_at):
        passing.decide(relay, RelayState.OVER, taken_by=None, due_at=None)
    elif rest != relay:
        passing.put(rest)


def _hand_over(passing: Relaying) -> None:
    """Whoever is not there any more and had something in hand: somebody else is to take it."""
    now, roster, holder = passing.now, passing.roster, passing.holder
    givers = {giver for each in _calls(passing) if (giver := _giver(passing, each)) is not None}
    unheld = holder is not None and not _there(passing, holder) and not rollcall.took(roster, now)
    for giver in sorted(givers | ({holder} if holder is not None and unheld else set())):
        shift = rollcall.running(roster, now) if unheld and giver == holder else None
        jobs = _not_offered(passing, giver)
        if jobs or shift is not None:
            passing.begin(
                Relay(
                    committee_id=roster.committee.id,
                    cause=f"handover {giver} {now}",
                    kind=RelayKind.HANDOVER,
                    about_id=giver,
                    made_at=now,
                    due_at=now,
                    starts_at=None if shift is None else now,
                    ends_at=None if shift is None else shift.ends_at,
                    jobs=jobs,
                )
            )


def _not_offered(passing: Relaying, giver: int) -> tuple[int, ...]:
    """The jobs that somebody who is not there has in hand, or was the last to be called for, and that nobody
    was asked to take yet."""
    known = {job for relay in passing.alive() if relay.about_id == giver for job in relay.jobs}
    theirs = (each for each in _calls(passing) if _giver(passing, each) == giver)
    return tuple(each.job_id for each in theirs if each.job_id not in known)


def _call(passing: Relaying) -> None:
    """A shift has begun, or is somebody else's: are they there?"""
    shift = rollcall.begun(passing.roster, passing.now, passing.watch.looked_at, passing.holder)
    passed_on = (each.open and each.kind is RelayKind.HANDOVER and each.ends_at for each in passing.alive())
    if shift is None or any(passed_on):
        return
    passing.begin(
        Relay(
            committee_id=passing.roster.committee.id,
            cause=rollcall.cause(shift, passing.now, passing.watch.looked_at),
            kind=RelayKind.ROLLCALL,
            about_id=shift.person_id,
            made_at=passing.now,
            due_at=passing.now,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
    )


def _ask(passing: Relaying) -> None:
    for relay in passing.alive():
        if relay.asks and relay.due_at is not None and relay.due_at <= passing.now:
            _ask_next(passing, relay)


def _ask_next(passing: Relaying, relay: Relay) -> None:
    """The next in line, or, when everybody was asked, the last resort, and all of them again."""
    now, roster = passing.now, passing.roster
    first = relay.about_id if relay.kind is RelayKind.ROLLCALL and not relay.asked else None
    but = (*relay.asked, *((relay.about_id,) if relay.about_id is not None else ()))
    who = next(iter(duty.there((first,), roster, now)), None) if first is not None else None
    who = who or duty.next_in_line(roster, but, now)
    waits = replace(relay, due_at=now + passing.paced(PATIENCE))
    if who is not None:
        passing.put(replace(waits, asked=(*relay.asked, who)), NoticeKind.ALERT, who)
        return
    resort = _answering(passing, (each for each in duty.last_resort(roster, now) if each not in but))
    again = _answering(passing, relay.asked) if relay.rounds else ()
    passing.put(
        replace(
            relay,
            asked=(*relay.asked, *resort),
            rounds=relay.rounds + 1,
            due_at=now + passing.paced(AGAIN),
        ),
        NoticeKind.ALERT,
        *again,
        *resort,
    )


def _remind(passing: Relaying) -> None:
    watch = replace(passing.watch, roster=passing.roster)
    for relay in reminding.reminders(watch, passing.now):
        passing.begin(relay, NoticeKind.NUDGE, *relay.asked)


def _next_look(passing: Relaying) -> Micros:
    now, roster = passing.now, passing.roster
    moments = [each.due_at for each in passing.alive()]
    moments += [person.out_until for person in roster.people.values()]
    leaving = (person.out_since for person in roster.people.values() if person.out(now))
    moments += [since + each for since in leaving if since is not None for each in BESIDE]
    moments += [now + UNFINISHED] if passing.watch.changed else []
    moments += [person.acting_until for person in roster.acting]
    moments += [shift.starts_at for shift in duty.held(roster, now, now + FARTHEST)]
    moments += [each.remind_at for each in rollcall.coming(roster, now)]
    ahead = [moment for moment in moments if moment is not None and moment > now]
    return min([*ahead, now + FARTHEST])


def _released(passing: Relaying) -> tuple[Entrusted, ...]:
    """Places of people who are not there go back to everybody by the ordinary way."""
    return tuple(each for each in passing.watch.entrusted if each.claim and _lost(passing, each))


def _carried(passing: Relaying) -> tuple[Carried, ...]:
    """Jobs that have just been offered, and those that somebody has taken and does not have in hand yet."""
    found: list[Carried] = []
    for relay in passing.alive():
        if relay.kind is not RelayKind.HANDOVER or relay.about_id is None:
            continue
        if relay.state is RelayState.TAKEN or relay.cause in passing.begun:
            taker = relay.taken_by if relay.state is RelayState.TAKEN else None
            theirs = _still_theirs(passing, relay)
            found += [Carried(job_id=job, giver=relay.about_id, taker=taker) for job in theirs]
    return tuple(found)


def _still_theirs(passing: Relaying, relay: Relay) -> tuple[int, ...]:
    """Of the jobs those that the giver still has in hand, or nobody: where they were urged and silent, the
    ladder went on."""
    has = {each.job_id for each in _calls(passing) if each.person_id in (relay.about_id, None)}
    return tuple(job for job in relay.jobs if job in has)


def _calls(passing: Relaying) -> tuple[Entrusted, ...]:
    """The calls that run, whoever has them in hand."""
    return tuple(each for each in passing.watch.entrusted if not each.claim)


def _giver(passing: Relaying, call: Entrusted) -> int | None:
    """Who is not there any more and had the call in hand; or, where nobody had yet, was called by it with
    nobody else beside them who is there: it waits for an answer that will not come."""
    if call.person_id is not None:
        return call.person_id if _lost(passing, call) else None
    gone = all(_gone_since(passing, who, call) for who in call.called)
    return call.called[0] if call.called and gone else None


def _lost(passing: Relaying, entrusted: Entrusted) -> bool:
    """Taken in hand by somebody who has left or acts no longer, or went out after that."""
    return entrusted.person_id is not None and _gone_since(passing, entrusted.person_id, entrusted)


def _gone_since(passing: Relaying, who: int, entrusted: Entrusted) -> bool:
    """They have left or act no longer, or went out after they had it, or as it called them."""
    person = passing.roster.people.get(who)
    if person is None or (not entrusted.claim and acting.lapsed(person, passing.now)):
        return True
    # Nobody who is out is called knowingly while anybody else is there.
    known = UNFINISHED if entrusted.called else 0
    since = person.out_since
    return person.out(passing.now) and since is not None and entrusted.since <= since + known


def _there(passing: Relaying, who: int | None) -> bool:
    person = passing.roster.people.get(who or 0)
    return person is not None and not person.out(passing.now) and not acting.lapsed(person, passing.now)


def _gone(relay: Relay, now: Micros) -> bool:
    """The shift that it is about is over."""
    return relay.ends_at is not None and relay.ends_at <= now


def _answering(passing: Relaying, people: Iterable[int]) -> tuple[int, ...]:
    """Those who are there and may have the duty."""
    roster = passing.roster
    found = duty.there(tuple(people), roster, passing.now)
    return tuple(who for who in found if not MAY_ANSWER.isdisjoint(roster.people[who].roles))

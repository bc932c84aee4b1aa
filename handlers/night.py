"""The last hours of a committee on one sheet: who is on duty, who comes next, and what happened.

Whoever reads it may do so over somebody's shoulder: it holds nobody's free words, no door and no phone.
"""

from collections.abc import Iterable, Mapping, Sequence

from dispatch import duty
from dispatch.events import Entry, EventKind
from dispatch.jobs import JobStatus, Outcome, Priority
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Roster, Rung
from dispatch.reach import Unreached
from dispatch.silences import CALLS
from dispatch.views import JobView
from handlers import facts, timeline, unreached
from handlers.messages import Tone
from handlers.scene import Scene
from handlers.sentences import CALLED
from handlers.sheets import DutyLine, Happening, Night
from handlers.texts import Texts

SINCE: Micros = 12 * HOUR
"""One shift: what whoever comes in the morning was not there for."""
WEEKS = 4
"""Turns of duty that are told: as far as anybody plans, and one line each."""
MOST = 200
"""Lines: ten jobs of twenty. The newest are kept."""

TOLD = frozenset(EventKind) - {
    EventKind.ASKED,
    EventKind.RUNG_EMPTY,
    EventKind.RUNG_AGAIN,
    EventKind.WAITLISTED,
    EventKind.OFFERED,
    EventKind.OFFER_LAPSED,
    EventKind.NUDGED,
    EventKind.REFUSED,
    EventKind.CORRECTED,
    EventKind.NOTED,
    EventKind.SAID,
    EventKind.PICTURED,
}
"""What a night is made of; the rest stands on each job's card."""

_LAST = "last_resort"
_TONES = {Priority.LIFE: Tone.LIFE, Priority.URGENT: Tone.URGENT, Priority.NORMAL: Tone.NORMAL}
_ALARMS = frozenset({EventKind.EXHAUSTED, EventKind.CALLED_AGAIN, EventKind.HELP, EventKind.SILENT})
_ENDS = frozenset({EventKind.FINISHED, EventKind.CLOSED})


def night(
    views: Sequence[JobView], roster: Roster, missed: Sequence[Unreached], texts: Texts, now: Micros
) -> Night:
    """What the sheet says. `views` are those of somebody who follows every job."""
    scenes = [Scene(view, texts, now) for view in views]
    happened = sorted(_entries(scenes, now - SINCE), key=lambda each: (-each[1].at, -each[1].version))
    troubles = {
        each.person_id: unreached.reason(each, texts)
        for each in missed
        if each.person_id is not None and each.instead is None
    }
    return Night(
        sum=_sum(scenes, [entry for _, entry in happened], texts),
        duty=_turns(roster, troubles, texts, now),
        ladder=_ladder(roster, troubles, texts),
        told=tuple(_told(scene, entry) for scene, entry in happened if entry.kind in TOLD)[:MOST],
    )


def _entries(scenes: Iterable[Scene], since: Micros) -> list[tuple[Scene, Entry]]:
    return [(scene, entry) for scene in scenes for entry in scene.view.timeline if entry.at >= since]


def _told(scene: Scene, entry: Entry) -> Happening:
    tone = _TONES[scene.job.priority]
    if entry.kind in _ALARMS:
        tone = Tone.ALARM
    elif entry.kind in _ENDS:
        tone = Tone.DONE
    return Happening(
        clock=scene.texts.clock(entry.at, scene.roster.committee.timezone),
        job_id=scene.job.id,
        title=facts.title(scene),
        said=timeline.said(scene, entry),
        tone=tone,
    )


def _sum(scenes: Sequence[Scene], happened: Sequence[Entry], texts: Texts) -> tuple[str, ...]:
    """How the night was, in counts: what came, what was done, how often leaders were called, what is left."""
    posted = sum(entry.kind is EventKind.POSTED for entry in happened)
    closed = sum(scene.job.outcome is Outcome.DONE for scene in scenes)
    called = sum(entry.kind in CALLS - {EventKind.EXHAUSTED} for entry in happened)
    waiting = sum(scene.job.status is JobStatus.OPEN for scene in scenes)
    underway = sum(scene.job.status is JobStatus.FILLED for scene in scenes)
    return (
        texts.ngettext("{count} job posted", "{count} jobs posted", posted).format(count=posted),
        texts.ngettext("{count} done", "{count} done", closed).format(count=closed),
        texts.ngettext("leaders called {count} time", "leaders called {count} times", called).format(
            count=called
        ),
        texts.ngettext("{count} job waits for somebody", "{count} jobs wait for somebody", waiting).format(
            count=waiting
        ),
        texts.ngettext("{count} job in hand", "{count} jobs in hand", underway).format(count=underway),
    )


def _turns(roster: Roster, troubles: Mapping[int, str], texts: Texts, now: Micros) -> tuple[DutyLine, ...]:
    zone = roster.committee.timezone
    lines = []
    for number, turn in enumerate(duty.turns(roster, now, WEEKS)):
        person = roster.people.get(turn.person_id) if turn.person_id is not None else None
        day = texts.day(turn.since, zone)
        if roster.rota is not None:  # shifts may begin at any hour
            day = f"{day} {texts.clock(turn.since, zone)}"
        when = texts.say("Now") if number == 0 else texts.say("From {day}", day=day)
        lines.append(_line(when, person, troubles if number == 0 else {}, texts, now=number == 0))
    return tuple(lines)


def _ladder(roster: Roster, troubles: Mapping[int, str], texts: Texts) -> tuple[DutyLine, ...]:
    """Who is called after whoever is on duty, in that order."""
    rungs = [
        (texts.gettext(CALLED[rung]), roster.ladder.rungs.get(rung, ()))
        for rung in Rung
        if rung is not Rung.DUTY
    ]
    rungs.append((texts.gettext(CALLED[_LAST]), duty.last_resort(roster)))
    return tuple(
        _line(name, roster.people.get(person), troubles, texts) for name, people in rungs for person in people
    )


def _line(
    when: str, person: Person | None, troubles: Mapping[int, str], texts: Texts, *, now: bool = False
) -> DutyLine:
    if person is None:
        return DutyLine(
            when=when, who=texts.say("Nobody is on duty!") if now else texts.say("nobody"), now=now
        )
    return DutyLine(when=when, who=person.name, now=now, trouble=troubles.get(person.id, ""))

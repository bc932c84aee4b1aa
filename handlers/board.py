"""What the board on an office screen says: jobs, ladder, duty and the day's claims, as everybody may know.

It is made without a reader, as for a room: no private text is ever loaded for it. Words that a person typed
are left out as well, public or not, since a screen is read by whoever walks in.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch import sequences
from dispatch.jobs import CallCause, Calling, JobStatus, Priority
from dispatch.kept import Taken
from dispatch.moments import SECOND, Micros
from dispatch.people import Rung
from dispatch.playbook import RungCall
from dispatch.situation import Situation
from dispatch.views import JobView, Relation
from handlers import facts, load_words, states, statuses, walks
from handlers.messages import Tone
from handlers.outlook import Outlook
from handlers.scene import Scene
from handlers.sentences import PRIORITIES
from handlers.texts import Texts, mark

LATEST = 6
"""Claims told one by one: what fits below the plan in letters that are read from four metres."""

_TONES = {Priority.LIFE: Tone.LIFE, Priority.URGENT: Tone.URGENT, Priority.NORMAL: Tone.NORMAL}
_ORDER = list(Priority)

RUNGS: Mapping[Rung, str] = {
    Rung.DUTY: mark("Duty"),
    Rung.DEPUTY: mark("Deputy"),
    Rung.DIRECTOR: mark("Director"),
    Rung.OFFICE: mark("Office"),
}
"""The rungs in one word each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the ladder: `state` is `past`, `ahead`, or `answered` by the leader who has it in hand."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardJob:
    """One open job. `place` is the key of its building; `next_at` is when the next step is due."""

    id: int
    tone: Tone
    icon: str
    kind: str
    badge: str
    building: str
    place: str | None
    since: Micros
    held: bool
    """Every place is taken."""
    state: str
    steps: tuple[Step, ...] = ()
    next_at: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardClaim:
    """One claim of the day; `took` is how long its job had waited."""

    time: str
    what: str
    who: str
    took: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """A building that is not open: `status` for its colour and pattern, `badge` for whoever sees neither."""

    key: str
    name: str
    status: str
    sign: str
    badge: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole screen. `waits`: when a job was first claimed today, and the seconds that it had waited."""

    committee: str
    language: str
    demo: bool
    timezone: str
    now: Micros
    duty: str
    """Who is on duty; empty when nobody is."""
    jobs: tuple[BoardJob, ...] = ()
    claims: tuple[BoardClaim, ...] = ()
    claimed: int = 0
    unclaimed: int = 0
    median: str = ""
    """Of the waits; empty before the first claim of the day."""
    waits: tuple[tuple[int, float], ...] = ()
    buildings: tuple[Shut, ...] = ()
    """Those that are not open, the sealed ones first."""
    load: tuple[tuple[str, str], ...] = ()
    """How evenly the week's load lies, a label and a figure each; nobody is named there."""


def told(outlook: Outlook, texts: Texts) -> Board:
    """The board in one language: what needs somebody first, by priority, then by age."""
    jobs = sorted((_job(each, outlook, texts) for each in outlook.situations), key=_place)
    waits = [taken for taken in outlook.claims if taken.number == 1]
    return Board(
        committee=outlook.roster.committee.name,
        language=texts.language,
        demo=outlook.roster.committee.demo,
        timezone=outlook.roster.committee.timezone,
        now=outlook.now,
        duty="" if outlook.duty is None else outlook.roster.people[outlook.duty].name,
        jobs=tuple(jobs),
        claims=tuple(_claim(each, outlook, texts) for each in reversed(outlook.claims[-LATEST:])),
        claimed=len(outlook.claims),
        unclaimed=sum(not each.held for each in jobs),
        median=length(round(statistics.median(map(_waited, waits)))) if waits else "",
        buildings=tuple(_shut(each, outlook, texts) for each in statuses.shut(outlook.roster, outlook.now)),
        load=() if outlook.load is None else load_words.tile(outlook.load, texts),
        waits=tuple((each.claimed_at // SECOND, _waited(each) / SECOND) for each in waits),
    )


def _shut(building_id: int, outlook: Outlook, texts: Texts) -> Shut:
    roster, now = outlook.roster, outlook.now
    building, status = roster.buildings[building_id], statuses.now_is(building_id, roster, now)
    return Shut(
        key=building.key,
        name=building.name,
        status=status.value,
        sign=statuses.SIGNS[status],
        badge=texts.gettext(statuses.NAMES[status]),
        said=statuses.holds(building_id, roster, texts, now),
    )


def length(time: Micros) -> str:
    """Minutes and seconds, or hours before them: as a clock shows them in any language."""
    minutes, seconds = divmod(max(0, time) // SECOND, 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{rest}:{seconds:02}"


def _place(job: BoardJob) -> tuple[bool, bool, int, Micros]:
    urgency = next((_ORDER.index(each) for each, tone in _TONES.items() if tone is job.tone), 0)
    return job.tone is not Tone.ALARM, job.held, urgency, job.since


def _waited(taken: Taken) -> Micros:
    return taken.claimed_at - taken.posted_at


def _job(situation: Situation, outlook: Outlook, texts: Texts) -> BoardJob:
    view = JobView(situation=situation, reader=None, relation=Relation.PUBLIC)
    scene, job = Scene(view, texts, outlook.now), situation.job
    known = situation.roster.buildings.get(job.building_id) if job.building_id is not None else None
    calling = job.calling
    held = job.status is JobStatus.FILLED
    return BoardJob(
        id=job.id,
        tone=Tone.ALARM if scene.trouble or scene.exhausted else _TONES[job.priority],
        icon=situation.playbook.icon,
        kind=texts.pick(situation.playbook.title),
        badge=texts.gettext(PRIORITIES[job.priority]),
        building=facts.building(scene),
        place=None if known is None else known.key,
        since=job.posted_at,
        held=held,
        state=" · ".join(part for part in (_state(scene, texts), walks.latest(scene)) if part),
        steps=_steps(scene, texts) if calling.running else (),
        next_at=_next(calling),
    )


def _next(calling: Calling) -> Micros | None:
    """The next step, of the sequence or by the clock of one rung."""
    moments = [moment for moment in (calling.due_at, calling.again_at) if moment is not None]
    return min(moments) if moments and calling.running else None


def _state(scene: Scene, texts: Texts) -> str:
    if scene.trouble and scene.calling.cause is CallCause.HELP:
        return texts.say("{who} needs help!", who=scene.names(scene.live))
    if scene.trouble and scene.calling.cause is CallCause.SILENT:
        return texts.say("No word from {who}", who=scene.names(scene.live))
    if scene.held:
        return states.who_has_it(scene)
    if scene.exhausted:
        return texts.say("Everybody was called, nobody has it!")
    return texts.say("Nobody has it yet")


def _steps(scene: Scene, texts: Texts) -> tuple[Step, ...]:
    """Volunteers asked so far, then the rungs of this call; whoever has it in hand stands last."""
    asked = {ask.person_id for ask in scene.situation.asks if not ask.leader}
    volunteers = Step(label=texts.say("Asked: {count}", count=len(asked)), state="past")
    leader = scene.calling.acknowledged_by
    answer = (
        (Step(label=texts.say("{who} is on it", who=scene.name(leader)), state="answered"),)
        if leader is not None
        else ()
    )
    return (*((volunteers,) if asked else ()), *_rungs(scene, texts), *answer)


def _rungs(scene: Scene, texts: Texts) -> tuple[Step, ...]:
    calling = scene.calling
    entries = sequences.sequence(scene.playbook, scene.job.priority, calling.cause)
    over = calling.exhausted_at is not None
    return tuple(
        Step(
            label=_rung(entry.what, calling, texts),
            state="past" if over or number < calling.position else "ahead",
        )
        for number, entry in enumerate(entries)
        if isinstance(entry.what, RungCall)
    )


def _rung(rung: RungCall, calling: Calling, texts: Texts) -> str:
    """With how often it was called, where its own clock has called it again."""
    label = texts.gettext(RUNGS[rung.to])
    return f"{label} ×{calling.calls}" if rung.every is not None and calling.calls > 1 else label


def _claim(taken: Taken, outlook: Outlook, texts: Texts) -> BoardClaim:
    roster = outlook.roster
    playbook = outlook.playbooks.get(taken.kind)
    kind = "" if playbook is None else f"{playbook.icon} {texts.pick(playbook.title)}"
    home = roster.buildings.get(taken.building_id) if taken.building_id is not None else None
    person = roster.people.get(taken.person_id)
    return BoardClaim(
        time=texts.clock(taken.claimed_at, roster.committee.timezone),
        what=" · ".join(part for part in (kind, "" if home is None else home.name) if part),
        who=person.name if person is not None else texts.say("somebody who has left"),
        took=length(_waited(taken)),
    )


__all__: Sequence[str] = ("Board", "BoardClaim", "BoardJob", "Shut", "Step", "length", "told")

"""A job's card for one reader: which parts, in which tone, in which order among other cards.

The sentences are made in `states`, the lines in `facts`, the buttons in `actions`, the log in `timeline`.
"""

from zoneinfo import ZoneInfo

from dispatch.jobs import Job, JobStatus, Priority
from dispatch.moments import SECOND, Micros, to_datetime
from dispatch.people import Committee
from dispatch.pictures import MOST
from dispatch.verbs import Verb
from dispatch.views import JobView, Relation
from handlers import asked, facts, states, ticking, timeline, unasked, walks
from handlers.actions import buttons
from handlers.messages import Card, Tone
from handlers.scene import Scene
from handlers.sentences import PRIORITIES
from handlers.texts import Texts

TONES = {Priority.LIFE: Tone.LIFE, Priority.URGENT: Tone.URGENT, Priority.NORMAL: Tone.NORMAL}
_ANSWER, _MINE, _LIFE, _URGENT, _NORMAL, _IDLE, _OVER = range(7)
_RANKS = {Priority.LIFE: _LIFE, Priority.URGENT: _URGENT, Priority.NORMAL: _NORMAL}
NIGHT = (22, 7)
"""From and to, local hours: most people's sleep."""
_WIDTH = 10**10
"""Seconds since 1970 stay below this until the year 2286: rank first, age second, in one integer."""
NORMAL_RANK = _NORMAL * _WIDTH
"""Before the age of a card that is as pressing as an ordinary job."""


def card(view: JobView, texts: Texts, now: Micros) -> Card:
    """The card as it is true now. Holds private lines only where the view holds private text."""
    scene = Scene(view, texts, now)
    offered = buttons(scene)
    return Card(
        job_id=scene.job.id,
        version=scene.job.version,
        tone=_tone(scene),
        title=facts.title(scene),
        badge=texts.gettext(PRIORITIES[scene.job.priority]),
        priority=scene.job.priority,
        state=states.state(scene),
        calls=facts.calls(scene),
        facts=facts.facts(scene),
        found=walks.found(scene),
        step=walks.asked(scene),
        steps=facts.steps(scene),
        guide=facts.guide(scene),
        actions=offered.actions,
        more=offered.more,
        notes=facts.notes(scene),
        log=timeline.log(scene),
        silent=_silent(scene),
        place=facts.place(scene),
        pictures=0 if scene.closed else scene.view.pictures,
        takes_pictures=_takes_pictures(scene),
        asked=asked.lines(scene),
        unasked=unasked.lines(scene),
        rank=_rank(scene),
        closed=scene.closed,
        away=facts.away(scene),
        run=bool(scene.view.stops) and not scene.closed,
        doors=bool(scene.view.doors) and not scene.closed,
        ticking=ticking.ticking(scene),
    )


def _silent(scene: Scene) -> bool:
    return wakes_nobody(scene.job, scene.roster.committee, scene.now) and not scene.trouble


def wakes_nobody(job: Job, committee: Committee, now: Micros) -> bool:
    """An ordinary job wakes nobody at night; anything urgent does."""
    return job.priority is Priority.NORMAL and at_night(committee, now)


def at_night(committee: Committee, now: Micros) -> bool:
    """Most people of the committee sleep."""
    hour = to_datetime(now).astimezone(ZoneInfo(committee.timezone)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _takes_pictures(scene: Scene) -> bool:
    """From the desk, and from whoever is at work on it."""
    at_work = scene.working is not None or scene.view.desk
    return at_work and not scene.closed and scene.job.pictures < MOST and scene.may(Verb.PICTURE)


def _tone(scene: Scene) -> Tone:
    if scene.closed:
        return Tone.DONE
    if scene.must_answer:
        return Tone.ALARM
    if scene.working is not None:
        return Tone.MINE
    if scene.relation is Relation.CLAIMER:
        return Tone.DONE
    return Tone.NORMAL if _idle(scene) else TONES[scene.job.priority]


def _idle(scene: Scene) -> bool:
    """Nothing is asked of the reader: they wait, gave it back, said no, or others have it."""
    if scene.relation in (Relation.WAITING, Relation.RELEASED):
        return scene.first_right is None
    if scene.relation in (Relation.PUBLIC, Relation.ASKED):
        return scene.refused or scene.job.status is not JobStatus.OPEN
    return scene.relation is Relation.CLAIMER and scene.working is None


def _rank(scene: Scene) -> int:
    """What needs this reader first comes first; then what has waited longest, or was closed last."""
    posted = scene.job.posted_at // SECOND
    if scene.closed:
        return _OVER * _WIDTH + (_WIDTH - 1 - (scene.job.closed_at or 0) // SECOND)
    if scene.must_answer or scene.nudged:
        return _ANSWER * _WIDTH + posted
    if scene.working is not None:
        return _MINE * _WIDTH + posted
    return (_IDLE if _idle(scene) else _RANKS[scene.job.priority]) * _WIDTH + posted

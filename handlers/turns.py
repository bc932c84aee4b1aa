"""What a card says of a job that is a turn of a care plan: until when, who usually does it, and whom to tell.

Names of people are no secret in a committee; whose family it is, is.
"""

from zoneinfo import ZoneInfo

from dispatch.care import NOBODY
from dispatch.claims import ClaimStatus
from dispatch.events import Entry, EventKind
from dispatch.jobs import JobStatus, Outcome
from dispatch.moments import Micros, to_datetime
from dispatch.overdue import DUE
from dispatch.precedence import USUAL
from handlers import told
from handlers.messages import Fact
from handlers.scene import Scene
from handlers.texts import Texts, mark

_OPENED = mark("Opened by its care plan ({priority})")
_RAISED = mark("It was not done in time: now {priority}")
_FIRST = mark("Asked first, as those who usually do it: {count}")


def facts(scene: Scene) -> tuple[Fact, ...]:
    """Until when it must be done, for everybody; who usually does it, for whoever has it and for the desk."""
    turn, say = scene.job.turn, scene.texts.say
    if turn is None or scene.closed:
        return ()
    until = moment(turn.due_at, scene.now, scene.roster.committee.timezone, scene.texts)
    found = [Fact(label=say("Must be done by"), value=until)]
    usual = [who for who in turn.usual if who in scene.roster.people]
    if usual and (scene.working is not None or scene.view.desk):
        found.append(Fact(label=say("Usually done by"), value=scene.people(usual)))
    return tuple(found)


def note(scene: Scene) -> str:
    """Who waits to hear that it was done; for whoever is on it."""
    return "" if scene.job.turn is None or scene.working is None else told.ahead(scene)


def asked(scene: Scene) -> str:
    """Why somebody is asked before all others."""
    turn, reader = scene.job.turn, scene.reader
    if (
        turn is None
        or reader is None
        or reader.id not in turn.usual
        or scene.job.status is not JobStatus.OPEN
    ):
        return ""
    return scene.texts.say(
        "You usually do this. If you cannot come, tap Not this time: others are asked at once."
    )


def overdue(scene: Scene) -> str:
    """It had to be done by now."""
    turn = scene.job.turn
    if turn is None or scene.closed or scene.now < turn.due_at:
        return ""
    return scene.texts.say("It was not done in time!")


def closed(scene: Scene) -> str:
    """How it ended, for those who wait to hear of it; empty for all others."""
    turn, reader, say = scene.job.turn, scene.reader, scene.texts.say
    if turn is None or reader is None or scene.job.outcome is not Outcome.DONE:
        return ""
    mine = scene.view.mine
    if mine is not None and mine.status is ClaimStatus.DONE:
        return scene.texts.sentences(say("Done. Thank you!"), told.done(scene, mine=True))
    clock = scene.texts.clock(scene.job.closed_at or scene.now, scene.roster.committee.timezone)
    who = scene.names(scene.held) if scene.held else scene.name(scene.job.closed_by)
    if reader.id in turn.usual:
        return say("{who} has done it for you, at {time}.", who=who, time=clock)
    if scene.view.desk:
        tell = told.done(scene, mine=False)
        return scene.texts.sentences(say("Done by {who} at {time}.", who=who, time=clock), tell)
    return ""


def msgid(entry: Entry) -> str:
    """What the log says of an entry that is about a turn; empty for others."""
    if entry.kind is EventKind.POSTED and "plan" in entry.data:
        return _OPENED
    if entry.kind is EventKind.RAISED and entry.data.get("cause") == DUE:
        return _RAISED
    if entry.kind is EventKind.ASKED and entry.data.get("to") == USUAL:
        return _FIRST
    return ""


def moment(at: Micros, now: Micros, timezone: str, texts: Texts) -> str:
    """An hour, with the day where it is another one than today."""
    zone = ZoneInfo(timezone)
    here, today = (to_datetime(each).astimezone(zone).date() for each in (at, now))
    clock = texts.clock(at, timezone)
    return clock if here == today else f"{texts.day(at, timezone)} {clock}"


def absent(people: tuple[int, ...], names: "list[str]", texts: Texts) -> str:
    """Who cannot come to a turn."""
    if NOBODY in people:
        return texts.say("Nobody who usually does it can come.")
    return texts.say("Cannot come: {who}.", who=texts.names(names)) if names else ""

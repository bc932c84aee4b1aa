"""The stops of a medicine run on its card: for everybody where it goes and how many they are, for whoever has
it what is wanted where, what changed hands, and what is still to be given back.
"""

from collections.abc import Mapping

from dispatch.events import Entry, EventKind
from dispatch.runs import JOINED, RUNS_OUT, Act
from dispatch.stops import Good, Handed, Stop, StopState
from handlers.messages import Fact
from handlers.scene import Scene
from handlers.texts import Texts, mark

ACTS: Mapping[str, str] = {
    Act.GOT: mark("got it"),
    Act.NOT_HERE: mark("not to be had there"),
    Act.NEXT: mark("goes on to another hospital"),
    Act.PASS_ON: mark("passed on as a new job"),
    Act.RECEIVED: mark("received something"),
    Act.RETURNED: mark("gave something back"),
}
"""What was ticked off, without saying what it was."""

GOODS: Mapping[Good, str] = {
    Good.PRESCRIPTION: mark("prescription"),
    Good.CARD: mark("card"),
    Good.CASH: mark("cash"),
}
_BY_ITSELF: Mapping[EventKind, str] = {
    EventKind.POSTED: mark("Asked for by itself: the medicine runs out ({priority})"),
    EventKind.STOP_JOINED: mark("One more request goes with it, since a medicine runs out: number {number}"),
}
_RAISED: Mapping[str, str] = {
    JOINED: mark("Another request of it is more urgent: now {priority}"),
    RUNS_OUT: mark("The medicine is nearly used up: now {priority}"),
}
_STATES: Mapping[StopState, str] = {
    StopState.GOT: mark("got it"),
    StopState.PASSED_ON: mark("passed on as a new job"),
}


def public(scene: Scene) -> tuple[Fact, ...]:
    """How many requests it is; and where it goes, for those who were vouched for."""
    run, say = scene.job.run, scene.texts.say
    if run is None or scene.closed:
        return ()
    hospital = (Fact(label=say("Hospital"), value=run.hospital),) if run.hospital and _told(scene) else ()
    count = (Fact(label=say("Requests"), value=str(run.stops)),) if run.stops > 1 else ()
    return (*hospital, *count)


def _told(scene: Scene) -> bool:
    """A hospital beside a building tells what somebody may be ill with, so no room is told, and nobody whom
    staff do not know; whoever is to decide whether they go must know how far it is."""
    reader = scene.reader
    return reader is not None and (reader.trusted or scene.view.desk or scene.view.private is not None)


def private(scene: Scene) -> tuple[Fact, ...]:
    """A line a stop; of a single one what the job's own lines do not say."""
    stops = scene.view.stops
    if len(stops) == 1:
        said = about(stops[0], scene.texts)
        return (Fact(label=scene.texts.say("Medicine"), value=said, private=True),) if said else ()
    return tuple(
        Fact(label=f"{each.number}. {where(each, scene)}", value=line(each, scene.texts), private=True)
        for each in stops
    )


def listed(scene: Scene) -> bool:
    """The stops have a line each, in place of the first one's door and phone."""
    return len(scene.view.stops) > 1


def note(scene: Scene) -> str:
    """What is still to be given back, and how a stop is ticked off."""
    if not scene.view.stops or scene.closed:
        return ""
    texts, say = scene.texts, scene.texts.say
    out = [(each.number, owed(each, texts)) for each in scene.view.stops]
    still = [f"{number}. {goods}" for number, goods in out if goods]
    back = say("Still to be given back: {what}.", what="; ".join(still)) if still else ""
    if scene.working is None:
        return back
    how = say(
        "Tick off what happened, with the number of the request: /tick {job} 1 got it · "
        "/tick {job} 1 not here · /tick {job} 1 card 1",
        job=scene.job.id,
    )
    return texts.sentences(back, how)


def where(stop: Stop, scene: Scene) -> str:
    """The building and the door."""
    building = scene.roster.buildings.get(stop.building_id or 0)
    return " ".join(part for part in ("" if building is None else building.name, stop.unit) if part)


def line(stop: Stop, texts: Texts) -> str:
    """All that is to be known at the stop."""
    return " · ".join(filter(None, (stop.resident_name, stop.phone, about(stop, texts), words(stop))))


def words(stop: Stop) -> str:
    """What was said, in one line."""
    return stop.words.replace("\n", " ")


def about(stop: Stop, texts: Texts) -> str:
    """The medicine, for how long it lasts, and how far it has come."""
    tried = texts.say("not at: {hospitals}", hospitals=texts.names(stop.tried)) if stop.tried else ""
    state = texts.gettext(_STATES[stop.state]) if stop.state in _STATES else ""
    parts = (stop.drug, lasts(stop, texts), stop.doctor, state, tried)
    return " · ".join(part for part in parts if part)


def lasts(stop: Stop, texts: Texts) -> str:
    """For how long what is left lasted when it was asked for."""
    return "" if stop.days is None else lasting(stop.days, texts)


def lasting(days: int, texts: Texts) -> str:
    """For how long what is left lasts."""
    if days == 0:
        return texts.say("used up")
    return texts.ngettext("lasts {count} day", "lasts {count} days", days).format(count=days)


def msgid(entry: Entry) -> str:
    """What the log says of an entry that is about a run; empty for others."""
    if entry.kind is EventKind.RAISED:
        return _RAISED.get(str(entry.data.get("cause", "")), "")
    return _BY_ITSELF.get(entry.kind, "") if "supply" in entry.data else ""


def owed(stop: Stop, texts: Texts) -> str:
    """What was received at the stop and not given back."""
    return texts.names(counted(each, texts) for each in stop.handed if each.owed)


def counted(each: Handed, texts: Texts) -> str:
    """A thing, with how many of it are still out; of cash what was received."""
    left = each.received if each.good is Good.CASH else each.received - (each.returned or 0)
    return f"{texts.gettext(GOODS[each.good])} {left}"

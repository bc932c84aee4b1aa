"""A rehearsal in words for a console: second by second who would be asked and how, and every gap by name."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from dispatch.events import EventKind
from dispatch.moments import Micros, to_datetime
from dispatch.people import Roster
from dispatch.playbook import Playbook
from dispatch.rehearsal import Gap, Reached, Scene
from dispatch.sealing import Status
from handlers import statuses
from handlers.drills import names
from handlers.sentences import CALLED
from handlers.texts import Texts, mark
from handlers.timeline import LINES

MOST_NAMES = 12
"""Names behind one step: a wave of the nearest has eight; of a whole group the number is enough."""

GAPS: Mapping[Gap, str] = {
    Gap.NOBODY_ON_DUTY: mark("nobody is on duty"),
    Gap.RUNG_EMPTY: mark("nobody stands on this rung, or can be reached there"),
    Gap.WAVE_EMPTY: mark("this wave finds nobody"),
    Gap.NO_WAY: mark("{person} has no way that rings"),
    Gap.FAILING: mark("{person}: every way failed when it was last tried"),
    Gap.UNREADABLE: mark("{person}: the address of a way cannot be read"),
    Gap.NO_ADDRESS: mark("{person} has no address at all, and is left out of every call"),
}
"""What should not be so, one line each."""


def lines(
    scenes: Sequence[Scene], playbook: Playbook, roster: Roster, building_id: int | None, texts: Texts
) -> Iterator[str]:
    """What would happen, then every gap once. Where the building is not open then, that comes first."""
    zone = ZoneInfo(roster.committee.timezone)
    say, began = texts.say, scenes[0].at
    yield say(
        "{kind}, {place}, posted on {day} at {time}; nobody answers:",
        kind=texts.pick(playbook.title),
        place=say("place not clear yet") if building_id is None else roster.buildings[building_id].name,
        day=texts.day(began, roster.committee.timezone),
        time=_clock(began, zone),
    )
    if building_id is not None and statuses.now_is(building_id, roster, began) is not Status.OPEN:
        yield f"  {statuses.line(building_id, roster, texts, began)}"
    for scene in scenes:
        if scene.event.kind is not EventKind.POSTED:
            yield f"  {_clock(scene.at, zone)}  +{_since(scene.at - began)}  {_said(scene, roster, texts)}"
    yield from _gaps(scenes, roster, texts, zone)


def _gaps(scenes: Sequence[Scene], roster: Roster, texts: Texts, zone: ZoneInfo) -> Iterator[str]:
    found: dict[str, Micros] = {}
    for scene in scenes:
        for gap, person in scene.gaps:
            who = "" if person is None else roster.people[person].name
            said = texts.say(GAPS[gap], person=who)
            if gap is Gap.RUNG_EMPTY:
                said = f"{texts.gettext(CALLED[str(scene.event.data['rung'])])}: {said}"
            found.setdefault(said, scene.at)
    if not found:
        yield texts.say("No gap was found.")
    for said, at in found.items():
        yield f"✘ {_clock(at, zone)}  {said}"


def _said(scene: Scene, roster: Roster, texts: Texts) -> str:
    data: dict[str, object] = dict(scene.event.data)
    if "rung" in data:
        data["rung"] = texts.gettext(CALLED[str(data["rung"])])
    if scene.event.kind is EventKind.RUNG_AGAIN:
        data["number"] = texts.ordinal(int(scene.event.data["number"]))
    said = texts.say(LINES[scene.event.kind], **data)
    if not scene.people or len(scene.people) > MOST_NAMES:
        return said
    return f"{said}: {texts.names([_who(each, roster, texts) for each in scene.people])}"


def _who(reached: Reached, roster: Roster, texts: Texts) -> str:
    shown = names(roster, reached.person_id, [texts])
    ways = " → ".join(shown[way] for way in reached.ways) or texts.say("page only")
    return f"{roster.people[reached.person_id].name} ({ways})"


def _clock(at: Micros, zone: ZoneInfo) -> str:
    return to_datetime(at).astimezone(zone).strftime("%H:%M:%S")


def _since(length: Micros) -> str:
    """Hours, minutes and seconds."""
    minutes, seconds = divmod(length // 1_000_000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

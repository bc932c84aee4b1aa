"""The ledger as everybody reads it who follows the job: one line an entry, one a silence, in the reader's
language and local time.

Free words of a person may hold anything private: they are shown to those who may see a job's private fields
anyway, and to whoever wrote them; notes also to the others whom the access table lets read them.
"""

from collections.abc import Callable, Iterator, Mapping

from dispatch import saying
from dispatch.claims import ReleaseReason
from dispatch.events import Entry, EventKind
from dispatch.jobs import Outcome
from dispatch.lately import Reveal
from dispatch.moments import Micros
from dispatch.runs import Act
from dispatch.silences import Silence, silences
from dispatch.transfers import Ending
from dispatch.verbs import Verb
from handlers import doors, reveals, stops, turns, walks
from handlers.scene import Scene
from handlers.sentences import CALLED, PRIORITIES
from handlers.texts import mark

LINES: Mapping[EventKind, str] = {
    EventKind.ASKED: mark("Volunteers asked: {count}"),
    EventKind.CALLED: mark("Called {rung}: {count}"),
    EventKind.RUNG_EMPTY: mark("Nobody to call: {rung}"),
    EventKind.URGED: mark("{person} was urged"),
    EventKind.LAPSED: mark("No answer from {person}: the next ones are called"),
    EventKind.REPEATED: mark("Once more from the start"),
    EventKind.EXHAUSTED: mark("Nobody has answered: all leaders called ({count})"),
    EventKind.CALLED_AGAIN: mark("All leaders called again ({count})"),
    EventKind.RUNG_AGAIN: mark("Asked {rung} again ({number} time)"),
    EventKind.HANDED_ON: mark("{actor} took it over from {person}"),
    EventKind.POSTED: mark("{actor} posted it ({priority})"),
    EventKind.CLAIMED: mark("{person} took it"),
    EventKind.ASSIGNED: mark("{actor} gave it to {person}"),
    EventKind.WAITLISTED: mark("{actor} is on the waitlist"),
    EventKind.OFFERED: mark("A free place is kept for {person}"),
    EventKind.OFFER_LAPSED: mark("{person} did not take the free place"),
    EventKind.STARTED: mark("{person} set out"),
    EventKind.ARRIVED: mark("{person} arrived"),
    EventKind.FINISHED: mark("{person} is done"),
    EventKind.RELEASED: mark("{person} gave it back"),
    EventKind.TIMED_OUT: mark("{person} was not heard of: the place is free again"),
    EventKind.NUDGED: mark("{person} was asked for a sign"),
    EventKind.SILENT: mark("{person} has not been heard of"),
    EventKind.HELP: mark("{person} asked for help"),
    EventKind.FOUND: mark("{actor}: {step} → {finding}"),
    EventKind.RECHECK: mark("Time is up: {step}"),
    EventKind.STOP_JOINED: mark("One more request goes with it: number {number}"),
    EventKind.STOP: mark("{actor}, request {number}: {act}"),
    EventKind.DOOR: mark("{actor}, door {number}: {found}"),
    EventKind.SETTLED: mark("{actor} settled it"),
    EventKind.ACKNOWLEDGED: mark("{actor} is on it"),
    EventKind.PASSING_ON: mark("{person} is out: somebody is asked to take it over"),
    EventKind.REFUSED: mark("{actor} cannot go"),
    EventKind.RAISED: mark("{actor} raised it ({priority})"),
    EventKind.CORRECTED: mark("{actor} corrected it"),
    EventKind.NOTED: mark("{actor} noted"),
    EventKind.SAID: mark("{actor} to {told}"),
    EventKind.PICTURED: mark("{actor} added a picture"),
    EventKind.DOUBTED: mark("{person} gave back {count} jobs within an hour, each after its door was shown"),
    EventKind.HANDING_OVER: mark("{actor} asked {committee} to take it over"),
    EventKind.NOT_HANDED_OVER: mark("{committee} did not answer"),
    EventKind.HANDED_OVER: mark("{committee} took it over"),
    EventKind.REOPENED: mark("Volunteers are asked again"),
    EventKind.CLOSED: mark("{actor} closed it"),
    EventKind.THANKED: mark("{actor} gave thanks"),
}
_CANCELLED = mark("{actor} cancelled it")
_ENDINGS: Mapping[str, str] = {
    Ending.DECLINED: mark("{committee} cannot take it over"),
    Ending.UNANSWERED: LINES[EventKind.NOT_HANDED_OVER],
    Ending.TAKEN: mark("{committee} is not asked any more: somebody here has it"),
    Ending.CLOSED: mark("{committee} is not asked any more: it is over here"),
}
_PAGES = mark("{actor} added a document of {pages} pages")
_UNKNOWN: Mapping[EventKind, str] = {
    EventKind.FOUND: mark("{actor} said what they found"),
    EventKind.RECHECK: mark("It was time to look again"),
}
"""Of a step that the playbook of the job does not have: it was another kind of job then."""
_NOTES = frozenset({EventKind.NOTED, EventKind.SAID, EventKind.FOUND})
_FAMILY = mark("The family gave thanks")
_AWAY = mark("Closed here")
_REPLACED = mark("{person} was replaced")
_SILENCE = mark("No answer: {who}")
_NOBODY = mark("Nobody of {rung} answered")


def log(scene: Scene) -> tuple[str, ...]:
    """The lines, oldest first; empty for those who may not follow the job."""
    if not scene.view.timeline:
        return ()
    return tuple(_lines(scene))


def said(scene: Scene, entry: Entry) -> str:
    """What happened, without anybody's free words."""
    msgid = _msgid(scene, entry)
    line = scene.texts.say(msgid, **_params(scene, entry))
    # The office is written as within a sentence; the names of people and of other systems stay as they are.
    return line[:1].upper() + line[1:] if msgid.startswith("{committee}") else line


def _lines(scene: Scene) -> Iterator[str]:
    entries = scene.view.timeline
    silent = {each.version: each for each in silences(entries, scene.situation.asks)}
    readable = _readable(scene)
    seen: dict[tuple[EventKind, Micros], list[Reveal]] = {}
    for shown in reversed(scene.view.shown):
        seen.setdefault((shown.reason, shown.at), []).append(shown)
    for entry in entries:
        if (silence := silent.get(entry.version)) is not None:
            yield _silence(scene, silence)
        yield _line(scene, entry, words=readable(entry))
        for shown in seen.pop((entry.kind, entry.at), ()):
            yield f"{_clock(scene, shown.at)} {reveals.said(shown, scene.name(shown.person_id), scene.texts)}"


def _readable(scene: Scene) -> Callable[[Entry], bool]:
    """Whose words the reader may read: their own; with the private fields all; else notes, where the table
    opens them."""
    reader = None if scene.reader is None else scene.reader.id
    every, notes = scene.may(Verb.SEE_PRIVATE), scene.may(Verb.SEE_NOTES)

    def readable(entry: Entry) -> bool:
        own = reader is not None and entry.actor_id == reader
        return every or own or (notes and entry.kind in _NOTES)

    return readable


def _clock(scene: Scene, at: Micros) -> str:
    return scene.texts.clock(at, scene.roster.committee.timezone)


def _silence(scene: Scene, silence: Silence) -> str:
    """Whoever was called and did not answer, at the moment at which the ladder went on."""
    clock = scene.texts.clock(silence.until, scene.roster.committee.timezone)
    if silence.rung:
        return f"{clock} {scene.texts.say(_NOBODY, rung=scene.texts.gettext(CALLED[silence.rung]))}"
    return f"{clock} {scene.texts.say(_SILENCE, who=scene.people(silence.people))}"


def _line(scene: Scene, entry: Entry, *, words: bool) -> str:
    clock = scene.texts.clock(entry.at, scene.roster.committee.timezone)
    line = f"{clock} {said(scene, entry)}"
    return f"{line}: {entry.note}" if words and entry.note else line


def _msgid(scene: Scene, entry: Entry) -> str:
    if entry.kind in _UNKNOWN and entry.data.get("at_step") not in scene.playbook.step_of:
        return _UNKNOWN[entry.kind]
    if known := turns.msgid(entry) or stops.msgid(entry):
        return known
    if entry.data.get("outcome") == Outcome.CANCELLED:
        return _CANCELLED
    if entry.data.get("reason") == ReleaseReason.REPLACED:
        return _REPLACED
    if entry.data.get("outcome") == Outcome.HANDED_OVER:
        return _AWAY
    return _ENDINGS.get(str(entry.data.get("ending"))) or _usual(entry)


def _usual(entry: Entry) -> str:
    if entry.kind is EventKind.THANKED and entry.actor_id is None:
        return _FAMILY
    return _PAGES if entry.kind is EventKind.PICTURED and "pages" in entry.data else LINES[entry.kind]


def _params(scene: Scene, entry: Entry) -> Mapping[str, object]:
    data = dict[str, object](entry.data)
    priority, rung, person = data.get("priority"), data.get("rung"), data.get("person")
    if isinstance(priority, str):
        data["priority"] = scene.texts.gettext(PRIORITIES[priority])
    if isinstance(rung, str):
        data["rung"] = scene.texts.gettext(CALLED[rung])
    if isinstance(person, int):
        data["person"] = scene.name(person)
    if entry.kind is EventKind.RUNG_AGAIN and isinstance(number := data["number"], int):
        data["number"] = scene.texts.ordinal(number)
    if entry.kind is EventKind.SAID:
        data["told"] = scene.people(saying.told(entry))
    if isinstance(act := data.get("act"), str):
        data["act"] = scene.texts.gettext(stops.ACTS[Act(act)])
    if isinstance(found := data.get("found"), str):
        data["found"] = _found(scene, found, data.get("check"))
    if isinstance(step := data.get("at_step"), str):
        data |= walks.named(scene, step, str(data.get("finding", "")))
    if isinstance(committee := data.get("committee"), int):
        data["committee"] = scene.committee(committee)
    return {**data, "actor": str(data.get("source") or "") or scene.name(entry.actor_id)}


def _found(scene: Scene, found: str, check: object) -> str:
    """What was found at a door, with the job that looks after it."""
    said = scene.texts.gettext(doors.STATES[found])
    return f"{said} #{check}" if check else said

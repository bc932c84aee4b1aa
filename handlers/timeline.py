"""The ledger as the desk reads it: one line an entry, in the reader's language and local time.

Free words of a person may hold anything private: they are shown only to those who may see a job's private
fields anyway.
"""

from collections.abc import Mapping

from dispatch.claims import ReleaseReason
from dispatch.events import Entry, EventKind
from dispatch.jobs import Outcome
from dispatch.verbs import Verb
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
    EventKind.SETTLED: mark("{actor} settled it"),
    EventKind.ACKNOWLEDGED: mark("{actor} is on it"),
    EventKind.REFUSED: mark("{actor} cannot go"),
    EventKind.RAISED: mark("{actor} raised it ({priority})"),
    EventKind.CORRECTED: mark("{actor} corrected it"),
    EventKind.NOTED: mark("{actor} noted"),
    EventKind.PICTURED: mark("{actor} added a picture"),
    EventKind.REOPENED: mark("Volunteers are asked again"),
    EventKind.CLOSED: mark("{actor} closed it"),
}
_CANCELLED = mark("{actor} cancelled it")
_REPLACED = mark("{person} was replaced")


def log(scene: Scene) -> tuple[str, ...]:
    """The lines, oldest first; empty for those who may not follow the job."""
    if not scene.view.timeline:
        return ()
    words = scene.may(Verb.SEE_PRIVATE)
    return tuple(_line(scene, entry, words=words) for entry in scene.view.timeline)


def said(scene: Scene, entry: Entry) -> str:
    """What happened, without anybody's free words."""
    return scene.texts.say(_msgid(entry), **_params(scene, entry))


def _line(scene: Scene, entry: Entry, *, words: bool) -> str:
    clock = scene.texts.clock(entry.at, scene.roster.committee.timezone)
    line = f"{clock} {said(scene, entry)}"
    return f"{line}: {entry.note}" if words and entry.note else line


def _msgid(entry: Entry) -> str:
    if entry.data.get("outcome") == Outcome.CANCELLED:
        return _CANCELLED
    if entry.data.get("reason") == ReleaseReason.REPLACED:
        return _REPLACED
    return LINES[entry.kind]


def _params(scene: Scene, entry: Entry) -> Mapping[str, object]:
    data = dict[str, object](entry.data)
    priority, rung, person = data.get("priority"), data.get("rung"), data.get("person")
    if isinstance(priority, str):
        data["priority"] = scene.texts.gettext(PRIORITIES[priority])
    if isinstance(rung, str):
        data["rung"] = scene.texts.gettext(CALLED[rung])
    if isinstance(person, int):
        data["person"] = scene.name(person)
    return {**data, "actor": scene.name(entry.actor_id)}

"""The doors of a round on its card: for everybody how many they are and how far it is, for whoever has it who
lives where, and how a door is ticked."""

from collections.abc import Mapping

from dispatch.doors import Door, DoorState, Round
from dispatch.jobs import JobStatus
from dispatch.people import Roster
from handlers.messages import Fact
from handlers.scene import Scene
from handlers.texts import Texts, mark

MOST_ON_CARD = 20
"""Doors on a card: a screen of a phone; whoever walks more has the page."""

STATES: Mapping[str, str] = {
    DoorState.WELL.value: mark("well"),
    DoorState.PASSED_ON.value: mark("told by the relay household"),
    DoorState.NO_ANSWER.value: mark("no answer"),
}
"""What was found at a door."""


def count(scene: Scene) -> str:
    """How many doors it has; empty for what is no round."""
    if scene.job.round is None:
        return ""
    many = scene.job.round.doors
    return scene.texts.ngettext("{count} door", "{count} doors", many).format(count=many)


def public(scene: Scene) -> tuple[Fact, ...]:
    """How far they are, once somebody goes."""
    round_ = scene.job.round
    if round_ is None or scene.closed or (not round_.ticked and scene.job.status is JobStatus.OPEN):
        return ()
    return (Fact(label=scene.texts.say("Doors"), value=progress(round_, scene.texts)),)


def progress(round_: Round, texts: Texts) -> str:
    """How far it is, in numbers alone."""
    far = texts.say("{ticked} of {doors}", ticked=round_.ticked, doors=round_.doors)
    many = len(round_.unanswered)
    none = texts.ngettext("{count} no answer", "{count} no answers", many).format(count=many) if many else ""
    return " · ".join(part for part in (far, none) if part)


def private(scene: Scene) -> tuple[Fact, ...]:
    """A line a door, those that are still to be gone to first."""
    doors = sorted(scene.view.doors, key=lambda each: each.state is not DoorState.OPEN)
    lines = [
        Fact(
            label=f"{each.number}. {where(each, scene.roster)}".strip(),
            value=line(each, scene.roster, scene.texts),
            private=True,
        )
        for each in doors[:MOST_ON_CARD]
    ]
    if len(doors) > MOST_ON_CARD:
        more = scene.texts.say("And {count} more on the page.", count=len(doors) - MOST_ON_CARD)
        lines.append(Fact(label=scene.texts.say("Doors"), value=more))
    return tuple(lines)


def note(scene: Scene) -> str:
    """How a door is ticked, for whoever is on it."""
    if not scene.view.doors or scene.closed or scene.working is None:
        return ""
    return scene.texts.say(
        "Tick every door, by its number: /tick {job} 1-3 ok · /tick {job} 4 no answer. Where nobody answers, "
        "somebody looks after it at once, and you go on.",
        job=scene.job.id,
    )


def where(door: Door, roster: Roster) -> str:
    """The building and the door."""
    return _at(door.building_id, door.unit, roster)


def relay(door: Door, roster: Roster) -> str:
    """Where the household is that tells them; empty where somebody goes there."""
    return "" if door.household_id is None else _at(door.building_id, door.relay_unit, roster)


def line(door: Door, roster: Roster, texts: Texts) -> str:
    """Who lives there, who tells them, and what was found."""
    told = relay(door, roster)
    by = texts.say("told by {where} {phone}", where=told, phone=door.relay_phone).strip() if told else ""
    return " · ".join(part for part in (door.name, door.phone, by, said(door, texts)) if part)


def said(door: Door, texts: Texts) -> str:
    """What was found there, with the job that looks after it; empty as long as nothing was."""
    state = texts.gettext(STATES[door.state.value]) if door.state.value in STATES else ""
    return f"{state} #{door.check}" if door.check is not None else state


def _at(building_id: int | None, unit: str, roster: Roster) -> str:
    building = roster.buildings.get(building_id or 0)
    return " ".join(part for part in ("" if building is None else building.name, unit) if part)

"""The card that tells a building's status: as it is at the moment when somebody reads it."""

from collections.abc import Mapping

from dispatch.moments import SECOND, Micros
from dispatch.people import Person, Roster
from dispatch.relays import Relay
from dispatch.sealing import Status
from handlers import statuses
from handlers.cards import NORMAL_RANK, at_night
from handlers.messages import Card, Fact, Tone
from handlers.notices import MEANS
from handlers.texts import Texts, mark

_TONES: Mapping[Status, Tone] = {
    Status.SEALED: Tone.URGENT,
    Status.CONTROLLED: Tone.NORMAL,
    Status.OPEN: Tone.DONE,
}

_MEANS: Mapping[Status, str] = {
    Status.SEALED: mark(
        "You live there: you are asked for jobs inside the building only. If you have taken one elsewhere, "
        "please talk to the staff."
    ),
    Status.CONTROLLED: mark(
        "You live there: you may be asked for jobs elsewhere, too. How to go out and in is as the committee "
        "says."
    ),
    Status.OPEN: mark("You live there: you may be asked for jobs everywhere."),
}
"""For whoever lives there."""


def card(relay: Relay, reader: Person, roster: Roster, texts: Texts, now: Micros) -> Card:
    """How it stands for this reader. Nothing is asked of anybody."""
    status = statuses.now_is(relay.building_id, roster, now)
    building = roster.buildings.get(relay.building_id or 0)
    name = texts.say("place not clear yet") if building is None else building.name
    return Card(
        job_id=relay.id,
        version=relay.version,
        tone=_TONES[status],
        title=f"{statuses.SIGNS[status]} {name}",
        badge=texts.gettext(statuses.NAMES[status]),
        state="" if building is None else statuses.goes_on(building.id, roster, texts, now),
        facts=_facts(relay, reader, roster, texts),
        notes=(texts.gettext(_MEANS[status]),) if reader.building_id == relay.building_id else (),
        silent=at_night(roster.committee, now),
        rank=NORMAL_RANK + relay.made_at // SECOND,
        relay=True,
    )


def to_family(
    number: int, building_id: int, roster: Roster, texts: Texts, now: Micros, notes: tuple[str, ...]
) -> Card:
    """The message of this number to family of somebody there: what is posted at the gate, and nobody's name.
    `notes` say whom to ring."""
    status = statuses.now_is(building_id, roster, now)
    return Card(
        job_id=0,
        version=1,
        tone=_TONES[status],
        title=texts.say("News from {committee}", committee=roster.committee.name),
        badge="",
        state=statuses.line(building_id, roster, texts, now),
        notes=(texts.gettext(MEANS[status]), *notes),
        silent=at_night(roster.committee, now),
        rank=NORMAL_RANK,
        told=number,
    )


def _facts(relay: Relay, reader: Person, roster: Roster, texts: Texts) -> tuple[Fact, ...]:
    person = roster.people.get(relay.by_id or 0)
    if person is None or not reader.desk:
        return ()
    return (Fact(label=texts.say("Set by"), value=person.name),)

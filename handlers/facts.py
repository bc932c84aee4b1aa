"""The labelled lines, emergency calls, steps and notes of a card.

Private lines come from `view.private` alone: a view without it cannot show a door, whoever reads.
"""

import math
from collections.abc import Mapping

from dispatch.claims import ClaimStatus
from dispatch.geography import Point
from dispatch.jobs import CallCause, Private
from dispatch.passage import Bar
from dispatch.people import Role
from dispatch.residents import Contact, ContactKind
from dispatch.sealing import Status
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import doors, states, statuses, stops, told, turns
from handlers.messages import Call, Fact
from handlers.scene import Scene
from handlers.sentences import FIELDS
from handlers.texts import mark

_NUMBERS: Mapping[str, str] = {
    "ambulance": mark("Ambulance"),
    "police": mark("Police"),
    "fire": mark("Fire brigade"),
}
_BARRED: Mapping[Bar, str] = {
    Bar.SEALED_IN: mark("Your own building is sealed: jobs elsewhere are for others."),
    Bar.NO_GEAR: mark("This one is for those who live there, or have protective gear."),
}
_CONTACTS: Mapping[ContactKind, str] = {
    ContactKind.FAMILY: mark("{name} (family)"),
    ContactKind.KEYHOLDER: mark("{name} (has a key)"),
}
_IN_DANGER = frozenset({CallCause.HELP, CallCause.FINDING})
_SAID = "💬"
_EXAMPLE_DOOR = "502"
_EXAMPLE_PHONE = "13800000000"
_ORDER = ("building", "unit", "phone")
"""As people say it: where, which door, what number."""


def title(scene: Scene) -> str:
    """The kind of job and the building, of a round how many doors, as everybody may know them."""
    kind = f"{scene.playbook.icon} {scene.texts.pick(scene.playbook.title)}".strip()
    return " · ".join(part for part in (kind, doors.count(scene), building(scene)) if part)


def building(scene: Scene) -> str:
    """The building's name, or that it is not known yet."""
    known = scene.roster.buildings.get(scene.job.building_id) if scene.job.building_id is not None else None
    if known is not None:
        return known.name
    several = scene.job.round is not None
    return scene.texts.say("several buildings") if several else scene.texts.say("place not clear yet")


def place(scene: Scene) -> Point | None:
    """Where it is, for somebody on the way who may know the door: the job's own pin, else the building's. The
    desk knows its buildings."""
    known = scene.roster.buildings.get(scene.job.building_id) if scene.job.building_id is not None else None
    shown = scene.view.private is not None and scene.working is not None and not scene.closed
    own = None if scene.view.private is None else scene.view.private.place
    return (own or (known.point if known is not None else None)) if shown else None


def away(scene: Scene) -> str:
    """How far it is on foot from where the reader lives, for somebody who may go there; the desk goes by
    building."""
    reader, buildings = scene.reader, scene.roster.buildings
    if reader is None or reader.desk or scene.closed or scene.working is not None:
        return ""
    home, there = (buildings.get(each or 0) for each in (reader.building_id, scene.job.building_id))
    if home is None or there is None:
        return ""
    if home.id == there.id:
        return scene.texts.say("In your own building")
    metres = scene.roster.homes.metres(there.id, home.id)
    return "" if metres == math.inf else _distance(scene, metres)


def _distance(scene: Scene, metres: float) -> str:
    """Rounded to what somebody on foot would say."""
    if metres < 1000:
        return scene.texts.say("About {meters} m on foot", meters=max(10, round(metres / 10) * 10))
    return scene.texts.say("About {kilometers} km on foot", kilometers=f"{metres / 1000:.1f}")


def coordinates(place: Point) -> str:
    """A place as people copy it into a map. Five decimals: one metre."""
    return f"{place.lat:.5f}, {place.lon:.5f}"


def calls(scene: Scene) -> tuple[Call, ...]:
    """The committee's emergency numbers, for those who act on it, where a life or a helper is in danger."""
    danger = scene.life or (scene.trouble and scene.calling.cause in _IN_DANGER)
    acting = scene.working is not None or scene.relation in (Relation.CALLED, Relation.DESK)
    if scene.closed or not danger or not acting:
        return ()
    numbers = scene.roster.committee.emergency
    known = [name for name in _NUMBERS if name in numbers] + [
        name for name in numbers if name not in _NUMBERS
    ]
    return tuple(Call(label=_call_label(scene, name, numbers[name]), number=numbers[name]) for name in known)


def facts(scene: Scene) -> tuple[Fact, ...]:
    """Public words and the job's number for everybody; door, phone and health where the view has them."""
    say, job = scene.texts.say, scene.job
    headline = (Fact(label=say("What"), value=job.headline),) if job.headline else ()
    private = () if scene.view.private is None or scene.closed else _private(scene, scene.view.private)
    number = Fact(label=say("Job"), value=f"#{job.id}")
    words = () if scene.closed else _said(scene)
    return (
        *headline,
        *words,
        *turns.facts(scene),
        *stops.public(scene),
        *doors.public(scene),
        *_status(scene),
        *_origin(scene),
        *private,
        number,
    )


def _said(scene: Scene) -> tuple[Fact, ...]:
    """What those on the job said to each other last."""
    zone = scene.roster.committee.timezone
    return tuple(
        Fact(
            label=f"{_SAID} {scene.name(entry.actor_id)} {scene.texts.clock(entry.at, zone)}",
            value=entry.note,
            private=True,
        )
        for entry in scene.view.words
    )


def _status(scene: Scene) -> tuple[Fact, ...]:
    """What whoever goes there must know of the building; it is posted at its door."""
    building_id = scene.job.building_id
    status = statuses.now_is(building_id, scene.roster, scene.now)
    if building_id is None or scene.closed or status is Status.OPEN:
        return ()
    holds = statuses.holds(building_id, scene.roster, scene.texts, scene.now)
    gear = scene.texts.say("Protective gear is needed, but for those who live there.")
    said = scene.texts.sentences(holds, gear if status is Status.SEALED else "")
    label = scene.texts.say("Access")
    return (Fact(label=f"{statuses.SIGNS[status]} {label}", value=said),)


def _origin(scene: Scene) -> tuple[Fact, ...]:
    """Whose the job was, for those who may have to ask there."""
    fate = scene.view.fate
    if fate is None or scene.job.origin_id is None or not scene.view.desk:
        return ()
    return (Fact(label=scene.texts.say("From"), value=f"{fate.committee} #{fate.job_id}"),)


def steps(scene: Scene) -> tuple[str, ...]:
    """What to do, one thing after the other, for whoever is on it. A job that guides asks one thing after the
    other instead (`walks`)."""
    listed = () if scene.working is None or scene.playbook.guided else scene.playbook.steps
    return tuple(scene.texts.pick(step.words) for step in listed)


def guide(scene: Scene) -> tuple[str, ...]:
    """The picture of each of these steps, or of the one that is asked; empty where none has one."""
    if scene.working is None:
        return ()
    asked = () if scene.step is None else (scene.step,)
    names = tuple(step.picture for step in (asked if scene.playbook.guided else scene.playbook.steps))
    return names if any(names) else ()


def thanks(scene: Scene) -> tuple[str, ...]:
    """Who gives thanks, for whoever did it. The words stand on their own sheet (`handlers.hours`)."""
    mine = scene.view.mine
    if mine is None or mine.status is not ClaimStatus.DONE:
        return ()
    given = dict.fromkeys(who for who in scene.job.thanked_by if who != mine.person_id)
    return tuple(told.thanks(scene, who) for who in given)


def notes(scene: Scene) -> tuple[str, ...]:
    """What is missing, who is where and who was asked; on a closed card nothing but who gives thanks."""
    if scene.closed:
        return tuple(note for note in (told.missed(scene), *thanks(scene)) if note)
    desk = _for_the_desk(scene) if scene.view.desk else ()
    return tuple(
        note
        for note in (
            *desk,
            _unclear(scene),
            turns.note(scene),
            stops.note(scene),
            doors.note(scene),
            _needs(scene),
            _untrusted(scene),
            _barred(scene),
        )
        if note
    )


def _for_the_desk(scene: Scene) -> tuple[str, ...]:
    return (
        _doubted(scene),
        _missing(scene),
        _at_work(scene),
        _asked(scene),
        _called(scene),
        _unreached(scene),
    )


def missing(scene: Scene) -> str:
    """What is still missing and how to say it; empty when nothing is."""
    return _missing(scene)


def _call_label(scene: Scene, name: str, number: str) -> str:
    return f"{scene.texts.gettext(_NUMBERS[name]) if name in _NUMBERS else name} {number}"


def _private(scene: Scene, private: Private) -> tuple[Fact, ...]:
    say = scene.texts.say
    if stops.listed(scene):
        return stops.private(scene)
    if scene.view.doors:
        return (*doors.private(scene), *_words(scene, private))
    known = building(scene) if scene.job.building_id is not None else ""
    door = f"{known} {private.unit}".strip() if private.unit else ""
    lines = (
        (say("Door"), door, None),
        (say("Map pin"), "" if private.place is None else coordinates(private.place), None),
        (say("Phone"), private.phone, private.phone),
        (say("Resident"), private.resident_name, None),
        (say("Good to know"), private.resident_notes, None),
        *(
            (
                _contact(scene, each),
                each.phone or say("no number here: ask the committee"),
                each.phone or None,
            )
            for each in private.contacts
        ),
        (_source(scene), private.text.strip(), None),
        (say("Pictures"), str(scene.view.pictures or ""), None),
    )
    said = tuple(
        Fact(label=label, value=value, phone=phone, private=True, lead=label == lines[0][0])
        for label, value, phone in lines
        if value
    )
    return (*said, *stops.private(scene))


def _words(scene: Scene, private: Private) -> tuple[Fact, ...]:
    said = private.text.strip()
    return (Fact(label=_source(scene), value=said, private=True),) if said else ()


def _source(scene: Scene) -> str:
    """Where the words come from."""
    return scene.texts.say("As reported") if scene.job.turn is None else scene.texts.say("Care plan")


def _contact(scene: Scene, contact: Contact) -> str:
    """Who it is, and what they are to the resident."""
    return scene.texts.say(_CONTACTS[contact.kind], name=contact.name)


def _missing(scene: Scene) -> str:
    absent = [field for field in _ORDER if field in scene.job.missing]
    if not absent:
        return ""
    fields = scene.texts.names(scene.texts.gettext(FIELDS[field]) for field in absent)
    place = f"{_some_building(scene)} {_EXAMPLE_DOOR}" if set(absent) & {"building", "unit"} else ""
    example = " ".join(part for part in (place, _EXAMPLE_PHONE if "phone" in absent else "") if part)
    return scene.texts.say(
        "Still missing: {fields}. Add it like this: {example}", fields=fields, example=example
    )


def _some_building(scene: Scene) -> str:
    """The job's own building where it is known: an example should be right as it stands."""
    buildings = scene.roster.buildings
    first = next(iter(buildings.values()), None)
    known = buildings.get(scene.job.building_id, first) if scene.job.building_id is not None else first
    return known.name if known is not None else scene.texts.say("Building 3")


def _at_work(scene: Scene) -> str:
    """Where each of several people is; of one the card's sentence says it already."""
    if len(scene.held) < 2:
        return ""
    return scene.texts.sentences(*(states.progress(scene, claim) for claim in scene.held))


def _asked(scene: Scene) -> str:
    asked = {ask.person_id: ask.refused_at for ask in scene.situation.asks if not ask.leader}
    if not asked:
        return ""
    refused = sum(moment is not None for moment in asked.values())
    if not refused:
        return scene.texts.say("Volunteers asked: {count}.", count=len(asked))
    return scene.texts.say(
        "Volunteers asked: {count}, not able: {refused}.", count=len(asked), refused=refused
    )


def _called(scene: Scene) -> str:
    called = dict.fromkeys(ask.person_id for ask in scene.situation.asks if ask.leader)
    if not called:
        return ""
    return scene.texts.say(
        "Leaders called: {who}.", who=scene.texts.names(scene.name(each) for each in called)
    )


def _unreached(scene: Scene) -> str:
    """Whom somebody has to ring instead."""
    people = scene.view.unreached
    if not people:
        return ""
    return scene.texts.say("Not reached so far: {who}.", who=scene.people(people))


def _unclear(scene: Scene) -> str:
    if scene.working is None or "building" not in scene.job.missing:
        return ""
    if scene.job.source_id is not None:
        return scene.texts.say("The place is not clear yet. Another system posted it: please ask the staff.")
    poster = scene.name(scene.job.posted_by)
    return scene.texts.say("The place is not clear yet. {who} posted it: please ask.", who=poster)


def _doubted(scene: Scene) -> str:
    """Whoever had it and is in doubt, and what staff can do about it."""
    had = {claim.person_id for claim in scene.situation.claims}
    people = [each for each in had if each in scene.roster.people and scene.roster.people[each].doubted_at]
    if not people:
        return ""
    return scene.texts.say(
        "{who} took jobs, was shown their doors and gave them back, again and again. Until you vouch for "
        "them again they are shown nothing private.",
        who=scene.people(sorted(people)),
    )


def _needs(scene: Scene) -> str:
    say, needs = scene.texts.say, scene.playbook.needs
    vehicle = say("A vehicle is needed.") if needs.vehicle else ""
    return scene.texts.sentences(vehicle, say("Please go in twos.") if needs.two_people else "")


def _untrusted(scene: Scene) -> str:
    """Why somebody who would help has no button to take it."""
    reader = scene.reader
    if reader is None or not reader.roles & {Role.VOLUNTEER, Role.LEADER} or scene.may(Verb.CLAIM):
        return ""
    done = scene.view.mine is not None and scene.view.mine.status is ClaimStatus.DONE
    if done or scene.relation not in (Relation.PUBLIC, Relation.ASKED):
        return ""
    return scene.texts.say(
        "Staff have to vouch for you before you can take this one: it shows somebody's door or phone."
    )


def _barred(scene: Scene) -> str:
    """The same for somebody whom the buildings' statuses keep away."""
    reader = scene.reader
    if reader is None or scene.relation not in (Relation.PUBLIC, Relation.ASKED, Relation.WAITING):
        return ""
    bar = scene.barred(reader)
    return "" if bar is None else scene.texts.gettext(_BARRED[bar])

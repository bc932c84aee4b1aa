"""Words that become a job, or put one right: from one message or from the short form.

A message is understood as far as it goes and posted with what is known. Words meant for everybody lose any
door or phone number on the way: it moves into the private text.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dispatch import medicine
from dispatch.errors import (
    EmptyTextError,
    MalformedError,
    TextTooLongError,
    UnknownBuildingError,
    UnknownKindError,
)
from dispatch.jobs import Correction, Draft, Priority
from dispatch.moments import Micros
from dispatch.people import Address, Person, Roster
from dispatch.playbook import Playbook
from dispatch.stops import Request
from dispatch.views import JobView
from handlers import facts, kinds, medicines, parse, phones, places
from handlers.folding import READ_LIMIT, fold
from handlers.messages import Incoming
from handlers.numerals import number
from handlers.scene import Scene
from handlers.sentences import PRIORITIES
from handlers.texts import Texts
from handlers.urgency import urgency

TEXT_LIMIT = READ_LIMIT
"""Characters of a message: what is read to its end, and the page's own limit."""
FIELD_LIMIT = 200
"""Characters of one line of the form: a long line of a phone screen several times over."""
_HINTED = 5
"""Buildings named when one was not found: enough to see how they are written here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A draft, and what the poster should be told about how it was understood."""

    draft: Draft
    removed: bool = False
    unknown_building: str = ""
    for_all: bool = False
    """Whoever said it means it for everybody."""


def posting(incoming: Incoming, actor: Person, roster: Roster, playbooks: Mapping[str, Playbook]) -> Posting:
    """Understand a message or a form as a job.

    Raises `EmptyTextError`, `TextTooLongError`, `UnknownKindError`, `UnknownBuildingError` and
    `MalformedError`; nothing else that somebody typed keeps a job from being posted.
    """
    said = nonce(incoming.address, incoming.nonce or uuid.uuid4().hex)
    found = understood(incoming.text, incoming.fields, said, roster, playbooks)
    return replace(found, draft=replace(found.draft, posted_by=actor.id))


def understood(
    said: str, fields: Mapping[str, str], nonce: str, roster: Roster, playbooks: Mapping[str, Playbook]
) -> Posting:
    """The same of words and fields, whoever they are from. Raises the same."""
    text = parse.strip_command(said).strip()
    form = {field: value.strip() for field, value in fields.items() if value.strip()}
    if (open_words := parse.for_all(text)) is not None:
        form["headline"] = " ".join(part for part in (open_words, form.get("headline", "")) if part)
        text = ""
    check_length(text, form)
    if not fold(text).text.strip() and not set(form) - {"kind", "places"}:
        raise EmptyTextError
    scrubbed = parse.scrub(form.get("headline", ""), roster)
    spoken = " ".join(part for part in (text, form.get("headline", "")) if part)
    read = parse.understand(spoken, roster, playbooks)
    kind = _kind(form, read, playbooks)
    building, unit = _place(form, read, roster)
    request = requested(spoken, playbooks[kind], roster)
    draft = Draft(
        committee_id=roster.committee.id,
        kind=kind,
        priority=urgency(fold(spoken).text, _usual(playbooks[kind], request)),
        text="\n".join(part for part in (text, form["headline"] if scrubbed.removed else "") if part),
        nonce=nonce,
        places=_places(form, read, playbooks[kind], fallback=kinds.fallback(playbooks)),
        building_id=building,
        unit=unit,
        phone=_phone(form) or read.phone,
        headline=scrubbed.text,
        request=request,
    )
    unknown = read.building if building is None else ""
    return Posting(
        draft=draft,
        removed=bool(scrubbed.removed),
        unknown_building=unknown,
        for_all=open_words is not None,
    )


def requested(said: str, playbook: Playbook, roster: Roster) -> Request | None:
    """What medicine words ask for, where the kind is about medicine."""
    guide = playbook.medicine
    if guide is None:
        return None
    return medicines.read(parse.rest(said, roster), guide, playbook.priority)


def _usual(playbook: Playbook, request: Request | None) -> Priority:
    if playbook.medicine is None or request is None:
        return playbook.priority
    return medicine.priority(playbook.medicine, request.drug, request.days, playbook.priority)


def nonce(address: Address, said: str) -> str:
    """What makes a job posted once, of what the platform says makes a message one."""
    return f"{address.id} {said}"


def posted(view: JobView, posting: Posting, texts: Texts, now: Micros) -> str:
    """The answer to a post: its number, how it was understood, who is asked, and what is missing."""
    scene = Scene(view, texts, now)
    if posting.draft.request is not None and scene.job.run is not None and scene.job.run.stops > 1:
        return _joined(scene, posting)
    said = texts.say(
        "Posted as job {job}: {kind}, {building}, {priority}.",
        job=scene.job.id,
        kind=texts.pick(scene.playbook.title),
        building=facts.building(scene),
        priority=texts.gettext(PRIORITIES[scene.job.priority]).lower(),
    )
    asked = any(not ask.leader for ask in scene.situation.asks)
    calling = (
        texts.say("The first volunteers are being asked.")
        if asked
        else texts.say("No volunteer can be asked right now; others are called in turn.")
    )
    unknown = texts.say(
        "There is no building {building} here; your words went to the staff as they are.",
        building=posting.unknown_building,
    )
    moved = texts.say("A door or phone number was taken out of the words that everybody sees.")
    open_to = texts.say("Everybody reads these words, also those for whom nobody has vouched yet.")
    return texts.sentences(
        said,
        calling,
        open_to if posting.for_all else "",
        unknown if posting.unknown_building else "",
        moved if posting.removed else "",
        facts.missing(scene),
    )


def _joined(scene: Scene, posting: Posting) -> str:
    """The answer to a medicine request that goes with others."""
    run, texts = scene.job.run, scene.texts
    said = texts.say(
        "It goes with the run to {hospital}, job {job}: {count} requests so far.",
        hospital=run.hospital if run is not None else "",
        job=scene.job.id,
        count=run.stops if run is not None else 0,
    )
    unknown = texts.say(
        "There is no building {building} here; your words went to the staff as they are.",
        building=posting.unknown_building,
    )
    return texts.sentences(said, unknown if posting.unknown_building else "")


def correction(text: str, roster: Roster, playbooks: Mapping[str, Playbook]) -> Correction:
    """What a correcting message puts right; its words are added to what was said before.

    The kind changes only when the message names a kind and nothing else: 买药 in a sentence may be about
    anybody. Raises `EmptyTextError`, and `UnknownBuildingError` for a building that is not there.
    """
    said = text.strip()
    check_length(said, {})
    if not fold(said).text.strip():
        raise EmptyTextError
    understood = parse.understand(said, roster, playbooks)
    if understood.building and understood.building_id is None:
        raise UnknownBuildingError(buildings=_some(roster))
    lone_door = places.unit_of(said) if said.isascii() and said.isdigit() and 3 <= len(said) <= 4 else ""
    return Correction(
        kind=kinds.named(said, playbooks),
        building_id=understood.building_id,
        unit=understood.unit or lone_door or None,
        phone=understood.phone or None,
        places=understood.places,
        text=said,
    )


def check_length(text: str, form: Mapping[str, str]) -> None:
    """Raise `TextTooLongError` with the limit that was passed; nothing is cut off silently."""
    if len(text) > TEXT_LIMIT:
        raise TextTooLongError(limit=TEXT_LIMIT)
    if any(len(value) > FIELD_LIMIT for value in form.values()):
        raise TextTooLongError(limit=FIELD_LIMIT)


def _kind(form: Mapping[str, str], understood: parse.Understood, playbooks: Mapping[str, Playbook]) -> str:
    kind = form.get("kind", understood.kind)
    if kind not in playbooks:
        raise UnknownKindError
    return kind


def _place(form: Mapping[str, str], understood: parse.Understood, roster: Roster) -> tuple[int | None, str]:
    """Building and door: the form's own fields first, then what the words say."""
    building, unit = understood.building_id, understood.unit
    if "unit" in form:
        unit = places.unit_of(form["unit"])
        written = places.choose(places.find(fold(form["unit"]), roster))
        if written is not None and written.building_id is not None:
            building, unit = written.building_id, written.unit or unit
    if "building" in form:
        building = places.building_of(form["building"], roster)
        if building is None:
            raise UnknownBuildingError(buildings=_some(roster))
    return building, unit


def _some(roster: Roster) -> str:
    return ", ".join(building.name for building in list(roster.buildings.values())[:_HINTED])


def _phone(form: Mapping[str, str]) -> str:
    written = form.get("phone", "")
    folded = fold(written)
    found = (*phones.mobiles(folded), *phones.others(folded))
    return found[0].number if found else written


def _places(
    form: Mapping[str, str], understood: parse.Understood, playbook: Playbook, *, fallback: str
) -> int:
    """How many people: the form's number; for jobs of no special kind what the words say."""
    if "places" in form:
        count = number(fold(form["places"]).text)
        if count is None or not 1 <= count <= parse.MOST_PLACES:
            raise MalformedError
        return count
    said = understood.places if playbook.kind == fallback else None
    return said or playbook.places

"""What of a job's private side one reader may see now. The access table decides; here it is asked.

Pictures are part of what was said, and go with the field `text`; a pin on the map tells the door, and goes
with `unit`.
"""

from collections.abc import Sequence
from dataclasses import replace

from dispatch import access, lifecycle, own_numbers, walking
from dispatch.doors import Door
from dispatch.jobs import Job, JobStatus, Private
from dispatch.people import Person, Role
from dispatch.residents import Contact, ContactKind
from dispatch.situation import Situation
from dispatch.stops import Stop
from dispatch.verbs import Verb


def reveals(situation: Situation, reader: Person) -> bool:
    """Door, phone and health, while the job is open, for those whom the access table lets see it."""
    return bool(situation.job.hides) and reads(situation, reader)


def reads(situation: Situation, reader: Person) -> bool:
    """The same of what people on the job say to each other, whether it hides anything else or not."""
    job = situation.job
    if job.status is JobStatus.CLOSED:
        return False
    lives = any(claim.live and claim.person_id == reader.id for claim in situation.claims)
    standing = replace(lifecycle.standing(situation, reader.id), owns=lives)
    return access.allows(Verb.SEE_PRIVATE, reader, job.committee_id, standing)


def pictures(situation: Situation, reader: Person) -> int:
    """How many pictures the reader may see: all of the job's, or none."""
    count = situation.job.pictures
    if not count or not reveals(situation, reader):
        return 0
    return count if _whole(reader) or "text" in situation.playbook.reveal else 0


def limited(private: Private, situation: Situation, reader: Person) -> Private:
    """What the playbook opens to a claimer; everything to the desk, and to the office all but numbers that
    are volunteers' own."""
    if reader.desk:
        return private
    contacts = own_numbers.guarded(private.contacts, situation.roster.own_numbers)
    if _whole(reader):
        return replace(private, contacts=contacts)
    fields = walking.opened(situation.job, situation.playbook)
    resident = "resident" in fields
    return Private(
        text=private.text if "text" in fields else "",
        unit=private.unit if "unit" in fields else "",
        place=private.place if "unit" in fields else None,
        phone=private.phone if "phone" in fields else "",
        resident_name=private.resident_name if resident else "",
        resident_notes=private.resident_notes if resident else "",
        contacts=tuple(contact for contact in contacts if _shown(contact, fields)),
    )


def of_stops(
    stops: Sequence[Stop], private: Private, situation: Situation, reader: Person
) -> tuple[Stop, ...]:
    """The same of a medicine run's stops; the first one's door, phone and words are the job's own."""
    fields = walking.opened(situation.job, situation.playbook)
    whole = _whole(reader)
    return tuple(_limited_stop(each, private, situation.job, fields, whole=whole) for each in stops)


def of_doors(doors: Sequence[Door], situation: Situation, reader: Person) -> tuple[Door, ...]:
    """The same of a round's doors, and of the households that tell them."""
    if _whole(reader):
        return tuple(doors)
    fields = walking.opened(situation.job, situation.playbook)
    unit, phone = "unit" in fields, "phone" in fields
    return tuple(
        replace(
            each,
            name=each.name if "resident" in fields else "",
            unit=each.unit if unit else "",
            phone=each.phone if phone else "",
            relay_unit=each.relay_unit if unit else "",
            relay_phone=each.relay_phone if phone else "",
        )
        for each in doors
    )


def _limited_stop(stop: Stop, private: Private, job: Job, fields: frozenset[str], *, whole: bool) -> Stop:
    if stop.number == 1:
        stop = replace(
            stop,
            building_id=job.building_id,
            unit=private.unit,
            phone=private.phone,
            words=private.text,
            resident_name=private.resident_name,
        )
    if whole:
        return stop
    return replace(
        stop,
        unit=stop.unit if "unit" in fields else "",
        phone=stop.phone if "phone" in fields else "",
        words=stop.words if "text" in fields else "",
        resident_name=stop.resident_name if "resident" in fields else "",
    )


def _shown(contact: Contact, fields: frozenset[str]) -> bool:
    """Family goes with the resident's name; a key holder, or a neighbour, opens by a step of their own."""
    return ("resident" if contact.kind is ContactKind.FAMILY else contact.kind.value) in fields


def _whole(reader: Person) -> bool:
    return reader.desk or Role.OFFICE in reader.roles

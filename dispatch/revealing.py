"""What of a job's private side one reader may see now. The access table decides; here it is asked.

Pictures are part of what was said, and go with the field `text`; a pin on the map tells the door, and goes
with `unit`.
"""

from dataclasses import replace

from dispatch import access, lifecycle
from dispatch.jobs import JobStatus, Private
from dispatch.people import Person, Role
from dispatch.situation import Situation
from dispatch.verbs import Verb


def reveals(situation: Situation, reader: Person) -> bool:
    """Door, phone and health, while the job is open, for those whom the access table lets see it."""
    job = situation.job
    if job.status is JobStatus.CLOSED or not job.hides:
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
    """What the playbook opens to a claimer; everything to the desk and the office."""
    if _whole(reader):
        return private
    fields = situation.playbook.reveal
    resident = "resident" in fields
    return Private(
        text=private.text if "text" in fields else "",
        unit=private.unit if "unit" in fields else "",
        place=private.place if "unit" in fields else None,
        phone=private.phone if "phone" in fields else "",
        resident_name=private.resident_name if resident else "",
        resident_notes=private.resident_notes if resident else "",
        contacts=private.contacts if resident else (),
    )


def _whole(reader: Person) -> bool:
    return reader.desk or Role.OFFICE in reader.roles

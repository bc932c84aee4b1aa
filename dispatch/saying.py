"""What one of those on a job says to the others on it, passed on in everybody's own chat: nobody needs to be
shown a number for that.

On a job are whoever has it, whoever of the desk posted it, and whoever said *I'm on it*. Words may hold a
door or a name, so nobody reads them whom nobody vouched for, and a claimer reads only what was said to them
while they have it.
"""

from collections.abc import Iterable, Sequence

from dispatch import claiming
from dispatch.change import Change
from dispatch.claims import Claim
from dispatch.events import Entry, Event, EventKind, NoticeKind
from dispatch.people import Person
from dispatch.verbs import Answer, AnswerKey, Command

SHOWN = 3
"""What was said last stands on a card; all of it is in the log."""

WORDS = "words"
"""In the log of what was revealed."""

_BETWEEN = " "


def say(change: Change, command: Command) -> Answer:
    """Pass the words on, ringing; a claimer who says something is not silent."""
    words = command.note.strip()
    if not words:
        return change.answer(AnswerKey.UNCHANGED)
    listeners = _listeners(change, command.actor)
    told = [person for person in listeners if _may_read(person)]
    if not told:
        return _nobody(change, listeners)
    own = _own(change, command.actor)
    names = ", ".join(person.name for person in told)
    change.record(EventKind.SAID, actor=command.actor, note=words, told=_listed(told))
    if own is not None:
        claiming.heard(change, own)
    change.tell(NoticeKind.WORDS, *(person.id for person in told))
    return change.answer(AnswerKey.SAID, told=names)


def told(entry: Entry | Event) -> Sequence[int]:
    """Whom the words of an entry were passed on to."""
    return [int(person) for person in str(entry.data.get("told", "")).split(_BETWEEN) if person]


def said_to(entries: Iterable[Entry], reader: Person) -> tuple[Entry, ...]:
    """The newest words that the reader said or was told, oldest first; none once nobody vouches for them."""
    if not _may_read(reader):
        return ()
    said = (entry for entry in entries if entry.kind is EventKind.SAID and entry.note)
    return tuple([entry for entry in said if reader.id in (entry.actor_id, *told(entry))][-SHOWN:])


def _listeners(change: Change, actor: int) -> list[Person]:
    """The others on the job: whoever is at work hears the desk and each other, the desk those at work."""
    people = change.roster.people
    workers = [claim.person_id for claim in change.live if claim.person_id != actor]
    calling = change.calling
    heads = [change.job.posted_by, calling.acknowledged_by if calling.running else None]
    leading = [people[head] for head in heads if head is not None and head != actor and _leads(change, head)]
    if _own(change, actor) is not None:
        leading = leading or [people[each] for each in change.roster.desk if each != actor]
    elif not workers:
        return []  # among themselves the desk writes notes
    found = {
        person.id: person for person in (*(people[each] for each in workers if each in people), *leading)
    }
    return [person for person in found.values() if person.active]


def _leads(change: Change, person: int) -> bool:
    """Still here, and of the desk or called for it."""
    known = change.roster.people.get(person)
    called = any(ask.leader and ask.person_id == person for ask in change.asks)
    return known is not None and known.active and (known.desk or called)


def _may_read(person: Person) -> bool:
    return person.desk or person.trusted


def _nobody(change: Change, listeners: Sequence[Person]) -> Answer:
    if not listeners:
        return change.answer(AnswerKey.NOBODY_TO_TELL)
    return change.answer(AnswerKey.NOT_TOLD, person=", ".join(person.name for person in listeners))


def _own(change: Change, actor: int) -> Claim | None:
    return next((claim for claim in change.live if claim.person_id == actor), None)


def _listed(people: Iterable[Person]) -> str:
    return _BETWEEN.join(str(person.id) for person in people)

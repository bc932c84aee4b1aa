"""A message as staff type it while walking, understood as far as it goes.

`understand` never raises and never drops a word: what it cannot read stays in `raw`, and a job is posted
with what is known. `scrub` takes doors and phone numbers out of words that everybody will see.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.jobs import Priority
from dispatch.people import Roster
from dispatch.playbook import Playbook
from handlers import kinds, phones, places
from handlers.folding import READ_LIMIT, Folded, fold
from handlers.numerals import HAN, number
from handlers.urgency import urgency

MOST_PLACES = 300
"""More people than any committee of the field notes has volunteers: a larger number is a slip."""

_COMMAND = re.compile(r"\s*(?:[/!！](?:job|任务)\b[@\w]*|任务(?=[\s:：]))[\s:：]*", re.IGNORECASE)
_FOR_ALL = re.compile(r"\s*(?:公开|public)[\s:：,，]+(?=\S)", re.IGNORECASE)
_PEOPLE = re.compile(
    rf"(?<![\d.])(?P<low>\d{{1,4}}|[{HAN}]{{1,4}})\s{{0,2}}(?:[-~～到至]\s{{0,2}}(?:\d{{1,4}}|[{HAN}]{{1,4}}))?\s{{0,2}}"
    r"(?:[个名位]\s{0,2}(?:人|志愿者)|人(?!份|民|家)|(?:more\s)?(?:people|persons?|volunteers?|helpers)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a message says.

    `building` is the building as written; `building_id` is None when nothing was written or the committee
    has no such building. `places` is None when no number of people was said. `recognised` is False when
    the kind is only the fallback. `raw` is the message itself, whole.
    """

    raw: str
    kind: str
    recognised: bool
    priority: Priority
    building_id: int | None = None
    building: str = ""
    unit: str = ""
    phone: str = ""
    places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """Words fit for everybody, and what was taken out of them."""

    text: str
    removed: tuple[str, ...]


def strip_command(text: str) -> str:
    """The message without a leading `/job`, `!job` or `任务`."""
    match = _COMMAND.match(text)
    return text[match.end() :] if match else text


def for_all(text: str) -> str | None:
    """What follows a leading `public` or `公开`: words that whoever says them means for everybody. None for a
    message that does not begin so."""
    match = _FOR_ALL.match(text)
    return text[match.end() :] if match else None


def understand(text: str, roster: Roster, playbooks: Mapping[str, Playbook]) -> Understood:
    """Read a message. Takes a bounded time whatever the message is."""
    folded = fold(strip_command(text))
    numbers, found = _locate(folded, roster)
    place = places.choose(found)
    kind = kinds.recognise(folded.text, playbooks)
    known = kind or kinds.fallback(playbooks)
    usual = playbooks[known].priority if known in playbooks else Priority.NORMAL
    return Understood(
        raw=text,
        kind=known,
        recognised=kind is not None,
        priority=urgency(folded.text, usual),
        building_id=place.building_id if place else None,
        building=place.building if place else "",
        unit=place.unit if place else "",
        phone=numbers[0].number if numbers else "",
        places=_people(folded),
    )


def scrub(text: str, roster: Roster) -> Scrubbed:
    """The text without doors (and the building said with one) and without phone numbers.

    Repeated until nothing is found: what is taken out may bring a building and a door together. What lies
    beyond `READ_LIMIT` nobody has read, so it is not kept.
    """
    left, removed = text[:READ_LIMIT], list[str]()
    while found := _private_spans(left, roster):
        removed += [left[start:end] for start, end in found]
        taken = {position for start, end in found for position in range(start, end)}
        kept = "".join(" " if position in taken else char for position, char in enumerate(left))
        left = " ".join(kept.split()).strip(" ,，;；、:：")
    return Scrubbed(text=left.strip(), removed=tuple(removed))


def rest(text: str, roster: Roster) -> str:
    """The folded text with places and phone numbers blanked: no rule reads them, or across them."""
    folded = fold(text)
    numbers, found = _locate(folded, roster)
    spans = [(each.start, each.end) for each in numbers] + [(each.start, each.end) for each in found]
    return folded.without(spans).text


def _private_spans(text: str, roster: Roster) -> list[tuple[int, int]]:
    """Where in the original text a door or a phone number stands, in order."""
    folded = fold(text)
    numbers, found = _locate(folded, roster)
    spans = [(phone.start, phone.end) for phone in numbers]
    spans += [(place.start, place.end) for place in found if place.unit]
    return sorted((folded.origin[start], folded.origin[end - 1] + 1) for start, end in spans)


def _locate(folded: Folded, roster: Roster) -> tuple[tuple[phones.Phone, ...], tuple[places.Place, ...]]:
    """Phones and places, each read from what the surer ones have left of the text."""
    plain = phones.mobiles(folded)
    folded = folded.without((phone.start, phone.end) for phone in plain)
    found = places.find(folded, roster)
    rest = folded.without((place.start, place.end) for place in found)
    numbers = sorted((*plain, *phones.others(rest)), key=lambda phone: phone.start)
    return tuple(numbers), found


def _people(folded: Folded) -> int | None:
    """How many people are wanted: the lower end of a range is what must come."""
    for match in _PEOPLE.finditer(folded.text):
        count = number(match["low"])
        if count is not None and 1 <= count <= MOST_PLACES:
            return count
    return None

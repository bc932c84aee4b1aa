"""What somebody brings: skills, a vehicle, languages, hours, groups. What a committee asks for, as choices;
what was chosen, from a button or a form; and what is known, in words.

Each choice has a mark (`+s.medicine`), which stands on buttons and in forms; nothing that a committee does
not ask for is ever taken.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dispatch.joining import NOTHING, Offering
from dispatch.people import Person, Roster
from dispatch.playbook import Playbook
from handlers.members import SKILLS, VEHICLES
from handlers.texts import Texts, mark

SPOKEN: Mapping[str, str] = {
    "mandarin": mark("Mandarin"),
    "shanghainese": mark("Shanghainese"),
    "cantonese": mark("Cantonese"),
    "english": mark("English"),
    "japanese": mark("Japanese"),
    "korean": mark("Korean"),
    "sign": mark("sign language"),
}
"""Languages as they are read; one that is not here stands as the committee wrote it."""

HOURS: Mapping[str, str] = {
    "07:00-23:00": mark("only from 07:00 to 23:00"),
    "08:00-18:00": mark("only by day, 08:00 to 18:00"),
}
"""When somebody may be asked; who chooses none may be asked at any time."""

MOST = 8
"""Choices of one sort: with buildings and a name all of it stays on two screens of a phone."""

USUAL = ("medicine", "oxygen", "lifting", "local_knowledge")
"""Skills that are asked for although neither jobs nor people name them yet."""

_MARK = re.compile(r"\+([svlhg])\.(\S{1,40})(?!\S)")


class Sort(StrEnum):
    """What a choice is of; the letter stands in its mark."""

    SKILL = "s"
    VEHICLE = "v"
    SPEAKS = "l"
    HOURS = "h"
    GROUP = "g"


_SIGNS: Mapping[Sort, str] = {
    Sort.SKILL: "🧰",
    Sort.VEHICLE: "🚲",
    Sort.SPEAKS: "💬",
    Sort.HOURS: "🕗",
    Sort.GROUP: "👥",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that one may say of oneself; `key` as the register names it, `label` as it is read."""

    sort: Sort
    key: str
    label: str

    @property
    def mark(self) -> str:
        """How it comes back."""
        return f"+{self.sort.value}.{self.key}"

    @property
    def sign(self) -> str:
        """What stands before it where sorts are mixed."""
        return _SIGNS[self.sort]


def options(roster: Roster, playbooks: Iterable[Playbook], texts: Texts) -> tuple[Option, ...]:
    """What this committee asks of somebody new: skills and languages that its people have or its jobs need,
    vehicles, hours, its groups."""
    books, people = list(playbooks), roster.people.values()
    skills = _known([book.needs.skills for book in books], [each.skills for each in people], SKILLS)
    skills = list(dict.fromkeys([*skills, *USUAL]))[:MOST]
    spoken = _known([book.needs.speaks for book in books], [each.speaks for each in people], SPOKEN)
    spoken = list(dict.fromkeys(["mandarin", "english", *spoken]))[:MOST]
    named = (
        *((Sort.SKILL, key, SKILLS) for key in skills),
        *((Sort.VEHICLE, key, VEHICLES) for key in VEHICLES),
        *((Sort.SPEAKS, key, SPOKEN) for key in spoken),
        *((Sort.HOURS, key, HOURS) for key in HOURS),
    )
    made = [Option(sort=sort, key=key, label=_word(table, key, texts)) for sort, key, table in named]
    groups = sorted(roster.groups.values(), key=lambda each: each.name)[:MOST]
    return (*made, *(Option(sort=Sort.GROUP, key=each.key, label=each.name) for each in groups))


def by_age(playbooks: Iterable[Playbook]) -> bool:
    """Some job is for people of an age, so that it is worth asking for the year of birth."""
    return any(book.needs.age is not None for book in playbooks)


def read(words: str, offered: Sequence[Option]) -> tuple[Offering, str]:
    """What the marks in these words choose, and the words without them; what is not offered is nothing."""
    chosen = {(match[1], match[2]) for match in _MARK.finditer(words)}
    picked = [each for each in offered if (each.sort.value, each.key) in chosen]
    return _of(picked), " ".join(_MARK.sub(" ", words).split())


def missing(offering: Offering, offered: Sequence[Option]) -> tuple[Option, ...]:
    """What can still be said: of what there can be one alone, nothing once it was said."""
    said = {
        Sort.SKILL: offering.skills,
        Sort.SPEAKS: offering.speaks,
        Sort.GROUP: offering.groups,
    }
    single = {Sort.VEHICLE: offering.vehicle, Sort.HOURS: offering.hours}
    return tuple(
        each
        for each in offered
        if not (single[each.sort] if each.sort in single else each.key in said[each.sort])
    )


def told(offering: Offering, roster: Roster, texts: Texts) -> tuple[str, ...]:
    """What they bring, a few words each; empty where they said nothing."""
    if offering == NOTHING:
        return ()
    groups = {each.key: each.name for each in roster.groups.values()}
    return (
        *(_word(SKILLS, key, texts) for key in sorted(offering.skills)),
        *((_word(VEHICLES, offering.vehicle, texts),) if offering.vehicle else ()),
        *(_word(SPOKEN, key, texts) for key in sorted(offering.speaks)),
        *((_word(HOURS, offering.hours, texts),) if offering.hours else ()),
        *(groups[key] for key in sorted(offering.groups) if key in groups),
    )


def of_person(person: Person, roster: Roster) -> Offering:
    """What is known of somebody who is in."""
    groups = (each.key for each in roster.groups.values() if person.id in each.members)
    return Offering(
        skills=person.skills,
        vehicle=person.vehicle,
        speaks=person.speaks,
        hours=person.hours,
        groups=frozenset(groups),
    )


def _of(picked: Sequence[Option]) -> Offering:
    keys = {sort: [each.key for each in picked if each.sort is sort] for sort in Sort}
    return Offering(
        skills=frozenset(keys[Sort.SKILL]),
        vehicle=next(iter(keys[Sort.VEHICLE]), None),
        speaks=frozenset(keys[Sort.SPEAKS]),
        hours=next(iter(keys[Sort.HOURS]), ""),
        groups=frozenset(keys[Sort.GROUP]),
    )


def _known(
    needed: Iterable[frozenset[str]], had: Iterable[frozenset[str]], table: Mapping[str, str]
) -> list[str]:
    """What jobs need first, then what people have; in the order of the table, others behind."""
    order = {key: number for number, key in enumerate(table)}
    first, then = frozenset().union(*needed), frozenset().union(*had)
    found = sorted(first | then, key=lambda key: (key not in first, order.get(key, len(order)), key))
    return found[:MOST]


def _word(table: Mapping[str, str], key: str, texts: Texts) -> str:
    return texts.gettext(table[key]) if key in table else key

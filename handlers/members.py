"""The committee's people and buildings as lists that can be searched. No phone, no account, no resident."""

from collections import Counter
from collections.abc import Mapping, Sequence

from dispatch.jobs import Job
from dispatch.moments import Micros
from dispatch.people import Person, Roster
from dispatch.reach import Unreached
from handlers import pauses, relays, unreached
from handlers.sentences import ROLES
from handlers.sheets import Block, Member, People
from handlers.texts import Texts, mark

SKILLS: Mapping[str, str] = {
    "medicine": mark("medicine"),
    "oxygen": mark("oxygen machine"),
    "lifting": mark("lifting"),
    "night": mark("at night"),
    "english": mark("English"),
    "local_knowledge": mark("knows the lanes"),
}
"""Skills as they are read; one that is not here stands as the committee wrote it."""

VEHICLES: Mapping[str, str] = {
    "bike": mark("bicycle"),
    "ebike": mark("electric bike"),
    "car": mark("car"),
    "van": mark("van"),
    "lorry": mark("lorry"),
    "handcart": mark("handcart"),
}

LONGEST = 60
"""Characters of a search: no name and no building needs more."""


def people(
    wanted: str,
    roster: Roster,
    jobs: Sequence[Job],
    missed: Sequence[Unreached],
    texts: Texts,
    now: Micros,
) -> People:
    """Everybody and every building that has all the words of `wanted` somewhere in its line."""
    words = wanted[:LONGEST].casefold().split()
    troubles = {
        each.person_id: unreached.reason(each, texts)
        for each in missed
        if each.person_id is not None and each.instead is None
    }
    members = [
        _member(each, roster, troubles.get(each.id, ""), pauses.until(each, roster, texts, now), texts)
        for each in _sorted(roster)
    ]
    blocks = _blocks(roster, jobs)
    return People(
        wanted=wanted[:LONGEST],
        of=len(members),
        members=tuple(each for each in members if _has(words, each.name, each.roles, each.about, each.rest)),
        blocks=tuple(each for each in blocks if _has(words, each.name)),
    )


def _sorted(roster: Roster) -> list[Person]:
    """The desk first, then by building and name, as a list on paper would be."""
    names = {key: each.name for key, each in roster.buildings.items()}
    return sorted(
        roster.people.values(),
        key=lambda each: (not each.desk, names.get(each.building_id or 0, ""), each.name, each.id),
    )


def _member(person: Person, roster: Roster, trouble: str, rest: str, texts: Texts) -> Member:
    home = roster.buildings.get(person.building_id) if person.building_id is not None else None
    skills = (_word(SKILLS, skill, texts) for skill in sorted(person.skills))
    vehicle = _word(VEHICLES, person.vehicle, texts) if person.vehicle else ""
    acts = ""
    if person.guest or person.raised:
        acts = texts.say("acts until {until}", until=relays.when(person.acting_until or 0, roster, texts))
    parts = (acts, home.name if home is not None else "", *skills, vehicle)
    return Member(
        person_id=person.id,
        name=person.name,
        epoch=person.link_epoch,
        roles=texts.names(texts.gettext(ROLES[role]) for role in sorted(person.roles)),
        about=" · ".join(part for part in parts if part),
        trusted=person.trusted,
        rest=rest,
        trouble=trouble,
        doubted=person.doubted_at is not None,
    )


def _blocks(roster: Roster, jobs: Sequence[Job]) -> list[Block]:
    helpers = Counter(person.building_id for person in roster.people.values())
    waiting = Counter(job.building_id for job in jobs)
    return [
        Block(name=each.name, helpers=helpers[key], jobs=waiting[key])
        for key, each in roster.buildings.items()
    ]


def _has(words: Sequence[str], *lines: str) -> bool:
    line = " ".join(lines).casefold()
    return all(word in line for word in words)


def _word(table: Mapping[str, str], key: str, texts: Texts) -> str:
    return texts.gettext(table[key]) if key in table else key

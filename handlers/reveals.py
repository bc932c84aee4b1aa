"""Who was shown what, as staff read it: line by line on a page, and below what happened on a job's card.

Fields are told by name and never by what stood in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch import saying
from dispatch.events import EventKind
from dispatch.lately import Reveal, Wish
from dispatch.moments import HOUR, Micros, from_datetime
from dispatch.people import Roster
from dispatch.playbook import Playbook
from handlers.messages import Choice
from handlers.texts import Texts, mark

WEEK: Micros = 7 * 24 * HOUR
"""How far back the page goes where no day is named."""

MOST = 200
"""Lines on the page, the newest: two full days of a committee's worst week (30 jobs a day, three people a
job)."""

FIELDS: Mapping[str, str] = {
    "unit": mark("door"),
    "phone": mark("phone"),
    "text": mark("the words as reported"),
    "resident": mark("the resident with notes and family"),
    "keyholder": mark("who has a key"),
    saying.WORDS: mark("what others on the job said"),
}

REASONS: Mapping[EventKind, str] = {
    EventKind.CLAIMED: mark("took it"),
    EventKind.ASSIGNED: mark("was given it"),
    EventKind.FOUND: mark("came to this step"),
    EventKind.SAID: mark("was told"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the page."""

    when: str
    who: str
    fields: str
    why: str
    job_id: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveals:
    """The page. `people` are all who can be asked for; `person`, `job` and `day` what was asked for, the
    latter as ISO 8601 writes it."""

    lines: tuple[Line, ...]
    people: tuple[Choice, ...]
    doubted: tuple[str, ...]
    """Sentences about those who are in doubt now."""
    person: str = ""
    job: str = ""
    day: str = ""
    more: bool = False


def wish(query: Mapping[str, str], roster: Roster, now: Micros) -> Wish:
    """What a query asks for; what cannot be understood is as if it was not said."""
    day = _day(query.get("day", ""))
    since, until = now - WEEK, now
    if day is not None:
        zone = ZoneInfo(roster.committee.timezone)
        since = from_datetime(datetime.combine(day, time(), tzinfo=zone)) - 1
        until = from_datetime(datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)) - 1
    job = _number(query.get("job", ""))
    if job and day is None:
        since = 0  # a job's log is told whole
    return Wish(since=since, until=until, person_id=_number(query.get("person", "")), job_id=job)


def page(
    found: Sequence[Reveal],
    query: Mapping[str, str],
    roster: Roster,
    playbooks: Mapping[str, Playbook],
    texts: Texts,
) -> Reveals:
    """The page in the reader's language."""
    named = sorted(roster.people.values(), key=lambda each: (each.name, each.id))
    day = _day(query.get("day", ""))
    return Reveals(
        lines=tuple(_line(each, roster, playbooks, texts) for each in found[:MOST]),
        people=tuple(Choice(label=each.name, value=str(each.id)) for each in named),
        doubted=tuple(_doubt(each.name, texts) for each in named if each.doubted_at is not None),
        person=str(_number(query.get("person", "")) or ""),
        job=str(_number(query.get("job", "")) or ""),
        day="" if day is None else day.isoformat(),
        more=len(found) > MOST,
    )


def fields(names: frozenset[str], texts: Texts) -> str:
    """Fields by name, in the order in which a card has them."""
    known = [name for name in FIELDS if name in names]
    others = sorted(names - FIELDS.keys())
    return texts.names([*(texts.gettext(FIELDS[name]) for name in known), *others])


def said(found: Reveal, who: str, texts: Texts) -> str:
    """One line of a card's log."""
    return texts.say("{person} was shown: {fields}", person=who, fields=fields(found.fields, texts))


def _doubt(who: str, texts: Texts) -> str:
    return texts.say(
        "{who} took jobs, was shown their doors and gave them back, again and again. Until you vouch for "
        "them again they are shown nothing private.",
        who=who,
    )


def _line(found: Reveal, roster: Roster, playbooks: Mapping[str, Playbook], texts: Texts) -> Line:
    zone, book = roster.committee.timezone, playbooks.get(found.kind)
    kind = found.kind if book is None else texts.pick(book.title)
    building = roster.buildings.get(found.building_id or 0)
    where = [kind] if building is None else [building.name, kind]
    return Line(
        when=f"{texts.day(found.at, zone)} {texts.clock(found.at, zone)}",
        who=found.name or texts.say("somebody who has left"),
        fields=fields(found.fields, texts),
        why=texts.gettext(REASONS[found.reason]) if found.reason in REASONS else "",
        job_id=found.job_id,
        where=" · ".join(where),
    )


def _number(words: str) -> int:
    words = words.strip().removeprefix("#")
    return int(words) if words.isascii() and words.isdecimal() and len(words) < len(str(2**63)) else 0


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        return None

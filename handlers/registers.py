"""What the desk reads of the register: what a file would change, what is wrong with it, and who changed what.

Residents' names are among it: whoever asks was checked. How tables and fields are called, and what belongs
there, stands in `dispatch.sheets` in both languages.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dispatch.errors import BadFileError
from dispatch.headings import Column, Sheet
from dispatch.importing import Act, Logged, Preview, by_table
from dispatch.moments import to_datetime
from dispatch.namesakes import namesakes
from dispatch.people import Roster
from dispatch.placing import Mistake
from dispatch.sheets import SHEETS, sheet
from handlers.texts import Texts, mark

LISTED = 50
"""Changes of a table that are told one by one; the rest is counted."""

ACTS: Mapping[Act, str] = {
    Act.ADDED: mark("new"),
    Act.CHANGED: mark("changed"),
    Act.UNCHANGED: mark("as before"),
    Act.DEACTIVATED: mark("removed"),
    Act.EXPORTED: mark("exported"),
}

_BY_SHEET = {each.table: each for each in SHEETS}

_EXPECTED: tuple[tuple["re.Pattern[str]", str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"; it is missing|, not empty|^at least one of", mark("This must be filled in.")),
        (r"has the same", mark("Another entry has the same.")),
        (r"^the key of a building", mark("No building is called that.")),
        (r"^the key of a household", mark("No household is called that.")),
        (r"^the key of another group", mark("No group is called that.")),
        (r"^the key of a resident", mark("No resident is called that.")),
        (
            r"building and door are known",
            mark("The building and the door of this resident are not known yet."),
        ),
        (r"the next turn is then", mark("The window is longer than the time until the next turn.")),
        (r"days that come at all", mark("By this rule no day ever comes.")),
        (r"keys? of (a person|people)", mark("Nobody here is called that.")),
        (r"no formula", mark("A formula stands here: copy the column and paste it as values.")),
        (
            r"format the column as text|power of ten",
            mark(
                "The spreadsheet took it for a number or a day: format the column as text and type it again."
            ),
        ),
        (
            r"never guessed",
            mark("Say in which system of coordinates positions are given: it is never guessed."),
        ),
        (
            r"make the plan",
            mark("With this scale the plan would be wider than any compound, or narrower than a house."),
        ),
        (r"km away", mark("This lies far from all the other buildings.")),
        (r"on a wall", mark("A gate is on a wall, within 5 m of it.")),
        (r"^a line within", mark("A wall is within 300 m of a building.")),
        (
            r"two systems are",
            mark("The point and the outline lie as far apart as two systems of coordinates."),
        ),
        (r"look swapped", mark("Latitude and longitude look swapped.")),
        (r"no part of this one", mark("A group cannot be part of itself.")),
        (r"led by those they lead", mark("Whoever leads would be led by those whom they lead.")),
        (
            r"a file of at most (?P<size>\d+) MB",
            mark("The file is too large: it may have {size} MB at most."),
        ),
        (
            r"unpacks to at most (?P<size>\d+) MB",
            mark("The file is too large: unpacked it may have {size} MB at most."),
        ),
        (
            r"workbook",
            mark("This is no .xlsx workbook that can be read. Save it anew as .xlsx, without a password."),
        ),
        (
            r"a table of commas|UTF-8 or GB18030",
            mark("This cannot be read as a table. Save it as CSV UTF-8 or as .xlsx."),
        ),
        (
            r"rows and \d+ columns",
            mark("There are too many rows or columns: delete the empty ones at the end."),
        ),
        (
            r"^headings|heading above|^a name out of|^one of: .*key",
            mark("These headings are not understood; the template has all of them."),
        ),
        (
            r"no volunteer's own",
            mark(
                "This is a volunteer's own number, which is shown to nobody. Leave it out (name and colon "
                "alone) and link them as family by their chat."
            ),
        ),
        (r"named as its table", mark("Say which table this is.")),
        (r"one's own committee", mark("This is another committee's file.")),
    )
)
"""What is expected, as it is found in an error, and how that is said to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What becomes of entries of one table: a line each, as far as they are told one by one."""

    title: str
    lines: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a file would change. `counts` is the sum of it; without `parts` it changes nothing."""

    counts: tuple[str, ...]
    parts: tuple[Part, ...]


def label(table: str, texts: Texts) -> str:
    """How a table is called."""
    known = _BY_SHEET.get(table)
    return table.capitalize() if known is None or not in_chinese(texts) else known.chinese[0]


def heading(column: Column, texts: Texts) -> str:
    """How a field is called."""
    return column.chinese[0] if in_chinese(texts) else column.field.replace("_", " ").capitalize()


def look(told: Preview, texts: Texts) -> Look:
    """A preview, for whoever is to confirm it."""
    parts = []
    for (table, act), found in by_table(told.changes).items():
        title = f"{label(table, texts)} · {texts.gettext(ACTS[act])} {len(found)}"
        lines = [_line(table, each.name, each.fields, texts) for each in found[:LISTED] if each.name]
        parts.append(Part(title=title, lines=tuple(lines), more=max(0, len(found) - LISTED)))
    counts = tuple(f"{texts.gettext(ACTS[Act(name)])} {count}" for name, count in told.counts.items())
    return Look(counts=counts, parts=tuple(parts))


def _line(table: str, name: str, fields: Sequence[str], texts: Texts) -> str:
    known = _BY_SHEET.get(table)
    named = [_field(known, field, texts) for field in fields]
    return f"{name}: {texts.listed(named)}" if named else name


def _field(known: Sheet | None, field: str, texts: Texts) -> str:
    column = known.of(field) if known else None
    return field if column is None else heading(column, texts)


def logged(lines: Sequence[Logged], roster: Roster, texts: Texts) -> tuple[str, ...]:
    """Who changed what, a line each, newest first."""
    zone = ZoneInfo(roster.committee.timezone)
    found = []
    for each in lines:
        person = roster.people.get(each.by or 0)
        who = person.name if person else texts.gettext("at the console") if each.by is None else "…"
        when = to_datetime(each.at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        what = " ".join(part for part in (label(each.table, texts), texts.gettext(ACTS[each.act])) if part)
        found.append(f"{when} · {who} · {what}" + (f" {each.entries}" if each.entries else ""))
    return tuple(found)


def mistake(error: BadFileError, texts: Texts) -> str:
    """What is wrong with a file or a form, and where."""
    params = {name: str(value) for name, value in error.params.items()}
    said = expected(error, texts)
    if not params.get("row"):
        place = params.get("table", "")
        return texts.sentences(f"{place}:" if place else "", said) if not in_chinese(texts) else said
    known = _BY_SHEET.get(params.get("kind", ""))
    column = known.of(params["heading"]) if known else None
    named = params["heading"] if column is None else heading(column, texts)
    spot = {"sheet": params["sheet"], "row": params["row"], "heading": named}
    if params["column"]:
        said_place = mark("Sheet {sheet}, row {row}, column {column} ({heading}):")
        where = texts.say(said_place, column=params["column"], **spot)
    else:
        where = texts.say("Sheet {sheet}, row {row} ({heading}):", **spot)
    return texts.sentences(where, said)


def spot(error: BadFileError) -> tuple[str, str]:
    """In which table and field it is wrong, for a log: as the program calls them, `-` where it knows neither.
    Never an entry's key, a heading as it was typed, or what stood there."""
    params = {name: str(value) for name, value in error.params.items()}
    table = params.get("kind") or Mistake.of(error).table
    known = _BY_SHEET.get(table) or sheet(params.get("sheet", ""))
    field = params.get("heading") or params.get("field", "")
    column = known.of(field) if known and field else None
    return known.table if known else "-", column.field if column else "-"


def twice(roster: Roster, texts: Texts) -> str:
    """Who may stand there under two keys; empty where nobody does."""
    groups = [f"{group[0].name} ({texts.listed(each.key for each in group)})" for group in namesakes(roster)]
    if not groups:
        return ""
    return texts.say(
        "One name at one building, perhaps one person: {people}. Nothing was put together.",
        people=texts.names(groups),
    )


def expected(error: BadFileError, texts: Texts) -> str:
    """What is wrong, without where."""
    wanted = str(error.params.get("expected", ""))
    for pattern, said in _EXPECTED:
        if found := pattern.search(wanted):
            return texts.say(said, **found.groupdict())
    known = _BY_SHEET.get(str(error.params.get("kind", "")))
    column = known.of(str(error.params.get("heading", ""))) if known else None
    if column is not None and in_chinese(texts):
        wanted = column.notes[1]
    return texts.say("Expected: {expected}.", expected=wanted)


def in_chinese(texts: Texts) -> bool:
    """The reader reads Chinese: every sheet knows its names in it, and else in English."""
    return texts.locale.language == "zh"

"""Buildings and doors in a message, in the forms that people type, Chinese and Western.

Finds what looks like a place and says which of the committee's buildings it is. Knows no phone and no
kind of job. A date, a dose or a count must not become a door: a bare `7-502` is believed only when the
committee has a building 7, and nothing is believed in front of a measure word.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.geography import Building
from dispatch.people import Roster
from handlers.folding import Folded, fold
from handlers.numerals import HAN, number

# Building blocks. Every gap is bounded, so that no message can make a search slow.
_S = r"\s{0,3}"
_GAP = r"[\s,，、;:-]{0,3}"
_MEASURE = r"(?:[个人名位支片粒颗盒瓶袋斤吨箱份件单元块岁天年月分点度米毫克升次%％]|公斤|小时)"
_WESTERN_MEASURE = (
    r"\s?(?:people|persons?|volunteers|bags|boxes|years?|yrs?|days?|mg|ml|kg|g|l|m|units|pills|tablets|%)\b"
)
_NOT_AFTER = rf"(?![A-Za-z0-9]|[-:/.]\d|{_MEASURE}|{_WESTERN_MEASURE})"
_NOT_BEFORE = r"(?<![A-Za-z0-9])(?<![-.:/+#])"
_BUILDING = rf"(?P<building>(?<!\d)[1-9]\d{{0,2}}[A-Za-z]?|(?<![A-Za-z])[A-Za-z]\d{{0,2}}|[{HAN}]{{1,5}})"
_LANE = rf"(?:(?P<lane>\d{{1,4}}|[{HAN}]{{1,6}}){_S}弄{_S})"
_ENTRANCE = rf"(?:(?P<entrance>\d{{1,2}}|[{HAN}]{{1,3}}){_S}(?:单元|單元|号门|门洞){_GAP})"
_FLOOR = rf"(?:(?:\d{{1,2}}|[{HAN}]{{1,3}}){_S}[楼层樓]{_S})"
# A door glued to a mobile number (50213800138000) ends where the mobile begins.
_DIGITS = rf"\d{{3,4}}(?=1[3-9]\d{{9}}(?!\d))|\d{{3,4}}[A-Za-z]?{_NOT_AFTER}"
_ROOM = rf"(?:{_S}(?:室|户|号房|房间|房))"
_DOOR = (
    rf"(?:(?P<door>{_DIGITS}|[{HAN}]{{3,5}}(?!{_MEASURE})){_ROOM}?"
    rf"|(?P<small>\d{{1,2}}[A-Za-z]?|[{HAN}]{{1,3}}){_S}室)"
)
_FLAT = r"\b(?:unit|apartment|apt|flat|room|rm|door|suite)\.?"
_HOUSE = r"\b(?:building|bldg|block|blk|tower)\.?"
_HOUSE_NUMBER = r"(?P<building>[1-9]\d{0,2}[A-Za-z]?|(?-i:[A-Z]\d?))(?![A-Za-z0-9])"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


# `\s` with re.ASCII is the plain blanks: `fold` has turned the others (full-width too) into them.
_SURE = (
    # 3号楼502 · 十二号楼三单元六零一 · 125弄3号楼2单元502室 · 3栋502 · 3#楼502 · 3号楼
    _form(
        rf"{_LANE}?{_BUILDING}{_S}(?:号{_S}楼|號{_S}樓|#{_S}楼|栋|棟|幢|座){_GAP}{_ENTRANCE}?(?:{_FLOOR}?{_DOOR})?"
    ),
    # 125弄7号302室 · 125弄7号
    _form(rf"{_LANE}{_BUILDING}{_S}号(?:{_GAP}{_ENTRANCE}?{_FLOOR}?{_DOOR})?"),
    # Building 3 Apt 502 · bldg 3 unit 502 · Block A, 502 · building 3
    _form(
        rf"{_HOUSE}{_S}(?:no\.?|number|#)?{_S}{_HOUSE_NUMBER}"
        rf"(?:[\s,;-]{{0,3}}\b(?:entrance|stairwell|unit){_S}(?P<entrance>\d{{1,2}})(?=[\s,;-]{{1,3}}(?:{_FLAT}|#?\d{{3,4}})))?"
        rf"(?:[\s,;/-]{{0,3}}(?:{_FLAT}{_S}#?{_S}(?P<door>\d{{1,4}}[A-Za-z]?){_NOT_AFTER}|#?(?P<small>\d{{3,4}}[A-Za-z]?){_NOT_AFTER}))?"
    ),
    # Apt 502, Building 3
    _form(
        rf"{_FLAT}{_S}#?{_S}(?P<door>\d{{1,4}}[A-Za-z]?)[\s,;]{{1,3}}(?:(?:in|of)\s{{1,3}})?{_HOUSE}{_S}#?{_HOUSE_NUMBER}"
    ),
    # #7 502 · 7#502
    _form(rf"(?<![A-Za-z0-9#])#{_S}(?P<building>[1-9]\d{{0,2}})[\s,-]{{1,3}}#?(?P<door>{_DIGITS})"),
    _form(rf"{_NOT_BEFORE}(?P<building>[1-9]\d{{0,2}})#[\s-]{{0,2}}(?P<door>{_DIGITS})"),
)
_LIKELY = (
    # 7号302 (but 4月7号 is a day) · 3-2-502 · 7-502
    _form(rf"(?<!月)(?<!月\s){_BUILDING}{_S}号{_GAP}{_ENTRANCE}?{_FLOOR}?{_DOOR}"),
    _form(
        rf"{_NOT_BEFORE}(?P<building>[1-9]\d{{0,2}}[A-Za-z]?|[{HAN}]{{1,3}}){_S}-{_S}(?:(?P<entrance>\d{{1,2}}){_S}-{_S})?"
        rf"(?P<door>{_DIGITS})(?!{_S}{_MEASURE})(?:{_S}室)?"
    ),
)
_DOOR_ALONE = (
    _form(rf"(?<![\d-])(?P<door>\d{{3,4}}[A-Za-z]?){_S}室"),
    _form(rf"{_FLAT}{_S}#?{_S}(?P<door>\d{{1,4}}[A-Za-z]?){_NOT_AFTER}"),
)
# A range after one of these is a reading, not an address.
_READING = re.compile(
    r"(?:血压|血糖|体温|心率|血氧|剂量|价格|blood pressure|bp|glucose)\D{0,6}$", re.IGNORECASE
)
_MARK = re.compile(
    rf"(?:{_LANE})?{_BUILDING}(?:号楼|號樓|#楼|#|栋|棟|幢|座|号|楼)?", re.IGNORECASE | re.ASCII
)
_HOUSE_NAME = re.compile(
    rf"(?:building|bldg|block|blk|tower)?\.?{_S}{_HOUSE_NUMBER}", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something that looks like a place, and where it stands in the folded text.

    `building` is as written; `building_id` is None where the committee has none of that name.
    """

    start: int
    end: int
    building: str = ""
    building_id: int | None = None
    unit: str = ""


def find(folded: Folded, roster: Roster) -> tuple[Place, ...]:
    """Every place in the text, in the order in which they stand."""
    names = _names(roster.buildings.values())
    found = [_place(match, names) for match in _matches(folded, _SURE)]
    rest = _blanked(folded, found)
    likely = [_place(match, names) for match in _matches(rest, _LIKELY) if not _reading(rest, match)]
    found += [place for place in likely if place.building_id is not None]
    found += _named(_blanked(folded, found), roster.buildings.values())
    rest = _blanked(folded, found)
    found += [_place(match, names) for match in _matches(rest, _DOOR_ALONE)]
    return tuple(sorted(found, key=lambda place: place.start))


def choose(places: Iterable[Place]) -> Place | None:
    """The place that a message is about: a known building with a door before one without, and those
    before a building that the committee lacks. A door that stands apart joins its building."""
    listed = [place for place in places if place.building or place.building_id is not None]
    doors = [place for place in places if not place.building and place.building_id is None]
    if not listed:
        return doors[0] if doors else None
    best = min(listed, key=lambda place: (place.building_id is None, not place.unit, place.start))
    if best.unit or len(doors) != 1:
        return best
    return Place(
        start=best.start,
        end=best.end,
        building=best.building,
        building_id=best.building_id,
        unit=doors[0].unit,
    )


def building_of(text: str, roster: Roster) -> int | None:
    """The building that a form's field names by key, name or number, or None."""
    names = _names(roster.buildings.values())
    squashed = _squash(text)
    return _only(names.get(squashed)) or next((_only(names.get(name)) for name in _aliases(squashed)), None)


def unit_of(text: str) -> str:
    """A form's door as this program writes doors (`2单元502室` is `2-502`); unreadable ones stay as typed."""
    folded = fold(text.strip())
    match = re.fullmatch(rf"{_ENTRANCE}?{_FLOOR}?(?:{_DOOR})", folded.text, re.IGNORECASE | re.ASCII)
    return _unit(match.groupdict()) if match else text.strip()


def _matches(folded: Folded, forms: Iterable[re.Pattern[str]]) -> list[re.Match[str]]:
    """Matches of the forms, an earlier form's before a later one's where they overlap."""
    taken = bytearray(len(folded.text))
    matches: list[re.Match[str]] = []
    for form in forms:
        for match in form.finditer(folded.text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                matches.append(match)
    return matches


def _place(match: re.Match[str], names: Mapping[str, frozenset[int]]) -> Place:
    parts = match.groupdict()
    written = _squash(parts.get("building") or "")
    lane = _canonical(parts.get("lane") or "")
    candidates = [f"{lane}弄{_canonical(written)}号", _canonical(written)] if lane else [_canonical(written)]
    known = next((found for name in candidates if (found := _only(names.get(name))) is not None), None)
    return Place(
        start=match.start(),
        end=match.end(),
        building=written and candidates[0],
        building_id=known if written else None,
        unit=_unit(parts),
    )


def _unit(parts: Mapping[str, str | None]) -> str:
    door = _canonical(parts.get("door") or parts.get("small") or "").upper()
    entrance = _canonical(parts.get("entrance") or "")
    return f"{entrance}-{door}" if entrance and door else door or (f"{entrance}单元" if entrance else "")


def _canonical(captured: str) -> str:
    """`十二` and `012` are `12`; `3a` is `3A`; what is no numeral stays."""
    squashed = _squash(captured)
    value = number(squashed) if squashed else None
    return squashed if value is None or squashed.isascii() else str(value)


def _squash(text: str) -> str:
    return "".join(fold(text).text.split()).upper()


def _names(buildings: Iterable[Building]) -> Mapping[str, frozenset[int]]:
    """Every way to name a building, to the ids that answer to it (more than one: ambiguous)."""
    names: dict[str, frozenset[int]] = {}
    for building in buildings:
        for written in (building.key, building.name):
            squashed = _squash(written)
            for name in {squashed, *_aliases(squashed)}:
                names[name] = names.get(name, frozenset()) | {building.id}
    # A key is nobody else's: it wins over another building's number.
    return names | {_squash(building.key): frozenset({building.id}) for building in buildings}


def _aliases(squashed: str) -> tuple[str, ...]:
    """`125弄7号楼` also answers to `125弄7号` and `7`; `BUILDING3` to `3`."""
    match = _MARK.fullmatch(squashed) or _HOUSE_NAME.fullmatch(squashed)
    if match is None:
        return ()
    parts = match.groupdict()
    plain = _canonical(parts["building"] or "")
    lane = _canonical(parts.get("lane") or "")
    return (f"{lane}弄{plain}号", plain) if lane else (plain,)


def _only(ids: frozenset[int] | None) -> int | None:
    return next(iter(ids)) if ids is not None and len(ids) == 1 else None


def _named(folded: Folded, buildings: Iterable[Building]) -> list[Place]:
    """Buildings called by a proper name (东苑), with the door behind it if there is one."""
    found: list[Place] = []
    for building in sorted(buildings, key=lambda each: -len(each.name)):
        name = fold(building.name.strip()).text
        if len(name) < 2 or not _proper(name):
            continue
        match = re.search(
            rf"{re.escape(name)}(?:{_GAP}{_ENTRANCE}?{_FLOOR}?{_DOOR})?", folded.text, re.IGNORECASE
        )
        if match and not any(match.start() < other.end and other.start < match.end() for other in found):
            unit = _unit(match.groupdict())
            found.append(
                Place(
                    start=match.start(),
                    end=match.end(),
                    building=building.name,
                    building_id=building.id,
                    unit=unit,
                )
            )
    return found


def _proper(name: str) -> bool:
    """Holds a letter or character that is no mark and no numeral: a bare number proves nothing."""
    return bool(re.search(rf"[^\d\s\-{HAN}]", name)) and not _MARK.fullmatch(_squash(name))


def _reading(folded: Folded, match: re.Match[str]) -> bool:
    return _READING.search(folded.text, max(0, match.start() - 16), match.start()) is not None


def _blanked(folded: Folded, places: Iterable[Place]) -> Folded:
    return folded.without((place.start, place.end) for place in places)

"""Buildings' statuses in words: one of them, how it goes on, and what was said by whom.

Everything here may be known by everybody of a committee: it is posted at the gate.
"""

from collections.abc import Iterator, Mapping

from dispatch import sealing
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.sealing import Period, Scheme, Sealing, Stage, Status
from dispatch.service import SHOWN_AFTER_CLOSE
from handlers.sheets import Quarter
from handlers.texts import Texts, mark

SIGNS: Mapping[Status, str] = {Status.SEALED: "⛔", Status.CONTROLLED: "🚧", Status.OPEN: "✅"}
"""Beside words, never instead of them."""

NAMES: Mapping[Status, str] = {
    Status.SEALED: mark("Sealed"),
    Status.CONTROLLED: mark("Controlled"),
    Status.OPEN: mark("Open"),
}

_UNTIL: Mapping[Status, str] = {
    Status.SEALED: mark("Sealed until {when}."),
    Status.CONTROLLED: mark("Controlled until {when}."),
    Status.OPEN: mark("Open until {when}."),
}
_ON: Mapping[Status, str] = {
    Status.SEALED: mark("Sealed until further notice."),
    Status.CONTROLLED: mark("Controlled until further notice."),
    Status.OPEN: mark("Open."),
}
_THEN_UNTIL: Mapping[Status, str] = {
    Status.SEALED: mark("Then sealed until {when}."),
    Status.CONTROLLED: mark("Then controlled until {when}."),
    Status.OPEN: mark("Then open until {when}."),
}
_THEN_ON: Mapping[Status, str] = {
    Status.SEALED: mark("Then sealed until further notice."),
    Status.CONTROLLED: mark("Then controlled until further notice."),
    Status.OPEN: mark("Then open."),
}
_STAGES: Mapping[Status, str] = {
    Status.SEALED: mark("sealed for {days} d"),
    Status.CONTROLLED: mark("controlled for {days} d"),
    Status.OPEN: mark("open for {days} d"),
}
_STAGE: Mapping[Status, str] = {
    Status.SEALED: mark("sealed"),
    Status.CONTROLLED: mark("controlled"),
    Status.OPEN: mark("open"),
}


def now_is(building_id: int | None, roster: Roster, now: Micros) -> Status:
    """A building's status at this moment; a place that nobody knows is open."""
    return sealing.status_at(roster.courses.get(building_id or 0, ()), now)


def when(at: Micros, roster: Roster, texts: Texts) -> str:
    """A day and an hour, where the committee is."""
    zone = roster.committee.timezone
    return f"{texts.day(at, zone)} {texts.clock(at, zone)}"


def goes_on(building_id: int, roster: Roster, texts: Texts, now: Micros) -> str:
    """What holds, until when, and every step that follows by itself."""
    return texts.sentences(*steps(building_id, roster, texts, now))


def steps(building_id: int, roster: Roster, texts: Texts, now: Micros) -> tuple[str, ...]:
    """The same, a sentence each."""
    return tuple(
        _said(status, until, roster, texts, first=not number)
        for number, (status, until) in enumerate(_ahead(building_id, roster, now))
    )


def holds(building_id: int, roster: Roster, texts: Texts, now: Micros) -> str:
    """What holds, and until when."""
    status, until = next(_ahead(building_id, roster, now))
    return _said(status, until, roster, texts, first=True)


def news(building_id: int, roster: Roster, now: Micros) -> bool:
    """Those who live there are to know of it: it is not open, will not stay so, or was opened of late."""
    holding = sealing.at(roster.courses.get(building_id, ()), now)
    lately = holding is not None and holding.since > now - SHOWN_AFTER_CLOSE
    return lately or _shuts(building_id, roster, now)


def concerned(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Ids of the buildings that are not open, or will not stay so; the sealed ones first."""
    order = [Status.SEALED, Status.CONTROLLED, Status.OPEN]
    found = [building for building in roster.buildings if _shuts(building, roster, now)]
    return tuple(sorted(found, key=lambda each: (order.index(now_is(each, roster, now)), each)))


def shut(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Ids of the buildings that are not open now, the sealed ones first."""
    return tuple(each for each in concerned(roster, now) if now_is(each, roster, now) is not Status.OPEN)


def line(building_id: int, roster: Roster, texts: Texts, now: Micros) -> str:
    """A building in one line."""
    sign = SIGNS[now_is(building_id, roster, now)]
    return f"{sign} {roster.buildings[building_id].name}: {goes_on(building_id, roster, texts, now)}"


def quarter(building_id: int, roster: Roster, texts: Texts, now: Micros) -> Quarter:
    """A building as pages show it; of one that is open and stays so there is nothing more to say."""
    status, building = now_is(building_id, roster, now), roster.buildings[building_id]
    return Quarter(
        building_id=building_id,
        name=building.name,
        status=status.value,
        sign=SIGNS[status],
        badge=texts.gettext(NAMES[status]),
        said=goes_on(building_id, roster, texts, now) if _shuts(building_id, roster, now) else "",
        people=sum(person.building_id == building_id for person in roster.people.values()),
    )


def scheme(said: Scheme, texts: Texts) -> str:
    """A scheme as staff write it."""
    if [stage.status for stage in said] == [Status.SEALED, Status.CONTROLLED] and said[1].days:
        return f"{said[0].days}+{said[1].days}"
    return stages(said, texts)


def stages(said: Scheme, texts: Texts) -> str:
    """The same in words."""
    return texts.names(_stage(stage, texts) for stage in said) or texts.gettext(_STAGE[Status.OPEN])


def entry(said: Sealing, roster: Roster, texts: Texts) -> str:
    """A word of the log: when, who, what, and from when on where that was another moment."""
    person, building = roster.people.get(said.by_id), roster.buildings.get(said.building_id)
    who = texts.say("somebody who has left") if person is None else person.name
    place = "" if building is None else building.name
    what = scheme(said.scheme, texts)
    if said.since != said.set_at:
        what = texts.say("{what}, from {when}", what=what, when=when(said.since, roster, texts))
    told = {"when": when(said.set_at, roster, texts), "who": who, "building": place, "what": what}
    return texts.say("{when}, {who}: {building}, {what}", **told)


def _stage(stage: Stage, texts: Texts) -> str:
    if stage.days is None:
        return texts.gettext(_STAGE[stage.status])
    return texts.say(_STAGES[stage.status], days=stage.days)


def _ahead(building_id: int, roster: Roster, now: Micros) -> Iterator[tuple[Status, Micros | None]]:
    """Each status from now on, with its end."""
    found: tuple[Period, ...] = sealing.ahead(roster.courses.get(building_id, ()), now)
    if not found or found[0].since > now:
        yield Status.OPEN, found[0].since if found else None
    for period in found:
        yield period.status, period.until


def _shuts(building_id: int, roster: Roster, now: Micros) -> bool:
    """It is not open, or will not stay so."""
    return any(status is not Status.OPEN for status, _ in _ahead(building_id, roster, now))


def _said(status: Status, until: Micros | None, roster: Roster, texts: Texts, *, first: bool) -> str:
    if until is None:
        return texts.gettext((_ON if first else _THEN_ON)[status])
    return texts.say((_UNTIL if first else _THEN_UNTIL)[status], when=when(until, roster, texts))

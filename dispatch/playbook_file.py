"""A playbook as a file says it, checked; and as the text that is kept with a job that started with it.

Every mistake is named by file, table, field and what was expected. Where files lie and how TOML is read
is somebody else's business: this module sees a plain mapping.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dispatch import ages, aims, instructions_file, medicine, no_answer
from dispatch.instructions import Words
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import Rung
from dispatch.playbook import Deadlines, Needs, Playbook, RungCall, Wave, WaveTo
from dispatch.tables import Table, nearest

FALLBACK = "general"
"""The kind of a message that no word of any playbook recognises; the only one without such words."""

LANGUAGES = ("en", "zh_CN")
"""The languages that every text of a playbook must have; others may be added."""

LONGEST_DELAY = 7 * 24 * HOUR
"""A delay past a week is a slip of the unit: the longest wait of the field notes is a day."""

MOST_PLACES = 500
"""More hands than one committee has volunteers (290 at most in the field notes) is a slip."""

MOST_LOOPS = 50
"""A ladder gone through more often than this is one that nobody reads any more."""

SHORTEST_PACED = SECOND // 10
"""A delay is never divided below this: the queue looks every 0.05 s, and two steps must not fall together."""

REQUIRABLE = ("building", "unit", "phone")
REVEALABLE = instructions_file.OPENABLE
_UNITS: Mapping[str, Micros] = {"s": SECOND, "m": MINUTE, "h": HOUR}
_DELAY = 'a delay such as "90s", "2m" or "1h"'
_NAME = r"[a-z][a-z0-9_]{0,31}"
_LANGUAGE = r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?"
_FIELDS = (
    *("kind", "title", "icon", "priority", "recognise", "require", "reveal", "places"),
    *(
        "loops",
        "needs",
        "seeking",
        "waves",
        "rungs",
        "deadlines",
        "steps",
        "example",
        "medicine",
        "second",
        "told",
        "no_answer",
    ),
)


def parse(file: str, data: Mapping[str, object]) -> Playbook:
    """The playbook of a file's contents. Raises `BadFileError` for the first thing that is wrong.

    `file` is only named in errors.
    """
    top = Table(file, "", data)
    top.only(*_FIELDS)
    kind = top.text("kind", pattern=_NAME, expected="a name of small letters, digits and _")
    places = top.whole("places", 1, low=1, high=MOST_PLACES)
    waves = _waves(top)
    reveal = frozenset(top.words("reveal", known=REVEALABLE))
    playbook = Playbook(
        digest="",
        kind=kind,
        title=_sentence(top.table("title")),
        icon=top.text("icon", longest=8, expected="one emoji"),
        priority=Priority(top.choice("priority", [priority.value for priority in Priority])),
        recognise=_recognise(top, kind),
        require=frozenset(top.words("require", known=REQUIRABLE)),
        reveal=reveal,
        places=places,
        needs=_needs(top, places),
        waves=waves,
        rungs=_rungs(top, first=not waves),
        loops=top.whole("loops", low=1, high=MOST_LOOPS),
        deadlines=_deadlines(top.table("deadlines")),
        steps=instructions_file.parse(top, _reader(top, reveal)),
        example=_sentence(top.table("example")),
        seeking=aims.parse(top.table("seeking"), delay) if top.has("seeking") else None,
        medicine=medicine.parse(top.table("medicine")) if top.has("medicine") else None,
        no_answer=no_answer.parse(top.table("no_answer")) if top.has("no_answer") else None,
        second=top.flag("second", default=False),
        told=instructions_file.told(top, _reader(top, reveal)),
    )
    aims.check(top, playbook)
    return signed(playbook)


def signed(playbook: Playbook) -> Playbook:
    """The playbook with the digest of what it says now."""
    return replace(playbook, digest=_digest(to_json(playbook)))


def paced(playbook: Playbook, pace: int) -> Playbook:
    """The same playbook with every delay divided by `pace`; a pace of 1 is the playbook itself."""
    if pace == 1:
        return playbook

    def quicker(delay: Micros) -> Micros:
        return max(delay // pace, SHORTEST_PACED) if delay else 0

    waits = {name: quicker(getattr(playbook.deadlines, name)) for name in Deadlines.__slots__}
    quick = replace(
        playbook,
        waves=tuple(replace(wave, after=quicker(wave.after)) for wave in playbook.waves),
        rungs=tuple(
            replace(rung, after=quicker(rung.after), every=rung.every and quicker(rung.every))
            for rung in playbook.rungs
        ),
        deadlines=Deadlines(**waits),
        steps=instructions_file.paced(playbook.steps, quicker),
        seeking=aims.paced(playbook.seeking, quicker),
    )
    return signed(quick)


def to_json(playbook: Playbook) -> str:
    """The canonical text that is kept: the same playbook always gives the same text. Delays are µs."""
    plain = {
        "kind": playbook.kind,
        "title": dict(playbook.title),
        "icon": playbook.icon,
        "priority": playbook.priority.value,
        "recognise": list(playbook.recognise),
        "require": sorted(playbook.require),
        "reveal": sorted(playbook.reveal),
        "places": playbook.places,
        "needs": _needs_plain(playbook.needs),
        "waves": [{"after": wave.after, "to": wave.to.value, "count": wave.count} for wave in playbook.waves],
        "rungs": [_rung_plain(rung) for rung in playbook.rungs],
        "loops": playbook.loops,
        "deadlines": {name: getattr(playbook.deadlines, name) for name in Deadlines.__slots__},
        "steps": instructions_file.plain(playbook.steps),
        "example": dict(playbook.example),
        **aims.plain(playbook.seeking),
        **medicine.plain(playbook.medicine),
        **no_answer.plain(playbook.no_answer),
        **({"second": True} if playbook.second else {}),  # so that older playbooks keep their digest
        **({"told": dict(playbook.told)} if playbook.told else {}),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Playbook:
    """The playbook that `to_json` wrote. It was checked when it was a file and is not checked again, so
    that a job keeps its playbook when a later release is stricter with files."""
    plain = json.loads(text)
    return Playbook(
        digest=_digest(text),
        kind=plain["kind"],
        title=plain["title"],
        icon=plain["icon"],
        priority=Priority(plain["priority"]),
        recognise=tuple(plain["recognise"]),
        require=frozenset(plain["require"]),
        reveal=frozenset(plain["reveal"]),
        places=plain["places"],
        needs=_needs_read(plain["needs"]),
        waves=tuple(
            Wave(after=wave["after"], to=WaveTo(wave["to"]), count=wave["count"]) for wave in plain["waves"]
        ),
        rungs=tuple(
            RungCall(after=rung["after"], to=Rung(rung["to"]), every=rung.get("every"))
            for rung in plain["rungs"]
        ),
        loops=plain["loops"],
        deadlines=Deadlines(**plain["deadlines"]),
        steps=instructions_file.read(plain["steps"]),
        example=plain["example"],
        seeking=aims.read(plain),
        medicine=medicine.read(plain.get("medicine")),
        no_answer=no_answer.read(plain.get("no_answer")),
        second=plain.get("second", False),
        told=plain.get("told", {}),
    )


def _rung_plain(rung: RungCall) -> dict[str, object]:
    """A rung without a clock of its own is written as it was before there were any: its digest stays."""
    clock = {} if rung.every is None else {"every": rung.every}
    return {"after": rung.after, "to": rung.to.value, **clock}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sentence(table: Table, beside: Sequence[str] = ()) -> Words:
    """The text by language in a table that may have the fields `beside` as well."""
    missing = [language for language in LANGUAGES if not table.has(language)]
    if missing:
        table.fail(missing[0], f"the text in this language; {' and '.join(LANGUAGES)} are always there")
    given = [field for field in table.fields() if field not in beside]
    for language in given:
        if not re.fullmatch(_LANGUAGE, language):
            table.fail(language, f"a language such as zh_CN or en{nearest(language, (*LANGUAGES, *beside))}")
    return {language: table.text(language) for language in given}


def _reader(top: Table, reveal: frozenset[str]) -> instructions_file.Reader:
    languages = top.table("title").fields()
    return instructions_file.Reader(
        sentence=_sentence, delay=delay, languages=languages, reveal=reveal, tells=top.has("told")
    )


def _recognise(top: Table, kind: str) -> tuple[str, ...]:
    words = top.words("recognise", expected="a list of words as people write them in a message")
    if kind != FALLBACK and not words:
        top.fail("recognise", f"at least one word; only the kind {FALLBACK} has none")
    folded = [word.strip().casefold() for word in words]
    if len(set(folded)) != len(folded):
        top.fail("recognise", "each word only once; capitals do not count")
    return tuple(folded)


def _needs_plain(needs: Needs) -> dict[str, object]:
    """As it is kept; what came later only where it is needed, so that older playbooks keep their digest."""
    plain: dict[str, object] = {
        "skills": sorted(needs.skills),
        "vehicle": needs.vehicle,
        "trusted": needs.trusted,
        "two_people": needs.two_people,
    }
    speaks = {"speaks": sorted(needs.speaks)} if needs.speaks else {}
    return {**plain, **speaks, **ages.plain(needs.age)}


def _needs_read(plain: Mapping[str, Any]) -> Needs:
    sets = {name: frozenset(plain[name]) for name in ("skills", "speaks") if name in plain}
    return Needs(**{**plain, **sets, **ages.read(plain)})


def _needs(top: Table, places: int) -> Needs:
    if not top.has("needs"):
        return Needs()
    table = top.table("needs")
    table.only("skills", "speaks", "vehicle", "trusted", "two_people", "age")
    two_people = table.flag("two_people", default=False)
    if two_people and places < 2:
        table.fail("two_people", "places = 2 or more beside it: two people cannot share one place")
    named = "a list of names of small letters, digits and _"
    return Needs(
        skills=frozenset(table.words("skills", pattern=_NAME, expected=named)),
        speaks=frozenset(table.words("speaks", pattern=_NAME, expected=named)),
        vehicle=table.flag("vehicle", default=False),
        trusted=table.flag("trusted", default=False),
        two_people=two_people,
        age=ages.parse(table.table("age")) if table.has("age") else None,
    )


def _waves(top: Table) -> tuple[Wave, ...]:
    tables = top.tables("waves")
    waves = tuple(_wave(table, first=number == 0) for number, table in enumerate(tables))
    for number, wave in enumerate(waves[:-1]):
        after = waves[number + 1]
        if wave.to is WaveTo.GROUP:
            tables[number + 1].fail("to", "no wave after the group: it has asked everybody")
        if list(WaveTo).index(after.to) < list(WaveTo).index(wave.to):
            tables[number + 1].fail("to", "waves that widen: nearest, then able, then group")
        if wave.count and after.count and after.count < wave.count:
            tables[number + 1].fail("count", "waves that widen: no fewer people than the wave before")
    return waves


def _wave(table: Table, *, first: bool) -> Wave:
    table.only("after", "to", "count")
    to = WaveTo(table.choice("to", [member.value for member in WaveTo]))
    if to is not WaveTo.NEAREST and table.has("count"):
        table.fail("count", "a count only beside to = nearest: the others ask everybody")
    count = table.whole("count", low=1, high=MOST_PLACES) if to is WaveTo.NEAREST else None
    return Wave(after=delay(table, "after", zero=first), to=to, count=count)


def _rungs(top: Table, *, first: bool) -> tuple[RungCall, ...]:
    """`first` says that there is no wave before: then the first rung may be called at once."""
    tables = top.tables("rungs")
    if not tables:
        top.fail("rungs", "at least one rung: somebody must be called when nobody answers")
    rungs: list[RungCall] = []
    order = [member.value for member in Rung]
    for table in tables:
        table.only("after", "to", "every")
        to = Rung(table.choice("to", order))
        if rungs and order.index(to) <= order.index(rungs[-1].to):
            table.fail("to", f"rungs in the order {', '.join(order)}, each at most once")
        every = delay(table, "every") if table.has("every") else None
        clocked = next((rung.to.value for rung in rungs if rung.every is not None), None)
        if every is not None and clocked is not None:
            table.fail(
                "every", f"only one rung with a clock of its own: {clocked} has one, take one of them away"
            )
        rungs.append(RungCall(after=delay(table, "after", zero=first and not rungs), to=to, every=every))
    return tuple(rungs)


def _deadlines(table: Table) -> Deadlines:
    table.only(*Deadlines.__slots__)
    return Deadlines(**{name: delay(table, name) for name in Deadlines.__slots__})


def delay(table: Table, field: str, *, zero: bool = False) -> Micros:
    """A length of time as a file says it; of nothing only where `zero` allows it."""
    text = table.text(field, expected=_DELAY)
    found = re.fullmatch(r"([0-9]{1,6})([smh])", text)
    if not found:
        table.fail(field, _DELAY)
    length = int(found[1]) * _UNITS[found[2]]
    if length > LONGEST_DELAY:
        table.fail(field, f"{_DELAY}, at most a week (168h)")
    if length == 0 and not zero:
        table.fail(field, f"{_DELAY}, longer than nothing: only the very first step may be at once")
    return length


__all__: Sequence[str] = (
    "FALLBACK",
    "LANGUAGES",
    "delay",
    "from_json",
    "paced",
    "parse",
    "signed",
    "to_json",
)

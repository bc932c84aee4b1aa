"""A playbook's steps as a file says them, checked as a whole; and as the text that is kept.

A guided playbook is a graph (`branches`). Every mistake in it that could leave somebody standing before a
door without a next thing to do is named and stops the start: a step that nothing leads to, one that leads
nowhere, a way round and round that neither time nor a close ever ends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dispatch import branches
from dispatch.instructions import CLOSE, Finding, Instruction, Recheck, Words, guided
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.tables import Table, nearest, refuse_twice
from dispatch.widths import width

MOST_FINDINGS = 8
"""More answers than this are no longer read on a phone, at a door."""

MOST_STEPS = 40
"""More steps than this are a manual, and not what somebody does at a door."""

LONGEST_STEP = 240
"""Columns (a Chinese character takes two): seven lines on a phone, read while standing."""

LONGEST_FINDING = 36
"""Columns: 18 Chinese characters. A button as wide as a phone of 360 px has 290 px for its words, and they
are 15 to 16 px high; every chat cuts off what is longer."""

LONGEST_SAYS = 160
"""Columns: it is read on a locked phone, below who it is and where."""

LONGEST_TOLD = 120
"""Columns: a message that is read at once, and one SMS of 70 signs with the committee's name before it."""

LONGEST_ASKS = 72
"""Columns: two lines over the field for the answer."""

SHORTEST_RECHECK: Micros = MINUTE
"""Sooner nobody has knocked and rung again, and their phone would not be still."""

LONGEST_RECHECK: Micros = 24 * HOUR
"""The longest wait of the field notes; more is a slip of the unit."""

OPENABLE = ("unit", "phone", "text", "resident", "keyholder")
WANTED = {"phone": "phone", "resident": "resident", "keyholder": "keyholder", "family": "resident"}
"""What a step may want, with the private field that shows it: family goes with the resident."""

PICTURE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(png|jpe?g|webp)"
PICTURE_SAID = "the name of a picture such as fill.png (png, jpg or webp)"
"""A step's picture; where it lies and what is in it is for somebody else to look at."""

_KEY = r"[a-z][a-z0-9_]{0,15}"
_KEY_EXPECTED = "a name of at most 16 small letters, digits and _"
_TO_EXPECTED = f"the key of a step, or {CLOSE}"
_GUIDED = ("key", "reveal", "wants", "otherwise", "holds", "recheck", "findings")
_READ = ("picture",)
_FINDING = ("key", "to", "raises", "calls", "says", "settles", "asks", "tells", "rings")

Sentence = Callable[[Table, Sequence[str]], Words]
"""Reads a text by language from a table that has other fields as well."""
Delay = Callable[[Table, str], Micros]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How texts and times are read in the playbook that the steps belong to."""

    sentence: Sentence
    delay: Delay
    languages: Sequence[str]
    """Those of its title: the texts of a step that asks something may have no other."""
    reveal: frozenset[str]
    """What it shows from the claim on."""
    tells: bool = False
    """It says what the family is told."""

    def words(self, table: Table, longest: int, beside: Sequence[str] = ()) -> Words:
        """A text of at most so many columns in each language."""
        words = self.sentence(table, beside)
        for language, text in words.items():
            if language not in self.languages:
                known = (*self.languages, *beside)
                table.fail(language, f"a language of the title: {', '.join(known)}{nearest(language, known)}")
            if width(text) > longest:
                table.fail(language, f"at most {longest // 2} Chinese characters, or {longest} letters")
        return words


def parse(top: Table, reader: Reader) -> tuple[Instruction, ...]:
    """The steps of a playbook. Raises `BadFileError`."""
    tables = top.tables("steps", label="key")
    if len(tables) > MOST_STEPS:
        top.fail("steps", f"at most {MOST_STEPS} steps")
    if not any(table.has("key") for table in tables):
        return tuple(_read_only(table, reader) for table in tables)
    steps = tuple(_step(table, reader) for table in tables)
    refuse_twice(tables, "key", [step.key for step in steps], "key")
    for table, step in zip(tables, steps, strict=True):
        _check_references(table, step, [step.key for step in steps])
    _check_graph(
        {step.key: table for step, table in zip(steps, tables, strict=True)},
        {step.key: step for step in steps},
    )
    return steps


def _read_only(table: Table, reader: Reader) -> Instruction:
    for field in _GUIDED:
        if table.has(field):
            table.fail("key", f"{_KEY_EXPECTED}: steps that ask something are led to by it; it is missing")
    return Instruction(words=reader.sentence(table, _READ), picture=_picture(table))


def _step(table: Table, reader: Reader) -> Instruction:
    key = _key(table)
    words = reader.words(table, LONGEST_STEP, (*_GUIDED, *_READ))
    findings = table.tables("findings", label="key")
    if not 1 <= len(findings) <= MOST_FINDINGS:
        table.fail("findings", f"one to {MOST_FINDINGS} findings: what can be tapped here")
    found = tuple(_finding(each, reader) for each in findings)
    refuse_twice(findings, "key", [each.key for each in found], "key")
    reveal = frozenset(table.words("reveal", known=OPENABLE))
    wants, otherwise = _wants(table, reveal | reader.reveal)
    return Instruction(
        words=words,
        key=key,
        findings=found,
        reveal=reveal,
        wants=wants,
        otherwise=otherwise,
        recheck=_recheck(table.table("recheck"), reader) if table.has("recheck") else None,
        holds=table.flag("holds", default=False),
        picture=_picture(table),
    )


def _picture(table: Table) -> str:
    has = table.has("picture")
    return table.text("picture", pattern=PICTURE, expected=PICTURE_SAID) if has else ""


def _key(table: Table) -> str:
    key = table.text("key", pattern=_KEY, expected=_KEY_EXPECTED)
    if key == CLOSE:
        table.fail("key", f"{_KEY_EXPECTED}, and not {CLOSE}, which ends the job")
    return key


def _wants(table: Table, shown: frozenset[str]) -> tuple[str, str]:
    wants = table.choice("wants", tuple(WANTED)) if table.has("wants") else ""
    if bool(wants) is not table.has("otherwise"):
        table.fail("otherwise", "the key of a step, beside wants: where nobody knows such a contact")
    if not wants:
        return "", ""
    if WANTED[wants] not in shown:
        table.fail(
            "reveal", f"{WANTED[wants]} in it, or in the playbook's own: else nobody sees who is wanted"
        )
    return wants, table.text("otherwise", expected="the key of a step")


def _finding(table: Table, reader: Reader) -> Finding:
    key = table.text("key", pattern=_KEY, expected=_KEY_EXPECTED)
    words = reader.words(table, LONGEST_FINDING, _FINDING)
    says = reader.words(table.table("says"), LONGEST_SAYS) if table.has("says") else {}
    calls = table.flag("calls", default=False)
    if says and not calls:
        table.fail("says", "calls = true beside it: it is said to the leaders who are called")
    settles = table.flag("settles", default=False)
    if settles and (calls or table.has("raises")):
        table.fail("settles", "neither calls nor raises beside it: it says that nobody needs to be called")
    priorities = [Priority.LIFE.value, Priority.URGENT.value]
    return Finding(
        key=key,
        words=words,
        to=table.text("to", expected=_TO_EXPECTED),
        raises=Priority(table.choice("raises", priorities)) if table.has("raises") else None,
        calls=calls,
        says=says,
        settles=settles,
        asks=reader.words(table.table("asks"), LONGEST_ASKS) if table.has("asks") else {},
        tells=_tells(table, reader),
        rings=table.flag("rings", default=False),
    )


def told(top: Table, reader: Reader) -> Words:
    """What the family is told of every job of a kind; empty where they are told nothing."""
    return reader.words(top.table("told"), LONGEST_TOLD) if top.has("told") else {}


def _tells(table: Table, reader: Reader) -> Words:
    if not table.has("tells"):
        return {}
    if not reader.tells:
        table.fail(
            "tells", "a table [told] in the playbook beside it: what the family is told of every such job"
        )
    return reader.words(table.table("tells"), LONGEST_TOLD)


def _recheck(table: Table, reader: Reader) -> Recheck:
    table.only("after", "to", "calls")
    after = recheck_time(table, "after", reader.delay)
    to = table.text("to", expected="the key of a step")
    return Recheck(after=after, to=to, calls=table.flag("calls", default=False))


def recheck_time(table: Table, field: str, delay: Delay) -> Micros:
    """After how long somebody is to look again."""
    after = delay(table, field)
    if not SHORTEST_RECHECK <= after <= LONGEST_RECHECK:
        table.fail(field, 'a time from "1m" to "24h", after which somebody is to look again')
    return after


def _check_references(table: Table, step: Instruction, known: Sequence[str]) -> None:
    for each, finding in zip(table.tables("findings", label="key"), step.findings, strict=True):
        if finding.to not in (*known, CLOSE):
            each.fail("to", f"{_TO_EXPECTED}{nearest(finding.to, (*known, CLOSE))}")
    if step.recheck is not None and step.recheck.to not in known:
        table.table("recheck").fail("to", f"the key of a step{nearest(step.recheck.to, known)}")
    if step.otherwise and step.otherwise not in known:
        table.fail("otherwise", f"the key of a step{nearest(step.otherwise, known)}")


def _check_graph(tables: Mapping[str, Table], steps: branches.Steps) -> None:
    for key in branches.passing(steps):
        tables[key].fail("otherwise", "a step that does not lead back here")
    for key in branches.unreached(steps):
        tables[key].fail("key", "a step that some finding leads to: nothing leads here")
    for key in branches.circling(steps):
        tables[key].fail("recheck", "a time of its own on some step of a way that leads back to itself")
    for key, world in branches.endless(steps):
        unknown = sorted({step.wants for step in steps.values() if step.wants} - world)
        where = f", also where nobody knows: {', '.join(unknown)}" if unknown else ""
        tables[key].fail("findings", f"a way that ends in to = {CLOSE}, or in a call (calls = true){where}")
    for key in sorted(branches.entries(steps) - branches.returned_to(steps)):
        _check_entry(tables[key], steps[key])


def _check_entry(table: Table, step: Instruction) -> None:
    """A walk begins with what is found first, and not with the claim: until then the step is only asked."""
    if step.recheck is not None:
        table.fail("recheck", "no time on a step that nothing leads back to: it begins with a finding")
    if step.holds:
        table.fail("holds", "not on a step that nothing leads back to: nothing was found before it")


def paced(steps: tuple[Instruction, ...], quicker: Callable[[Micros], Micros]) -> tuple[Instruction, ...]:
    """The same steps with every time of their own made shorter."""
    return tuple(
        step
        if step.recheck is None
        else replace(step, recheck=replace(step.recheck, after=quicker(step.recheck.after)))
        for step in steps
    )


def plain(steps: tuple[Instruction, ...]) -> list[dict[str, Any]]:
    """As they are kept. Steps that are only read are written as before there were others, so that older
    playbooks keep their digest."""
    if not guided(steps):
        return [
            {"words": dict(step.words), **_pictured(step)} if step.picture else dict(step.words)
            for step in steps
        ]
    return [_plain_step(step) for step in steps]


def read(kept: Sequence[Mapping[str, Any]]) -> tuple[Instruction, ...]:
    """What `plain` wrote."""
    return tuple(_read_step(each) if "words" in each else Instruction(words=each) for each in kept)


def _pictured(step: Instruction) -> dict[str, str]:
    return {"picture": step.picture} if step.picture else {}


def _plain_step(step: Instruction) -> dict[str, Any]:
    recheck = step.recheck
    return {
        "key": step.key,
        "words": dict(step.words),
        "reveal": sorted(step.reveal),
        "wants": step.wants,
        "otherwise": step.otherwise,
        "holds": step.holds,
        "recheck": None
        if recheck is None
        else {"after": recheck.after, "to": recheck.to, "calls": recheck.calls},
        "findings": [_plain_finding(each) for each in step.findings],
        **_pictured(step),
    }


def _plain_finding(finding: Finding) -> dict[str, Any]:
    return {
        "key": finding.key,
        "words": dict(finding.words),
        "to": finding.to,
        "raises": finding.raises.value if finding.raises is not None else None,
        "calls": finding.calls,
        "says": dict(finding.says),
        "asks": dict(finding.asks),
        # Only where they are there, so that older playbooks keep their digest:
        **({"tells": dict(finding.tells)} if finding.tells else {}),
        **({"rings": True} if finding.rings else {}),
        **({"settles": True} if finding.settles else {}),  # so that older playbooks keep their digest
    }


def _read_step(kept: Mapping[str, Any]) -> Instruction:
    if "key" not in kept:  # only read, and shown
        return Instruction(**kept)
    recheck = kept["recheck"]
    return Instruction(
        words=kept["words"],
        key=kept["key"],
        findings=tuple(_read_finding(each) for each in kept["findings"]),
        reveal=frozenset(kept["reveal"]),
        wants=kept["wants"],
        otherwise=kept["otherwise"],
        recheck=None if recheck is None else Recheck(**recheck),
        holds=kept["holds"],
        picture=kept.get("picture", ""),
    )


def _read_finding(kept: Mapping[str, Any]) -> Finding:
    raises = kept["raises"]
    return Finding(**{**kept, "raises": Priority(raises) if raises is not None else None})

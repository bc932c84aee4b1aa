"""A playbook in words, for whoever writes one or wants to know what will happen: the call, and every step
with what may be found there, where that leads and what it does.

Says what stands in the playbook and nothing of any job. The drawing takes its words from here, too.
"""

from collections.abc import Iterable, Iterator, Mapping

from dispatch import aims, sequences
from dispatch.ages import Ages
from dispatch.instructions import CLOSE, Finding, Instruction, Recheck
from dispatch.jobs import CallCause, Priority
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.playbook import Playbook, RungCall, Seeking, Wave, WaveTo
from dispatch.widths import behind, padded
from handlers.sentences import CALLED, FIELDS, PRIORITIES
from handlers.texts import Texts, mark

ROOM = 78
"""Columns: a terminal as it opens has 80."""

SHOWN: Mapping[str, str] = {
    "unit": FIELDS["unit"],
    "phone": FIELDS["phone"],
    "text": mark("the message"),
    "resident": mark("the resident"),
    "keyholder": mark("key holder"),
    "family": mark("family"),
}
"""Private fields and contacts, in words."""

_AFTER = 7
"""Columns of how long after the posting somebody is called: `+90s`, `+168h`."""

_WAITS: Mapping[str, str] = {
    "claimed_to_started": mark("Taken and silent: asked for a sign after {time}"),
    "started_to_done": mark("Under way and silent: asked for a sign after {time}"),
    "nudge_grace": mark("Still silent after that: what follows comes after {time}"),
    "waitlist_offer": mark("A free place is kept for the waitlist for {time}"),
    "urge_every": mark("A leader who has it in hand is urged every {time}"),
    "exhausted_every": mark("Once all were called in vain: all leaders again every {time}"),
}


def lines(book: Playbook, texts: Texts) -> Iterator[str]:
    """Everything, line by line."""
    yield heading(book, texts)
    yield from _wrapped(_basics(book, texts), "  ")
    yield ""
    yield from _call(book, texts)
    yield ""
    yield from _guide(book, texts) if book.guided else _list(book, texts)


def heading(book: Playbook, texts: Texts) -> str:
    """What it is called, how urgent it is, and its kind."""
    title = f"{book.icon} {texts.pick(book.title)}".strip()
    return f"{title} · {texts.gettext(PRIORITIES[book.priority])} · {book.kind}"


def length(time: Micros) -> str:
    """A time as a file says it: `90s`, `15m`, `1h`."""
    for unit, letter in ((HOUR, "h"), (MINUTE, "m")):
        if time and time % unit == 0:
            return f"{time // unit}{letter}"
    return f"{time / SECOND:g}s"


def _spoken(time: Micros, texts: Texts) -> str:
    """The same in words; whole minutes, or seconds."""
    if time % MINUTE == 0:
        return texts.duration(time)
    return texts.say("{count} s", count=f"{time / SECOND:g}")


def number(key: str, book: Playbook, texts: Texts) -> str:
    """A step as others name it: which one it is, counted from 1; or that the job is closed."""
    if key == CLOSE:
        return texts.say("closed")
    return str(list(book.step_of).index(key) + 1)


def effects(finding: Finding, texts: Texts) -> Iterator[str]:
    """What a finding does besides leading on, one line each."""
    if finding.raises is not None:
        yield texts.say("becomes: {priority}", priority=texts.gettext(PRIORITIES[finding.raises]))
    if finding.calls:
        yield texts.say("calls leaders")
    if finding.settles:
        yield texts.say("ends the call of leaders")
    if finding.asks:
        yield texts.say("asks: {question}", question=texts.pick(finding.asks))


def timer(recheck: Recheck, texts: Texts) -> str:
    """When a step's own time moves it on."""
    said = texts.say("after {time} by itself", time=_spoken(recheck.after, texts))
    calls = texts.say("calls leaders") if recheck.calls else ""
    return " · ".join(part for part in (said, calls) if part)


def conditions(step: Instruction, texts: Texts) -> Iterator[str]:
    """What holds while a step is asked, one line each; where it is left out is told by `left_out`."""
    if step.reveal:
        fields = texts.names(texts.gettext(said) for field, said in SHOWN.items() if field in step.reveal)
        yield texts.say("shown from here on: {fields}", fields=fields)
    if step.holds:
        yield texts.say("no Done before an answer")
    if step.picture:
        yield texts.say("picture: {name}", name=step.picture)


def left_out(step: Instruction, texts: Texts) -> str:
    """For whom a step is left out."""
    return texts.say("not known: {contact}", contact=texts.gettext(SHOWN[step.wants]))


def _basics(book: Playbook, texts: Texts) -> Iterator[str]:
    say, needs = texts.say, book.needs
    yield say("Places: {count}", count=book.places)
    if book.recognise:
        yield say("Recognised by: {words}", words=texts.listed(book.recognise))
    if book.require:
        fields = texts.names(texts.gettext(said) for field, said in FIELDS.items() if field in book.require)
        yield say("Asked for once where missing: {fields}", fields=fields)
    if book.reveal:
        fields = texts.names(texts.gettext(said) for field, said in SHOWN.items() if field in book.reveal)
        yield say("Shown from the claim on: {fields}", fields=fields)
    flags = (
        (needs.trusted, mark("somebody whom staff vouched for")),
        (needs.vehicle, mark("a vehicle")),
        (needs.two_people, mark("two people")),
    )
    wanted = [texts.gettext(said) for needed, said in flags if needed]
    wanted += [*sorted(needs.skills), *sorted(needs.speaks), *_ages(needs.age, texts)]
    if wanted:
        yield say("Needed: {what}", what=texts.names(wanted))


def _ages(ages: Ages | None, texts: Texts) -> Iterator[str]:
    if ages is not None and ages.low is not None:
        yield texts.say("at least {years} years old", years=ages.low)
    if ages is not None and ages.high is not None:
        yield texts.say("at most {years} years old", years=ages.high)


def _call(book: Playbook, texts: Texts) -> Iterator[str]:
    yield texts.say("While nobody takes it ({count} times through)", count=book.loops)
    if book.priority is Priority.LIFE:
        yield f"  {padded('+0s', _AFTER)}{texts.gettext(CALLED['staff'])}"
    for entry in sequences.sequence(book, book.priority, CallCause.UNCLAIMED):
        called = _wave(entry.what, texts) if isinstance(entry.what, Wave) else _rung(entry.what, texts)
        yield f"  {padded(f'+{length(entry.offset)}', _AFTER)}{called}"
    if book.seeking is not None:
        yield from _wrapped(_seeking(book, book.seeking, texts), "  ")
    yield ""
    yield texts.say("How long silence is waited out")
    for field, said in _WAITS.items():
        yield from _wrapped([texts.say(said, time=_spoken(getattr(book.deadlines, field), texts))], "  ")


def _wave(wave: Wave, texts: Texts) -> str:
    if wave.to is WaveTo.NEAREST:
        return texts.say("the {count} nearest volunteers", count=wave.count)
    everybody = mark("every volunteer who is able and free")
    return texts.say(everybody if wave.to is WaveTo.ABLE else mark("the whole group, and its rooms"))


def _rung(rung: RungCall, texts: Texts) -> str:
    again = texts.say("again every {time}", time=_spoken(rung.every, texts)) if rung.every else ""
    return " · ".join(part for part in (texts.gettext(CALLED[rung.to]), again) if part)


def _seeking(book: Playbook, seeking: Seeking, texts: Texts) -> Iterator[str]:
    yield texts.say("Unless life is at stake, policy {policy} chooses whom to ask", policy=seeking.policy)
    for priority in aims.SOUGHT:
        wanted = aims.aim(book, priority)
        yield texts.say(
            "{priority}: {chance} within {time}",
            priority=texts.gettext(PRIORITIES[priority]),
            chance=f"{wanted.chance:.2%}",
            time=_spoken(wanted.within, texts),
        )


def _list(book: Playbook, texts: Texts) -> Iterator[str]:
    if not book.steps:
        return
    yield texts.say("What whoever goes there does")
    for place, step in enumerate(book.steps, 1):
        yield from _wrapped([texts.pick(step.words)], f"{place:>3}  ")
        yield from _wrapped(conditions(step, texts), "     ")


def _guide(book: Playbook, texts: Texts) -> Iterator[str]:
    yield texts.say("What whoever goes there is asked, step by step")
    for place, (key, step) in enumerate(book.step_of.items(), 1):
        yield from _wrapped([f"{texts.pick(step.words)} [{key}]"], f"{place:>3}  ")
        yield from _step(step, book, texts)


def _step(step: Instruction, book: Playbook, texts: Texts) -> Iterator[str]:
    yield from _wrapped(conditions(step, texts), "     ")
    if step.wants:
        yield f"     ↷ {left_out(step, texts)} → {number(step.otherwise, book, texts)}"
    for finding in step.findings:
        words = f"{texts.pick(finding.words)} → {number(finding.to, book, texts)}"
        yield from _wrapped([" · ".join((words, *effects(finding, texts)))], "     • ")
        if finding.says:
            yield from _wrapped(
                [texts.say("leaders read: {words}", words=texts.pick(finding.says))], "       "
            )
    if step.recheck is not None:
        to = number(step.recheck.to, book, texts)
        yield from _wrapped([f"{timer(step.recheck, texts)} → {to}"], "     ◷ ")


def _wrapped(said: Iterable[str], before: str) -> Iterator[str]:
    """Each in as many lines as it takes, behind `before`."""
    for words in said:
        yield from behind(before, words, ROOM)
